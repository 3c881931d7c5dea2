// Quantiles of durations and row counts, from counts by buckets that grow with the number (DDSketch: Masson, Rim, Lee, 2019). Chosen over
// KLL and t-digest because merging is plain addition: the same bytes in whatever order, and quantiles within 1/32 of their number
// (exact below 16). Plain values; any thread.
#pragma once

#include <optional>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/units.h"
#include "core/workload/floating.h"

namespace foreshard::workload {

using QuantileBuckets = Floating<4>;

struct BucketCount {
    uint32_t bucket = 0;       // QuantileBuckets
    Weight count = 0;          // > 0
    bool operator==(const BucketCount&) const = default;
};

struct Quantiles {
    std::vector<BucketCount> buckets;   // sorted
    bool operator==(const Quantiles&) const = default;

    void merge(const Quantiles& other);
    // The smallest number that at least the share `q` (0…1) of the weight does not exceed, as the middle of its bucket; nothing where
    // nothing was counted.
    std::optional<double> at(double q) const;
};

// Counts while a log is read: a stretch of buckets that grows to hold what comes.
class QuantileTally {
public:
    void add(int64_t number, Weight weight) {
        const auto bucket = static_cast<uint32_t>(QuantileBuckets::of(static_cast<uint64_t>(number)));
        if (bucket - first_ >= counts_.size()) grow(bucket);
        counts_[bucket - first_] += weight;
    }
    Quantiles take();

private:
    void grow(uint32_t bucket);

    uint32_t first_ = 0;
    std::vector<Weight> counts_;
};

void writeQuantiles(ByteWriter& out, const Quantiles& quantiles);
Quantiles readQuantiles(ByteReader& in);   // fails `in` on what makes no sense

}  // namespace foreshard::workload
