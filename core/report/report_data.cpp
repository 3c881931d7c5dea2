#include "core/report/report_data.h"

#include <fmt/format.h>

#include <cmath>

#include "core/base/units.h"

namespace foreshard::report {

namespace {

template <typename Format>
Cell numberCell(std::optional<double> value, Format format) {
    if (!value || !std::isfinite(*value)) return unknownCell();
    return {format(*value), value};
}

}  // namespace

Cell textCell(std::string text) { return {std::move(text), std::nullopt}; }
Cell unknownCell() { return {"–", std::nullopt}; }
Cell countCell(std::optional<double> value) { return numberCell(value, formatCount); }
Cell wholeCell(uint64_t value) { return {groupThousands(static_cast<int64_t>(value)), static_cast<double>(value)}; }
Cell shareCell(std::optional<double> share) { return numberCell(share, formatShare); }
Cell ratioCell(std::optional<double> value) {
    return numberCell(value, [](double v) { return fmt::format("{:.2f}", std::abs(v) < 0.005 ? 0.0 : v); });
}
Cell bytesCell(std::optional<double> value) { return numberCell(value, formatBytes); }
Cell secondsCell(std::optional<double> value) { return numberCell(value, formatDuration); }
Cell timeCell(Instant time, const std::string& zone) { return textCell(formatForPeople(time, zone)); }

}  // namespace foreshard::report
