// What a call itself says of the rows that it returns, without any model: the keys that it binds, its LIMIT, its VALUES. Pure; any
// thread.
#pragma once

#include <optional>

#include "core/workload/workload.h"

namespace foreshard::models {

using CallSlots = std::vector<std::vector<Value>>;   // SampledCall::slots

// At most so many rows, because it reads one table and binds a whole primary or unique key of it; nothing without one.
std::optional<double> rowsOfKey(const workload::Facts& facts, const workload::Template& own, const CallSlots& slots);
// Of LIMIT with a literal.
std::optional<double> limitOf(const sql::StatementFacts& facts, const CallSlots& slots);
// Of VALUES; nothing for INSERT … SELECT.
std::optional<double> rowsInserted(const sql::StatementFacts& facts, const CallSlots& slots);
// An aggregate over everything: one row.
bool returnsOneRow(const sql::StatementFacts& facts);
// GROUP BY or DISTINCT: fewer rows than FROM and WHERE find, nobody can say how many.
bool mergesRows(const sql::StatementFacts& facts);

}  // namespace foreshard::models
