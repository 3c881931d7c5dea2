// train and forecast as JSON and as text.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

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

// What tuning found is a result too.
bool isOfTuning(const Diagnostic& diagnostic) { return diagnostic.reason == "tuned" || diagnostic.reason == "tuning_kept"; }

void addWarnings(Outcome& outcome, const Job& job) {
    const auto diagnostics = job.diagnostics();
    for (const auto& d : diagnostics.shown())
        if (isOfTuning(d)) outcome.text += wrapped("", d.message);
        else if (!isOfCardinality(d) && std::find(outcome.warnings.begin(), outcome.warnings.end(), d.message) == outcome.warnings.end()) outcome.warnings.push_back(d.message);
}

Json eventsJson(const std::vector<models::CalendarEvent>& events) {
    Json all = Json::array();
    for (const auto& event : events) {
        all.push_back({{"name", event.name}, {"from", formatRfc3339(event.begin)}, {"to", formatRfc3339(event.end)}});
        if (!event.like.empty()) all.back()["like"] = event.like;
    }
    return all;
}

Json forecastJson(const models::SeriesForecast& series) {
    Json one{{"name", series.name}, {"model", models::toString(series.model)}, {"skill", finiteOrNull(series.skill)}, {"coverage", finiteOrNull(series.coverage)}};
    one["times"] = Json::array();
    for (const auto t : series.times) one["times"].push_back(formatRfc3339(t));
    one["p10"] = series.p10;
    one["p50"] = series.p50;
    one["p90"] = series.p90;
    return one;
}

Json totalJson(const models::TrainedModels& trained) {
    Json total = trained.totalRow.origins > 0 ? backtestJson(trained.totalRow) : Json::object();
    total["reconciled"] = trained.reconciliation.used;
    if (trained.total) total["log_mse_of_plain_sum"] = finiteOrNull(trained.reconciliation.before);
    if (trained.total) total["log_mse_reconciled"] = finiteOrNull(trained.reconciliation.after);
    return total;
}

// Texts of a class's templates, in their order.
std::string classTitle(const workload::Facts& facts, uint32_t id) {
    std::string title;
    for (const auto each : facts.classes[id].templates) title += (title.empty() ? "" : "; ") + facts.templates[each].text;
    return title.empty() ? "other transactions" : title;
}

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

void addShares(const models::Forecast& forecast, const std::string& by, Json& json, TextTable& table) {
    if (by == "series") return;
    const auto& facts = *forecast.workload->facts;
    const bool classes = by == "transaction";
    Json& all = json[classes ? "transactions" : "templates"] = Json::array();
    std::vector<std::pair<models::SeriesForecast, std::string>> rows;
    for (const auto& share : classes ? forecast.classes : forecast.templates) {
        auto series = classes ? models::classForecast(forecast, share) : models::templateForecast(forecast, share);
        if (classes) series.name = classTitle(facts, share.index);
        all.push_back(forecastJson(series));
        all.back()["fingerprint"] = fmt::format("{:016x}", classes ? facts.classes[share.index].fingerprint : facts.templates[share.index].fingerprint);
        const std::string title = models::seriesTitle(series.name, 1, 50);
        rows.emplace_back(std::move(series), title);
    }
    const auto sum = [](const models::SeriesForecast& series) { return std::accumulate(series.p50.begin(), series.p50.end(), 0.0); };
    std::stable_sort(rows.begin(), rows.end(), [&](const auto& a, const auto& b) { return sum(a.first) > sum(b.first); });
    for (const auto& [series, title] : rows) table.row(forecastRow(series, title));
}

void addEvents(const models::Forecast& forecast, Json& json) {
    json["events"] = Json::array();
    for (const auto& event : forecast.events)
        json["events"].push_back({{"name", event.name}, {"from", formatRfc3339(event.begin)}, {"to", formatRfc3339(event.end)}, {"seen_before", event.occurrences},
                                  {"factor", event.occurrences > 0 ? Json(event.factor) : Json(nullptr)}});
}

}  // namespace

Result<Outcome> runEvents(const verbs::EventsOptions& options, Job& job) {
    FS_ASSIGN(const auto marked, verbs::manageEvents(options, job));
    Outcome outcome;
    outcome.json = std::make_shared<Json>();
    (*outcome.json)["events"] = eventsJson(marked.events);
    if (!marked.done.empty()) (*outcome.json)["done"] = marked.done;
    TextTable table({"event", "from", "to", "like"});
    for (const auto& event : marked.events) table.row({event.name, formatRfc3339(event.begin), formatRfc3339(event.end), event.like});
    outcome.text = marked.done.empty() ? (marked.events.empty() ? std::string("No events are marked.\n") : table.render()) : marked.done + "\n";
    addWarnings(outcome, job);
    return outcome;
}

Result<Outcome> runTrain(const verbs::TrainOptions& options, Job& job) {
    FS_ASSIGN(const auto trained, verbs::train(options, job));
    Outcome outcome;
    outcome.json = std::make_shared<Json>();
    auto& json = *outcome.json;
    json["device"] = trained->device;
    json["library"] = trained->library;
    json["training_seconds"] = trained->seconds;
    json["threads"] = trained->threads;
    json["epochs"] = trained->epochs;
    json["epoch_seconds"] = trained->epochSeconds;
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
    json["total"] = totalJson(*trained);
    const auto& total = trained->totalRow;
    if (total.origins > 0) table.row({"all templates", trained->reconciliation.used ? "sum, reconciled" : "sum", numberText(total.skill), numberText(total.nd), numberText(total.coverage)});
    outcome.text = table.render() + fmt::format("Skill: 1 - error / error of the best seasonal naive, over the backtest\n{} series in {} on {} ({}), {} models at once, each on one thread; {} epochs, {} each\n",
                                                trained->series.size(), formatDuration(trained->seconds), trained->device, trained->library, trained->threads, trained->epochs, formatDuration(trained->epochSeconds));
    FS_TRY(addCardinality(outcome, *trained, job));
    addWarnings(outcome, job);
    return outcome;
}

Result<Outcome> runForecast(const verbs::ForecastOptions& options, const std::string& by, Job& job) {
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
        const size_t templates = templatesOf(trained.get(), i, series.name);
        const auto title = models::seriesTitle(series.name, templates, 50);
        Json one = forecastJson(series);
        one["title"] = title;
        one["templates"] = templates;
        json["series"].push_back(std::move(one));
        if (by == "series") table.row(forecastRow(series, title));
    }
    json["total"] = forecastJson(forecast->total);
    addShares(*forecast, by, json, table);
    if (by != "transaction") table.row(forecastRow(forecast->total, forecast->total.name));
    addEvents(*forecast, json);
    outcome.text = fmt::format("{} from {} to {}: in all, and in the busiest interval of each {}\n", by == "transaction" ? "Transactions" : "Calls", formatRfc3339(forecast->range.begin),
                               formatRfc3339(forecast->range.end), by) + table.render() + "Skill: 1 - error / error of the best seasonal naive, over the backtest; coverage: of P10 to P90\n";
    addWarnings(outcome, job);
    FS_TRY(warnOfStale(outcome, project, {project::Stage::workload, project::Stage::models}));
    return outcome;
}

}  // namespace foreshard::cli
