// A workload over one hash-sharded table, for the tests of the monitor.
#pragma once

#include "core/sharding/design.h"
#include "tests/models/synthetic.h"

namespace watched {

using namespace foreshard;

// Table public.t0 by k on `shards` shards, slots dealt evenly.
inline sharding::Design byKey(uint32_t shards = 2) {
    sharding::Design design;
    design.id = "d1";
    design.name = "by key";
    design.shards = shards;
    sharding::TableDesign table;
    table.table = "public.t0";
    table.strategy = sharding::Strategy::hash;
    table.key = {{"k", "k", ValueType::integer}};
    design.tables = {table};
    design.slotMaps[0] = sharding::evenSlotMap(shards);
    return design;
}

// Two templates on two counting slots: slot 10 (shard 0 of 2) and slot 900 (shard 1 of 2).
inline workload::Workload log(const std::function<double(size_t)>& onShard0, const std::function<double(size_t)>& onShard1, size_t first,
                              size_t end, Instant interval = microsPerHour) {
    auto made = synthetic::workloadOf({{"SELECT left FROM t0 WHERE k = $1", 0, false, [&](size_t i) { return onShard0(first + i); }},
                                       {"SELECT right FROM t0 WHERE k = $1", 0, false, [&](size_t i) { return onShard1(first + i); }}},
                                      end - first, 1, interval, [](size_t t, size_t) { return t == 0 ? 10u : 900u; });
    // Moved to where it belongs in time.
    const auto shift = static_cast<int64_t>(first);
    auto& rates = made.rates;
    rates.range = {rates.range.begin + shift * interval, rates.range.end + shift * interval};
    for (auto& series : rates.templates) for (auto& point : series.points) point.interval += shift;
    for (auto& column : rates.columns) {
        for (auto& slot : column.slots) slot.interval += shift;
        for (auto& total : column.totals) total.interval += shift;
    }
    for (auto& counts : rates.classes) for (auto& [at, count] : counts) at += shift;
    return made;
}

inline std::function<double(size_t)> flat(double level) {
    return [level](size_t) { return level; };
}
inline Instant at(size_t i, Instant interval = microsPerHour) { return (synthetic::firstInterval + static_cast<int64_t>(i)) * interval; }

}  // namespace watched
