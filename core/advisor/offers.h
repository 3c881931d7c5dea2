// Offers: what would keep more transactions of a design on one shard than any key that the tables have, for a table that
// statements name by a column which does not tell the key (an order line that knows its customer only through its order).
// Each is a Design that the one router follows, given what its lookup holds; with what it saves and what its upkeep costs, on
// the sample. None is made by a plan yet, so none is ranked. Pure but for the sample's cache; one thread.
#pragma once

#include <string>
#include <vector>

#include "core/advisor/explain.h"

namespace foreshard::advisor {

// All columns that carry the same values as this one of the table, itself among them.
std::vector<workload::ColumnId> columnsLike(const Candidates& candidates, workload::TableId table, workload::ColumnId column);

// Whether a transaction of the log assigns this column of a table; `rows`: or makes or drops rows of it.
bool changes(const workload::Facts& facts, uint32_t transaction, workload::TableId table, workload::ColumnId column, bool rows);

// Weight of the transactions that make or drop rows of the table, or change this column of it: what a lookup by it has to follow.
Weight upkeepOf(const Explained& subject, workload::TableId table, workload::ColumnId column);

// Those worth their upkeep, the largest saving first; at most `most`.
std::vector<Offer> offersOf(const Explained& subject, const ObjectiveWeights& weights, size_t most = 4);

}  // namespace foreshard::advisor
