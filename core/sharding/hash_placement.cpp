// Hash and directory: slots of the key's hash, with named keys pinned elsewhere.
#include <algorithm>
#include <map>
#include <unordered_set>

#include "core/sharding/key_placement.h"

namespace foreshard::sharding::detail {

namespace {

class HashPlacement : public KeyPlacement {
public:
    HashPlacement(const TableDesign& table, const SlotMap& slots, uint32_t shards)
        : prefix_(table.prefix < table.key.size() ? table.prefix : 0), shardOfSlot_(slots.shardOfSlot) {
        shape_.prefix = prefix_;
        shape_.prefixSpread = table.prefixSpread;
        for (ShardId& shard : shardOfSlot_) {
            shard = std::min(shard, shards - 1);
            everywhere_.insert(shard);
        }
        if (table.strategy != Strategy::directory) return;
        for (const auto& entry : table.directory) {
            const ShardId shard = std::min(entry.shard, shards - 1);
            pinned_.emplace(entry.key, shard);
            pinnedHashes_.insert(keyHash(entry.key));
            everywhere_.insert(shard);
        }
    }

    ShardId shardOf(std::span<const Value> key) const override {
        if (!pinned_.empty() && pinnedHashes_.contains(keyHash(key))) {
            const auto found = pinned_.find(std::vector<Value>(key.begin(), key.end()));
            if (found != pinned_.end()) return found->second;
        }
        return shardOfSlot_[slotOfKey(shape_, key, static_cast<uint32_t>(shardOfSlot_.size()))];
    }
    bool byHash() const override { return pinned_.empty(); }
    ShardId shardOfHash(uint64_t hash) const override { return shardOfSlot_[slotOfHash(hash, static_cast<uint32_t>(shardOfSlot_.size()))]; }
    uint32_t slotsPerCountingSlot() const override { return std::max<uint32_t>(1, static_cast<uint32_t>(shardOfSlot_.size()) / countingSlots); }

protected:
    Located partial(std::span<const KeyConstraint> constraints) const override {
        Located located{everywhere_, RouteReason::scatter};
        if (prefix_ == 0) return located;
        ShardSet near;
        const bool few = forEachKey(constraints.first(prefix_), [&](std::span<const Value> prefix) { near.unite(neighbourhood(prefix)); });
        if (!few) return located;
        for (const auto& [key, shard] : pinned_)
            if (mayMatch(key, constraints)) near.insert(shard);
        return {std::move(near), RouteReason::prefix};
    }

private:
    ShardSet neighbourhood(std::span<const Value> prefix) const {
        const auto slots = static_cast<uint32_t>(shardOfSlot_.size());
        const uint32_t spread = std::clamp(shape_.prefixSpread, 1u, slots);
        const uint64_t base = slotOfHash(keyHash(prefix), slots);
        ShardSet shards;
        for (uint64_t i = 0; i < spread; ++i) shards.insert(shardOfSlot_[(base + i * (slots / spread)) % slots]);
        return shards;
    }
    static bool mayMatch(const std::vector<Value>& key, std::span<const KeyConstraint> constraints) {
        for (size_t i = 0; i < constraints.size() && i < key.size(); ++i)
            if (constraints[i].kind == KeyConstraint::Kind::values && !std::binary_search(constraints[i].values.begin(), constraints[i].values.end(), key[i])) return false;
        return true;
    }

    uint32_t prefix_;
    TableDesign shape_;                          // prefix and spread alone
    std::vector<ShardId> shardOfSlot_;
    std::map<std::vector<Value>, ShardId> pinned_;
    std::unordered_set<uint64_t> pinnedHashes_;   // most keys are told by them to be no pinned ones
};

}  // namespace

std::unique_ptr<KeyPlacement> hashPlacement(const TableDesign& table, const SlotMap& slots, uint32_t shards) {
    return std::make_unique<HashPlacement>(table, slots, shards);
}

}  // namespace foreshard::sharding::detail
