// Lookups, compiled: what an access that binds `from` says of a table's key. A derived lookup computes the key; a stored one
// asks a LookupSource. What a lookup says is sound as far as the rows keep to it (derived), or as its content is right
// (stored). Immutable; const calls from any thread.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/sharding/key_constraint.h"

namespace foreshard::sharding {

// What stored lookups hold.
class LookupSource {
public:
    virtual ~LookupSource() = default;
    // The keys (parts in the order of `to`) of the rows with these values of `from`; no key: no such row. Nothing: not known,
    // the lookup then says nothing.
    virtual std::optional<std::vector<std::vector<Value>>> find(const Lookup& lookup, std::span<const Value> from) const = 0;
};

class LookupBinder {
public:
    // `stored` may be null and is kept by the caller.
    LookupBinder(const Lookup& lookup, std::span<const KeyPart> key, workload::TableId table, const workload::Facts& facts, const LookupSource* stored);

    // Narrows `before`, one constraint for each part of the key, where the access binds all of `from` to values and the
    // lookup knows them. True where it did; `provenance` is then raised.
    bool narrow(std::span<const workload::BoundKey> keys, bool inserted, std::vector<KeyConstraint>& before, workload::Provenance& provenance) const;

private:
    std::optional<std::vector<KeyConstraint>> find(std::span<const KeyConstraint> from) const;   // one for each of targets_

    Lookup lookup_;
    std::vector<KeyPartBinder> from_;
    std::vector<size_t> targets_;          // index into the key of each part of `to`; empty: unusable
    const LookupSource* stored_;
};

}  // namespace foreshard::sharding
