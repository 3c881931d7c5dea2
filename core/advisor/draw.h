// Designs drawn by hand: one design with the ranges of one key where a person wants them. Pure; any thread.
#pragma once

#include <vector>

#include "core/sharding/design.h"
#include "core/workload/workload.h"

namespace foreshard::advisor {

// Can ranges of this column be drawn? Its keys must have numbers: integers, dates and timestamps.
bool drawable(const workload::Facts& facts, workload::ColumnId column);

// The first keys of all ranges but the lowest, ascending, where the design cuts the column's table by it alone; empty: it does not.
std::vector<int64_t> splitsOf(const workload::Facts& facts, const sharding::Design& design, workload::ColumnId column);

// `design` with the column's table by ranges of it, cut at `splits` (ascending, each once), the ranges dealt to the shards in
// turn. Tables of its co-location group go with it where it was sharded by this column before; else it stands alone. Id and
// name are those of `design`. The column must be drawable.
sharding::Design drawRanges(const workload::Facts& facts, const sharding::Design& design, workload::ColumnId column, const std::vector<int64_t>& splits);

}  // namespace foreshard::advisor
