// Workload and forecast: volume over time, templates, bands, backtest.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/base/units.h"
#include "core/base/words.h"
#include "core/models/series_title.h"
#include "core/report/sections.h"
#include "core/workload/untimed.h"

namespace foreshard::report {

namespace {

constexpr size_t clustersShown = 8;

std::vector<uint32_t> allTemplates(const workload::Workload& w) {
    std::vector<uint32_t> out(w.facts->templates.size());
    std::iota(out.begin(), out.end(), 0U);
    return out;
}

struct TemplateSum {
    uint32_t index = 0;
    Weight calls = 0, timed = 0, counted = 0;
    int64_t durationNs = 0, rows = 0;
};

std::vector<TemplateSum> sumTemplates(const workload::Workload& w) {
    std::vector<TemplateSum> sums;
    for (uint32_t i = 0; i < w.rates.templates.size(); ++i) {
        TemplateSum& sum = sums.emplace_back();
        sum.index = i;
        for (const workload::SeriesPoint& point : w.rates.templates[i].points) {
            sum.calls += point.calls;
            sum.timed += point.timedCalls;
            sum.counted += point.countedCalls;
            sum.durationNs += point.durationNs;
            sum.rows += point.rows;
        }
    }
    std::stable_sort(sums.begin(), sums.end(),
                     [](const TemplateSum& a, const TemplateSum& b) { return a.calls > b.calls; });
    return sums;
}

std::optional<double> perCall(double sum, Weight calls) {
    return calls > 0 ? std::optional(sum / fromWeight(calls)) : std::nullopt;
}

std::string tablesOf(const workload::Facts& facts, const workload::Template& one) {
    std::vector<std::string> names;
    for (const workload::TableAccess& access : one.accesses)
        if (access.table < facts.schema.tables.size())
            names.push_back(facts.schema.tables[access.table].qualifiedName());
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return joined(names);
}

Table templateTable(const workload::Workload& w, const std::vector<TemplateSum>& sums, double total) {
    Table table{"templates", "Templates, busiest first", {}, {}};
    table.columns = {{"fingerprint", "Fingerprint", "", false, true},
                     {"text", "Statement", "", false, true, false, true},
                     {"kind", "Kind"},
                     {"tables", "Tables", "", false, true},
                     {"calls", "Calls", "", true, false, true},
                     {"share", "Share of calls", "", true},
                     {"mean_ms", "Mean time", "ms", true},
                     {"rows", "Rows per call", "", true}};
    const bool shares = sharesKnown(*w.facts) && total > 0;
    for (const TemplateSum& sum : sums) {
        const workload::Template& one = w.facts->templates[sum.index];
        const auto ms = perCall(static_cast<double>(sum.durationNs) / 1e6, sum.timed);
        table.rows.push_back({textCell(fmt::format("{:016x}", one.fingerprint)), textCell(one.text),
                              textCell(sql::toString(one.facts.kind)), textCell(tablesOf(*w.facts, one)),
                              countCell(fromWeight(sum.calls)),
                              shares ? shareCell(fromWeight(sum.calls) / total) : unknownCell(),
                              ms ? Cell{fmt::format("{:.3g}", *ms), ms} : unknownCell(),
                              countCell(perCall(static_cast<double>(sum.rows), sum.counted))});
    }
    return table;
}

std::vector<std::optional<double>> known(const std::vector<double>& values) { return {values.begin(), values.end()}; }

// History and, to the right of `now`, a forecast with its band, as one line.
Line historyAndBand(std::string name, const std::vector<double>& history, const models::SeriesForecast* next,
                    size_t length) {
    Line line{std::move(name), known(history), {}, {}};
    line.values.resize(length);
    if (!next) return line;
    line.low.assign(length, std::numeric_limits<double>::quiet_NaN());
    line.high = line.low;
    const size_t begin = history.size();
    for (size_t i = 0; i < next->p50.size() && begin + i < length; ++i) {
        line.values[begin + i] = next->p50[i];
        line.low[begin + i] = next->p10[i];
        line.high[begin + i] = next->p90[i];
    }
    return line;
}

struct Cluster {
    std::string name;
    std::vector<uint32_t> templates;
    const models::SeriesForecast* next = nullptr;
    size_t size = 1;  // templates, those included that this workload does not know
};

// The models' clusters where there are some, else the busiest templates.
std::vector<Cluster> clustersOf(const ReportInput& input, const std::vector<TemplateSum>& sums) {
    std::vector<Cluster> out;
    if (input.models) {
        for (size_t i = 0; i < input.models->series.size() && out.size() < clustersShown; ++i) {
            Cluster& cluster = out.emplace_back(Cluster{input.models->series[i].name, {}, nullptr, input.models->series[i].templates.size()});
            for (const uint64_t fingerprint : input.models->series[i].templates)
                if (const auto found = input.workload->facts->findTemplate(fingerprint))
                    cluster.templates.push_back(*found);
            // In the order of the models' series, unless these were trained anew since.
            if (input.forecast && i < input.forecast->series.size() && input.forecast->series[i].name == cluster.name) cluster.next = &input.forecast->series[i];
        }
        return out;
    }
    for (size_t i = 0; i < sums.size() && i < clustersShown; ++i)
        out.push_back({input.workload->facts->templates[sums[i].index].text, {sums[i].index}, nullptr, 1});
    return out;
}

TimeChart chartOf(const ReportInput& input, const std::string& id, const std::string& title,
                  const std::vector<uint32_t>& templates, const models::SeriesForecast* next) {
    const workload::Rates& rates = input.workload->rates;
    TimeChart chart{id, title, perInterval(rates), intervalTimes(rates), {}, {}};
    const std::vector<double> history = callsPerInterval(rates, templates);
    if (next && !next->times.empty() && (chart.times.empty() || next->times.front() > chart.times.back())) {
        chart.now = next->times.front();
        chart.times.insert(chart.times.end(), next->times.begin(), next->times.end());
    } else {
        next = nullptr;
    }
    chart.lines.push_back(
        historyAndBand(next ? "observed, then P50 with P10–P90" : "observed", history, next, chart.times.size()));
    return chart;
}

}  // namespace

namespace {

// What was noticed while reading, by reason: not all of it is something left out.
std::string readingNote(const Diagnostics& found) {
    std::string reasons;
    for (const auto& [reason, times] : found.byReason()) {
        std::string words = reason;
        std::replace(words.begin(), words.end(), '_', ' ');
        reasons += fmt::format("{}{} × {}", reasons.empty() ? "" : ", ", groupThousands(static_cast<int64_t>(times)), words);
    }
    return fmt::format("Noticed while reading: {}. What could not be read is not counted.", reasons);
}

}  // namespace

Section workloadSection(const ReportInput& input) {
    Section out;
    if (!input.workload || !input.workload->facts) return out;
    const workload::Workload& w = *input.workload;
    const auto sums = sumTemplates(w);
    double total = 0;
    for (const TemplateSum& sum : sums) total += fromWeight(sum.calls);
    const std::vector<double> volume = callsPerInterval(w.rates, allTemplates(w));
    if (volume.empty()) {
        out.answer = "No calls were read.";
    } else if (workload::withoutTimes(w.rates)) {
        out.answer = fmt::format("{} of {} in {}; the log has no times.", counted(total, "call"), counted(static_cast<double>(w.facts->templates.size()), "template"),
                                 counted(fromWeight(w.facts->totals.transactions), "transaction"));
    } else {
        const size_t peak = static_cast<size_t>(std::max_element(volume.begin(), volume.end()) - volume.begin());
        out.answer = fmt::format(
            "{} of {} in {} from {} to {}; the busiest interval began {} with {}.",
            counted(total, "call"), counted(static_cast<double>(w.facts->templates.size()), "template"),
            counted(fromWeight(w.facts->totals.transactions), "transaction"), formatForPeople(w.rates.range.begin, input.zone),
            formatForPeople(w.rates.range.end, input.zone), formatForPeople(intervalTimes(w.rates)[peak], input.zone),
            counted(volume[peak], "call"));
        out.pictures.emplace_back(chartOf(input, "volume", "Calls over time", allTemplates(w), nullptr));
    }
    out.tables.push_back(templateTable(w, sums, total));
    for (const workload::Coverage& coverage : w.facts->coverage)
        for (std::string& sentence : coverageSentences(coverage)) out.notes.push_back(std::move(sentence));
    if (const auto& found = w.facts->diagnostics; found.total() > 0) out.notes.push_back(readingNote(found));
    return out;
}

namespace {

// Candidates of one kind are told apart by their season.
std::string candidateName(const models::BacktestRow& row, Instant interval) {
    if (row.model != models::VolumeModel::seasonalNaive) return models::toString(row.model);
    if (row.season <= 1) return "last value";
    return fmt::format("{}, {}", models::toString(row.model), formatInterval(interval * row.season));
}

Table backtestTable(const models::TrainedModels& models) {
    Table table{"backtest", "Measured accuracy of the volume models", {}, {}};
    table.columns = {{"series", "Series", "", false, true, false, true},
                     {"model", "Model"},
                     {"chosen", "Chosen"},
                     {"log_mse", "Error", "ln(1+calls)²", true},
                     {"nd", "Absolute error / volume", "", true},
                     {"skill", "Skill over seasonal naive", "", true},
                     {"coverage", "Actual values inside P10–P90", "", true},
                     {"origins", "Origins", "", true}};
    for (const models::SeriesModel& series : models.series)
        for (const models::BacktestRow& row : series.backtest)
            table.rows.push_back({textCell(models::seriesTitle(series.name, series.templates.size())), textCell(candidateName(row, models.interval)),
                                  textCell(row.chosen ? "yes" : "no"), ratioCell(row.logMse), ratioCell(row.nd),
                                  ratioCell(row.skill), shareCell(row.coverage), wholeCell(row.origins)});
    return table;
}

}  // namespace

Section forecastSection(const ReportInput& input) {
    Section out;
    if (!input.forecast || !input.forecast->workload || !input.workload || !input.workload->facts) return out;
    const models::Forecast& forecast = *input.forecast;
    double expected = 0;
    for (const TemplateSum& sum : sumTemplates(*forecast.workload)) expected += fromWeight(sum.calls);
    out.answer =
        fmt::format("About {} calls are expected from {} to {}", formatCount(expected),
                    formatForPeople(forecast.range.begin, input.zone), formatForPeople(forecast.range.end, input.zone));
    if (const auto& p90 = forecast.total.p90; !p90.empty() && p90.size() == forecast.total.times.size()) {
        const size_t peak = static_cast<size_t>(std::max_element(p90.begin(), p90.end()) - p90.begin());
        out.answer += fmt::format("; the highest interval begins {} (P50 {}, P90 {} calls)",
                                  formatForPeople(forecast.total.times[peak], input.zone),
                                  formatCount(forecast.total.p50[peak]), formatCount(p90[peak]));
    }
    out.answer += ".";
    out.pictures.emplace_back(chartOf(input, "forecast-total", "All calls, observed and expected",
                                      allTemplates(*input.workload), &forecast.total));
    ChartGrid grid{"forecast-series", "Largest series, observed and expected", perInterval(input.workload->rates), {}, false};
    int colour = 0;
    for (const Cluster& cluster : clustersOf(input, sumTemplates(*input.workload))) {
        grid.charts.push_back(chartOf(input, fmt::format("series-{}", grid.charts.size() + 1),
                                      models::seriesTitle(cluster.name, std::max<size_t>(cluster.size, 1), 40), cluster.templates, cluster.next));
        grid.charts.back().colour = colour++;
    }
    if (!grid.charts.empty()) out.pictures.emplace_back(std::move(grid));
    if (input.models) out.tables.push_back(backtestTable(*input.models));
    if (!forecast.workload->rates.heatBasis.empty())
        out.notes.push_back("How load spreads over keys in the forecast: " + forecast.workload->rates.heatBasis + ".");
    return out;
}

}  // namespace foreshard::report
