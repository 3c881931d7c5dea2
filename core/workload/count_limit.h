// The limit on counts by key (PartialOptions::maxCounts). Slots and ranges of all key columns stand in one fixed order that no
// traffic decides: slots before ranges; columns of declared keys before those of indexes before all others; then by hash of
// their names. Past the limit the end of that order is dropped, and what was dropped stays dropped: so Partials of one
// interval merge to the same whatever the order. What a column keeps is exact; finish() estimates the rest from the sample.
// Pure functions.
#pragma once

#include "core/workload/partial_data.h"

namespace foreshard::workload {

// Where the counts of a column stand in that order; the slots' place, or the ranges'.
uint64_t countRank(const schema::Schema& schema, const ColumnName& column, bool ranges);
// Drops what is past the limit and lowers PartialData::countsCut.
void limitCounts(PartialData& data);

// Fills slots and ranges of these columns from the sampled transactions, scaled to the exact number of accesses that bind the
// column in each interval. Elsewhere rates stay as they are.
struct DroppedCounts {
    ColumnId column = 0;
    bool slots = false;        // else the ranges alone
};
void estimateCounts(const Facts& facts, const std::vector<DroppedCounts>& dropped, Rates& rates);

}  // namespace foreshard::workload
