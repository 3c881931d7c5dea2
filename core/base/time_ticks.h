// Places and words for a time axis: whole hours, days or weeks of the reader's zone. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"

namespace foreshard {

struct TimeTick {
    Instant at = 0;
    std::string text;   // "Tue 3 Nov" at midnight, "12:00" within a day, "3 Nov" where ticks are two days apart or more
};

// About `wanted` ticks, ascending, all within the range (both ends included). Days follow the calendar, so that ticks stay
// on midnight when clocks change. An unknown zone is UTC.
std::vector<TimeTick> timeTicks(TimeRange range, size_t wanted, std::string_view zone);

}  // namespace foreshard
