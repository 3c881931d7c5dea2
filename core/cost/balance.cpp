#include "core/cost/balance.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "core/sharding/key_placement.h"
#include "core/workload/ranges.h"

namespace foreshard::cost {

using sharding::RangePart;
using sharding::ShardId;
using sharding::SlotMap;

namespace {

// A slot of a map finer than the weights carries its part of the weight.
std::vector<double> refined(std::span<const double> weights, size_t slots) {
    std::vector<double> out(slots);
    if (weights.empty()) return out;
    const size_t parts = std::max<size_t>(1, slots / weights.size());
    for (size_t slot = 0; slot < slots; ++slot) out[slot] = weights[std::min(slot / parts, weights.size() - 1)] / static_cast<double>(parts);
    return out;
}

std::vector<uint32_t> heaviestFirst(std::span<const double> weights) {
    std::vector<uint32_t> order(weights.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return weights[a] > weights[b]; });
    return order;
}

struct Deal {
    explicit Deal(uint32_t shards, std::span<const double> already = {}) : load(already.begin(), already.end()), slots(shards) { load.resize(shards); }
    void add(ShardId shard, double weight) {
        load[shard] += weight;
        ++slots[shard];
    }
    void remove(ShardId shard, double weight) {
        load[shard] -= weight;
        --slots[shard];
    }
    ShardId lightest() const {
        ShardId best = 0;
        for (ShardId s = 1; s < load.size(); ++s)
            if (load[s] < load[best] || (load[s] == load[best] && slots[s] < slots[best])) best = s;
        return best;
    }
    ShardId heaviest() const { return static_cast<ShardId>(std::max_element(load.begin(), load.end()) - load.begin()); }
    ShardId fewest() const { return static_cast<ShardId>(std::min_element(slots.begin(), slots.end()) - slots.begin()); }
    ShardId most() const { return static_cast<ShardId>(std::max_element(slots.begin(), slots.end()) - slots.begin()); }
    std::vector<double> load;
    std::vector<uint32_t> slots;
};

// The slot of the heaviest shard whose move to the lightest leaves the pair most even; nothing where no move helps.
std::optional<uint32_t> bestMove(const SlotMap& map, std::span<const double> weights, const Deal& deal, ShardId from, ShardId to) {
    const double gap = deal.load[from] - deal.load[to];
    std::optional<uint32_t> best;
    double bestLeft = gap * (1 - 1e-9);
    for (uint32_t slot = 0; slot < map.shardOfSlot.size(); ++slot) {
        if (map.shardOfSlot[slot] != from || weights[slot] <= 0) continue;
        const double left = std::abs(gap - 2 * weights[slot]);
        if (left < bestLeft) best = slot, bestLeft = left;
    }
    return best;
}

void evenOutWeightless(SlotMap& map, std::span<const double> weights, Deal& deal) {
    for (uint32_t slot = 0; slot < map.shardOfSlot.size(); ++slot) {
        ShardId& shard = map.shardOfSlot[slot];
        const ShardId to = deal.fewest();
        if (weights[slot] > 0 || deal.slots[shard] <= deal.slots[to] + 1 || deal.slots[shard] < deal.slots[deal.most()]) continue;
        deal.remove(shard, 0);
        deal.add(to, 0);
        shard = to;
    }
}

}  // namespace

SlotMap balanceSlots(std::span<const double> weights, uint32_t shards, std::span<const double> already) {
    SlotMap map = sharding::evenSlotMap(shards, static_cast<uint32_t>(std::max<size_t>(weights.size(), 1)));
    Deal deal(shards, already);
    for (const uint32_t slot : heaviestFirst(weights)) {
        const ShardId shard = weights[slot] > 0 ? deal.lightest() : deal.fewest();
        map.shardOfSlot[slot] = shard;
        deal.add(shard, weights[slot]);
    }
    return map;
}

SlotMap balanceFamilies(std::span<const double> weights, uint32_t shards, uint32_t spread, bool cutAll) {
    const auto slots = static_cast<uint32_t>(weights.size());
    spread = std::clamp(spread, 1u, slots);
    const uint32_t families = slots / spread;
    std::vector<double> load(families);
    for (uint32_t slot = 0; slot < slots; ++slot) load[slot % families] += weights[slot];
    const double share = std::accumulate(load.begin(), load.end(), 0.0) / shards;
    SlotMap map = sharding::evenSlotMap(shards, slots);
    Deal deal(shards);
    for (const uint32_t family : heaviestFirst(load)) {
        const bool whole = !cutAll && load[family] <= share * 1.05;   // a little above is no reason to cut
        const ShardId home = load[family] > 0 ? deal.lightest() : deal.fewest();
        for (uint32_t i = 0; i < spread; ++i) {
            // One after the other where all are cut: a family that becomes hot is then on as many shards as it can.
            const ShardId shard = whole ? home : cutAll ? static_cast<ShardId>((family + i) % shards) : deal.lightest();
            map.shardOfSlot[family + i * families] = shard;
            deal.add(shard, load[family] / spread);
        }
    }
    return map;
}

