// ColumnTally: counts the accesses that bind one key column, by interval and counting slot or dyadic range. Log time runs
// forward nearly always, so the current interval has counts of its own; late calls go to the side and are summed at the end.
// Not thread-safe.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "core/workload/hit_counts.h"
#include "core/workload/intervals.h"
#include "core/workload/key_tally.h"
#include "core/workload/partial_data.h"

namespace foreshard::workload {

class ColumnTally {
public:
    explicit ColumnTally(uint32_t heavyKeys) : keys_(heavyKeys) {}

    // One call that binds these keys (hashes, distinct) and ranges (distinct).
    void add(int64_t interval, bool write, Weight weight, const std::vector<uint64_t>& keys, const std::vector<uint64_t>& ranges) {
        slotsHit_.clear();
        for (const uint64_t hash : keys) {
            keys_.add(hash, weight);
            slotsHit_.push_back(countingSlotOfHash(hash));
        }
        // Keys are sorted and slots are their upper bits: so are these.
        slotsHit_.erase(std::unique(slotsHit_.begin(), slotsHit_.end()), slotsHit_.end());
        addSlots(interval, write, weight, slotsHit_, ranges);
    }
    // The same of a call that binds one value; `range` where it has one.
    void addOne(int64_t interval, bool write, Weight weight, uint64_t hash, std::optional<uint64_t> range) {
        keys_.add(hash, weight);
        const uint32_t slot = countingSlotOfHash(hash);
        if (!open_ || interval != interval_) return addSlots(interval, write, weight, {slot}, range ? std::vector<uint64_t>{*range} : std::vector<uint64_t>());
        auto& point = pointAt(bound_, interval);
        (write ? point.writes : point.reads) += weight;
        late_ = 0;
        slotHits_.add(slot, write, weight);
        if (range) rangeHits_.add(static_cast<uint32_t>(*range), write, weight);
    }
    bool empty() const { return bound_.empty(); }
    // Intervals become those of a width `ratio` times as long.
    void coarsen(int64_t ratio);
    // Moves the counts out, sorted and summed; column and type stay as they are in `into`.
    void moveInto(PartialColumn& into);

private:
    void addSlots(int64_t interval, bool write, Weight weight, const std::vector<uint32_t>& slots, const std::vector<uint64_t>& ranges);
    void flush();
    void compact();

    bool open_ = false;
    int64_t interval_ = 0;
    uint32_t late_ = 0;                          // calls of other intervals in a row
    HitCounts<countingSlots> slotHits_;          // of interval_
    HitCounts<256> rangeHits_;                   // a page is a power of two, as ranges.h numbers them
    std::vector<SlotCount> slots_;
    std::vector<RangeCount> ranges_;
    size_t compactAt_ = 1 << 16;
    std::vector<AccessPoint> bound_;
    KeyTally keys_;
    std::vector<uint32_t> slotsHit_;             // scratch
};

// Order and sum of the counts, for all who merge them.
struct CountOrder {
    bool operator()(const SlotCount& a, const SlotCount& b) const { return a.interval != b.interval ? a.interval < b.interval : a.slot < b.slot; }
    bool operator()(const RangeCount& a, const RangeCount& b) const { return a.interval != b.interval ? a.interval < b.interval : a.range < b.range; }
};
struct CountSum {
    template <typename Count>
    void operator()(Count& into, const Count& from) const {
        into.reads += from.reads;
        into.writes += from.writes;
    }
};

}  // namespace foreshard::workload
