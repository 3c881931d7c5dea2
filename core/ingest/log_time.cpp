#include "core/ingest/log_time.h"

#include "core/ingest/record.h"

namespace foreshard::ingest {

namespace {

constexpr bool isDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool isLetter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

// Length of "UTC", "CEST", "Europe/Berlin", "+03" or "-03:30" at the start of `text`.
size_t zoneLength(std::string_view text) {
    size_t at = 0;
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
        for (at = 1; at < text.size() && at < 6 && (isDigit(text[at]) || (text[at] == ':' && at == 3));) ++at;
        if (at == 4 && text[3] == ':') at = 3;   // a colon that belongs to the prefix
        return at < 3 ? 0 : at;
    }
    while (at < text.size() && (isLetter(text[at]) || (at > 0 && (text[at] == '/' || text[at] == '_')))) ++at;
    return at;
}

// The fixed part "dddd-dd-dd dd:dd:dd".
bool hasShape(std::string_view text) {
    constexpr std::string_view shape = "0000-00-00 00:00:00";
    if (text.size() < shape.size()) return false;
    for (size_t i = 0; i < shape.size(); ++i)
        if (shape[i] == '0' ? !isDigit(text[i]) : text[i] != shape[i]) return false;
    return true;
}

int two(std::string_view text, size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); }

}  // namespace

size_t LogClock::lengthAt(std::string_view text, bool* millis) {
    if (!hasShape(text)) return 0;
    size_t at = 19;
    if (millis) *millis = false;
    if (at + 1 < text.size() && text[at] == '.' && isDigit(text[at + 1])) {
        if (millis) *millis = true;
        for (++at; at < text.size() && isDigit(text[at]);) ++at;
    }
    if (at >= text.size() || text[at] != ' ') return 0;
    const size_t zone = zoneLength(text.substr(at + 1));
    return zone == 0 ? 0 : at + 1 + zone;
}

std::optional<Instant> LogClock::read(std::string_view text) {
    if (!hasShape(text)) return std::nullopt;
    size_t at = 19;
    int64_t fraction = 0;
    if (at < text.size() && text[at] == '.') {
        int64_t scale = 100'000;
        for (++at; at < text.size() && isDigit(text[at]); ++at, scale /= 10) fraction += (text[at] - '0') * scale;
    }
    if (at >= text.size() || text[at] != ' ') return std::nullopt;
    const auto day = text.substr(0, 10), zone = text.substr(at + 1);
    if (zone.find('/') != std::string_view::npos)   // its clock may be set back within the day
        if (const auto there = parseTime(text)) return there;
    if ((day != day_ || zone != zone_) && !learn(day, zone)) return std::nullopt;
    const int hour = two(text, 11), minute = two(text, 14), second = two(text, 17);
    if (hour > 24 || minute > 59 || second > 60) return std::nullopt;
    return midnight_ + (hour * 3'600 + minute * 60 + second) * microsPerSecond + fraction;
}

bool LogClock::readWholeSlowly(std::string_view text, Instant& out) {
    if (lengthAt(text) != text.size()) return false;
    const auto time = read(text);
    if (!time) return false;
    out = *time;
    size_t rest = 19;
    int64_t fraction = 0, scale = 100'000;
    if (text[rest] == '.')
        for (++rest; isDigit(text[rest]); ++rest, scale /= 10) fraction += (text[rest] - '0') * scale;
    if (19 + text.size() - rest > sizeof second_) return true;
    std::memcpy(second_, text.data(), 19);
    std::memcpy(second_ + 19, text.data() + rest, text.size() - rest);
    secondSize_ = 19 + text.size() - rest;
    secondInstant_ = *time - fraction;
    return true;
}

bool LogClock::learn(std::string_view day, std::string_view zone) {
    if (zone.empty()) return false;
    const std::string midnight = std::string(day) + " 00:00:00 ";
    auto parsed = parseTime(midnight + std::string(zone), home_);
    if (!parsed) {
        parsed = parseTime(midnight + "UTC");
        if (!parsed) return false;
        if (zoneLength(zone) != zone.size()) return false;
        unknownZone_ = zone;
    }
    day_ = day;
    zone_ = zone;
    midnight_ = *parsed;
    return true;
}

std::optional<Instant> LogClock::readEpoch(std::string_view text) {
    const size_t dot = text.find('.');
    uint64_t seconds = 0;
    if (dot == std::string_view::npos || dot < 9 || dot > 11 || !readNumber(text.substr(0, dot), seconds)) return std::nullopt;
    int64_t fraction = 0, scale = 100'000;
    if (dot + 1 == text.size()) return std::nullopt;
    for (size_t at = dot + 1; at < text.size(); ++at, scale /= 10) {
        if (!isDigit(text[at])) return std::nullopt;
        fraction += (text[at] - '0') * scale;
    }
    return static_cast<Instant>(seconds) * microsPerSecond + fraction;
}

}  // namespace foreshard::ingest
