#include "core/models/predict/shape.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace foreshard::models {

std::optional<double> rowsOfKey(const workload::Facts& facts, const workload::Template& own, const CallSlots& slots) {
    if (own.facts.tables.size() != 1 || own.accesses.size() != 1) return std::nullopt;
    std::map<std::string, double> bound;   // values by column
    for (const auto& predicate : own.facts.predicates) {
        if (predicate.op != sql::Operator::equal && predicate.op != sql::Operator::in) continue;
        double values = 0;
        for (const uint32_t slot : predicate.slots) values += slot < slots.size() ? static_cast<double>(slots[slot].size()) : 0;
        if (predicate.column.bare() && values > 0 && !predicate.array) bound.try_emplace(predicate.column.column, values);
    }
    std::optional<double> least;
    for (const auto& key : facts.schema.tables[own.accesses[0].table].keys) {
        double rows = 1;
        for (const auto& column : key.columns) {
            const auto found = bound.find(column);
            rows *= found == bound.end() ? std::numeric_limits<double>::infinity() : found->second;
        }
        if (key.kind != schema::KeyKind::foreign && !key.columns.empty() && std::isfinite(rows)) least = std::min(rows, least.value_or(rows));
    }
    return least;
}

std::optional<double> limitOf(const sql::StatementFacts& facts, const CallSlots& slots) {
    if (!facts.limitSlot || *facts.limitSlot >= slots.size() || slots[*facts.limitSlot].size() != 1) return std::nullopt;
    const auto& value = slots[*facts.limitSlot].front();
    return value.kind == ValueKind::integer ? std::optional(static_cast<double>(value.number)) : std::nullopt;
}

std::optional<double> rowsInserted(const sql::StatementFacts& facts, const CallSlots& slots) {
    if (facts.insertsFromQuery) return std::nullopt;
    size_t rows = 1;
    for (const auto& binding : facts.inserts)
        if (binding.source == sql::BindingSource::slot && binding.slot < slots.size()) rows = std::max(rows, slots[binding.slot].size());
    return static_cast<double>(rows);
}

bool returnsOneRow(const sql::StatementFacts& facts) { return facts.kind == sql::StatementKind::select && facts.aggregates && facts.groupBy.empty() && !facts.tables.empty(); }

bool mergesRows(const sql::StatementFacts& facts) { return facts.distinct || !facts.groupBy.empty() || facts.aggregates; }

}  // namespace foreshard::models
