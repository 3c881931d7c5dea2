// Joins: which tables the statements of the sampled transactions join, and how many rows each brings. What a join costs the
// network follows from where its tables lie: rows whose partners are on another shard are sent there. Plain values; pure.
#pragma once

#include <vector>

#include "core/cost/sample.h"

namespace foreshard::cost {

// Two tables that a statement of a sampled transaction joins; once for each pair of tables of a transaction and columns.
struct JoinUse {
    workload::TableId left = 0, right = 0;
    uint32_t leftTouch = 0, rightTouch = 0;
    workload::ColumnId leftColumn = 0, rightColumn = 0;
    Weight rows = 0;                     // of the result, times the transaction's weight
};

// Most rows of one call that count: past that a statement is a report, and chance decides how many are in the sample.
constexpr int64_t mostJoinedRows = 10'000;

// Rows are the log's of that call, else what `expected` says of its template (parallel to templates; negative: nothing), else the
// template's mean in `range`, else one.
std::vector<JoinUse> joinsOf(const workload::Workload& workload, const Sample& sample, std::optional<TimeRange> range = std::nullopt, const std::vector<double>* expected = nullptr);

}  // namespace foreshard::cost
