// Rows that one call of each template is expected to return (or change): by the log where it counted them, by the cardinality
// model elsewhere. The one door for whoever costs rows that move between shards. Pure; any thread.
#pragma once

#include <optional>
#include <vector>

#include "core/models/cardinality/portfolio.h"
#include "core/workload/workload.h"

namespace foreshard::models {

// Calls, rows, whatever is expected: its tenth, fiftieth and ninetieth percentile.
struct ExpectedBand {
    double p10 = 0, p50 = 0, p90 = 0;
    bool operator==(const ExpectedBand&) const = default;
};

enum class RowsFrom : uint8_t {
    log,      // counted by the log, for this template
    model,    // the cardinality model, for the values that sampled calls bind
    shape,    // the statement itself tells: an aggregate over everything gives one row
};
const char* toString(RowsFrom from);

struct ExpectedRows {
    double mean = 0;         // what sums over calls go by
    ExpectedBand band;       // over the calls
    RowsFrom from = RowsFrom::log;
    bool operator==(const ExpectedRows&) const = default;
};

// Parallel to the workload's templates; nothing where nobody knows, and for statements that return no rows and find none.
// `model` may be null. Errors: those of its candidates (internal).
Result<std::vector<std::optional<ExpectedRows>>> expectedRows(const workload::Workload& workload, const CardinalityPortfolio* model);

}  // namespace foreshard::models
