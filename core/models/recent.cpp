#include "core/models/recent.h"

#include <algorithm>
#include <numeric>

namespace foreshard::models {

IntervalSpan recentSpan(IntervalSpan span, Instant interval) {
    if (interval <= 0 || span.size() == 0) return span;
    const int64_t wanted = interval >= microsPerDay ? 7 : (microsPerDay + interval - 1) / interval;
    return {std::max(span.first, span.end - wanted), span.end};
}

double callsIn(const workload::TemplateSeries& series, IntervalSpan span) {
    Weight calls = 0;
    for (const auto& point : series.points)
        if (point.interval >= span.first && point.interval < span.end) calls += point.calls;
    return fromWeight(calls);
}

std::vector<double> sharesOf(std::span<const double> recent, std::span<const double> all) {
    const double recentTotal = std::accumulate(recent.begin(), recent.end(), 0.0);
    const double allTotal = std::accumulate(all.begin(), all.end(), 0.0);
    const auto source = recentTotal > 0 ? recent : all;
    const double total = recentTotal > 0 ? recentTotal : allTotal;
    std::vector<double> shares(source.size(), source.empty() ? 0.0 : 1.0 / static_cast<double>(source.size()));
    if (total > 0)
        for (size_t i = 0; i < shares.size(); ++i) shares[i] = source[i] / total;
    return shares;
}

}  // namespace foreshard::models
