// Series: what models see of a workload. Counts per interval, gaps as zero calls, in ln(1+count). Pure functions; any
// thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/workload/workload.h"

namespace foreshard::models {

// Half open, in interval indexes.
struct IntervalSpan {
    int64_t first = 0;
    int64_t end = 0;
    size_t size() const { return end > first ? static_cast<size_t>(end - first) : 0; }
    bool operator==(const IntervalSpan&) const = default;
};

// The intervals of `rates.range` that the log covers whole. A log that starts or stops in the middle of an interval leaves a
// count there that is too low, and the last value matters most to a forecast. Judged by the sampled transactions: where they
// leave more of the first or last interval empty than three mean gaps between them (and 5 % of the interval), that interval
// is left out. Without samples in it, an interval counts as whole. Never empties a range that has intervals.
IntervalSpan completeIntervals(const workload::Workload& workload);

// Calls in each interval of `span`.
std::vector<double> denseCalls(const workload::TemplateSeries& series, IntervalSpan span);

std::vector<double> toLog(std::span<const double> counts);
// ln(1+count) back to a count, never below 0.
double fromLog(double value);

// Seasons worth trying, in intervals, ascending, for a series of `length`: 1 (the last value), an hour where intervals are at
// most 15 minutes, a day, each where the series holds two of them; a week where it holds three.
std::vector<uint32_t> candidateSeasons(Instant interval, size_t length);

// The value one season ago, repeated; the last value where `history` is shorter than a season; zeros where it is empty.
std::vector<double> seasonalNaive(std::span<const double> history, uint32_t season, uint32_t steps);

}  // namespace foreshard::models