SlotMap rebalanceSlots(const SlotMap& start, std::span<const double> slotWeights, uint32_t shards, double tolerance, std::span<const double> already) {
    SlotMap map = start;
    const std::vector<double> weights = refined(slotWeights, map.shardOfSlot.size());
    Deal deal(shards, already);
    for (uint32_t slot = 0; slot < map.shardOfSlot.size(); ++slot)
        if (map.shardOfSlot[slot] < shards) deal.add(map.shardOfSlot[slot], weights[slot]);
    for (const uint32_t slot : heaviestFirst(weights)) {
        if (map.shardOfSlot[slot] < shards) continue;
        map.shardOfSlot[slot] = weights[slot] > 0 ? deal.lightest() : deal.fewest();
        deal.add(map.shardOfSlot[slot], weights[slot]);
    }
    const double mean = std::accumulate(deal.load.begin(), deal.load.end(), 0.0) / shards;
    for (size_t moves = 0; moves < map.shardOfSlot.size(); ++moves) {
        const ShardId from = deal.heaviest(), to = deal.lightest();
        if (deal.load[from] <= mean * (1 + tolerance)) break;
        const auto slot = bestMove(map, weights, deal, from, to);
        if (!slot) break;
        deal.remove(from, weights[*slot]);
        deal.add(to, weights[*slot]);
        map.shardOfSlot[*slot] = to;
    }
    evenOutWeightless(map, weights, deal);
    return map;
}

std::vector<ShardId> dealKeys(std::span<const double> weights, const std::vector<ShardId>& start, double rest, uint32_t shards) {
    constexpr double full = 1.02;        // times the even share
    const double share = (std::accumulate(weights.begin(), weights.end(), 0.0) + rest) / shards;
    std::vector<ShardId> out(weights.size());
    Deal deal(shards);
    for (const uint32_t key : heaviestFirst(weights)) {
        const ShardId before = key < start.size() ? start[key] : shards;
        const bool stays = before < shards && (deal.load[before] + weights[key] <= share * full || deal.load[before] <= 0);
        out[key] = stays ? before : deal.lightest();
        deal.add(out[key], weights[key]);
    }
    return out;
}

namespace {

// Load of each shard of a ring: slots are cut as fine as its arcs may be.
std::vector<double> ringLoad(const sharding::HashRing& ring, std::span<const double> slotWeights, uint32_t shards) {
    constexpr uint64_t probes = 16;
    sharding::TableDesign table;
    table.strategy = sharding::Strategy::consistentHash;
    table.ring = ring;
    sharding::Design design;
    design.shards = shards;
    const auto placement = makePlacement(table, design);
    std::vector<double> load(shards);
    const uint64_t slots = slotWeights.size(), step = UINT64_MAX / (slots * probes) + 1;
    for (uint64_t i = 0; i < slots * probes; ++i) load[placement->shardOfHash(i * step + step / 2)] += slotWeights[i / probes] / probes;
    return load;
}

}  // namespace

sharding::HashRing balanceRing(std::span<const double> slotWeights, uint32_t shards, const sharding::HashRing* start) {
    constexpr int rounds = 12;
    constexpr double damping = 0.7, least = 0.25, most = 4;
    sharding::HashRing ring;
    if (start) ring.virtualNodes = start->virtualNodes;
    ring.virtualNodes = std::max(1u, std::min(ring.virtualNodes, static_cast<uint32_t>(sharding::maxRingPoints / most) / shards));
    ring.weights.assign(shards, 1.0);
    const double all = std::accumulate(slotWeights.begin(), slotWeights.end(), 0.0);
    if (start && !start->weights.empty()) {
        const double mean = std::accumulate(start->weights.begin(), start->weights.end(), 0.0) / static_cast<double>(start->weights.size());
        for (uint32_t shard = 0; shard < shards; ++shard) ring.weights[shard] = shard < start->weights.size() ? start->weights[shard] : mean;
        return ring;
    }
    sharding::HashRing best = ring;
    double bestPeak = 0;
    for (int round = 0; round < rounds && all > 0; ++round) {
        const auto load = ringLoad(ring, slotWeights, shards);
        const double peak = *std::max_element(load.begin(), load.end());
        if (round == 0 || peak < bestPeak) best = ring, bestPeak = peak;
        for (uint32_t shard = 0; shard < shards; ++shard) {
            const double factor = load[shard] > 0 ? std::pow(all / shards / load[shard], damping) : most;
            ring.weights[shard] = std::clamp(ring.weights[shard] * factor, least, most);
        }
    }
    return best;
}

std::vector<RangePart> splitRanges(std::span<const std::pair<uint64_t, double>> load, uint32_t shards, ValueKind kind) {
    std::vector<RangePart> ranges{{{}, 0}};
    double total = 0, before = 0;
    for (const auto& [range, weight] : load) total += weight;
    for (const auto& [range, weight] : load) {
        // A cut before this range, where that is nearer to the even share than one behind it.
        const double due = total * static_cast<double>(ranges.size()) / shards;
        if (before > 0 && ranges.size() < shards && before + weight / 2 >= due)
            ranges.push_back({{Value{kind, workload::rangeLow(range), {}}}, static_cast<ShardId>(ranges.size())});
        before += weight;
    }
    return ranges;
}

}  // namespace foreshard::cost
