// Calls of a log whose rows were counted, as queries to learn cardinality from. Rows that a call returned are rows of its FROM and
// WHERE only where nothing stands between: calls that group, aggregate or limit teach nothing here, nor do INSERTs. Pure; any
// thread.
#pragma once

#include "core/models/cardinality/queries.h"
#include "core/workload/workload.h"

namespace foreshard::models {

// Rows are those of FROM and WHERE: a SELECT without GROUP BY, aggregates, DISTINCT and LIMIT, an UPDATE or a DELETE.
bool countsWholeRows(const sql::StatementFacts& facts);

// One call as a query; tables by the names of the schema's logical tables, values as the schema types them. Masked values keep
// equality, but tell no order: ranges over them hold no values. `rows`, `group` and `estimate` are left to the caller. Nothing for
// a template without tables.
std::optional<CountedQuery> queryOf(const workload::Facts& facts, const workload::Template& own, const std::vector<std::vector<Value>>& slots);

struct LogQueries {
    std::vector<CountedQuery> queries;   // group: calls with the same literals; family: the template
    uint64_t calls = 0;                  // sampled ones of templates that read or change rows found by a condition
    uint64_t counted = 0;                // of them, those whose rows the log says
    uint64_t shaped = 0;                 // counted ones that were left out: they group, aggregate or limit
};

// At most `most`, spread evenly over templates, by the order of the sample, which is that of no log: calls of one template that
// bind the same values at most four times. The order of the queries is fixed.
LogQueries queriesOfLog(const workload::Workload& workload, size_t most);

// What a schema knows of its columns: rows of their tables, distinct values by introspection or as single keys.
KnownColumns knownColumns(const schema::Schema& schema);

}  // namespace foreshard::models
