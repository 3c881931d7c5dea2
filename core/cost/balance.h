// Balance: deals of slots and ranges to shards by observed load. Pure functions; deterministic; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "core/sharding/design.h"

namespace foreshard::cost {

// Slots by weight, heaviest first to the lightest shard (LPT; Graham, SIAM J. Appl. Math. 1969: at most 4/3 of the best
// possible); slots without weight then even out the numbers of slots. `already`: what shards carry beside their slots, by shard;
// empty: nothing.
sharding::SlotMap balanceSlots(std::span<const double> weights, uint32_t shards, std::span<const double> already = {});

// For keys of a prefix of one part and `spread` (a power of two): weights are those of the prefix's slots, and each such slot's
// weight is spread over its family, the `spread` slots at equal distances. A family stays on one shard, unless it is more than
// a shard's even share, or `cutAll` says so of each; then its slots are dealt out one by one.
sharding::SlotMap balanceFamilies(std::span<const double> weights, uint32_t shards, uint32_t spread, bool cutAll = false);

// balanceSlots() with few moves from `start`, whose shards may be more or fewer: while the heaviest shard is more than `tolerance`
// above the mean and a move helps, the slot that helps most moves to the lightest. Then slots without weight even out the
// numbers.
sharding::SlotMap rebalanceSlots(const sharding::SlotMap& start, std::span<const double> weights, uint32_t shards, double tolerance = 0.02,
                                 std::span<const double> already = {});

// Shards for keys that are dealt one by one, heaviest first: `start` where that shard is not yet full (by an even share of the weights
// and of `rest`, what else there is to deal), else the lightest. A start that is no shard counts as none.
std::vector<sharding::ShardId> dealKeys(std::span<const double> weights, const std::vector<sharding::ShardId>& start, double rest, uint32_t shards);

// A ring whose shards carry about equal loads: weights of the counting slots decide how many virtual nodes each shard has. With a ring
// to start from, the shards that both have keep theirs, so that few keys move, and the others get as many as those have in the mean.
sharding::HashRing balanceRing(std::span<const double> slotWeights, uint32_t shards, const sharding::HashRing* start = nullptr);

// At most `shards` ranges of one key part with about equal load each, cut at borders of the counted dyadic ranges. `load`
// is sorted by range; `kind` is what the key's values are. One unbounded range without load.
std::vector<sharding::RangePart> splitRanges(std::span<const std::pair<uint64_t, double>> load, uint32_t shards, ValueKind kind);

}  // namespace foreshard::cost
