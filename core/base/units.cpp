#include "core/base/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace foreshard {

namespace {
// Up to three significant digits, without trailing zeros behind the point.
std::string significant(double value) {
    const double magnitude = std::fabs(value);
    const int digits = magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : 3;
    auto text = fmt::format("{:.{}f}", value, digits);
    if (text.find('.') != std::string::npos) {
        while (text.back() == '0') text.pop_back();
        if (text.back() == '.') text.pop_back();
    }
    return text;
}

std::string scaled(double value, const std::array<const char*, 5>& suffixes) {
    size_t step = 0;
    while (std::fabs(value) >= 999.5 && step + 1 < suffixes.size()) {
        value /= 1000;
        ++step;
    }
    const auto text = significant(value);
    return suffixes[step][0] ? text + " " + suffixes[step] : text;
}
}  // namespace

Weight weightOfSampleRate(double rate) {
    if (!(rate > 0) || rate > 1) return weightOne;
    return static_cast<Weight>(std::llround(std::min(static_cast<double>(weightOne) / rate, static_cast<double>(mostCallWeight))));
}

std::string formatCount(double value) {
    if (!std::isfinite(value)) return "–";
    return scaled(value, {"", "k", "M", "G", "T"});
}

std::string formatBytes(double bytes) {
    if (!std::isfinite(bytes)) return "–";
    return scaled(bytes, {"B", "kB", "MB", "GB", "TB"});
}

std::string formatDuration(double seconds) {
    if (!std::isfinite(seconds) || seconds < 0) return "–";
    if (seconds < 1e-3) return significant(seconds * 1e6) + " µs";
    if (seconds < 1) return significant(seconds * 1e3) + " ms";
    if (seconds < 60) return significant(seconds) + " s";
    const auto whole = static_cast<int64_t>(std::llround(seconds));
    if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
    if (whole < 86'400) return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
    return fmt::format("{} d {} h", whole / 86'400, whole % 86'400 / 3600);
}

std::string formatShare(double share) {
    if (!std::isfinite(share)) return "–";
    return significant(share * 100) + " %";
}

std::string groupThousands(int64_t value) {
    const auto digits = fmt::format("{}", value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value));
    std::string out = value < 0 ? "-" : "";
    for (size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0) out.push_back(',');
        out.push_back(digits[i]);
    }
    return out;
}

std::string counted(uint64_t count, std::string_view one, std::string_view many) { return fmt::format("{} {}", groupThousands(static_cast<int64_t>(count)), count == 1 ? one : many); }

}  // namespace foreshard
