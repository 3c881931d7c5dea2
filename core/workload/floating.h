// Numbers in buckets whose width grows with them: exact below 2^bits, then 2^bits buckets for each power of two, so that a bucket
// is at most 2^-bits of its number wide. Where a number falls never depends on the data, so counts by bucket merge exactly. For
// numbers below 2^63. Pure functions; any thread.
#pragma once

#include <bit>
#include <cstdint>

namespace foreshard::workload {

template <int bits>
struct Floating {
    static constexpr uint64_t exact = uint64_t{1} << bits;
    static constexpr uint64_t buckets = exact + (63 - bits) * exact;   // one for each number below 2^bits, then those of 2^bits … 2^62

    static constexpr uint64_t of(uint64_t n) {
        if (n < exact) return n;
        const int power = 63 - std::countl_zero(n);
        const uint64_t mantissa = (n >> (power - bits)) & (exact - 1);
        return exact + static_cast<uint64_t>(power - bits) * exact + mantissa;
    }
    static constexpr uint64_t low(uint64_t bucket) {
        if (bucket < exact) return bucket;
        const uint64_t power = (bucket - exact) / exact + bits;
        return (exact + (bucket - exact) % exact) << (power - bits);
    }
    static constexpr uint64_t high(uint64_t bucket) { return bucket + 1 >= buckets ? static_cast<uint64_t>(INT64_MAX) : low(bucket + 1) - 1; }
};

}  // namespace foreshard::workload
