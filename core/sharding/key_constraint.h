// KeyConstraint: what an access says of one part of a table's key. The compiled key (KeyPartBinder) turns BoundKeys, which
// are in terms of a workload's columns, into constraints, which are in terms of the design's key parts. A constraint is
// always implied by the keys it was made from. Plain values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/sharding/design.h"
#include "core/workload/workload.h"

namespace foreshard::sharding {

struct KeyConstraint {
    enum class Kind : uint8_t { any, values, range };
    Kind kind = Kind::any;
    std::vector<Value> values;   // sorted, no duplicates; empty: no row can match
    Value low, high;             // range: inclusive; missing: unbounded
    bool operator==(const KeyConstraint&) const = default;

    static KeyConstraint ofValues(std::vector<Value> values);   // sorts
    // Narrows this by another constraint on the same part.
    void intersect(const KeyConstraint& other);
};

// Ranges of whole numbers no wider than this are listed value by value where the strategy has no order.
constexpr uint64_t enumeratedRange = 64;

// One part of a table's key, compiled against a workload's columns.
class KeyPartBinder {
public:
    KeyPartBinder(const KeyPart& part, workload::TableId table, const workload::Facts& facts);

    // What `keys` say of this part. Bindings of the call itself decide; propagated ones and session settings count where
    // it has none. `stored`: the values are what an INSERT stores, not what a condition compares with. `provenance` is
    // raised to that of the binding used.
    KeyConstraint constraint(std::span<const workload::BoundKey> keys, bool stored, workload::Provenance& provenance) const;
    // The new value of this part under an UPDATE: nothing when the part stays as it was.
    std::optional<KeyConstraint> assigned(const workload::TableAccess& access, std::span<const std::vector<Value>> slots) const;

    const KeyPart& part() const { return part_; }
    bool computable() const { return computable_; }
    bool binds(workload::ColumnId column) const;

private:
    KeyConstraint ofValues(const std::vector<Value>& values, bool viaColumn, bool stored) const;
    KeyConstraint ofRange(const workload::BoundKey& key) const;

    KeyPart part_;
    bool computable_ = false;                        // and its equality is ours
    bool followsColumn_ = false;
    bool ordered_ = false;                           // ranges in SQL's order are ranges of Values
    bool countable_ = false;                         // whole numbers: a range can be listed
    std::optional<workload::ColumnId> exact_;        // the expression itself
    std::optional<workload::ColumnId> column_;       // the bare column of an expression
    std::vector<workload::ColumnId> siblings_;       // all candidate columns made of the same bare column
};

}  // namespace foreshard::sharding
