// evaluate as JSON and as text.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/cli/render_evaluate.h"
#include "app/cli/render_parts.h"
#include "core/base/units.h"

namespace foreshard::cli {

namespace {

std::string fixed(const std::optional<double>& value, int digits) {
    return value ? fmt::format("{:.{}f}", *value, digits) : "–";
}

void addWarnings(Outcome& outcome, const Job& job) {
    const auto diagnostics = job.diagnostics();
    for (const auto& d : diagnostics.shown()) outcome.warnings.push_back(d.message);
}

Json rowJson(const models::VolumeRow& row) {
    return {{"model", row.model},
            {"chosen", row.chosen},
            {"horizon", row.horizon},
            {"log_mse", finiteOrNull(row.logMse)},
            {"nd", finiteOrNull(row.nd)},
            {"mase", finiteOrNull(row.mase)},
            {"smape", finiteOrNull(row.smape)},
            {"coverage", finiteOrNull(row.coverage)},
            {"skill", finiteOrNull(row.skill)},
            {"backtest_log_mse", finiteOrNull(row.backtestLogMse)},
            {"weight", row.weight},
            {"training_seconds", row.seconds},
            {"values", row.values},
            {"log_mse_in_events", finiteOrNull(row.markedLogMse)},
            {"values_in_events", row.markedValues}};
}

Json rowJson(const models::CardinalityRow& row) {
    return {{"model", row.model},
            {"chosen", row.chosen},
            {"test", row.test},
            {"split", row.split},
            {"queries", row.queries},
            {"q50", row.errors.q50},
            {"q90", row.errors.q90},
            {"q95", row.errors.q95},
            {"q99", row.errors.q99},
            {"max", row.errors.max},
            {"mean", row.errors.mean},
            {"backtest_mean_log_q", finiteOrNull(row.backtest)},
            {"weight", row.weight},
            {"weight_unseen_tables", row.weightUnseen},
            {"training_seconds", row.seconds}};
}

// 1.25, 12.5, 125, 12,500
std::string qError(double value) {
    if (value < 1000) return fmt::format("{:.{}f}", value, value < 10 ? 2 : value < 100 ? 1 : 0);
    return value < 1e15 ? groupThousands(static_cast<int64_t>(value)) : fmt::format("{:.2e}", value);
}

}  // namespace

Result<Outcome> runEvaluateVolume(const verbs::EvaluateVolumeOptions& options, Job& job) {
    FS_ASSIGN(const auto evaluation, verbs::evaluateVolume(options, job));
    Outcome outcome;
    outcome.json = std::make_shared<Json>();
    auto& json = *outcome.json;
    json["what"] = "volume";
    json["series"] = evaluation.series;
    json["origins"] = options.origins;
    json["rows"] = Json::array();
    std::vector<std::string> titles{"ahead", "model", "chosen", "log-MSE", "ND", "MASE", "sMAPE", "coverage", "skill", "backtest", "weight", "seconds"};
    if (!options.events.empty()) titles.insert(titles.begin() + 4, "in events");
    TextTable table(titles);
    for (const auto& row : evaluation.rows) {
        json["rows"].push_back(rowJson(row));
        std::vector<std::string> cells{std::to_string(row.horizon), row.model, row.chosen ? "*" : "", fixed(row.logMse, 4), fixed(row.nd, 4), fixed(row.mase, 3), fixed(row.smape, 2),
                                       fixed(row.coverage, 3), fixed(row.skill, 3), fixed(row.backtestLogMse, 4), row.weight > 0 ? fixed(row.weight, 2) : "–", fixed(row.seconds, 1)};
        if (!options.events.empty()) cells.insert(cells.begin() + 4, fixed(row.markedLogMse, 4));
        table.row(cells);
    }
    outcome.text = fmt::format("{} series, up to {} steps; {}. Log-MSE of ln(1+count); coverage of P10 to P90; skill against seasonal naive.\n", evaluation.series,
                               groupThousands(static_cast<int64_t>(evaluation.steps)), options.origins == "last" ? "one forecast of the test part" : "every step an origin") +
                   table.render() + fmt::format("Trained and judged in {}\n", formatDuration(evaluation.seconds));
    addWarnings(outcome, job);
    return outcome;
}

Result<Outcome> runEvaluateHotspot(const verbs::EvaluateHotspotOptions& options, Job& job) {
    FS_ASSIGN(const auto evaluation, verbs::evaluateHotspots(options, job));
    Outcome outcome;
    outcome.json = std::make_shared<Json>();
    auto& json = *outcome.json;
    json["what"] = "hotspot";
    json["accesses"] = evaluation.accesses;
    json["items"] = evaluation.items;
    json["predicted"] = evaluation.hot;
    json["rows"] = Json::array();
    TextTable table({"model", "chosen", "precision at k", "load captured", "seconds"});
    for (const auto& row : evaluation.rows) {
        json["rows"].push_back({{"model", row.model}, {"chosen", row.chosen}, {"precision_at_k", row.precision}, {"load_captured", row.load},
                                {"times_chosen", row.timesChosen}, {"training_seconds", row.seconds}});
        table.row({row.model, row.chosen ? "*" : row.timesChosen ? fmt::format("{} times", row.timesChosen) : "", fixed(row.precision, 4), fixed(row.load, 4), fixed(row.seconds, 1)});
    }
    outcome.text = fmt::format("{} accesses to {} {}; the {} hottest of each next window predicted, windows 30 to 59 of 60.\n",
                               groupThousands(static_cast<int64_t>(evaluation.accesses)), groupThousands(static_cast<int64_t>(evaluation.items)),
                               options.ranges ? "ranges" : "keys seen in the first half", evaluation.hot) +
                   table.render() + fmt::format("Trained and judged in {}\n", formatDuration(evaluation.seconds));
    addWarnings(outcome, job);
    return outcome;
}

Result<Outcome> runEvaluateCardinality(const verbs::EvaluateCardinalityOptions& options, Job& job) {
    FS_ASSIGN(const auto evaluation, verbs::evaluateCardinality(options, job));
    Outcome outcome;
    outcome.json = std::make_shared<Json>();
    auto& json = *outcome.json;
    json["what"] = "cardinality";
    json["trained"] = evaluation.trained;
    json["disorder"] = finiteOrNull(evaluation.disorder);
    json["pairs"] = evaluation.pairs;
    json["rows"] = Json::array();
    TextTable table({"test", "split", "queries", "model", "chosen", "q50", "q90", "q95", "q99", "max", "mean", "backtest", "weight", "unseen", "seconds"});
    for (const auto& row : evaluation.rows) {
        json["rows"].push_back(rowJson(row));
        const auto weight = [](double w) { return w > 0 ? fixed(w, 2) : "–"; };
        table.row({row.test, row.split, std::to_string(row.queries), row.model, row.chosen ? "*" : "", qError(row.errors.q50), qError(row.errors.q90), qError(row.errors.q95),
                   qError(row.errors.q99), qError(row.errors.max), qError(row.errors.mean), fixed(row.backtest, 3), weight(row.weight), weight(row.weightUnseen), fixed(row.seconds, 1)});
    }
    outcome.text = fmt::format("{} queries to train on. q-error: max(estimate, true) over min of them; backtest: mean of its logarithm in the cross-validation inside the training part;\n"
                               "weights in the portfolio: of sets of tables that were trained on, and of unseen ones; seen: the training part holds the same sub-plan.\n",
                               groupThousands(static_cast<int64_t>(evaluation.trained))) +
                   table.render();
    if (evaluation.disorder)
        outcome.text += fmt::format("Of {} random pairs, {:.2f} % put \"x < 5\" above \"x < 6\".\n", groupThousands(static_cast<int64_t>(evaluation.pairs)), 100 * *evaluation.disorder);
    outcome.text += fmt::format("Trained and judged in {}\n", formatDuration(evaluation.seconds));
    addWarnings(outcome, job);
    return outcome;
}

}  // namespace foreshard::cli
