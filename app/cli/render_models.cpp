// train and forecast as JSON and as text.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/cli/render.h"
#include "app/cli/render_parts.h"
#include "app/verbs/models.h"
#include "core/base/units.h"

namespace foreshard::cli {

namespace {

Json backtestJson(const models::BacktestRow& row) {
    return {{"model", models::toString(row.model)}, {"chosen", row.chosen},          {"log_mse", finiteOrNull(row.logMse)},
            {"nd", finiteOrNull(row.nd)},           {"mase", finiteOrNull(row.mase)}, {"skill", finiteOrNull(row.skill)},
            {"coverage", finiteOrNull(row.coverage)}, {"origins", row.origins}};
}

std::string shortened(const std::string& text, size_t length) { return text.size() > length ? text.substr(0, length - 1) + "…" : text; }

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
        one["name"] = series.name;
        one["model"] = models::toString(series.model);
        one["templates"] = series.templates.size();
        one["season"] = series.season;
        one["backtest"] = Json::array();
        for (const auto& row : series.backtest) {
            one["backtest"].push_back(backtestJson(row));
            if (row.chosen) table.row({shortened(series.name, 60), models::toString(row.model), numberText(row.skill), numberText(row.nd), numberText(row.coverage)});
        }
        json["series"].push_back(std::move(one));
    }
    outcome.text = table.render() + fmt::format("{} series in {} on {} ({})\n", trained->series.size(), formatDuration(trained->seconds), trained->device, trained->library);
    const auto diagnostics = job.diagnostics();
    for (const auto& d : diagnostics.shown()) outcome.warnings.push_back(d.message);
    return outcome;
}

Result<Outcome> runForecast(const verbs::ForecastOptions& options, Job& job) {
    FS_ASSIGN(const auto forecast, verbs::forecast(options, job));
    Outcome outcome;
    outcome.json = std::make_shared<Json>();
    auto& json = *outcome.json;
    json["heat_basis"] = forecast->workload->rates.heatBasis;
    json["series"] = Json::array();
    TextTable table({"series", "model", "P10", "P50", "P90", "skill", "coverage"});
    for (const auto& series : forecast->series) {
        Json one;
        one["name"] = series.name;
        one["model"] = models::toString(series.model);
        one["skill"] = finiteOrNull(series.skill);
        one["coverage"] = finiteOrNull(series.coverage);
        one["times"] = Json::array();
        for (const auto t : series.times) one["times"].push_back(formatRfc3339(t));
        one["p10"] = series.p10;
        one["p50"] = series.p50;
        one["p90"] = series.p90;
        json["series"].push_back(std::move(one));
        const auto sum = [](const std::vector<double>& values) {
            double total = 0;
            for (const double v : values) total += v;
            return total;
        };
        table.row({shortened(series.name, 50), models::toString(series.model), formatCount(sum(series.p10)), formatCount(sum(series.p50)), formatCount(sum(series.p90)), numberText(series.skill), numberText(series.coverage)});
    }
    outcome.text = fmt::format("Calls from {} to {}, sums of the quantiles of each interval\n", formatRfc3339(forecast->range.begin), formatRfc3339(forecast->range.end)) + table.render();
    const auto diagnostics = job.diagnostics();
    for (const auto& d : diagnostics.shown()) outcome.warnings.push_back(d.message);
    return outcome;
}

}  // namespace foreshard::cli
