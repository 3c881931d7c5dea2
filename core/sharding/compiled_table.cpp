#include "core/sharding/compiled_table.h"

#include <algorithm>

namespace foreshard::sharding {

using workload::AccessKind;
using workload::Provenance;

KeyBinder::KeyBinder(std::span<const KeyPart> key, workload::TableId table, const workload::Facts& facts, std::span<const Lookup> lookups,
                     const LookupSource* stored) {
    parts_.reserve(key.size());
    for (const auto& part : key) parts_.emplace_back(part, table, facts);
    for (const auto& lookup : lookups) lookups_.emplace_back(lookup, key, table, facts, stored);
}

AccessKeys KeyBinder::keysOf(const workload::TableAccess& access, std::span<const workload::BoundKey> keys,
                             std::span<const std::vector<Value>> slots) const {
    AccessKeys found;
    Provenance provenance = Provenance::literal;
    bool bound = false;
    for (const auto& part : parts_) {
        found.before.push_back(part.constraint(keys, access.kind == AccessKind::insert, provenance));
        bound = bound || found.before.back().kind != KeyConstraint::Kind::any;
    }
    for (const auto& lookup : lookups_) found.lookedUp = lookup.narrow(keys, access.kind == AccessKind::insert, found.before, provenance) || found.lookedUp;
    if (bound || found.lookedUp) found.provenance = provenance;
    if (access.kind == AccessKind::read) return found;
    for (size_t i = 0; i < parts_.size(); ++i) {
        auto assigned = parts_[i].assigned(access, slots);
        if (!assigned) continue;
        if (!found.after) found.after = found.before;
        (*found.after)[i] = std::move(*assigned);
    }
    return found;
}

bool KeyBinder::computable() const {
    return std::all_of(parts_.begin(), parts_.end(), [](const KeyPartBinder& part) { return part.computable(); });
}

Route routeByKeys(const KeyPlacement& placement, const AccessKeys& keys) {
    Located located = placement.locate(keys.before);
    Route route{std::move(located.shards), false, located.reason, keys.provenance, {}};
    if (keys.lookedUp && route.reason != RouteReason::scatter && route.reason != RouteReason::nothing) route.reason = RouteReason::lookup;
    if (route.reason == RouteReason::scatter) route.provenance = Provenance::unknown;
    if (!keys.after || route.reason == RouteReason::nothing) return route;
    Located after = placement.locate(*keys.after);
    route.move = KeyMove{route.shards, std::move(after.shards), route.reason, after.reason};
    route.shards.unite(route.move->to);
    if (after.reason == RouteReason::scatter) route.reason = RouteReason::scatter;
    return route;
}

Route routeWithoutKey(Strategy strategy, ShardId home, uint32_t shards, const workload::TableAccess& access) {
    if (strategy == Strategy::unsharded) return {ShardSet::one(std::min(home, shards - 1)), false, RouteReason::unsharded, Provenance::unknown, {}};
    return {ShardSet::all(shards), access.kind == AccessKind::read && !access.locked, RouteReason::reference, Provenance::unknown, {}};
}

}  // namespace foreshard::sharding
