#include "app/cli/render_predict.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/cli/render_parts.h"
#include "core/models/forecast.h"
#include "core/base/units.h"
#include "core/models/predict/words.h"

namespace foreshard::cli {

namespace {

std::string hex(uint64_t fingerprint) { return fmt::format("{:016x}", fingerprint); }

Json bandJson(const models::ExpectedBand& band) { return {{"p10", band.p10}, {"p50", band.p50}, {"p90", band.p90}}; }
Json bandJson(const std::optional<models::ExpectedBand>& band) { return band ? bandJson(*band) : Json(); }

Json featuresJson(const models::Prediction& prediction) {
    const auto& facts = prediction.statement.facts;
    const auto column = [&](const sql::ColumnExpression& own) {
        return (own.table < facts.tables.size() ? facts.tables[own.table].name + "." : std::string()) + own.expression;
    };
    Json json{{"tokens", prediction.tokens}, {"conditions", Json::array()}, {"joins", Json::array()}};
    for (const auto& predicate : facts.predicates) json["conditions"].push_back({{"column", column(predicate.column)}, {"operator", sql::toString(predicate.op)}});
    for (const auto& join : facts.joins) json["joins"].push_back({{"left", column(join.left)}, {"right", column(join.right)}});
    json["aggregates"] = facts.aggregates;
    json["limited"] = facts.limitSlot.has_value();
    json["hashed"] = prediction.hashedFeatures;
    json["version"] = models::featureVersion;
    return json;
}

Json hotspotJson(const models::TouchedHotspot& touched, const workload::Workload& workload) {
    const auto& hotspot = touched.hotspot;
    const auto& column = workload.facts->columns[hotspot.column];
    return {{"table", workload.facts->schema.tables[column.table].qualifiedName()},
            {"column", column.expression},
            {"kind", models::toString(hotspot.kind)},
            {"keys", hotspot.keys},
            {"by", models::toString(touched.how)},
            {"now", touched.now},
            {"next", orNull(touched.next)},
            {"share", hotspot.share},
            {"predicted_share", finiteOrNull(hotspot.predictedShare)},
            {"what", hotspot.what},
            {"remedy", hotspot.remedy}};
}

std::string predictionText(const models::Prediction& prediction, const workload::Workload& workload) {
    std::string tables;
    for (const auto& table : prediction.tables) tables += (tables.empty() ? "" : ", ") + table;
    std::string text = wrapped(prediction.known ? "Template    " : "Never seen  ", prediction.statement.text);
    text += fmt::format("Does        {} on {}\n", sql::toString(prediction.statement.facts.kind), tables);
    text += "Calls/hour  " + (prediction.callsPerHour ? fmt::format("{} in the hour from {}{}", models::bandWords(*prediction.callsPerHour), formatRfc3339(prediction.nextHour->begin), prediction.relatives ? ", by its relatives" : "") : std::string("–")) + "\n";
    text += "Rows        " + (prediction.rows ? models::rowsWords(*prediction.rows) : std::string("–")) + "\n";
    if (prediction.hotspots.empty()) text += "Hotspots    none of those that are known\n";
    for (const auto& touched : prediction.hotspots) text += wrapped("Hotspot     ", models::touchWords(touched, workload));
    TextTable table({"like", "calls/hour", "similar template"});
    for (const auto& related : prediction.similar) table.row({fmt::format("{:.2f}", related.like.score), related.callsPerHour ? formatCount(related.callsPerHour->p50) : "–", related.text});
    return prediction.similar.empty() ? text : text + table.render();
}

Json choiceJson(const models::CardinalityChoice& choice) {
    Json json{{"queries", choice.queries}, {"coverage", finiteOrNull(choice.coverage)}, {"rows", Json::array()}};
    const auto row = [&](const char* model, bool chosen, const models::QErrors& errors, double weight) {
        json["rows"].push_back({{"model", model}, {"chosen", chosen}, {"weight", weight}, {"q50", errors.q50}, {"q90", errors.q90}, {"q95", errors.q95}, {"q99", errors.q99}, {"max", errors.max}, {"mean", errors.mean}});
    };
    for (uint32_t c = 0; c < models::cardinalityCandidates; ++c)
        if (choice.candidates[c].max > 0) row(models::toString(static_cast<models::CardinalityCandidate>(c)), false, choice.candidates[c], choice.weights[c]);
    row("portfolio", true, choice.chosen, 1);
    return json;
}

void addRows(TextTable& table, const std::string& test, const models::CardinalityChoice& choice) {
    const auto row = [&](const std::string& model, const std::string& chosen, const models::QErrors& errors, double weight) {
        table.row({test, model, chosen, numberText(errors.q50), numberText(errors.q90), numberText(errors.q95), numberText(errors.q99), numberText(errors.max), weight > 0 ? fmt::format("{:.2f}", weight) : "–"});
    };
    for (uint32_t c = 0; c < models::cardinalityCandidates; ++c)
        if (choice.candidates[c].max > 0) row(models::toString(static_cast<models::CardinalityCandidate>(c)), "", choice.candidates[c], choice.weights[c]);
    row("portfolio", "*", choice.chosen, 1);
}

}  // namespace

Json cardinalityJson(const models::TrainedCardinality& trained) {
    Json json{{"queries_of_log", trained.ofLog}, {"queries_of_copy", trained.ofCopy}, {"templates", trained.templates}, {"training_seconds", trained.seconds},
              {"disorder", finiteOrNull(trained.disorder)}, {"pairs", trained.pairs}};
    json["known_templates"] = choiceJson(trained.portfolio.choice());
    json["new_templates"] = trained.portfolio.choiceForUnseenTables().queries ? choiceJson(trained.portfolio.choiceForUnseenTables()) : Json();
    return json;
}

std::string cardinalityText(const models::TrainedCardinality& trained) {
    const auto &known = trained.portfolio.choice(), &fresh = trained.portfolio.choiceForUnseenTables();
    std::string text = fmt::format("Learned from {} of {}, {} counted by the log and {} on a copy. q-error: max(estimate, true) over min of them, of queries with other values than those trained on{}.\n",
                                   counted(trained.ofLog + trained.ofCopy, "query", "queries"), counted(trained.templates, "template", "templates"), trained.ofLog, trained.ofCopy,
                                   fresh.queries ? ", and of templates that were held out" : "");
    TextTable table({"judged on", "model", "chosen", "q50", "q90", "q95", "q99", "max", "weight"});
    addRows(table, "known templates", known);
    if (fresh.queries) addRows(table, "new templates", fresh);
    text = wrapped("", text) + table.render();
    if (known.coverage) text += fmt::format("P10 to P90 held {} of the true rows (of known templates).\n", formatShare(*known.coverage));
    if (fresh.coverage) text += fmt::format("Of templates that they were not trained on, P10 to P90 held {}.\n", formatShare(*fresh.coverage));
    if (trained.disorder) text += fmt::format("Of {} random pairs, {:.2f} % put \"x < 5\" above \"x < 6\".\n", groupThousands(static_cast<int64_t>(trained.pairs)), 100 * *trained.disorder);
    return text;
}

Result<Outcome> runPredict(const verbs::PredictOptions& options, Job& job) {
    FS_ASSIGN(const auto project, project::Project::open(options.project));
    FS_ASSIGN(const auto predictor, verbs::makePredictor(project, options.seed, job));
    FS_ASSIGN(const auto prediction, predictor->predict(options.sql));
    const auto& workload = predictor->observed();
    Outcome outcome;
    outcome.json = std::make_shared<Json>();
    auto& json = *outcome.json;
    json["template"] = {{"text", prediction.statement.text}, {"fingerprint", hex(prediction.known ? workload.facts->templates[*prediction.known].fingerprint : prediction.statement.fingerprint)}, {"known", prediction.known.has_value()}};
    json["kind"] = sql::toString(prediction.statement.facts.kind);
    json["tables"] = prediction.tables;
    json["features"] = featuresJson(prediction);
    json["calls_per_hour"] = bandJson(prediction.callsPerHour);
    json["hour"] = prediction.nextHour ? Json{{"from", formatRfc3339(prediction.nextHour->begin)}, {"to", formatRfc3339(prediction.nextHour->end)}} : Json();
    json["calls_from"] = !prediction.callsPerHour ? Json() : Json(prediction.relatives ? "relatives" : "forecast");
    json["hotspots"] = Json::array();
    for (const auto& touched : prediction.hotspots) json["hotspots"].push_back(hotspotJson(touched, workload));
    json["rows"] = prediction.rows ? bandJson(prediction.rows->band) : Json();
    json["rows_from"] = prediction.rows ? Json(models::toString(prediction.rows->from)) : Json();
    json["rows_at_most"] = prediction.rows && prediction.rows->upTo;
    json["similar"] = Json::array();
    for (const auto& related : prediction.similar)
        json["similar"].push_back({{"fingerprint", hex(related.fingerprint)}, {"text", related.text}, {"score", related.like.score}, {"alike", related.like.alike},
                                   {"together", related.like.together}, {"calls_per_hour", bandJson(related.callsPerHour)}});
    json["notes"] = prediction.notes;
    outcome.text = predictionText(prediction, workload);
    outcome.warnings = prediction.notes;
    FS_ASSIGN(const auto trained, project.models());
    if (!trained) outcome.warnings.push_back(fmt::format("For that, run: foreshard train {}", options.project.string()));
    else if (trained->cardinality.empty() && !prediction.rows) outcome.warnings.push_back(fmt::format("Rows are learned from logs that count them, or by foreshard train {} --label-on sqlite:FILE", options.project.string()));
    FS_TRY(warnOfStale(outcome, project, {project::Stage::workload, project::Stage::models}));
    return outcome;
}

Result<Outcome> runCardinality(const verbs::CardinalityOptions& options, Job& job) {
    FS_ASSIGN(const auto report, verbs::cardinality(options, job));
    Outcome outcome;
    outcome.json = std::make_shared<Json>();
    auto& json = *outcome.json;
    json["model"] = report.trained ? cardinalityJson(*report.trained) : Json();
    json["templates"] = Json::array();
    TextTable table({"calls", "rows a call", "P10", "P50", "P90", "from", "template"});
    size_t known = 0;
    for (const auto& own : report.templates) {
        Json one{{"fingerprint", hex(own.fingerprint)}, {"text", own.text}, {"tables", own.tables}, {"calls", own.calls}, {"rows", Json()}, {"mean_rows", Json()}, {"rows_from", Json()}};
        if (own.rows) {
            ++known;
            one["rows"] = bandJson(own.rows->band);
            one["mean_rows"] = own.rows->mean;
            one["rows_from"] = models::toString(own.rows->from);
            table.row({formatCount(own.calls), formatCount(own.rows->mean), formatCount(own.rows->band.p10), formatCount(own.rows->band.p50), formatCount(own.rows->band.p90), models::toString(own.rows->from), own.text});
        } else {
            table.row({formatCount(own.calls), "–", "–", "–", "–", "–", own.text});
        }
        json["templates"].push_back(std::move(one));
    }
    outcome.text = table.render() + (report.trained ? cardinalityText(*report.trained) : std::string());
    if (!report.trained) outcome.warnings.emplace_back("No cardinality model is trained: foreshard train P, on logs that count rows, or with --label-on.");
    else if (!report.ofThisWorkload) outcome.warnings.emplace_back("The cardinality model was trained on an earlier workload.");
    if (known == 0) outcome.warnings.emplace_back("Neither log nor model knows how many rows any template returns.");
    return outcome;
}

}  // namespace foreshard::cli
