#include "core/models/heat.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace foreshard::models {

namespace {

using workload::Rates;
using workload::Workload;

constexpr size_t mostCounts = 16'000'000;

struct Pair {
    double reads = 0, writes = 0;
};

// Reads and writes of each table by the calls of `templates`, inside `span`: [table][step of span].
std::vector<std::vector<Pair>> tableTraffic(const workload::Facts& facts, const std::vector<workload::TemplateSeries>& templates,
                                            IntervalSpan span, bool byStep) {
    std::vector<std::vector<Pair>> traffic(facts.schema.tables.size(), std::vector<Pair>(byStep ? span.size() : 1));
    for (size_t id = 0; id < std::min(templates.size(), facts.templates.size()); ++id) {
        for (const auto& point : templates[id].points) {
            if (point.interval < span.first || point.interval >= span.end) continue;
            const size_t step = byStep ? static_cast<size_t>(point.interval - span.first) : 0;
            for (const auto& access : facts.templates[id].accesses) {
                if (access.table >= traffic.size()) continue;
                Pair& pair = traffic[access.table][step];
                (access.kind == workload::AccessKind::read ? pair.reads : pair.writes) += static_cast<double>(point.calls);
            }
        }
    }
    return traffic;
}

// Sums over a window, by key: slots, ranges, or 0 for totals.
struct Sum {
    Weight reads = 0, writes = 0;
};
template <typename Counts, typename Key>
std::map<uint64_t, Sum> sumBy(const Counts& counts, IntervalSpan span, Key key) {
    std::map<uint64_t, Sum> sums;
    for (const auto& count : counts) {
        if (count.interval < span.first || count.interval >= span.end) continue;
        Sum& sum = sums[key(count)];
        sum.reads += count.reads;
        sum.writes += count.writes;
    }
    return sums;
}

Weight scaled(Weight value, double factor) { return static_cast<Weight>(std::llround(static_cast<double>(value) * factor)); }

// Scales each sum so that the results add up to the scaled total of all.
template <typename Emit>
void scaleAll(const std::map<uint64_t, Sum>& sums, double reads, double writes, Emit emit) {
    Sum before, told;
    for (const auto& [key, sum] : sums) {
        before.reads += sum.reads;
        before.writes += sum.writes;
        const Sum upTo{scaled(before.reads, reads), scaled(before.writes, writes)};
        emit(key, upTo.reads - told.reads, upTo.writes - told.writes);
        told = upTo;
    }
}

// What a column's counts are scaled from, reads and writes each from a window that has some.
struct ColumnBase {
    std::map<uint64_t, Sum> slots, ranges;
    workload::ColumnTotal total;
    bool readsRecent = true, writesRecent = true;
};

void keepReads(std::map<uint64_t, Sum>& into, const std::map<uint64_t, Sum>& from) {
    for (const auto& [key, sum] : from) if (sum.reads != 0) into[key].reads = sum.reads;
}
void keepWrites(std::map<uint64_t, Sum>& into, const std::map<uint64_t, Sum>& from) {
    for (const auto& [key, sum] : from) if (sum.writes != 0) into[key].writes = sum.writes;
}

workload::ColumnTotal totalIn(const workload::ColumnRates& column, IntervalSpan span) {
    workload::ColumnTotal sum;
    for (const auto& total : column.totals) {
        if (total.interval < span.first || total.interval >= span.end) continue;
        sum.reads += total.reads;
        sum.writes += total.writes;
        sum.boundReads += total.boundReads;
        sum.boundWrites += total.boundWrites;
    }
    return sum;
}

ColumnBase baseOf(const workload::ColumnRates& column, HeatWindows windows) {
    ColumnBase base;
    const auto recent = totalIn(column, windows.recent), all = totalIn(column, windows.all);
    base.readsRecent = recent.boundReads > 0 || (recent.reads > 0 && all.boundReads == 0);
    base.writesRecent = recent.boundWrites > 0 || (recent.writes > 0 && all.boundWrites == 0);
    const auto slotOf = [](const workload::SlotCount& c) { return static_cast<uint64_t>(c.slot); };
    const auto rangeOf = [](const workload::RangeCount& c) { return c.range; };
    for (const bool reads : {true, false}) {
        const bool isRecent = reads ? base.readsRecent : base.writesRecent;
        const IntervalSpan span = isRecent ? windows.recent : windows.all;
        const auto slots = sumBy(column.slots, span, slotOf), ranges = sumBy(column.ranges, span, rangeOf);
        const auto& total = isRecent ? recent : all;
        if (reads) {
            keepReads(base.slots, slots), keepReads(base.ranges, ranges);
            base.total.reads = total.reads, base.total.boundReads = total.boundReads;
        } else {
            keepWrites(base.slots, slots), keepWrites(base.ranges, ranges);
            base.total.writes = total.writes, base.total.boundWrites = total.boundWrites;
        }
    }
    return base;
}

double ratio(double forecast, double observed, double otherwise) { return observed > 0 ? forecast / observed : otherwise; }

void emitStep(const ColumnBase& base, Pair factor, int64_t interval, workload::ColumnRates& out) {
    scaleAll(base.slots, factor.reads, factor.writes, [&](uint64_t slot, Weight reads, Weight writes) {
        if (reads != 0 || writes != 0) out.slots.push_back({interval, static_cast<uint32_t>(slot), reads, writes});
    });
    scaleAll(base.ranges, factor.reads, factor.writes, [&](uint64_t range, Weight reads, Weight writes) {
        if (reads != 0 || writes != 0) out.ranges.push_back({interval, range, reads, writes});
    });
    const workload::ColumnTotal total{interval, scaled(base.total.reads, factor.reads), scaled(base.total.writes, factor.writes),
                                      scaled(base.total.boundReads, factor.reads), scaled(base.total.boundWrites, factor.writes)};
    if (total.reads != 0 || total.writes != 0) out.totals.push_back(total);
}

double callsOfAll(const std::vector<workload::TemplateSeries>& templates, IntervalSpan span) {
    double calls = 0;
    for (const auto& series : templates)
        for (const auto& point : series.points)
            if (point.interval >= span.first && point.interval < span.end) calls += static_cast<double>(point.calls);
    return calls;
}

Status scaleColumns(const Workload& observed, HeatWindows windows, Rates& future, Job& job) {
    const IntervalSpan ahead{future.firstInterval(), future.endInterval()};
    const auto& facts = *observed.facts;
    const auto forecast = tableTraffic(facts, future.templates, ahead, true);
    const auto recent = tableTraffic(facts, observed.rates.templates, windows.recent, false);
    const auto all = tableTraffic(facts, observed.rates.templates, windows.all, false);
    // For counts whose table no template names: with the volume as a whole, per interval.
    const double overall = ratio(callsOfAll(future.templates, ahead) / static_cast<double>(ahead.size()),
                                 callsOfAll(observed.rates.templates, windows.all) / static_cast<double>(std::max<size_t>(1, windows.all.size())), 0);
    size_t counts = 0;
    future.columns.resize(observed.rates.columns.size());
    for (size_t c = 0; c < observed.rates.columns.size(); ++c) {
        FS_TRY(job.checkpoint());
        const ColumnBase base = baseOf(observed.rates.columns[c], windows);
        counts += (base.slots.size() + base.ranges.size()) * ahead.size();
        if (counts > mostCounts)
            return Error{ErrorCategory::usage, "The horizon of " + std::to_string(ahead.size()) + " intervals needs more key counts than memory should hold.",
                         "Ask for a shorter horizon, or profile the log with a longer interval.", {}};
        const uint32_t table = c < facts.columns.size() ? facts.columns[c].table : UINT32_MAX;
        const auto& readWindow = base.readsRecent ? windows.recent : windows.all;
        const auto& writeWindow = base.writesRecent ? windows.recent : windows.all;
        for (size_t step = 0; step < ahead.size(); ++step) {
            Pair factor{overall / static_cast<double>(std::max<size_t>(1, readWindow.size())),
                        overall / static_cast<double>(std::max<size_t>(1, writeWindow.size()))};
            if (table < forecast.size()) {
                const Pair& expected = forecast[table][step];
                factor.reads = ratio(expected.reads, (base.readsRecent ? recent : all)[table][0].reads, factor.reads);
                factor.writes = ratio(expected.writes, (base.writesRecent ? recent : all)[table][0].writes, factor.writes);
            }
            emitStep(base, factor, ahead.first + static_cast<int64_t>(step), future.columns[c]);
        }
    }
    return {};
}

double callsOfTemplates(const std::vector<workload::TemplateSeries>& series, const std::vector<workload::TemplateId>& ids, IntervalSpan span) {
    double calls = 0;
    for (const auto id : ids)
        if (id < series.size())
            for (const auto& point : series[id].points)
                if (point.interval >= span.first && point.interval < span.end) calls += static_cast<double>(point.calls);
    return calls;
}

void scaleClasses(const Workload& observed, HeatWindows windows, Rates& future) {
    const IntervalSpan ahead{future.firstInterval(), future.endInterval()};
    const auto& classes = observed.facts->classes;
    std::vector<workload::TemplateId> everyTemplate(observed.rates.templates.size());
    for (size_t id = 0; id < everyTemplate.size(); ++id) everyTemplate[id] = static_cast<workload::TemplateId>(id);
    future.classes.resize(observed.rates.classes.size());
    for (size_t c = 0; c < observed.rates.classes.size(); ++c) {
        const auto countIn = [&](IntervalSpan span) {
            Weight count = 0;
            for (const auto& [interval, committed] : observed.rates.classes[c])
                if (interval >= span.first && interval < span.end) count += committed;
            return count;
        };
        const bool isRecent = countIn(windows.recent) > 0;
        const IntervalSpan span = isRecent ? windows.recent : windows.all;
        const Weight count = countIn(span);
        const auto& templates = c < classes.size() && !classes[c].templates.empty() ? classes[c].templates : everyTemplate;
        const double calls = callsOfTemplates(observed.rates.templates, templates, span);
        if (count == 0 || calls <= 0) continue;
        for (int64_t interval = ahead.first; interval < ahead.end; ++interval) {
            const double expected = callsOfTemplates(future.templates, templates, {interval, interval + 1});
            const Weight committed = scaled(count, expected / calls);
            if (committed != 0) future.classes[c].emplace_back(interval, committed);
        }
    }
}

}  // namespace

