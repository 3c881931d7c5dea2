#include "core/workload/column_tally.h"

#include <algorithm>

namespace foreshard::workload {

void ColumnTally::addSlots(int64_t interval, bool write, Weight weight, const std::vector<uint32_t>& slots, const std::vector<uint64_t>& ranges) {
    auto& point = pointAt(bound_, interval);
    (write ? point.writes : point.reads) += weight;
    if (!open_ || (interval != interval_ && (interval > interval_ || ++late_ > 16))) {
        flush();
        open_ = true;
        interval_ = interval;
        late_ = 0;
    }
    if (interval != interval_) {
        for (const uint32_t slot : slots) slots_.push_back({interval, slot, write ? 0 : weight, write ? weight : 0});
        for (const uint64_t range : ranges) ranges_.push_back({interval, range, write ? 0 : weight, write ? weight : 0});
        if (slots_.size() + ranges_.size() > compactAt_) compact();
        return;
    }
    late_ = 0;
    for (const uint32_t slot : slots) slotHits_.add(slot, write, weight);
    for (const uint64_t range : ranges) rangeHits_.add(static_cast<uint32_t>(range), write, weight);
}

void ColumnTally::flush() {
    if (!open_) return;
    slotHits_.take([this](uint32_t slot, Weight reads, Weight writes) { slots_.push_back({interval_, slot, reads, writes}); });
    rangeHits_.take([this](uint32_t range, Weight reads, Weight writes) { ranges_.push_back({interval_, range, reads, writes}); });
    open_ = false;
    if (slots_.size() + ranges_.size() > compactAt_) compact();
}

void ColumnTally::compact() {
    sortAndSum(slots_, CountOrder(), CountSum());
    sortAndSum(ranges_, CountOrder(), CountSum());
    compactAt_ = std::max<size_t>(1 << 16, 2 * (slots_.size() + ranges_.size()));
}

void ColumnTally::coarsen(int64_t ratio) {
    flush();
    for (auto& count : slots_) count.interval = intervalIndex(count.interval, ratio);
    for (auto& count : ranges_) count.interval = intervalIndex(count.interval, ratio);
    for (auto& point : bound_) point.interval = intervalIndex(point.interval, ratio);
    sortAndSum(bound_, ByInterval(), CountSum());
    compact();
}

void ColumnTally::moveInto(PartialColumn& into) {
    flush();
    compact();
    into.slots = std::move(slots_);
    into.ranges = std::move(ranges_);
    into.bound = std::move(bound_);
    into.keys = keys_.take();
    slots_.clear();
    ranges_.clear();
    bound_.clear();
}

}  // namespace foreshard::workload
