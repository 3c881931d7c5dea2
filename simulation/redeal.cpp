// withShards: the same placement on more or fewer shards.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "simulation/scenario.h"

namespace foreshard::simulation {

using sharding::Design;
using sharding::ShardId;

namespace {

// Deals `owners` to `shards` evenly: each shard keeps what it has up to its quota, the rest goes to those below theirs. The
// number of moves is the least that gives every shard its quota.
void redeal(std::vector<ShardId>& owners, uint32_t shards) {
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

// Whether every shard of the old design has as many slots as an even deal gives it, or one more.
ShardId folded(ShardId shard, uint32_t shards) { return shard < shards ? shard : shard % shards; }

}  // namespace

Result<Design> withShards(const Design& design, uint32_t shards) {
    if (shards == 0 || shards > sharding::maxShards)
        return Error{ErrorCategory::usage, fmt::format("A design cannot have {} shards.", shards), fmt::format("Choose from 1 to {}.", sharding::maxShards), {}};
    Design out = design;
    out.shards = shards;
    if (shards == design.shards) return out;
    for (auto& [group, map] : out.slotMaps) redeal(map.shardOfSlot, shards);
    std::map<uint32_t, std::vector<ShardId>> rangesOfGroup;   // tables of a group have the same ranges, and keep them so
    for (auto& table : out.tables) {
        table.home = folded(table.home, shards);
        for (auto& entry : table.directory) entry.shard = folded(entry.shard, shards);
        if (table.strategy == sharding::Strategy::consistentHash) table.ring.weights.resize(shards, 1.0);
        auto& owners = rangesOfGroup[table.group];
        if (owners.size() != table.ranges.size()) {
            owners.clear();
            for (const auto& range : table.ranges) owners.push_back(range.shard);
            redeal(owners, shards);
        }
        for (size_t i = 0; i < table.ranges.size(); ++i) table.ranges[i].shard = owners[i];
    }
    return out;
}

}  // namespace foreshard::simulation
