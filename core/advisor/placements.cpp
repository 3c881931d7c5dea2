#include "core/advisor/placements.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "core/advisor/candidates.h"
#include "core/cost/balance.h"
#include "core/sharding/key_placement.h"

namespace foreshard::advisor {

using sharding::ShardId;
using workload::ColumnId;

namespace {

// A key by its part of the weight of its counting slot.
struct Heavy {
    Value key;
    double share = 0;      // of the slot, 0…1
    double weight = 0;     // of everything that is dealt, in the unit of slotWeights()
};

bool oneType(const workload::Facts& facts, const std::vector<ColumnId>& columns) {
    return std::all_of(columns.begin(), columns.end(), [&](ColumnId id) { return facts.columns[id].type == facts.columns[columns.front()].type; });
}

// Of a key that lasts each half of the time has at least this part: a basket or a session is heavy once, and never again.
constexpr double lasting = 0.25;

struct Accesses {
    double all = 0, later = 0;
    bool last() const { return later >= lasting * all && all - later >= lasting * all; }
};

// Keys that the sample has met, with their weights: what a slot carries for long is divided as its sampled accesses are.
std::vector<Heavy> heavyKeys(const cost::Basis& basis, const std::vector<ColumnId>& columns, const std::vector<double>& weights, double least, size_t atLeast) {
    std::map<Value, Accesses> accesses;
    const auto middle = static_cast<uint32_t>(basis.sample->transactions().size() / 2);
    std::vector<double> slots(countingSlots);
    for (const ColumnId column : columns) {
        const auto& use = basis.sample->columnUse(column);
        const auto& touches = basis.sample->touches(basis.facts->columns[column].table);
        const auto points = cost::pointAccesses(*basis.sample, touches, use), later = cost::pointAccesses(*basis.sample, touches, use, middle);
        for (size_t i = 0; i < points.size(); ++i) {
            const uint32_t slot = countingSlotOfHash(use.pointHashes[i]);
            slots[slot] += points[i];
            if (weights[slot] < least && atLeast == 0) continue;
            Accesses& key = accesses[use.points[i]];
            key.all += points[i];
            key.later += later[i];
        }
    }
    std::vector<Heavy> out;
    for (const auto& [key, count] : accesses) {
        const uint32_t slot = countingSlot(key);
        if (key.kind == ValueKind::null || slots[slot] <= 0 || (atLeast == 0 && !count.last())) continue;
        const double share = count.all / slots[slot];
        out.push_back({key, share, share * weights[slot]});
    }
    std::stable_sort(out.begin(), out.end(), [](const Heavy& a, const Heavy& b) { return a.weight > b.weight; });
    size_t named = 0;
    while (named < std::min(out.size(), mostNamed) && (out[named].weight >= least || named < atLeast)) ++named;
    out.resize(named);
    return out;
}

// Where the keys lie today; `shards` where that is not known.
std::vector<ShardId> startsOf(const std::vector<Heavy>& keys, const Today& today, uint32_t shards) {
    std::map<Value, ShardId> pinned;
    for (const auto& entry : today.directory)
        if (entry.key.size() == 1) pinned.emplace(entry.key[0], entry.shard);
    const auto& slots = today.slots.shardOfSlot;
    std::vector<ShardId> out;
    for (const Heavy& heavy : keys) {
        const auto found = pinned.find(heavy.key);
        out.push_back(found != pinned.end() ? found->second : slots.empty() ? shards : slots[sharding::slotOfHash(hashValue(heavy.key), static_cast<uint32_t>(slots.size()))]);
    }
    return out;
}

}  // namespace

Directory directoryOf(const cost::Basis& basis, const std::vector<ColumnId>& columns, uint32_t shards, const Today& today, size_t atLeast) {
    if (columns.empty() || shards < 2 || shards > countingSlots || !oneType(*basis.facts, columns)) return {};
    std::vector<double> weights = slotWeights(basis, columns);
    const double all = std::accumulate(weights.begin(), weights.end(), 0.0);
    const double least = namedShare * all / shards;
    if (atLeast == 0 && *std::max_element(weights.begin(), weights.end()) < least) return {};
    const auto keys = heavyKeys(basis, columns, weights, least, atLeast);
    if (keys.empty()) return {};
    std::vector<double> own;
    for (const Heavy& heavy : keys) {
        own.push_back(heavy.weight);
        double& slot = weights[countingSlot(heavy.key)];
        slot = std::max(0.0, slot - heavy.weight);
    }
    const double rest = std::accumulate(weights.begin(), weights.end(), 0.0);
    const auto homes = cost::dealKeys(own, startsOf(keys, today, shards), rest, shards);
    Directory out;
    std::vector<double> already(shards);
    for (size_t i = 0; i < keys.size(); ++i) {
        out.entries.push_back({{keys[i].key}, homes[i]});
        already[homes[i]] += own[i];
    }
    out.slots = today.slots.shardOfSlot.empty() || shards > today.slots.shardOfSlot.size() ? cost::balanceSlots(weights, shards, already)
                                                                                          : cost::rebalanceSlots(today.slots, weights, shards, 0.02, already);
    return out;
}

}  // namespace foreshard::advisor
