#include "core/sharding/key_placement.h"

#include <algorithm>
#include <bit>

#include "core/base/hash.h"

namespace foreshard::sharding {

uint64_t keyHash(std::span<const Value> key) {
    if (key.empty()) return 0;
    uint64_t hash = hashValue(key[0]);
    for (const Value& part : key.subspan(1)) hash = combineHash(hash, hashValue(part));
    return hash;
}

uint32_t slotOfHash(uint64_t hash, uint32_t slots) {
    return slots <= 1 ? 0 : static_cast<uint32_t>(hash >> (64 - std::bit_width(slots - 1)));
}

uint32_t slotOfKey(const TableDesign& table, std::span<const Value> key, uint32_t slots) {
    if (table.prefix == 0 || table.prefix >= key.size()) return slotOfHash(keyHash(key), slots);
    const uint64_t base = slotOfHash(keyHash(key.first(table.prefix)), slots);
    const uint64_t spread = std::clamp(table.prefixSpread, 1u, slots);
    return static_cast<uint32_t>((base + keyHash(key) % spread * (slots / spread)) % slots);
}

Located KeyPlacement::locate(std::span<const KeyConstraint> constraints) const {
    size_t keys = 1;
    for (const auto& constraint : constraints) {
        if (constraint.kind != KeyConstraint::Kind::values) continue;
        if (constraint.values.empty()) return {{}, RouteReason::nothing};
        keys = std::min(maxTriedKeys, keys * constraint.values.size());
    }
    Located located;
    if (!detail::forEachKey(constraints, [&](std::span<const Value> key) { located.shards.insert(shardOf(key)); })) return partial(constraints);
    located.reason = keys == 1 ? RouteReason::equalUnique : RouteReason::inList;
    return located;
}

std::unique_ptr<const KeyPlacement> makePlacement(const TableDesign& table, const Design& design) {
    const uint32_t shards = std::clamp(design.shards, 1u, maxShards);
    if (table.strategy == Strategy::range) return detail::rangePlacement(table, shards);
    if (table.strategy == Strategy::consistentHash) return detail::ringPlacement(table, shards);
    const auto found = design.slotMaps.find(table.group);
    const bool usable = found != design.slotMaps.end() && std::has_single_bit(found->second.shardOfSlot.size());
    return detail::hashPlacement(table, usable ? found->second : evenSlotMap(shards), shards);
}

}  // namespace foreshard::sharding
