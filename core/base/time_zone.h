// Time zones of logs: PostgreSQL's abbreviations, and the zones of the IANA database. Offsets are seconds east of UTC; local
// times are seconds since 1970-01-01 00:00 by the zone's own clock. Any thread; a TimeZone is a plain value.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/time.h"

namespace foreshard {

class TimeZone {
public:
    // None: only what everybody means by an abbreviation is known.
    TimeZone() = default;
    // By its IANA name, such as "America/Chicago"; nothing where the database of this machine has none of that name.
    static std::optional<TimeZone> named(std::string_view name);

    bool given() const { return zone_ != nullptr; }
    // At a local time; of the hour that comes twice the first one, 0 where no zone is given.
    int offsetAt(int64_t local) const;
    // What an abbreviation means in this zone at about that time ("CST" on the day of a change, too), nothing where it never
    // stood for a time of this zone in the year around it.
    std::optional<int> offsetOf(std::string_view abbreviation, int64_t local) const;

private:
    const void* zone_ = nullptr;   // of the database, which stays in memory
};

// What PostgreSQL takes an abbreviation for where nobody says otherwise; nothing for what it does not know.
std::optional<int> offsetOfAbbreviation(std::string_view abbreviation, int64_t local);

// As parseTime(text), for texts of a server in `zone`: abbreviations are those of the zone before all others, and a time
// without a zone is one of it.
std::optional<Instant> parseTime(std::string_view text, const TimeZone& zone);

}  // namespace foreshard
