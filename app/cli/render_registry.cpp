#include "app/cli/render_registry.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/cli/render_parts.h"
#include "core/base/units.h"
#include "core/models/hyper_fields.h"
#include "core/models/series_title.h"

namespace foreshard::cli {

namespace {

// Of the cardinality model: q-errors on known templates, and of what was held out.
Json rowsJson(const std::optional<models::CardinalityChoice>& rows) {
    if (!rows) return {};
    return {{"queries", rows->queries}, {"q50", rows->chosen.q50}, {"q90", rows->chosen.q90}, {"q95", rows->chosen.q95}, {"coverage", finiteOrNull(rows->coverage)}};
}
std::string rowsText(const std::optional<models::CardinalityChoice>& rows) {
    return rows ? fmt::format("{} / {} / {}", numberText(rows->chosen.q50), numberText(rows->chosen.q90), numberText(rows->chosen.q95)) : "–";
}

std::string hashHex(uint64_t hash) { return fmt::format("{:016x}", hash); }

std::string wholeSecond(Instant time) { return formatRfc3339(time - time % 1'000'000); }

Json hyperJson(const models::HyperParameters& hyper) {
    Json json = Json::object();
    for (const auto& field : models::hyperFields()) json[field.parameter.name] = hyper.*field.value;
    return json;
}

Json keptJson(const verbs::KeptModels& kept, uint64_t workload) {
    Json json{{"number", kept.record.number}, {"in_force", kept.record.inForce}, {"pinned", kept.record.pinned}, {"trained_at", wholeSecond(kept.record.created)}, {"bytes", kept.record.bytes}};
    json["workload_fingerprint"] = hashHex(kept.record.workloadFingerprint);
    json["of_this_workload"] = kept.record.workloadFingerprint == workload;
    json["error"] = kept.why.empty() ? Json() : Json(kept.why);
    if (!kept.models) return json;
    const auto& trained = *kept.models;
    const auto summary = models::summaryOf(trained);
    json["from"] = formatRfc3339(trained.trainedOn.begin);
    json["to"] = formatRfc3339(trained.trainedOn.end);
    json["interval"] = formatInterval(trained.interval);
    json["series"] = trained.series.size();
    json["models"] = Json::object();
    for (const auto& [model, count] : summary.chosen) json["models"][models::toString(model)] = count;
    json["log_mse"] = finiteOrNull(summary.logMse);
    json["skill"] = finiteOrNull(summary.skill);
    json["coverage"] = finiteOrNull(summary.coverage);
    json["seed"] = trained.seed;
    json["device"] = trained.device;
    json["library"] = trained.library;
    json["training_seconds"] = trained.seconds;
    json["features"] = {{"version", trained.features}, {"seasons", trained.seasons}};
    json["hyper_parameters"] = hyperJson(trained.hyper);
    json["cardinality"] = rowsJson(kept.rows);
    return json;
}

Json rowJson(const std::optional<models::BacktestRow>& row) {
    if (!row) return {};
    return {{"model", models::toString(row->model)}, {"log_mse", finiteOrNull(row->logMse)}, {"skill", finiteOrNull(row->skill)}, {"coverage", finiteOrNull(row->coverage)}};
}

std::string rowText(const std::optional<models::BacktestRow>& row) {
    return row ? fmt::format("{} {}", numberText(row->logMse), models::toString(row->model)) : "–";
}

Json studyJson(const models::Study& study) {
    Json json{{"name", study.name}, {"seed", study.seed}, {"trials", Json::array()}};
    for (const auto& trial : study.trials) {
        Json one{{"setting", Json::object()}, {"state", models::toString(trial.state)}, {"loss", trial.state == models::TrialState::failed ? Json() : finiteOrNull(trial.loss)}, {"seconds", trial.seconds}};
        for (size_t i = 0; i < study.space.size(); ++i) one["setting"][study.space.parameters[i].name] = trial.setting[i];
        if (!trial.why.empty()) one["why"] = trial.why;
        json["trials"].push_back(std::move(one));
    }
    return json;
}

std::string keptTable(const verbs::ModelsRegistry& registry) {
    if (registry.kept.empty()) return "No models were trained yet.\n";
    TextTable table({"models", "trained", "on calls until", "series", "log MSE", "skill", "coverage", "rows q50/q90/q95", "seed", "device", "library", ""});
    for (const auto& kept : registry.kept) {
        std::string marks = kept.record.inForce ? "in force" : "";
        if (kept.record.pinned) marks += marks.empty() ? "pinned" : ", pinned";
        const auto number = std::to_string(kept.record.number), when = wholeSecond(kept.record.created);
        if (!kept.models) {
            table.row({number, when, "–", "–", "–", "–", "–", "–", "–", "–", "–", marks + (marks.empty() ? "" : "; ") + kept.why});
            continue;
        }
        if (kept.record.workloadFingerprint != registry.workloadFingerprint) marks += marks.empty() ? "of an earlier workload" : ", of an earlier workload";
        const auto& trained = *kept.models;
        const auto summary = models::summaryOf(trained);
        table.row({number, when, formatRfc3339(trained.trainedOn.end), std::to_string(trained.series.size()), numberText(summary.logMse), numberText(summary.skill),
                   shareText(summary.coverage), rowsText(kept.rows), std::to_string(trained.seed), trained.device, trained.library, marks});
    }
    return table.render();
}

void addComparison(Outcome& outcome, const verbs::ModelsComparison& comparison) {
    auto& json = (*outcome.json)["comparison"];
    json = {{"first", comparison.first}, {"second", comparison.second}, {"same_workload", comparison.sameWorkload}, {"series", Json::array()}};
    TextTable table({"series, log MSE and model", fmt::format("number {}", comparison.first), fmt::format("number {}", comparison.second)});
    for (const auto& series : comparison.series) {
        json["series"].push_back({{"name", series.name}, {"first", rowJson(series.first)}, {"second", rowJson(series.second)}});
        table.row({models::seriesTitle(series.name, 1), rowText(series.first), rowText(series.second)});
    }
    if (comparison.firstRows || comparison.secondRows) {
        json["cardinality"] = {{"first", rowsJson(comparison.firstRows)}, {"second", rowsJson(comparison.secondRows)}};
        table.row({"rows, q50 / q90 / q95 of known templates", rowsText(comparison.firstRows), rowsText(comparison.secondRows)});
    }
    outcome.text += table.render();
    if (!comparison.sameWorkload) outcome.warnings.emplace_back("These models were trained and tested on different workloads; their errors say little about each other.");
}

}  // namespace

Result<Outcome> runModels(const verbs::ModelsOptions& options, Job& job) {
    FS_ASSIGN(const auto registry, verbs::manageModels(options, job));
    Outcome outcome;
    outcome.json = std::make_shared<Json>();
    auto& json = *outcome.json;
    json["models"] = Json::array();
    for (const auto& kept : registry.kept) json["models"].push_back(keptJson(kept, registry.workloadFingerprint));
    json["studies"] = Json::array();
    for (const auto& study : registry.studies) json["studies"].push_back(studyJson(study));
    if (registry.comparison) addComparison(outcome, *registry.comparison);
    else outcome.text = keptTable(registry);
    for (const auto& study : registry.studies)
        if (const auto* best = study.best(); best && !registry.comparison)
            outcome.text += fmt::format("{}: best of {} trials {} with {}\n", study.name, study.trials.size(), numberText(best->loss), study.space.describe(best->setting));
    if (!registry.done.empty()) outcome.text += registry.done + "\n";
    return outcome;
}

}  // namespace foreshard::cli
