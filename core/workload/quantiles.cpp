#include "core/workload/quantiles.h"

#include <algorithm>

#include "core/workload/intervals.h"

namespace foreshard::workload {

void Quantiles::merge(const Quantiles& other) {
    addSorted(buckets, other.buckets, [](const BucketCount& a, const BucketCount& b) { return a.bucket < b.bucket; },
              [](BucketCount& into, const BucketCount& from) { into.count += from.count; });
}

std::optional<double> Quantiles::at(double q) const {
    double total = 0, sum = 0;
    for (const auto& each : buckets) total += fromWeight(each.count);
    for (const auto& each : buckets) {
        sum += fromWeight(each.count);
        if (sum < q * total) continue;
        return (static_cast<double>(QuantileBuckets::low(each.bucket)) + static_cast<double>(QuantileBuckets::high(each.bucket))) / 2;
    }
    if (buckets.empty()) return std::nullopt;
    return static_cast<double>(QuantileBuckets::high(buckets.back().bucket));
}

void QuantileTally::grow(uint32_t bucket) {
    if (counts_.empty()) first_ = bucket;
    if (bucket < first_) {
        counts_.insert(counts_.begin(), first_ - bucket, 0);
        first_ = bucket;
    }
    if (bucket - first_ >= counts_.size()) counts_.resize(bucket - first_ + 1);
}

Quantiles QuantileTally::take() {
    Quantiles out;
    for (size_t i = 0; i < counts_.size(); ++i)
        if (counts_[i] > 0) out.buckets.push_back({first_ + static_cast<uint32_t>(i), counts_[i]});
    counts_.clear();
    return out;
}

void writeQuantiles(ByteWriter& out, const Quantiles& quantiles) {
    uint32_t last = 0;
    out.list(quantiles.buckets, [&](ByteWriter& w, const BucketCount& each) {
        w.varint(each.bucket - last);
        w.zigzag(each.count);
        last = each.bucket;
    });
}

Quantiles readQuantiles(ByteReader& in) {
    Quantiles out;
    uint64_t bucket = 0;
    in.list([&](ByteReader& r) {
        const uint64_t step = r.varint();
        bucket += step;
        const Weight count = r.zigzag();
        if (step >= QuantileBuckets::buckets || bucket >= QuantileBuckets::buckets || (step == 0 && !out.buckets.empty()) || count <= 0 || count > INT64_MAX / 4) return r.fail();
        out.buckets.push_back({static_cast<uint32_t>(bucket), count});
    });
    return out;
}

}  // namespace foreshard::workload
