#include "core/workload/ranges.h"

#include <bit>

namespace foreshard::workload {

namespace {
constexpr uint64_t exact = 1u << rangeMantissaBits;
// Ranges of the numbers from 0 up: one for each below 256, then 256 for each of the powers 2^8 … 2^62.
constexpr uint64_t positiveRanges = exact + (63 - rangeMantissaBits) * exact;

uint64_t rangeOfPositive(uint64_t n) {
    if (n < exact) return n;
    const int power = 63 - std::countl_zero(n);
    const uint64_t mantissa = (n >> (power - rangeMantissaBits)) & (exact - 1);
    return exact + static_cast<uint64_t>(power - rangeMantissaBits) * exact + mantissa;
}

uint64_t lowOfPositive(uint64_t range) {
    if (range < exact) return range;
    const uint64_t power = (range - exact) / exact + rangeMantissaBits;
    return (exact + (range - exact) % exact) << (power - rangeMantissaBits);
}

uint64_t highOfPositive(uint64_t range) {
    return range + 1 >= positiveRanges ? static_cast<uint64_t>(INT64_MAX) : lowOfPositive(range + 1) - 1;
}
}  // namespace

uint64_t dyadicRangeOf(int64_t number) {
    if (number >= 0) return positiveRanges + rangeOfPositive(static_cast<uint64_t>(number));
    return positiveRanges - 1 - rangeOfPositive(~static_cast<uint64_t>(number));
}

std::optional<uint64_t> dyadicRange(const Value& value) {
    if (value.kind != ValueKind::integer && value.kind != ValueKind::timestamp) return std::nullopt;
    return dyadicRangeOf(value.number);
}

int64_t rangeLow(uint64_t range) {
    if (range >= positiveRanges) return static_cast<int64_t>(lowOfPositive(range - positiveRanges));
    return static_cast<int64_t>(~highOfPositive(positiveRanges - 1 - range));
}

int64_t rangeHigh(uint64_t range) {
    if (range >= positiveRanges) return static_cast<int64_t>(highOfPositive(range - positiveRanges));
    return static_cast<int64_t>(~lowOfPositive(positiveRanges - 1 - range));
}

}  // namespace foreshard::workload
