// LogClock reads the time stamps of a log. Neighbouring records share their day and zone, so both are parsed once and
// remembered. One per thread.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/time_zone.h"

namespace foreshard::ingest {

class LogClock {
public:
    // The server's zone, where a person gave it: its abbreviations are resolved by the date.
    void useZone(const TimeZone& zone) { home_ = zone; }
    // "2026-11-22 20:32:08[.628] UTC", exactly. An abbreviation of a zone that is not known counts as UTC and is
    // remembered by unknownZone(). Nothing for anything else.
    std::optional<Instant> read(std::string_view text);
    // The same for a text that must be a time stamp as lengthAt() sees one, from its first byte to its last. Fast where it
    // lies in the second of the one before.
    bool readWhole(std::string_view text, Instant& out) {
        const size_t fraction = text.size() >= 24 && text[19] == '.' ? 4 : 0;
        const auto digit = [&](size_t at) { return static_cast<unsigned>(static_cast<unsigned char>(text[at]) - '0'); };
        if (text.size() == secondSize_ + fraction && std::memcmp(text.data(), second_, 19) == 0 &&
            std::memcmp(text.data() + 19 + fraction, second_ + 19, secondSize_ - 19) == 0) {
            if (fraction == 0) return out = secondInstant_, true;
            if (digit(20) <= 9 && digit(21) <= 9 && digit(22) <= 9)
                return out = secondInstant_ + static_cast<Instant>(digit(20) * 100 + digit(21) * 10 + digit(22)) * 1'000, true;
        }
        return readWholeSlowly(text, out);
    }
    // "1795379528.628": %n.
    static std::optional<Instant> readEpoch(std::string_view text);
    // Length of the time stamp that `text` starts with, its zone included; 0 where there is none. `millis` says whether
    // it has a fraction.
    static size_t lengthAt(std::string_view text, bool* millis = nullptr);
    const std::string& unknownZone() const { return unknownZone_; }

private:
    bool learn(std::string_view day, std::string_view zone);
    bool readWholeSlowly(std::string_view text, Instant& out);
    TimeZone home_;
    std::string day_, zone_, unknownZone_;
    Instant midnight_ = 0;
    // The last second read whole, its fraction left out: "2026-11-22 20:32:08 UTC".
    char second_[48] = {};
    size_t secondSize_ = SIZE_MAX / 2;   // nothing is that long
    Instant secondInstant_ = 0;
};

}  // namespace foreshard::ingest
