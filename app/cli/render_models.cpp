// train and forecast as JSON and as text.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/cli/render.h"
#include "app/cli/render_parts.h"
#include "app/cli/render_predict.h"
#include "app/verbs/models.h"
#include "core/base/units.h"
#include "core/models/series_title.h"

namespace foreshard::cli {

namespace {

Json backtestJson(const models::BacktestRow& row) {
    return {{"model", models::toString(row.model)}, {"chosen", row.chosen},          {"log_mse", finiteOrNull(row.logMse)},
            {"nd", finiteOrNull(row.nd)},           {"mase", finiteOrNull(row.mase)}, {"skill", finiteOrNull(row.skill)},
            {"coverage", finiteOrNull(row.coverage)}, {"origins", row.origins}};
}

// How many templates series `i` of a forecast stands for: it is in the order of the models' series, unless these were trained
// anew since; 1 where they do not tell.
size_t templatesOf(const models::TrainedModels* trained, size_t i, const std::string& name) {
    return trained && i < trained->series.size() && trained->series[i].name == name ? trained->series[i].templates.size() : 1;
}

// Said as a result, not as a warning.
bool isOfCardinality(const Diagnostic& diagnostic) { return diagnostic.reason == "no_cardinality" || diagnostic.reason == "rows_counted_on_copy"; }

// The accuracy of the cardinality model, or why there is none.
Status addCardinality(Outcome& outcome, const models::TrainedModels& trained, const Job& job) {
    auto& json = (*outcome.json)["cardinality"];
    std::string why;
    const auto diagnostics = job.diagnostics();
    for (const auto& d : diagnostics.shown())
        if (isOfCardinality(d)) why += (why.empty() ? "" : " ") + d.message;
    if (!trained.cardinality.empty()) {
        FS_ASSIGN(const auto cardinality, models::TrainedCardinality::read(trained.cardinality));
        json = cardinalityJson(cardinality);
        outcome.text += cardinalityText(cardinality);
    }
    (*outcome.json)["cardinality_note"] = why.empty() ? Json() : Json(why);
    if (!why.empty()) outcome.text += wrapped("", why);
    return {};
}

void addWarnings(Outcome& outcome, const Job& job) {
    const auto diagnostics = job.diagnostics();
    for (const auto& d : diagnostics.shown())
        if (!isOfCardinality(d) && std::find(outcome.warnings.begin(), outcome.warnings.end(), d.message) == outcome.warnings.end()) outcome.warnings.push_back(d.message);
}

}  // namespace

namespace {

// Quantiles do not add: a band is said of one interval, the busiest one.
std::vector<std::string> forecastRow(const models::SeriesForecast& series, const std::string& title) {
    double sum = 0;
    for (const double value : series.p50) sum += value;
    const auto at = static_cast<size_t>(std::max_element(series.p50.begin(), series.p50.end()) - series.p50.begin());
    const bool any = at < series.p50.size() && at < series.times.size();
    const auto when = any ? formatRfc3339(series.times[at]) : std::string("–");
    const auto text = [&](const std::vector<double>& values) { return any ? formatCount(values[at]) : std::string("–"); };
    return {title, formatCount(sum), when, text(series.p10), text(series.p50), text(series.p90), models::toString(series.model), numberText(series.skill), numberText(series.coverage)};
}

}  // namespace

Result<Outcome> runTrain(const verbs::TrainOptions& options, Job& job) {
    FS_ASSIGN(const auto trained, verbs::train(options, job));
    Outcome outcome;
    outcome.json = std::make_shared<Json>();
    auto& json = *outcome.json;
    json["device"] = trained->device;
    json["library"] = trained->library;
    json["training_seconds"] = trained->seconds;
    json["interval"] = formatInterval(trained->interval);
    json["series"] = Json::array();
    TextTable table({"series", "model", "skill", "ND", "coverage"});
    for (const auto& series : trained->series) {
        Json one;
        const auto title = models::seriesTitle(series.name, series.templates.size());
        one["name"] = series.name;
        one["title"] = title;
        one["model"] = models::toString(series.model);
        one["templates"] = series.templates.size();
        one["season"] = series.season;
        one["parts"] = Json::array();   // of an average
        for (const auto& part : series.parts) one["parts"].push_back({{"model", models::toString(part.model)}, {"weight", part.weight}});
        one["backtest"] = Json::array();
        for (const auto& row : series.backtest) {
            one["backtest"].push_back(backtestJson(row));
            if (row.chosen) table.row({title, models::toString(row.model), numberText(row.skill), numberText(row.nd), numberText(row.coverage)});
        }
        json["series"].push_back(std::move(one));
    }
    outcome.text = table.render() + fmt::format("{} series in {} on {} ({})\n", trained->series.size(), formatDuration(trained->seconds), trained->device, trained->library);
    FS_TRY(addCardinality(outcome, *trained, job));
    addWarnings(outcome, job);
    return outcome;
}

Result<Outcome> runForecast(const verbs::ForecastOptions& options, Job& job) {
    FS_ASSIGN(const auto forecast, verbs::forecast(options, job));
    Outcome outcome;
    outcome.json = std::make_shared<Json>();
    auto& json = *outcome.json;
    json["heat_basis"] = forecast->workload->rates.heatBasis;
    json["series"] = Json::array();
    FS_ASSIGN(const auto project, project::Project::open(options.project));
    FS_ASSIGN(const auto trained, project.models());
    TextTable table({"series", "calls, about", "busiest", "P10", "P50", "P90", "model", "skill", "coverage"});
    for (size_t i = 0; i < forecast->series.size(); ++i) {
        const auto& series = forecast->series[i];
        Json one;
        const size_t templates = templatesOf(trained.get(), i, series.name);
        const auto title = models::seriesTitle(series.name, templates, 50);
        one["name"] = series.name;
        one["title"] = title;
        one["templates"] = templates;
        one["model"] = models::toString(series.model);
        one["skill"] = finiteOrNull(series.skill);
        one["coverage"] = finiteOrNull(series.coverage);
        one["times"] = Json::array();
        for (const auto t : series.times) one["times"].push_back(formatRfc3339(t));
        one["p10"] = series.p10;
        one["p50"] = series.p50;
        one["p90"] = series.p90;
        json["series"].push_back(std::move(one));
        table.row(forecastRow(series, title));
    }
    outcome.text = fmt::format("Calls from {} to {}: in all, and in the busiest interval of each series\n", formatRfc3339(forecast->range.begin), formatRfc3339(forecast->range.end)) + table.render();
    addWarnings(outcome, job);
    FS_TRY(warnOfStale(outcome, project, {project::Stage::workload, project::Stage::models}));
    return outcome;
}

}  // namespace foreshard::cli
