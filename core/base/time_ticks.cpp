#include "core/base/time_ticks.h"

#include <date/tz.h>

#include <algorithm>
#include <array>

namespace foreshard {

namespace {

constexpr Instant minute = 60 * microsPerSecond;
constexpr std::array<Instant, 19> steps{minute, 2 * minute, 5 * minute, 10 * minute, 15 * minute, 30 * minute,
                                        microsPerHour, 2 * microsPerHour, 3 * microsPerHour, 6 * microsPerHour, 12 * microsPerHour,
                                        microsPerDay, 2 * microsPerDay, 3 * microsPerDay, 4 * microsPerDay, 7 * microsPerDay,
                                        14 * microsPerDay, 28 * microsPerDay, 91 * microsPerDay};

const date::time_zone* findZone(std::string_view name) {
    for (const std::string& each : {std::string(name), std::string("Etc/UTC")}) {
        try {
            return date::locate_zone(each);
        } catch (const std::exception&) {
        }
    }
    return nullptr;
}

using Micros = std::chrono::microseconds;

class Clock {
public:
    explicit Clock(std::string_view zone) : zone_(findZone(zone)) {}
    date::local_time<Micros> local(Instant t) const {
        const date::sys_time<Micros> point{Micros{t}};
        return zone_ ? zone_->to_local(point) : date::local_time<Micros>(point.time_since_epoch());
    }
    // The earlier one of two; a local time that does not exist counts as the first instant after the gap.
    Instant instant(date::local_time<Micros> t) const {
        return (zone_ ? zone_->to_sys(t, date::choose::earliest).time_since_epoch() : t.time_since_epoch()).count();
    }

private:
    const date::time_zone* zone_;
};

}  // namespace

std::vector<TimeTick> timeTicks(TimeRange range, size_t wanted, std::string_view zone) {
    std::vector<TimeTick> out;
    if (range.empty()) return out;
    const Instant raw = range.length() / static_cast<Instant>(std::max<size_t>(wanted, 1));
    const auto found = std::find_if(steps.begin(), steps.end(), [raw](Instant step) { return step >= raw; });
    const Instant step = found == steps.end() ? (raw / steps.back() + 1) * steps.back() : *found;
    const Clock clock(zone);
    for (auto at = date::local_time<Micros>(date::floor<date::days>(clock.local(range.begin)));; at += Micros{step}) {
        const Instant instant = clock.instant(at);
        if (instant > range.end) return out;
        if (instant < range.begin) continue;
        const bool midnight = at == date::local_time<Micros>(date::floor<date::days>(at));
        std::string text = date::format(!midnight ? "%H:%M" : step >= 2 * microsPerDay ? "%e %b" : "%a %e %b", date::floor<std::chrono::seconds>(at));
        for (size_t blank; (blank = text.find("  ")) != std::string::npos;) text.erase(blank, 1);   // %e pads days
        text.erase(0, text.find_first_not_of(' '));
        if (out.empty() || out.back().at < instant) out.push_back({instant, std::move(text)});
    }
}

}  // namespace foreshard
