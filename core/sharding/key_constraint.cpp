#include "core/sharding/key_constraint.h"

#include <algorithm>

#include "core/sharding/key_expression.h"
#include "core/sharding/router.h"

namespace foreshard::sharding {

using workload::BoundKey;
using workload::Provenance;

namespace {

bool inside(const Value& value, const KeyConstraint& range) {
    return (range.low.kind == ValueKind::missing || range.low <= value) && (range.high.kind == ValueKind::missing || value <= range.high);
}

// Types whose SQL order is the order of Values; text is not (collations), nor are decimals (kept as text).
bool sqlOrdered(ValueType type) {
    return type == ValueType::integer || type == ValueType::timestamp || type == ValueType::date || type == ValueType::boolean || type == ValueType::uuid;
}

ValueKind kindOf(ValueType type) {
    switch (type) {
        case ValueType::integer: return ValueKind::integer;
        case ValueType::boolean: return ValueKind::boolean;
        case ValueType::uuid: return ValueKind::uuid;
        default: return ValueKind::timestamp;
    }
}

bool certain(Provenance provenance) { return provenance == Provenance::literal || provenance == Provenance::joinEqual; }

}  // namespace

KeyConstraint KeyConstraint::ofValues(std::vector<Value> values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    KeyConstraint constraint;
    constraint.kind = Kind::values;
    constraint.values = std::move(values);
    return constraint;
}

void KeyConstraint::intersect(const KeyConstraint& other) {
    if (other.kind == Kind::any) return;
    if (kind == Kind::any) {
        *this = other;
        return;
    }
    if (kind == Kind::range && other.kind == Kind::range) {
        if (low.kind == ValueKind::missing || (other.low.kind != ValueKind::missing && other.low > low)) low = other.low;
        if (high.kind == ValueKind::missing || (other.high.kind != ValueKind::missing && other.high < high)) high = other.high;
        if (low.kind != ValueKind::missing && high.kind != ValueKind::missing && high < low) *this = ofValues({});
        return;
    }
    if (kind == Kind::range) {
        const KeyConstraint range = *this;
        *this = other;
        std::erase_if(values, [&](const Value& v) { return !inside(v, range); });
        return;
    }
    if (other.kind == Kind::range) std::erase_if(values, [&](const Value& v) { return !inside(v, other); });
    else std::erase_if(values, [&](const Value& v) { return !std::binary_search(other.values.begin(), other.values.end(), v); });
}

KeyPartBinder::KeyPartBinder(const KeyPart& part, workload::TableId table, const workload::Facts& facts)
    : part_(part), computable_(sharding::computable(part)), followsColumn_(followsColumn(part)) {
    ValueType type = part.type;
    const schema::Column* declared = table < facts.schema.tables.size() ? facts.schema.tables[table].column(part.column) : nullptr;
    if (declared && declared->type == ValueType::other && hasOwnEquality(declared->declaredType)) computable_ = false;
    const auto first = std::partition_point(facts.columns.begin(), facts.columns.end(), [&](const auto& column) { return column.table < table; });
    for (auto id = static_cast<workload::ColumnId>(first - facts.columns.begin()); id < facts.columns.size(); ++id) {
        const workload::KeyColumn& column = facts.columns[id];
        if (column.table != table) break;
        if (column.column != part.column) continue;
        siblings_.push_back(id);
        if (column.expression == part.expression) {
            exact_ = id;
            type = column.type;
        } else if (column.expression == column.column) {
            column_ = id;
        }
    }
    // The part and the column must agree on what values mean, or the kinds of their values would not compare.
    ordered_ = part.bare() && sqlOrdered(type) && type == part.type;
    countable_ = ordered_ && type == ValueType::integer;
}

bool KeyPartBinder::binds(workload::ColumnId column) const { return exact_ == column || column_ == column; }

KeyConstraint KeyPartBinder::ofValues(const std::vector<Value>& values, bool viaColumn, bool stored) const {
    if (viaColumn && !stored && !followsColumn_) return {};
    const KeyPart column{part_.column, part_.column, ValueType::unknown};
    std::vector<Value> keys;
    for (const Value& value : values) {
        if (value.kind == ValueKind::missing || (!stored && !decidable(viaColumn ? column : part_, value))) return {};
        keys.push_back(viaColumn ? keyPartValue(part_, value) : value);
    }
    return KeyConstraint::ofValues(std::move(keys));
}

KeyConstraint KeyPartBinder::ofRange(const BoundKey& key) const {
    if (!ordered_) return {};
    const ValueKind kind = kindOf(part_.type);
    KeyConstraint range;
    // An end of another kind (a fraction for an integer column) says nothing in this order.
    if (key.low.kind == kind) range.low = key.low;
    if (key.high.kind == kind) range.high = key.high;
    if (range.low.kind == ValueKind::missing && range.high.kind == ValueKind::missing) return {};
    // A condition never holds for NULL, which is ordered first.
    if (range.low.kind == ValueKind::missing) range.low = Value{kind, INT64_MIN, {}};
    if (range.high.kind != ValueKind::missing && range.high < range.low) return KeyConstraint::ofValues({});
    range.kind = KeyConstraint::Kind::range;
    if (!countable_ || range.high.kind == ValueKind::missing) return range;
    const auto first = static_cast<uint64_t>(range.low.number);
    const uint64_t width = static_cast<uint64_t>(range.high.number) - first;
    if (width >= enumeratedRange) return range;
    std::vector<Value> values;
    for (uint64_t i = 0; i <= width; ++i) values.push_back(Value::integer(static_cast<int64_t>(first + i)));
    return KeyConstraint::ofValues(std::move(values));
}

KeyConstraint KeyPartBinder::constraint(std::span<const BoundKey> keys, bool stored, Provenance& provenance) const {
    if (!computable_) return {};
    for (const bool own : {true, false}) {
        KeyConstraint found;
        Provenance used = Provenance::literal;
        for (const BoundKey& key : keys) {
            if (certain(key.provenance) != own || !binds(key.column)) continue;
            const bool viaColumn = key.column != exact_;
            if (key.range && viaColumn) continue;
            const KeyConstraint one = key.range ? ofRange(key) : ofValues(key.values, viaColumn, stored);
            if (one.kind == KeyConstraint::Kind::any) continue;
            found.intersect(one);
            used = std::max(used, key.provenance);
        }
        if (found.kind == KeyConstraint::Kind::any) continue;
        provenance = std::max(provenance, used);
        return found;
    }
    return {};
}

std::optional<KeyConstraint> KeyPartBinder::assigned(const workload::TableAccess& access, std::span<const std::vector<Value>> slots) const {
    std::optional<KeyConstraint> found;
    // An expression's column that is no candidate itself is not among the assigned ones: any UPDATE may change it.
    if (!part_.bare() && !column_ && access.kind == workload::AccessKind::write) return KeyConstraint{};
    for (size_t i = 0; i < access.assigned.size(); ++i) {
        if (std::find(siblings_.begin(), siblings_.end(), access.assigned[i]) == siblings_.end()) continue;
        const uint32_t slot = i < access.assignedSlots.size() ? access.assignedSlots[i] : sql::noSlot;
        // The value is the bare column's, whichever candidate the assignment was filed under.
        const bool known = computable_ && slot < slots.size() && slots[slot].size() == 1;
        found = known ? ofValues(slots[slot], !part_.bare(), true) : KeyConstraint{};
        if (found->kind == KeyConstraint::Kind::any) break;
    }
    return found;
}

}  // namespace foreshard::sharding
