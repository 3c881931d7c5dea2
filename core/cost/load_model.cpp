#include "core/cost/load_model.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "core/workload/ranges.h"

namespace foreshard::cost {

using sharding::KeyPlacement;
using sharding::Strategy;
using sharding::TableDesign;
using workload::ColumnId;
using workload::TableId;

namespace {

// Parts of a counting slot that a ring's arcs are told apart by.
constexpr uint32_t ringProbes = 64;

// Sums of counts by (window, key).
template <typename Count, typename Key, typename Place>
std::vector<Count> collapse(const std::vector<Count>& counts, Key Count::*key, size_t windows, Place place) {
    std::map<std::pair<size_t, Key>, Count> sums;
    for (const Count& count : counts) {
        const size_t window = place(count.interval);
        if (window == windows) continue;
        Count& sum = sums[{window, count.*key}];
        sum.interval = static_cast<int64_t>(window);
        sum.*key = count.*key;
        sum.reads += count.reads;
        sum.writes += count.writes;
    }
    std::vector<Count> out;
    for (const auto& [at, sum] : sums) out.push_back(sum);
    return out;
}

template <typename Place>
std::vector<workload::ColumnTotal> collapseTotals(const std::vector<workload::ColumnTotal>& totals, size_t windows, Place place) {
    std::map<size_t, workload::ColumnTotal> sums;
    for (const auto& total : totals) {
        const size_t window = place(total.interval);
        if (window == windows) continue;
        auto& sum = sums[window];
        sum.interval = static_cast<int64_t>(window);
        sum.reads += total.reads;
        sum.writes += total.writes;
        sum.boundReads += total.boundReads;
        sum.boundWrites += total.boundWrites;
    }
    std::vector<workload::ColumnTotal> out;
    for (const auto& [window, sum] : sums) out.push_back(sum);
    return out;
}

}  // namespace

LoadModel::LoadModel(const workload::Workload& workload, size_t windows, std::optional<TimeRange> range) : facts_(workload.facts) {
    const auto& rates = workload.rates;
    const TimeRange whole = range.value_or(rates.range);
    if (!whole.empty() && rates.interval > 0) {
        first_ = intervalIndex(whole.begin, rates.interval);
        end_ = intervalIndex(whole.end - 1, rates.interval) + 1;
    }
    const auto length = static_cast<size_t>(end_ - first_);
    intervals_ = windows == 0 ? length : std::min(windows, length);
    const auto windowOf = [&](int64_t interval) {
        return interval < first_ || interval >= end_ ? intervals_ : static_cast<size_t>(interval - first_) * intervals_ / length;
    };
    columns_ = &rates.columns;
    for (TableId table = 0; table < facts_->schema.tables.size(); ++table) totals_.push_back(tableTotals(table, rates.templates));
    if (windows == 0) return;
    for (const auto& column : rates.columns)
        collapsed_.push_back({collapse(column.slots, &workload::SlotCount::slot, intervals_, windowOf),
                              collapse(column.ranges, &workload::RangeCount::range, intervals_, windowOf), collapseTotals(column.totals, intervals_, windowOf)});
    columns_ = &collapsed_;
    collapsedToWindows_ = true;
}

size_t LoadModel::place(int64_t interval) const {
    if (collapsedToWindows_) return static_cast<size_t>(interval);
    if (interval < first_ || interval >= end_) return intervals_;
    return static_cast<size_t>(interval - first_) * intervals_ / static_cast<size_t>(end_ - first_);
}

// Every column of a table counts all accesses of the table; a table without candidate columns has its templates' calls.
std::vector<LoadModel::Access> LoadModel::tableTotals(TableId table, const std::vector<workload::TemplateSeries>& series) const {
    std::vector<Access> totals(intervals_);
    for (ColumnId column = 0; column < columns_->size() && column < facts_->columns.size(); ++column) {
        if (facts_->columns[column].table != table || (*columns_)[column].totals.empty()) continue;
        for (const auto& total : (*columns_)[column].totals) {
            const size_t i = place(total.interval);
            if (i == intervals_) continue;
            totals[i].reads += fromWeight(total.reads);
            totals[i].writes += fromWeight(total.writes);
        }
        return totals;
    }
    for (size_t t = 0; t < series.size() && t < facts_->templates.size(); ++t) {
        for (const auto& access : facts_->templates[t].accesses) {
            if (access.table != table) continue;
            for (const auto& point : series[t].points)
                if (const size_t i = place(point.interval); i < intervals_)
                    (access.kind == workload::AccessKind::read ? totals[i].reads : totals[i].writes) += fromWeight(point.calls);
        }
    }
    return totals;
}

TableLoad LoadModel::load(TableId table, const TableDesign& design, const KeyPlacement* placement, uint32_t shards, bool lookedUp,
                          const std::function<SampledVisits()>& visits) const {
    TableLoad out;
    out.values.assign(shards * intervals_, 0.0);
    if (!placement) {
        for (size_t i = 0; i < intervals_; ++i) {
            const Access& all = totals_[table][i];
            if (design.strategy == Strategy::unsharded) out.values[std::min(design.home, shards - 1) * intervals_ + i] += all.reads + all.writes;
            else
                for (uint32_t shard = 0; shard < shards; ++shard) out.values[shard * intervals_ + i] += all.reads / shards + all.writes;
        }
        return out;
    }
    const auto column = design.key.size() == 1 && !lookedUp ? facts_->findColumn(table, design.key[0].expression) : std::nullopt;
    const bool counted = column && *column < columns_->size() && design.placement == sharding::Placement::ours;
    if (counted && placement->byHash()) {
        addHash(*column, design, *placement, out);
    } else if (counted && design.strategy == Strategy::directory && design.prefix == 0) {
        addHash(*column, design, *placement, out);
        movePinned(*column, design, *placement, visits().pinned, out);
    } else if (counted && design.strategy == Strategy::range && !(*columns_)[*column].ranges.empty()) {
        addRanges(*column, design, *placement, out);
        // Range conditions are not among the range counts; the sample tells which shards they visit.
        addUnbound(*column, *placement, &visits, out);
    } else {
        spreadAsSampled(table, visits(), out);
    }
    return out;
}

std::vector<LoadModel::Spread> LoadModel::spreadOfSlot(uint32_t slot, const KeyPlacement& placement, uint32_t probes) const {
    std::vector<Spread> spread;
    const uint64_t first = uint64_t{slot} << 54, step = (uint64_t{1} << 54) / probes;
    for (uint32_t i = 0; i < probes; ++i) {
        const uint32_t shard = placement.shardOfHash(first + i * step + step / 2);
        const auto known = std::find_if(spread.begin(), spread.end(), [&](const Spread& s) { return s.shard == shard; });
        if (known == spread.end()) spread.push_back({shard, 1.0 / probes});
        else known->share += 1.0 / probes;
    }
    return spread;
}

void LoadModel::addHash(ColumnId column, const TableDesign& design, const KeyPlacement& placement, TableLoad& out) const {
    const uint32_t probes = design.strategy == Strategy::consistentHash ? ringProbes : placement.slotsPerCountingSlot();
    std::vector<std::vector<Spread>> spreads(countingSlots);
    for (const auto& count : (*columns_)[column].slots) {
        const size_t i = place(count.interval);
        if (i == intervals_ || count.slot >= countingSlots) continue;
        auto& spread = spreads[count.slot];
        if (spread.empty()) spread = spreadOfSlot(count.slot, placement, probes);
        out.exact = out.exact && spread.size() == 1;
        const double accesses = fromWeight(count.reads) + fromWeight(count.writes);
        for (const Spread& part : spread) out.values[part.shard * intervals_ + i] += accesses * part.share;
    }
    addUnbound(column, placement, nullptr, out);
}

void LoadModel::movePinned(ColumnId column, const TableDesign& design, const KeyPlacement& placement, const std::vector<double>& pinned, TableLoad& out) const {
    const auto shards = static_cast<uint32_t>(out.values.size() / std::max<size_t>(1, intervals_));
    std::vector<std::vector<Spread>> leaving(countingSlots);     // by slot: of its accesses, the share that goes to a shard
    for (size_t i = 0; i < design.directory.size() && i < pinned.size(); ++i) {
        if (pinned[i] <= 0) continue;
        leaving[countingSlotOfHash(hashValue(design.directory[i].key[0]))].push_back({std::min(design.directory[i].shard, shards - 1), pinned[i]});
        out.exact = out.exact && pinned[i] == 1;
    }
    const uint32_t probes = placement.slotsPerCountingSlot();
    for (const auto& count : (*columns_)[column].slots) {
        const size_t i = place(count.interval);
        if (i == intervals_ || count.slot >= countingSlots || leaving[count.slot].empty()) continue;
        const double accesses = fromWeight(count.reads) + fromWeight(count.writes);
        const auto from = spreadOfSlot(count.slot, placement, probes);
        for (const Spread& key : leaving[count.slot]) {
            out.values[key.shard * intervals_ + i] += accesses * key.share;
            for (const Spread& part : from) out.values[part.shard * intervals_ + i] -= accesses * key.share * part.share;
        }
    }
}

void LoadModel::addRanges(ColumnId column, const TableDesign& design, const KeyPlacement& placement, TableLoad& out) const {
    const ValueKind kind = design.key[0].type == ValueType::timestamp || design.key[0].type == ValueType::date ? ValueKind::timestamp : ValueKind::integer;
    const auto at = [&](int64_t number) {
        const Value key{kind, number, {}};
        return placement.shardOf(std::span(&key, 1));
    };
    for (const auto& count : (*columns_)[column].ranges) {
        const size_t i = place(count.interval);
        if (i == intervals_) continue;
        const int64_t low = workload::rangeLow(count.range), high = workload::rangeHigh(count.range);
        const double accesses = fromWeight(count.reads) + fromWeight(count.writes);
        // A split point inside a counted range: its load is taken to be even.
        std::vector<int64_t> begins{low};
        for (const auto& range : design.ranges)
            if (!range.low.empty() && range.low[0].kind == kind && range.low[0].number > low && range.low[0].number <= high) begins.push_back(range.low[0].number);
        const double width = static_cast<double>(high) - static_cast<double>(low) + 1;
        for (size_t part = 0; part < begins.size(); ++part) {
            const double end = part + 1 < begins.size() ? static_cast<double>(begins[part + 1]) : static_cast<double>(high) + 1;
            out.values[at(begins[part]) * intervals_ + i] += accesses * (end - static_cast<double>(begins[part])) / width;
        }
        out.exact = out.exact && begins.size() == 1;
    }
}

void LoadModel::addUnbound(ColumnId column, const KeyPlacement& placement, const std::function<SampledVisits()>* visits, TableLoad& out) const {
    const auto& totals = (*columns_)[column].totals;
    const auto unbound = [](const workload::ColumnTotal& t) {
        return Access{fromWeight(std::max<Weight>(0, t.reads - t.boundReads)), fromWeight(std::max<Weight>(0, t.writes - t.boundWrites))};
    };
    const bool any = std::any_of(totals.begin(), totals.end(), [&](const auto& t) { return unbound(t).reads + unbound(t).writes > 0; });
    if (!any) return;
    std::vector<double> reads(out.values.size() / std::max<size_t>(1, intervals_)), writes;
    placement.everywhere().forEach([&](uint32_t shard) { reads[shard] = 1; });
    writes = reads;
    if (visits) {
        const SampledVisits sampled = (*visits)();
        const auto take = [&](const std::vector<double>& loose, std::vector<double>& into) {
            out.exact = out.exact && (loose.empty() || loose == into);
            if (!loose.empty()) into = loose;
        };
        take(sampled.looseReads, reads);
        take(sampled.looseWrites, writes);
    }
    for (const auto& total : totals) {
        const size_t i = place(total.interval);
        if (i == intervals_) continue;
        for (size_t shard = 0; shard < reads.size(); ++shard)
            out.values[shard * intervals_ + i] += unbound(total).reads * reads[shard] + unbound(total).writes * writes[shard];
    }
}

void LoadModel::spreadAsSampled(TableId table, const SampledVisits& visits, TableLoad& out) const {
    out.exact = false;
    for (size_t i = 0; i < intervals_; ++i)
        for (size_t shard = 0; shard < visits.reads.size(); ++shard)
            out.values[shard * intervals_ + i] += totals_[table][i].reads * visits.reads[shard] + totals_[table][i].writes * visits.writes[shard];
}

std::vector<double> LoadModel::slotLoad(ColumnId column) const {
    std::vector<double> load(countingSlots);
    if (column < columns_->size())
        for (const auto& count : (*columns_)[column].slots)
            if (count.slot < countingSlots && place(count.interval) < intervals_) load[count.slot] += fromWeight(count.reads) + fromWeight(count.writes);
    return load;
}

std::vector<std::pair<uint64_t, double>> LoadModel::rangeLoad(ColumnId column) const {
    std::map<uint64_t, double> load;
    if (column < columns_->size())
        for (const auto& count : (*columns_)[column].ranges)
            if (place(count.interval) < intervals_) load[count.range] += fromWeight(count.reads) + fromWeight(count.writes);
    return {load.begin(), load.end()};
}

namespace {

// Bursts cut off, see lastingSlotLoad().
template <typename Count, typename Key, typename Place>
std::map<Key, double> lasting(const std::vector<Count>& counts, Key Count::*key, size_t windows, Place place) {
    constexpr size_t enoughWindows = 4;
    constexpr double usual = 2, noise = 3, noticed = 0.005;   // less of all accesses changes no deal
    std::map<Key, std::vector<double>> byWindow;
    for (const Count& count : counts) {
        const size_t window = place(count.interval);
        if (window >= windows) continue;
        auto& values = byWindow[count.*key];
        values.resize(windows);
        values[window] += fromWeight(count.reads) + fromWeight(count.writes);
    }
    std::map<Key, double> plain, cut;
    double all = 0, left = 0;
    for (auto& [which, values] : byWindow) {
        std::vector<double> sorted = values;
        std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(windows / 2), sorted.end());
        const double median = sorted[windows / 2], most = usual * median + noise * std::sqrt(median) + noise;
        for (const double value : values) {
            plain[which] += value;
            cut[which] += std::min(value, most);
        }
        all += plain[which];
    }
    for (auto& [which, accesses] : cut) {
        if (plain[which] - accesses < noticed * all) accesses = plain[which];
        left += accesses;
    }
    return windows >= enoughWindows && left >= all / 2 ? cut : plain;
}

}  // namespace

