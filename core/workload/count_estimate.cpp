// Counts by key from the sample, for columns whose exact ones went past the limit.
#include <algorithm>
#include <map>

#include "core/workload/count_limit.h"
#include "core/workload/ranges.h"

namespace foreshard::workload {

namespace {

struct Amount {
    double reads = 0, writes = 0;
    void add(bool write, double amount) { (write ? writes : reads) += amount; }
};

// What the sample has of one column in one interval.
struct Sampled {
    Amount bound;
    std::map<uint32_t, Amount> slots;
    std::map<uint64_t, Amount> ranges;
};
using SampledIntervals = std::map<int64_t, Sampled>;

template <typename T>
void sortDistinct(std::vector<T>& list) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
}

void addCall(Sampled& into, const std::vector<Value>& values, bool write, double weight) {
    std::vector<uint32_t> slots;
    std::vector<uint64_t> ranges;
    for (const auto& value : values) {
        if (!value.known()) continue;
        slots.push_back(countingSlot(value));
        if (const auto range = dyadicRange(value)) ranges.push_back(*range);
    }
    if (slots.empty()) return;
    sortDistinct(slots);
    sortDistinct(ranges);
    into.bound.add(write, weight);
    for (const uint32_t slot : slots) into.slots[slot].add(write, weight);
    for (const uint64_t range : ranges) into.ranges[range].add(write, weight);
}

// The nearest interval whose sample tells what `total` needs; null: none does.
const Sampled* nearest(const SampledIntervals& all, const ColumnTotal& total) {
    const auto tells = [&](const Sampled& s) { return (total.boundReads == 0 || s.bound.reads > 0) && (total.boundWrites == 0 || s.bound.writes > 0); };
    const auto after = std::find_if(all.lower_bound(total.interval), all.end(), [&](const auto& each) { return tells(each.second); });
    auto before = all.lower_bound(total.interval);
    while (before != all.begin())
        if (tells((--before)->second)) {
            const bool nearer = after == all.end() || total.interval - before->first < after->first - total.interval;
            return nearer ? &before->second : &after->second;
        }
    return after == all.end() ? nullptr : &after->second;
}

Weight scaled(double amount, double sampled, Weight exact) {
    return sampled > 0 ? static_cast<Weight>(amount / sampled * static_cast<double>(exact)) : 0;
}

template <typename Count, typename Key>
void spread(const std::map<Key, Amount>& amounts, const Amount& bound, const ColumnTotal& total, std::vector<Count>& out) {
    for (const auto& [key, amount] : amounts) {
        const Count count{total.interval, key, scaled(amount.reads, bound.reads, total.boundReads), scaled(amount.writes, bound.writes, total.boundWrites)};
        if (count.reads != 0 || count.writes != 0) out.push_back(count);
    }
}

std::map<ColumnId, SampledIntervals> sampleOf(const Facts& facts, const std::vector<DroppedCounts>& dropped, Instant interval) {
    std::map<ColumnId, SampledIntervals> result;
    for (const auto& each : dropped) result[each.column];
    for (const auto& transaction : facts.transactions) {
        const int64_t at = intervalIndex(transaction.time, interval);
        for (const auto& call : transaction.calls)
            for (const auto& access : facts.templates[call.templateId].accesses)
                for (const auto& key : boundKeys(facts, call, access)) {
                    const auto wanted = key.range ? result.end() : result.find(key.column);
                    if (wanted != result.end()) addCall(wanted->second[at], key.values, access.kind != AccessKind::read, fromWeight(transaction.weight));
                }
    }
    return result;
}

}  // namespace

void estimateCounts(const Facts& facts, const std::vector<DroppedCounts>& dropped, Rates& rates) {
    if (dropped.empty()) return;
    const auto sample = sampleOf(facts, dropped, rates.interval);
    for (const auto& each : dropped) {
        auto& column = rates.columns[each.column];
        for (const auto& total : column.totals) {
            const Sampled* sampled = total.boundReads != 0 || total.boundWrites != 0 ? nearest(sample.at(each.column), total) : nullptr;
            if (!sampled) continue;
            if (each.slots) spread(sampled->slots, sampled->bound, total, column.slots);
            spread(sampled->ranges, sampled->bound, total, column.ranges);
        }
    }
}

}  // namespace foreshard::workload
