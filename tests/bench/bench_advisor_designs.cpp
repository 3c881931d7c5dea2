// What bench_advisor holds beside the advice: the published design, and the advice on a log without names.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>

#include "core/sharding/key_placement.h"
#include "tests/bench/bench_advisor.h"

namespace foreshard::bench {

namespace {

std::string keyOf(const sharding::TableDesign& table) {
    std::string key;
    for (const auto& part : table.key) key += (key.empty() ? "" : "+") + part.expression;
    return table.keyed() ? key : sharding::toString(table.strategy);
}

// Of the group that most tables are in; null without keyed tables.
const sharding::SlotMap* largestGroup(const sharding::Design& design) {
    std::map<uint32_t, size_t> tables;
    for (const auto& table : design.tables)
        if (table.strategy == sharding::Strategy::hash) ++tables[table.group];
    const auto largest = std::max_element(tables.begin(), tables.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    return largest == tables.end() ? nullptr : &design.slotMaps.at(largest->first);
}

}  // namespace

double processorSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

std::string agreement(const Bench& bench, const sharding::Design& design) {
    std::string other;
    for (const auto& [table, keys] : bench.published) {
        const auto* found = design.find("public." + table);
        const std::string key = found ? keyOf(*found) : "none";
        if (std::find(keys.begin(), keys.end(), key) == keys.end()) other += fmt::format("{}{}: {}", other.empty() ? "" : ", ", table, key);
    }
    return other.empty() ? "agrees" : "differs (" + other + ")";
}

sharding::Design publishedDesign(const Bench& bench, const sharding::Design& advised, bool evenly) {
    sharding::Design design = advised;
    design.lookups.clear();
    const sharding::SlotMap* largest = largestGroup(advised);
    const auto slots = evenly || !largest ? sharding::evenSlotMap(design.shards) : *largest;
    design.slotMaps.clear();
    for (auto& table : design.tables) {
        const auto published = bench.published.find(table.table.substr(7));
        const std::string key = published == bench.published.end() ? "reference" : published->second.front();
        const std::string name = table.table;
        table = {};
        table.table = name;
        table.strategy = key == "reference" ? sharding::Strategy::reference : sharding::Strategy::hash;
        if (!table.keyed()) continue;
        table.key = {{key, key, ValueType::integer}};
        table.group = 0;
        design.slotMaps[0] = slots;
    }
    return design;
}

int64_t mostKeysOnAShard(const Bench& bench, const sharding::Design& design) {
    const auto* slots = largestGroup(design);
    if (!slots) return 0;
    std::map<sharding::ShardId, int64_t> keys;
    int64_t most = 0;
    for (int64_t key = 1; key <= bench.keys; ++key)
        most = std::max(most, ++keys[slots->shardOfSlot[sharding::slotOfHash(hashValue(Value::integer(key)), static_cast<uint32_t>(slots->shardOfSlot.size()))]]);
    return most;
}

std::string scrambledDiffers(const Bench& bench, const Loader& load, const advisor::Advice& advice) {
    const Scrambler scrambler(bench.make()->schemaSql(), 5);
    Job job;
    const auto scrambled = advisor::advise(*load(&scrambler, false), {.shards = bench.shards}, job);
    if (!scrambled.ok() || scrambled->designs.empty()) return "no advice";
    const auto& ours = advice.designs.front();
    const auto& theirs = scrambled->designs.front();
    std::string other;
    for (const auto& table : ours.design.tables) {
        const auto* found = theirs.design.find("public." + scrambler.renamed(table.table.substr(7)));
        const std::string expected = scrambler.apply(keyOf(table)), key = found ? keyOf(*found) : "none";
        if (key != expected) other += fmt::format("{}{}: {} is not {}", other.empty() ? "" : ", ", table.table, key, expected);
    }
    // A foreign key that no transaction bears out may tie tables together: their slots, dropped with the keys, are chance.
    if (other.empty() && std::abs(theirs.scores.multiShardShare.value_or(-1) - ours.scores.multiShardShare.value_or(-1)) > 0.01)
        other = fmt::format("the same keys, other scores: {:.4f} for {:.4f} of the transactions across", theirs.scores.multiShardShare.value_or(-1), ours.scores.multiShardShare.value_or(-1));
    return other;
}

}  // namespace foreshard::bench
