// LogClock reads the time stamps of a log. Neighbouring records share their day and zone, so both are parsed once and
// remembered. One per thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/time.h"

namespace foreshard::ingest {

class LogClock {
public:
    // "2026-11-22 20:32:08[.628] UTC", exactly. An abbreviation of a zone that is not known counts as UTC and is
    // remembered by unknownZone(). Nothing for anything else.
    std::optional<Instant> read(std::string_view text);
    // "1795379528.628": %n.
    static std::optional<Instant> readEpoch(std::string_view text);
    // Length of the time stamp that `text` starts with, its zone included; 0 where there is none. `millis` says whether
    // it has a fraction.
    static size_t lengthAt(std::string_view text, bool* millis = nullptr);
    const std::string& unknownZone() const { return unknownZone_; }

private:
    bool learn(std::string_view day, std::string_view zone);
    std::string day_, zone_, unknownZone_;
    Instant midnight_ = 0;
};

}  // namespace foreshard::ingest
