#include "core/workload/ranges.h"

#include "core/workload/floating.h"

namespace foreshard::workload {

namespace {
using Buckets = Floating<rangeMantissaBits>;
}  // namespace

uint64_t dyadicRangeOf(int64_t number) {
    if (number >= 0) return Buckets::buckets + Buckets::of(static_cast<uint64_t>(number));
    return Buckets::buckets - 1 - Buckets::of(~static_cast<uint64_t>(number));
}

std::optional<uint64_t> dyadicRange(const Value& value) {
    if (value.kind != ValueKind::integer && value.kind != ValueKind::timestamp) return std::nullopt;
    return dyadicRangeOf(value.number);
}

int64_t rangeLow(uint64_t range) {
    if (range >= Buckets::buckets) return static_cast<int64_t>(Buckets::low(range - Buckets::buckets));
    return static_cast<int64_t>(~Buckets::high(Buckets::buckets - 1 - range));
}

int64_t rangeHigh(uint64_t range) {
    if (range >= Buckets::buckets) return static_cast<int64_t>(Buckets::high(range - Buckets::buckets));
    return static_cast<int64_t>(~Buckets::low(Buckets::buckets - 1 - range));
}

}  // namespace foreshard::workload
