#include "core/base/time.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "core/base/time_zone.h"

namespace foreshard {

namespace {

// Days since 1970-01-01 of a proleptic Gregorian date (Howard Hinnant's algorithm, as the date library has it).
std::optional<int64_t> daysFrom(int year, unsigned month, unsigned day) {
    const date::year_month_day ymd{date::year{year}, date::month{month}, date::day{day}};
    if (!ymd.ok()) return std::nullopt;
    return date::sys_days{ymd}.time_since_epoch().count();
}

bool readDigits(std::string_view text, size_t at, size_t count, int& out) {
    if (at + count > text.size()) return false;
    int value = 0;
    for (size_t i = at; i < at + count; ++i) {
        if (text[i] < '0' || text[i] > '9') return false;
        value = value * 10 + (text[i] - '0');
    }
    out = value;
    return true;
}

// The offset east of UTC in seconds at local time `local` (seconds), or nothing.
std::optional<int> zoneOffset(std::string_view zone, int64_t local, const TimeZone& home) {
    if (zone[0] == '+' || zone[0] == '-') {
        int hours = 0, minutes = 0;
        if (!readDigits(zone, 1, 2, hours)) return std::nullopt;
        size_t at = 3;
        if (at < zone.size() && zone[at] == ':') ++at;
        if (at < zone.size() && !readDigits(zone, at, 2, minutes)) return std::nullopt;
        if (at < zone.size() && at + 2 != zone.size()) return std::nullopt;
        const int seconds = (hours * 60 + minutes) * 60;
        return zone[0] == '-' ? -seconds : seconds;
    }
    if (const auto own = home.offsetOf(zone, local)) return own;
    if (const auto known = offsetOfAbbreviation(zone, local)) return known;
    if (zone.find('/') == std::string_view::npos) return std::nullopt;
    const auto named = TimeZone::named(zone);
    return named ? std::optional(named->offsetAt(local)) : std::nullopt;
}

// A time as parseTime() reads it: by the clock there, and the zone that is written behind it, if one is.
struct WrittenTime {
    int64_t local = 0;             // seconds
    int64_t fraction = 0;          // µs
    std::string_view zone;
};

std::optional<WrittenTime> readWritten(std::string_view text) {
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    if (!readDigits(text, 0, 4, year) || text.size() < 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    if (!readDigits(text, 5, 2, month) || !readDigits(text, 8, 2, day)) return std::nullopt;
    size_t at = 10;
    int64_t fraction = 0;
    if (at < text.size()) {
        if (text[at] != ' ' && text[at] != 'T') return std::nullopt;
        if (!readDigits(text, at + 1, 2, hour) || !readDigits(text, at + 4, 2, minute) || text[at + 3] != ':') return std::nullopt;
        at += 6;
        if (at < text.size() && text[at] == ':') {
            if (!readDigits(text, at + 1, 2, second)) return std::nullopt;
            at += 3;
        }
        if (at < text.size() && (text[at] == '.' || text[at] == ',')) {
            ++at;
            int64_t scale = 100'000;
            while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
                fraction += (text[at] - '0') * scale;
                scale /= 10;
                ++at;
            }
        }
    }
    const auto days = daysFrom(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
    if (!days || hour > 24 || minute > 59 || second > 60) return std::nullopt;
    const int64_t local = *days * 86'400 + hour * 3'600 + minute * 60 + second;
    while (at < text.size() && text[at] == ' ') ++at;
    return WrittenTime{local, fraction, text.substr(std::min(at, text.size()))};
}

}  // namespace

std::optional<Instant> parseTime(std::string_view text, int defaultOffsetSeconds) {
    const auto time = readWritten(text);
    if (!time) return std::nullopt;
    const auto offset = time->zone.empty() ? std::optional(defaultOffsetSeconds) : zoneOffset(time->zone, time->local, {});
    return offset ? std::optional((time->local - *offset) * microsPerSecond + time->fraction) : std::nullopt;
}

std::optional<Instant> parseTime(std::string_view text, const TimeZone& zone) {
    const auto time = readWritten(text);
    if (!time) return std::nullopt;
    const auto offset = time->zone.empty() ? std::optional(zone.offsetAt(time->local)) : zoneOffset(time->zone, time->local, zone);
    return offset ? std::optional((time->local - *offset) * microsPerSecond + time->fraction) : std::nullopt;
}

std::string formatRfc3339(Instant t) {
    const date::sys_time<std::chrono::microseconds> point{std::chrono::microseconds{t}};
    const auto days = date::floor<date::days>(point);
    const date::year_month_day ymd{days};
    const date::hh_mm_ss<std::chrono::microseconds> clock{point - days};
    auto text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", int(ymd.year()), unsigned(ymd.month()), unsigned(ymd.day()),
                            clock.hours().count(), clock.minutes().count(), clock.seconds().count());
    if (clock.subseconds().count() != 0) text += fmt::format(".{:06}", clock.subseconds().count());
    return text + "Z";
}

std::string formatForPeople(Instant t, std::string_view zone) {
    const date::sys_seconds point{std::chrono::seconds{intervalIndex(t, microsPerSecond)}};
    std::string text;
    try {
        text = date::format("%a %e %b %H:%M", date::make_zoned(date::locate_zone(std::string(zone)), point));
    } catch (const std::exception&) {
        text = date::format("%a %e %b %H:%M", point);
    }
    for (size_t blank; (blank = text.find("  ")) != std::string::npos;) text.erase(blank, 1);  // %e pads days
    return text;
}

std::string localZoneName() {
    try {
        return date::current_zone()->name();
    } catch (const std::exception&) {
        return "UTC";
    }
}

namespace {
struct IntervalUnit { std::string_view name; Instant micros; };
constexpr std::array intervalUnits{IntervalUnit{"w", 7 * microsPerDay}, IntervalUnit{"d", microsPerDay},
                                   IntervalUnit{"h", microsPerHour},    IntervalUnit{"m", 60 * microsPerSecond},
                                   IntervalUnit{"s", microsPerSecond},  IntervalUnit{"ms", 1'000}};
}  // namespace

std::optional<Instant> parseInterval(std::string_view text) {
    int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc() || count <= 0) return std::nullopt;
    const std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
    for (const auto& known : intervalUnits)
        if (known.name == unit && count <= INT64_MAX / known.micros) return count * known.micros;
    return std::nullopt;
}

std::string formatInterval(Instant width) {
    for (const auto& unit : intervalUnits)
        if (width > 0 && width % unit.micros == 0) return fmt::format("{}{}", width / unit.micros, unit.name);
    return fmt::format("{}us", width);
}

Instant nowMicros() {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace foreshard
