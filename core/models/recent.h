// The last windows: the part of a workload whose key shares and template shares a forecast carries on. Pure functions; any
// thread.
#pragma once

#include <span>
#include <vector>

#include "core/models/series.h"

namespace foreshard::models {

// The last 24 hours of `span`; the last 7 intervals where an interval is a day or more; all of a shorter span.
IntervalSpan recentSpan(IntervalSpan span, Instant interval);

double callsIn(const workload::TemplateSeries& series, IntervalSpan span);

// Shares that sum to 1, by `recent`, by `all` where nothing was recent, equal where there was nothing at all.
std::vector<double> sharesOf(std::span<const double> recent, std::span<const double> all);

}  // namespace foreshard::models
