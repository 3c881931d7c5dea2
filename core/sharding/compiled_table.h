// A table of a design, compiled against a workload's columns: what Router and the evaluators ask. Immutable; const calls
// from any thread.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/sharding/key_constraint.h"
#include "core/sharding/key_placement.h"
#include "core/sharding/lookup.h"
#include "core/sharding/router.h"

namespace foreshard::sharding {

// What an access says of a table's whole key, apart from where the table's keys live.
struct AccessKeys {
    std::vector<KeyConstraint> before;                     // of the rows it finds or inserts; one for each key part
    std::optional<std::vector<KeyConstraint>> after;       // of the rows it leaves, where it assigns a part
    workload::Provenance provenance = workload::Provenance::unknown;
    bool lookedUp = false;                                 // a lookup told a part of `before`
};

class KeyBinder {
public:
    // `lookups`: those of this table; `stored` as for Router.
    KeyBinder(std::span<const KeyPart> key, workload::TableId table, const workload::Facts& facts, std::span<const Lookup> lookups = {},
              const LookupSource* stored = nullptr);
    AccessKeys keysOf(const workload::TableAccess& access, std::span<const workload::BoundKey> keys,
                      std::span<const std::vector<Value>> slots) const;
    // Whether the router can make a key of every part at all.
    bool computable() const;

private:
    std::vector<KeyPartBinder> parts_;
    std::vector<LookupBinder> lookups_;
};

// The route of an access whose keys are known, to a keyed table.
Route routeByKeys(const KeyPlacement& placement, const AccessKeys& keys);
// The route to a reference or unsharded table.
Route routeWithoutKey(Strategy strategy, ShardId home, uint32_t shards, const workload::TableAccess& access);

}  // namespace foreshard::sharding