Status scaleHeat(const Workload& observed, HeatWindows windows, Rates& future, Job& job) {
    FS_TRY(scaleColumns(observed, windows, future, job));
    scaleClasses(observed, windows, future);
    const Instant length = static_cast<Instant>(windows.recent.size()) * future.interval;
    const std::string words = length > 0 && length % microsPerHour == 0 ? std::to_string(length / microsPerHour) + " h"
                                                                        : formatDuration(static_cast<double>(length) / microsPerSecond);
    future.heatBasis = "volume forecast × key shares of the last " + words;
    return job.checkpoint();
}

workload::SeriesPoint expectedPoint(const workload::TemplateSeries& observed, HeatWindows windows, int64_t interval, Weight calls) {
    workload::SeriesPoint base;
    for (const IntervalSpan span : {windows.recent, windows.all}) {
        base = {};
        for (const auto& point : observed.points) {
            if (point.interval < span.first || point.interval >= span.end) continue;
            base.calls += point.calls;
            base.durationNs += point.durationNs;
            base.timedCalls += point.timedCalls;
            base.rows += point.rows;
            base.countedCalls += point.countedCalls;
        }
        if (base.calls > 0) break;
    }
    workload::SeriesPoint point;
    point.interval = interval;
    point.calls = calls;
    if (base.calls <= 0) return point;
    const double factor = static_cast<double>(calls) / static_cast<double>(base.calls);
    point.durationNs = scaled(base.durationNs, factor);
    point.timedCalls = scaled(base.timedCalls, factor);
    point.rows = scaled(base.rows, factor);
    point.countedCalls = scaled(base.countedCalls, factor);
    return point;
}

}  // namespace foreshard::models
