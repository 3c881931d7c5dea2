#include "core/workload/tiers.h"

#include <algorithm>

#include "core/workload/intervals.h"

namespace foreshard::workload {

namespace {

// By tier; intervalForSpan() has the same thresholds.
constexpr Instant keptFor[volumeTiers] = {4 * microsPerHour, 12 * microsPerHour, 2 * microsPerDay, 62 * microsPerDay, 375 * microsPerDay};

size_t tierOf(Instant width) {
    return static_cast<size_t>(std::find(std::begin(calendarIntervals), std::end(calendarIntervals), width) - std::begin(calendarIntervals));
}

void settle(VolumeTiers& tiers, size_t count, Instant last) {
    for (size_t tier = 0; tier < count; ++tier) {
        auto& points = tiers[tier];
        const int64_t first = tierBegin(tier, last) / calendarIntervals[tier];
        const auto kept = std::lower_bound(points.begin(), points.end(), first, [](const SeriesPoint& point, int64_t wanted) { return point.interval < wanted; });
        if (kept == points.begin()) continue;
        if (tier + 1 < count) {
            std::vector<SeriesPoint> old(points.begin(), kept);
            for (auto& point : old) point.interval = intervalIndex(point.interval, calendarIntervals[tier + 1] / calendarIntervals[tier]);
            sortAndSum(old, ByInterval(), addSeriesPoint);
            addSorted(tiers[tier + 1], old, ByInterval(), addSeriesPoint);
        }
        points.erase(points.begin(), kept);
    }
}

}  // namespace

Instant tierBegin(size_t tier, Instant last) {
    const Instant next = calendarIntervals[tier + 1];
    return intervalIndex(std::max(last, INT64_MIN / 4) - keptFor[tier], next) * next;   // a damaged file may claim any time
}

void keepRecent(PartialData& data, Instant before) {
    const size_t tier = tierOf(before);
    if (data.options.interval > 0 || tier >= volumeTiers) return;
    // What finer tiers tell is left to them.
    const int64_t end = tier > 0 && data.last ? tierBegin(tier - 1, *data.last) / before : INT64_MAX;
    for (auto& [fingerprint, part] : data.templates)
        addSorted(part.recent[tier], within(part.series, INT64_MIN, end), ByInterval(), addSeriesPoint);
}

void settleTiers(PartialData& data) {
    if (data.options.interval > 0 || !data.last) return;
    const size_t count = std::min(tierOf(data.interval), volumeTiers);
    for (auto& [fingerprint, part] : data.templates) settle(part.recent, count, *data.last);
}

void addTiers(VolumeTiers& into, const VolumeTiers& from) {
    for (size_t tier = 0; tier < volumeTiers; ++tier) addSorted(into[tier], from[tier], ByInterval(), addSeriesPoint);
}

}  // namespace foreshard::workload
