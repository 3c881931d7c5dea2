// KeyPlacement: one table's function from keys to shards, compiled from its design; one small class per strategy. The only
// code of Foreshard that turns a key into a shard; Router, projections and the advisor's evaluator share it. Immutable;
// const calls from any thread.
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "core/sharding/key_constraint.h"
#include "core/sharding/router.h"
#include "core/sharding/shard_set.h"

namespace foreshard::sharding {

// Keys of an IN list over several parts are tried one by one up to this many; past it a superset is given.
constexpr size_t maxTriedKeys = 4'096;

struct Located {
    ShardSet shards;
    RouteReason reason = RouteReason::scatter;
};

class KeyPlacement {
public:
    virtual ~KeyPlacement() = default;

    // The shard of a complete key; NULL and missing parts have a place of their own.
    virtual ShardId shardOf(std::span<const Value> key) const = 0;
    // True where a key of one part is placed by hashValue() alone; then shardOfHash gives its shard.
    virtual bool byHash() const { return false; }
    virtual ShardId shardOfHash(uint64_t) const { return 0; }
    // Hash: routing slots in each counting slot; 1 where the counting slots are not cut.
    virtual uint32_t slotsPerCountingSlot() const { return 1; }

    // Every shard that may hold rows.
    const ShardSet& everywhere() const { return everywhere_; }
    // The shards of all keys that fulfil the constraints (one for each part).
    Located locate(std::span<const KeyConstraint> constraints) const;

protected:
    // Where not every part is bound to few enough values.
    virtual Located partial(std::span<const KeyConstraint>) const { return {everywhere_, RouteReason::scatter}; }
    ShardSet everywhere_;
};

// Hash of a complete key: hashValue() for one part, so that it refines the counting slots; combined in order for more.
uint64_t keyHash(std::span<const Value> key);
// The slot of a hash in a map of `slots` (a power of two).
uint32_t slotOfHash(uint64_t hash, uint32_t slots);
// The slot of a complete key of a hash or directory table in a map of `slots`.
uint32_t slotOfKey(const TableDesign& table, std::span<const Value> key, uint32_t slots);

// For a keyed strategy of `design`; a part of the design that is missing or out of range falls back to even slots or
// shard 0, so that any Design gives a placement.
std::unique_ptr<const KeyPlacement> makePlacement(const TableDesign& table, const Design& design);

namespace detail {   // the strategies
std::unique_ptr<KeyPlacement> hashPlacement(const TableDesign& table, const SlotMap& slots, uint32_t shards);
std::unique_ptr<KeyPlacement> ringPlacement(const TableDesign& table, uint32_t shards);
std::unique_ptr<KeyPlacement> rangePlacement(const TableDesign& table, uint32_t shards);
// Calls fn(key) for each key of the product of the parts' values; false when there are more than maxTriedKeys, or a part
// is bound to no values.
template <typename Fn>
bool forEachKey(std::span<const KeyConstraint> constraints, Fn fn) {
    size_t keys = 1;
    for (const auto& constraint : constraints) {
        if (constraint.kind != KeyConstraint::Kind::values) return false;
        keys *= constraint.values.size();
        if (keys > maxTriedKeys) return false;
    }
    std::vector<Value> key(constraints.size());
    for (size_t n = 0; n < keys; ++n) {
        size_t rest = n;
        for (size_t i = 0; i < constraints.size(); ++i) {
            key[i] = constraints[i].values[rest % constraints[i].values.size()];
            rest /= constraints[i].values.size();
        }
        fn(std::span<const Value>(key));
    }
    return true;
}
}  // namespace detail

}  // namespace foreshard::sharding
