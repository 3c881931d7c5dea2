// Fixed dyadic ranges of ordered keys (integers, timestamps): which range a value falls into never depends on the data, so
// counts merge exactly. Ranges are floating: exact below 256, then 256 ranges for each power of two, mirrored for negative
// numbers. `range` order is value order. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/value.h"

namespace foreshard::workload {

constexpr int rangeMantissaBits = 8;

// Nothing for values without an order that people expect (text, uuid, …).
std::optional<uint64_t> dyadicRange(const Value& value);
uint64_t dyadicRangeOf(int64_t number);
// First and last number inside a range.
int64_t rangeLow(uint64_t range);
int64_t rangeHigh(uint64_t range);

}  // namespace foreshard::workload
