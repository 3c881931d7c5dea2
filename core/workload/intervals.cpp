#include "core/workload/intervals.h"

#include "core/workload/partial.h"

namespace foreshard::workload {

namespace {
constexpr Instant minute = 60 * microsPerSecond;
}  // namespace

const Instant calendarIntervals[6] = {minute, 5 * minute, 15 * minute, microsPerHour, 6 * microsPerHour, microsPerDay};

Instant intervalForSpan(Instant first, Instant last) {
    const Instant span = last - first;
    if (span < 4 * microsPerHour) return calendarIntervals[0];
    if (span < 12 * microsPerHour) return calendarIntervals[1];
    if (span < 2 * microsPerDay) return calendarIntervals[2];
    if (span < 62 * microsPerDay) return calendarIntervals[3];
    if (span < 375 * microsPerDay) return calendarIntervals[4];
    return calendarIntervals[5];
}

}  // namespace foreshard::workload
