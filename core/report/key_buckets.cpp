#include "core/report/key_buckets.h"

#include <fmt/format.h>

#include <map>

#include "core/base/units.h"
#include "core/workload/ranges.h"

namespace foreshard::report {

namespace {

struct Counted {
    double total = 0;
    std::vector<std::pair<size_t, double>> points;  // (interval, accesses)
};

template <typename Count>
void add(std::map<uint64_t, Counted>& out, const workload::Rates& rates, uint64_t key, const Count& count) {
    const int64_t at = count.interval - rates.firstInterval();
    if (at < 0 || at >= rates.endInterval() - rates.firstInterval()) return;
    const double accesses = fromWeight(count.reads + count.writes);
    out[key].total += accesses;
    out[key].points.emplace_back(static_cast<size_t>(at), accesses);
}

}  // namespace

std::vector<KeyBucket> keyBuckets(const workload::Rates& rates, const workload::ColumnRates& column, size_t limit) {
    std::vector<KeyBucket> out;
    if (rates.range.empty() || rates.interval <= 0 || limit == 0) return out;
    const bool ranges = !column.ranges.empty();
    std::map<uint64_t, Counted> counted;
    if (ranges)
        for (const workload::RangeCount& count : column.ranges) add(counted, rates, count.range, count);
    else
        for (const workload::SlotCount& count : column.slots) add(counted, rates, count.slot, count);
    double left = 0;
    for (const auto& [key, one] : counted) left += one.total;
    const auto length = static_cast<size_t>(rates.endInterval() - rates.firstInterval());
    for (const auto& [key, one] : counted) {
        // A bucket is full at its fair part of what is left; one hot key does not drag its neighbours along.
        const double fair = out.empty() ? 0 : (left + out.back().total) / static_cast<double>(limit - out.size() + 1);
        const bool open = !out.empty() && (out.size() == limit || out.back().total + one.total <= fair * 1.2);
        if (!open) {
            KeyBucket fresh;
            fresh.range = ranges;
            fresh.first = key;
            fresh.accesses.assign(length, 0.0);
            out.push_back(std::move(fresh));
        }
        KeyBucket& bucket = out.back();
        bucket.last = key;
        bucket.total += one.total;
        left -= one.total;
        for (const auto& [at, accesses] : one.points) bucket.accesses[at] += accesses;
    }
    return out;
}

std::string bucketLabel(const KeyBucket& bucket, ValueType type, const std::string& zone) {
    if (!bucket.range) {
        if (bucket.first == bucket.last)
            return fmt::format("key slot {} of {}", bucket.first, groupThousands(countingSlots));
        return fmt::format("key slots {} – {} of {}", bucket.first, bucket.last, groupThousands(countingSlots));
    }
    const int64_t low = workload::rangeLow(bucket.first), high = workload::rangeHigh(bucket.last);
    const auto text = [&](int64_t number) {
        const bool time = type == ValueType::timestamp || type == ValueType::date;
        return time ? formatForPeople(number, zone) : groupThousands(number);
    };
    return low == high ? text(low) : text(low) + " – " + text(high);
}

}  // namespace foreshard::report
