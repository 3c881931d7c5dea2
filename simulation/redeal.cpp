// withShards: the same placement on more or fewer shards.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/cost/balance.h"
#include "core/cost/load_model.h"
#include "simulation/scenario.h"

namespace foreshard::simulation {

using sharding::Design;
using sharding::RangePart;
using sharding::ShardId;
using sharding::Strategy;
using sharding::TableDesign;

namespace {

// Deals `owners` to `shards` evenly: each shard keeps what it has up to its quota, the rest goes to those below theirs. The
// number of moves is the least that gives every shard its quota.
void dealEvenly(std::vector<ShardId>& owners, uint32_t shards) {
    std::vector<uint32_t> held(shards);
    for (const ShardId owner : owners)
        if (owner < shards) ++held[owner];
    // The larger quotas go to those that hold most.
    std::vector<ShardId> order(shards);
    for (uint32_t i = 0; i < shards; ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](ShardId a, ShardId b) { return held[a] > held[b]; });
    std::vector<uint32_t> room(shards);
    for (uint32_t i = 0; i < shards; ++i) room[order[i]] = static_cast<uint32_t>(owners.size()) / shards + (i < owners.size() % shards ? 1 : 0);
    std::vector<size_t> homeless;
    for (size_t i = 0; i < owners.size(); ++i) {
        if (owners[i] < shards && room[owners[i]] > 0) --room[owners[i]];
        else homeless.push_back(i);
    }
    ShardId next = 0;
    for (const size_t i : homeless) {
        while (room[next] == 0) ++next;
        owners[i] = next;
        --room[next];
    }
}

// The load of each group's keys, where it is known: groups of one bare or candidate column.
struct GroupLoad {
    std::vector<double> slots = std::vector<double>(countingSlots);
    std::map<uint64_t, double> ranges;
};

std::map<uint32_t, GroupLoad> loadsOf(const Design& design, const workload::Workload& workload) {
    const cost::LoadModel model(workload, 1);
    std::map<uint32_t, GroupLoad> groups;
    const auto& tables = workload.facts->schema.tables;
    for (workload::TableId id = 0; id < tables.size(); ++id) {
        const TableDesign* table = design.find(tables[id].qualifiedName());
        if (!table || !table->keyed() || table->key.size() != 1) continue;
        const auto column = workload.facts->findColumn(id, table->key[0].expression);
        if (!column) continue;
        GroupLoad& group = groups[table->group];
        const auto slots = model.slotLoad(*column);
        for (uint32_t slot = 0; slot < countingSlots; ++slot) group.slots[slot] += slots[slot];
        for (const auto& [range, accesses] : model.rangeLoad(*column)) group.ranges[range] += accesses;
    }
    return groups;
}

std::vector<RangePart> cutAnew(const TableDesign& table, const GroupLoad* load, uint32_t shards) {
    std::vector<RangePart> ranges = table.ranges;
    if (load && load->ranges.size() >= shards && table.key.size() == 1) {
        const bool time = table.key[0].type == ValueType::timestamp || table.key[0].type == ValueType::date;
        const std::vector<std::pair<uint64_t, double>> sorted(load->ranges.begin(), load->ranges.end());
        return cost::splitRanges(sorted, shards, time ? ValueKind::timestamp : ValueKind::integer);
    }
    std::vector<ShardId> owners;
    for (const auto& range : ranges) owners.push_back(range.shard);
    dealEvenly(owners, shards);
    for (size_t i = 0; i < ranges.size(); ++i) ranges[i].shard = owners[i];
    return ranges;
}

}  // namespace

Result<Design> withShards(const Design& design, uint32_t shards, const workload::Workload* workload) {
    if (shards == 0 || shards > sharding::maxShards)
        return Error{ErrorCategory::usage, fmt::format("A design cannot have {} shards.", shards), fmt::format("Choose from 1 to {}.", sharding::maxShards), {}};
    Design out = design;
    if (shards == design.shards) return out;
    out.shards = shards;
    const auto loads = workload && workload->facts ? loadsOf(design, *workload) : std::map<uint32_t, GroupLoad>();
    const auto loadOf = [&](uint32_t group) {
        const auto found = loads.find(group);
        return found == loads.end() ? nullptr : &found->second;
    };
    for (auto& [group, map] : out.slotMaps) {
        if (const GroupLoad* load = loadOf(group)) map = cost::rebalanceSlots(map, load->slots, shards);
        else dealEvenly(map.shardOfSlot, shards);
    }
    std::map<uint32_t, std::vector<RangePart>> ranges;   // tables of a group have the same ranges, and keep them so
    for (auto& table : out.tables) {
        table.home %= shards;
        for (auto& entry : table.directory) entry.shard %= shards;
        if (table.strategy == Strategy::consistentHash) table.ring.weights.resize(shards, 1.0);
        if (table.strategy != Strategy::range) continue;
        auto& shared = ranges[table.group];
        if (shared.empty()) shared = cutAnew(table, loadOf(table.group), shards);
        table.ranges = shared;
    }
    return out;
}

}  // namespace foreshard::simulation
