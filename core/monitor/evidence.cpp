#include "core/monitor/evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "core/sharding/key_placement.h"
#include "core/sharding/router.h"
#include "core/workload/ranges.h"

namespace foreshard::monitor {

namespace {

constexpr size_t templateLength = 80;

struct Bucket {
    std::string name;
    double accesses = 0;
};

void keepLarger(Bucket& best, double accesses, const auto& name) {
    if (accesses > best.accesses) best = {name(), accesses};
}

std::string rangeName(const workload::KeyColumn& column, uint64_t range) {
    const int64_t low = workload::rangeLow(range), high = workload::rangeHigh(range);
    if (column.type == ValueType::timestamp || column.type == ValueType::date) return formatRfc3339(low) + " … " + formatRfc3339(high);
    return low == high ? std::to_string(low) : std::to_string(low) + " … " + std::to_string(high);
}

Value valueOf(const workload::KeyColumn& column, int64_t number) {
    return column.type == ValueType::timestamp || column.type == ValueType::date ? Value::timestamp(number) : Value::integer(number);
}

// The busiest key (hash), or range of keys (range), of `column` that `placement` puts on `shard`.
Bucket busiestRange(const workload::Workload& observed, workload::ColumnId id, const sharding::TableDesign& table,
                    const sharding::KeyPlacement& placement, int64_t interval, sharding::ShardId shard) {
    const auto& column = observed.facts->columns[id];
    const bool ordered = table.strategy == sharding::Strategy::range;
    Bucket best;
    for (const auto& range : observed.rates.columns[id].ranges) {
        const int64_t first = workload::rangeLow(range.range), last = workload::rangeHigh(range.range);
        // Neighbouring keys lie on many shards of a hash: only a key that was counted alone can be told.
        if (range.interval != interval || (!ordered && first != last)) continue;
        const Value low = valueOf(column, first);
        if (placement.shardOf(std::span(&low, 1)) != shard) continue;
        keepLarger(best, fromWeight(range.reads + range.writes), [&] {
            return fmt::format("{} {} of {}.{}", first == last ? "key" : "keys", rangeName(column, range.range), table.table, column.expression);
        });
    }
    return best;
}

// The busiest key of `column` on `shard`; where keys are not counted one by one (text, for one), the slot of its hash.
Bucket busiestBucket(const workload::Workload& observed, workload::ColumnId id, const sharding::TableDesign& table,
                     const sharding::KeyPlacement& placement, int64_t interval, sharding::ShardId shard) {
    const auto& column = observed.facts->columns[id];
    Bucket best;
    if (placement.byHash() || table.strategy == sharding::Strategy::range) best = busiestRange(observed, id, table, placement, interval, shard);
    if (best.accesses > 0 || !placement.byHash() || placement.slotsPerCountingSlot() != 1) return best;
    for (const auto& slot : observed.rates.columns[id].slots) {
        if (slot.interval != interval || placement.shardOfHash(static_cast<uint64_t>(slot.slot) << 54) != shard) continue;
        keepLarger(best, fromWeight(slot.reads + slot.writes), [&] { return fmt::format("hash slot {} of {}.{}", slot.slot, table.table, column.expression); });
    }
    return best;
}

Bucket busiestKey(const workload::Workload& observed, const sharding::Design& design, int64_t interval, sharding::ShardId shard) {
    Bucket best;
    for (const auto& table : design.tables) {
        if (table.key.size() != 1) continue;
        const auto& tables = observed.facts->schema.tables;
        const auto place = std::find_if(tables.begin(), tables.end(), [&](const schema::Table& t) { return t.qualifiedName() == table.table; });
        if (place == tables.end()) continue;
        const auto column = observed.facts->findColumn(static_cast<workload::TableId>(place - tables.begin()), table.key.front().expression);
        if (!column || *column >= observed.rates.columns.size()) continue;
        const auto placement = sharding::makePlacement(table, design);
        const Bucket own = busiestBucket(observed, *column, table, *placement, interval, shard);
        if (own.accesses > best.accesses) best = own;
    }
    return best;
}

// By the sample: the template whose calls visit the shard most, each call shared among the shards that it visits.
std::string busiestTemplate(const workload::Workload& observed, const sharding::Design& design, int64_t interval, sharding::ShardId shard) {
    const sharding::Router router(observed.facts, design);
    std::map<workload::TemplateId, double> visits;
    for (const auto& transaction : observed.facts->transactions) {
        if (intervalIndex(transaction.time, observed.rates.interval) != interval) continue;
        for (const auto& call : transaction.calls) {
            const auto all = router.footprint(call).all();
            if (all.contains(shard)) visits[call.templateId] += fromWeight(transaction.weight) / std::max<uint32_t>(1, all.count());
        }
    }
    const auto most = std::max_element(visits.begin(), visits.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    if (most == visits.end()) return {};
    std::string text = observed.facts->templates[most->first].text;
    if (text.size() > templateLength) {
        size_t end = templateLength;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
        text = text.substr(0, end) + "…";
    }
    return text;
}

}  // namespace

std::string shareEvidence(const Measured& interval) {
    if (interval.accesses.empty()) return {};
    const double total = std::accumulate(interval.accesses.begin(), interval.accesses.end(), 0.0);
    return fmt::format("It took {} of all accesses", formatShare(interval.accesses[interval.hottest()] / total));
}

std::string skewEvidence(const workload::Workload& observed, const sharding::Design& design, const Measured& interval) {
    if (interval.accesses.empty()) return {};
    const auto hottest = static_cast<sharding::ShardId>(interval.hottest());
    const double own = interval.accesses[hottest];
    std::string text = shareEvidence(interval);
    const Bucket bucket = busiestKey(observed, design, interval.interval, hottest);
    if (bucket.accesses > 0) text += fmt::format(", {} of that through {}", formatShare(std::min(1.0, bucket.accesses / own)), bucket.name);
    const std::string busiest = busiestTemplate(observed, design, interval.interval, hottest);
    if (!busiest.empty()) text += "; the template that put most on it: " + busiest;
    return text + ".";
}

}  // namespace foreshard::monitor