std::vector<double> LoadModel::lastingSlotLoad(ColumnId column) const {
    std::vector<double> load(countingSlots);
    if (column >= columns_->size()) return load;
    for (const auto& [slot, accesses] : lasting((*columns_)[column].slots, &workload::SlotCount::slot, intervals_, [&](int64_t at) { return place(at); }))
        if (slot < countingSlots) load[slot] = accesses;
    return load;
}

std::vector<std::pair<uint64_t, double>> LoadModel::lastingRangeLoad(ColumnId column) const {
    if (column >= columns_->size()) return {};
    const auto load = lasting((*columns_)[column].ranges, &workload::RangeCount::range, intervals_, [&](int64_t at) { return place(at); });
    return {load.begin(), load.end()};
}

LoadModel::Hottest LoadModel::hottestInAWindow(const std::vector<ColumnId>& columns) const {
    std::vector<double> load(intervals_ * countingSlots);
    for (const ColumnId column : columns) {
        if (column >= columns_->size()) continue;
        for (const auto& count : (*columns_)[column].slots)
            if (const size_t window = place(count.interval); window < intervals_ && count.slot < countingSlots)
                load[window * countingSlots + count.slot] += fromWeight(count.reads) + fromWeight(count.writes);
    }
    constexpr double toldApart = 50;     // accesses, fewer may be chance
    Hottest out;
    std::vector<std::ptrdiff_t> slots;
    for (size_t window = 0; window < intervals_; ++window) {
        const auto begin = load.begin() + static_cast<std::ptrdiff_t>(window * countingSlots), end = begin + countingSlots, most = std::max_element(begin, end);
        const double all = std::accumulate(begin, end, 0.0);
        if (*most < toldApart) continue;
        out.share = std::max(out.share, *most / all);
        slots.push_back(most - begin);
    }
    std::sort(slots.begin(), slots.end());
    out.slots = static_cast<size_t>(std::unique(slots.begin(), slots.end()) - slots.begin());
    return out;
}

LoadModel::Bound LoadModel::bound(ColumnId column) const {
    Bound sum;
    if (column >= columns_->size()) return sum;
    for (const auto& total : (*columns_)[column].totals) {
        if (place(total.interval) == intervals_) continue;
        sum.all.reads += fromWeight(total.reads);
        sum.all.writes += fromWeight(total.writes);
        sum.bound.reads += fromWeight(total.boundReads);
        sum.bound.writes += fromWeight(total.boundWrites);
    }
    return sum;
}

}  // namespace foreshard::cost
