#include "core/models/series.h"

#include <algorithm>
#include <cmath>

namespace foreshard::models {

namespace {

struct Edge {           // sampled transactions inside one interval
    uint64_t samples = 0;
    Instant earliest = 0, latest = 0;
};

Edge edgeOf(const std::vector<workload::SampledTransaction>& transactions, TimeRange range) {
    Edge edge;
    for (const auto& transaction : transactions) {
        if (!range.contains(transaction.time)) continue;
        if (edge.samples == 0 || transaction.time < edge.earliest) edge.earliest = transaction.time;
        if (edge.samples == 0 || transaction.time > edge.latest) edge.latest = transaction.time;
        ++edge.samples;
    }
    return edge;
}

bool gapIsTooLong(Instant gap, uint64_t samples, Instant interval) {
    const double share = static_cast<double>(gap) / static_cast<double>(interval);
    return samples > 0 && share > std::max(0.05, 3.0 / (static_cast<double>(samples) + 1.0));
}

}  // namespace

IntervalSpan completeIntervals(const workload::Workload& workload) {
    const auto& rates = workload.rates;
    if (rates.range.empty() || rates.interval <= 0) return {};
    IntervalSpan span{rates.firstInterval(), rates.endInterval()};
    if (!workload.facts || span.size() < 3) return span;
    const auto rangeOf = [&](int64_t index) { return TimeRange{index * rates.interval, (index + 1) * rates.interval}; };
    const auto& transactions = workload.facts->transactions;
    const TimeRange last = rangeOf(span.end - 1), first = rangeOf(span.first);
    const Edge atEnd = edgeOf(transactions, last), atBegin = edgeOf(transactions, first);
    if (gapIsTooLong(last.end - atEnd.latest, atEnd.samples, rates.interval)) --span.end;
    if (gapIsTooLong(atBegin.earliest - first.begin, atBegin.samples, rates.interval)) ++span.first;
    return span;
}

std::vector<double> denseCalls(const workload::TemplateSeries& series, IntervalSpan span) {
    std::vector<double> calls(span.size(), 0.0);
    for (const auto& point : series.points)
        if (point.interval >= span.first && point.interval < span.end)
            calls[static_cast<size_t>(point.interval - span.first)] += fromWeight(point.calls);
    return calls;
}

std::vector<double> toLog(std::span<const double> counts) {
    std::vector<double> values;
    values.reserve(counts.size());
    for (const double count : counts) values.push_back(std::log1p(std::max(0.0, count)));
    return values;
}

double fromLog(double value) { return std::max(0.0, std::expm1(value)); }

std::vector<uint32_t> candidateSeasons(Instant interval, size_t length) {
    std::vector<uint32_t> seasons{1};
    if (interval <= 0) return seasons;
    const auto tryPeriod = [&](Instant period, size_t repeats) {
        if (period % interval != 0) return;
        const Instant season = period / interval;
        if (season > static_cast<Instant>(seasons.back()) && static_cast<uint64_t>(season) * repeats <= length)
            seasons.push_back(static_cast<uint32_t>(season));
    };
    if (interval <= microsPerHour / 4) tryPeriod(microsPerHour, 2);
    tryPeriod(microsPerDay, 2);
    tryPeriod(7 * microsPerDay, 3);
    return seasons;
}

std::vector<double> seasonalNaive(std::span<const double> history, uint32_t season, uint32_t steps) {
    std::vector<double> values(steps, 0.0);
    if (history.empty()) return values;
    const size_t period = season == 0 || season > history.size() ? 1 : season;
    for (size_t step = 0; step < steps; ++step) values[step] = history[history.size() - period + step % period];
    return values;
}

}  // namespace foreshard::models
