#include <algorithm>

#include "core/workload/workload.h"

namespace foreshard::workload {

namespace {

// The slot's values; nothing where one of them is not known (then the binding says nothing).
const std::vector<Value>* knownValues(const SampledCall& call, uint32_t slot) {
    if (slot >= call.slots.size() || call.slots[slot].empty()) return nullptr;
    const auto& values = call.slots[slot];
    const bool missing = std::any_of(values.begin(), values.end(), [](const Value& v) { return v.kind == ValueKind::missing; });
    return missing ? nullptr : &values;
}

// Sorted and distinct. NULL stays: the condition may be IS NOT DISTINCT FROM, which NULL rows fulfil, and an inserted NULL is
// a key like others.
std::optional<std::vector<Value>> equalValues(const SampledCall& call, const KeyBinding& binding) {
    std::vector<Value> result;
    for (const uint32_t slot : binding.slots) {
        const auto* values = knownValues(call, slot);
        if (!values) return std::nullopt;
        result.insert(result.end(), values->begin(), values->end());
    }
    if (binding.slots.empty()) return std::nullopt;
    std::sort(result.begin(), result.end());
    result.erase(std::unique(result.begin(), result.end()), result.end());
    return result;
}

struct Range {
    Value low, high;
};

bool isInteger(const Facts& facts, ColumnId column) {
    return facts.columns[column].type == ValueType::integer || facts.columns[column].type == ValueType::timestamp;
}

// LIKE 'abc%': from "abc" to the first text behind everything that begins so (one too many: ends are inclusive).
std::optional<Range> prefixRange(const Value& pattern) {
    if (pattern.kind != ValueKind::text) return std::nullopt;
    std::string prefix;
    bool open = false;
    for (size_t i = 0; i < pattern.text.size() && !open; ++i) {
        const char c = pattern.text[i];
        if (c == '%' || c == '_') open = true;
        else if (c == '\\' && i + 1 < pattern.text.size()) prefix.push_back(pattern.text[++i]);
        else prefix.push_back(c);
    }
    if (prefix.empty()) return std::nullopt;
    if (!open) return Range{Value::ofText(prefix), Value::ofText(prefix)};
    std::string behind = prefix;
    while (!behind.empty() && static_cast<uint8_t>(behind.back()) == 0xff) behind.pop_back();
    if (behind.empty()) return Range{Value::ofText(prefix), Value()};
    behind.back() = static_cast<char>(static_cast<uint8_t>(behind.back()) + 1);
    return Range{Value::ofText(prefix), Value::ofText(behind)};
}

std::optional<Value> oneValue(const SampledCall& call, uint32_t slot) {
    const auto* values = knownValues(call, slot);
    if (!values || values->size() != 1 || !values->front().known()) return std::nullopt;
    return values->front();
}

// An open end of whole numbers moves by one; other types keep the end itself, which is one value too many.
Value closed(Value value, int step, bool integer) {
    const bool edge = step > 0 ? value.number == INT64_MAX : value.number == INT64_MIN;
    if (integer && value.kind != ValueKind::text && !edge) value.number += step;
    return value;
}

std::optional<Range> rangeOf(const SampledCall& call, const KeyBinding& binding, bool integer) {
    if (binding.slots.empty()) return std::nullopt;
    const auto first = oneValue(call, binding.slots[0]);
    if (!first) return std::nullopt;
    switch (binding.op) {
        case sql::Operator::less: return Range{Value(), closed(*first, -1, integer)};
        case sql::Operator::lessEqual: return Range{Value(), *first};
        case sql::Operator::greater: return Range{closed(*first, 1, integer), Value()};
        case sql::Operator::greaterEqual: return Range{*first, Value()};
        case sql::Operator::prefix: return prefixRange(*first);
        case sql::Operator::between: {
            const auto second = binding.slots.size() > 1 ? oneValue(call, binding.slots[1]) : std::nullopt;
            return second ? Range{*first, *second} : Range{*first, Value()};
        }
        default: return std::nullopt;
    }
}

class Collector {
public:
    BoundKey* find(ColumnId column, bool range) {
        const auto place = std::find_if(keys_.begin(), keys_.end(), [&](const BoundKey& k) { return k.column == column && k.range == range; });
        return place == keys_.end() ? nullptr : &*place;
    }

    void addValues(ColumnId column, std::vector<Value> values, Provenance provenance) {
        auto* known = find(column, false);
        if (!known) {
            BoundKey key;
            key.column = column;
            key.values = std::move(values);
            key.provenance = provenance;
            keys_.push_back(std::move(key));
            return;
        }
        std::vector<Value> both;
        std::set_intersection(known->values.begin(), known->values.end(), values.begin(), values.end(), std::back_inserter(both));
        known->values = std::move(both);
    }

    void addRange(ColumnId column, const Range& range, Provenance provenance) {
        auto* known = find(column, true);
        if (!known) {
            BoundKey key;
            key.column = column;
            key.range = true;
            key.low = range.low;
            key.high = range.high;
            key.provenance = provenance;
            keys_.push_back(std::move(key));
            return;
        }
        if (range.low.known() && (!known->low.known() || known->low < range.low)) known->low = range.low;
        if (range.high.known() && (!known->high.known() || range.high < known->high)) known->high = range.high;
    }

    // Values say more than a range of the same column: keep those inside it. Texts and decimals are kept all: their order
    // here is not the database's (collations; decimals are texts).
    std::vector<BoundKey> take() {
        for (auto& key : keys_) {
            const auto* range = key.range ? nullptr : find(key.column, true);
            if (!range) continue;
            std::erase_if(key.values, [&](const Value& v) {
                if (v.kind == ValueKind::text || v.kind == ValueKind::real) return false;
                return (range->low.known() && v.kind == range->low.kind && v < range->low) ||
                       (range->high.known() && v.kind == range->high.kind && range->high < v);
            });
        }
        std::erase_if(keys_, [&](const BoundKey& key) {
            return key.range && std::any_of(keys_.begin(), keys_.end(), [&](const BoundKey& k) { return !k.range && k.column == key.column; });
        });
        return std::move(keys_);
    }

private:
    std::vector<BoundKey> keys_;
};

}  // namespace

std::vector<BoundKey> boundKeys(const Facts& facts, const SampledCall& call, const TableAccess& access) {
    Collector keys;
    for (const auto& binding : access.bindings) {
        if (binding.op == sql::Operator::equal || binding.op == sql::Operator::in) {
            if (auto values = equalValues(call, binding)) keys.addValues(binding.column, std::move(*values), binding.provenance);
        } else if (const auto range = rangeOf(call, binding, isInteger(facts, binding.column))) {
            keys.addRange(binding.column, *range, binding.provenance);
        }
    }
    for (const auto& key : call.propagated)
        if (!key.range && facts.columns[key.column].table == access.table && !keys.find(key.column, false)) keys.addValues(key.column, key.values, key.provenance);
    return keys.take();
}

}  // namespace foreshard::workload
