// Instants, ranges and intervals. An instant is microseconds since 1970-01-01 UTC; a duration is nanoseconds. Times are
// written in RFC 3339 and shown in the reader's zone. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace foreshard {

using Instant = int64_t;   // µs since the epoch, UTC
using Nanoseconds = int64_t;

constexpr Instant microsPerSecond = 1'000'000;
constexpr Instant microsPerHour = 3'600 * microsPerSecond;
constexpr Instant microsPerDay = 24 * microsPerHour;

// Half open: [begin, end). Empty when begin >= end.
struct TimeRange {
    Instant begin = 0;
    Instant end = 0;
    bool empty() const { return begin >= end; }
    bool contains(Instant t) const { return t >= begin && t < end; }
    Instant length() const { return empty() ? 0 : end - begin; }
    bool operator==(const TimeRange&) const = default;
};

// Index of the interval of `width` µs (> 0) that holds t; floors for instants before 1970 too.
constexpr int64_t intervalIndex(Instant t, Instant width) { return t >= 0 ? t / width : -((-t + width - 1) / width); }

// "2026-11-01T20:15:00.123456Z"; the fraction is left out when zero.
std::string formatRfc3339(Instant t);
// "Fri 14 Nov 20:00" in the named zone (IANA), or UTC where the zone is unknown; for people.
std::string formatForPeople(Instant t, std::string_view zone);
// Name of the machine's zone, such as "Europe/Berlin"; "UTC" where it cannot be found.
std::string localZoneName();

// Reads "2026-11-01 20:15:00[.fraction][ zone]" as PostgreSQL and SQLite write it, and RFC 3339. Zone: Z, ±hh[:mm], UTC,
// GMT, an IANA name, or one of PostgreSQL's abbreviations that have one meaning (CET, CEST, EST, EDT, PST, PDT, MSK, JST…);
// without one, `defaultOffsetSeconds` east of UTC. Nothing for what is not a time.
std::optional<Instant> parseTime(std::string_view text, int defaultOffsetSeconds = 0);

// Reads "90s", "15m", "1h", "2d", "1w", "250ms" as µs (> 0).
std::optional<Instant> parseInterval(std::string_view text);
// "1h", "15m", "1d": the shortest exact form parseInterval reads.
std::string formatInterval(Instant width);

Instant nowMicros();

}  // namespace foreshard
