// Calls of a log whose rows were counted, as queries to learn cardinality from. Rows that a call returned are rows of its FROM and
// WHERE only where nothing stands between: calls that group, aggregate or limit teach nothing here, nor do INSERTs. Pure; any
// thread.
#pragma once

#include <functional>

#include "core/models/cardinality/queries.h"
#include "core/workload/workload.h"

namespace foreshard::models {

// A SELECT, an UPDATE or a DELETE over tables.
bool findsRows(const sql::StatementFacts& facts);
// What it returns or changes are the rows of FROM and WHERE: a SELECT without GROUP BY, aggregates, DISTINCT and LIMIT, an UPDATE or a DELETE.
bool countsWholeRows(const sql::StatementFacts& facts);

// One call as a query; tables by the names of the schema's logical tables, values as the schema types them. Masked values keep
// equality, but tell no order: ranges over them hold no values. `rows`, `group` and `estimate` are left to the caller. Nothing for
// a template without tables.
std::optional<CountedQuery> queryOf(const workload::Facts& facts, const workload::Template& own, const std::vector<std::vector<Value>>& slots);

struct PickedCall {
    workload::TemplateId id = 0;
    const workload::SampledCall* call = nullptr;   // of the workload
    CountedQuery query;                            // group: calls with the same literals; family: the template
};
// At most `most` of the sampled calls that are `wanted`, spread evenly over templates, in the order of the sample, which is that of
// no log; of one template and the same literals at most four.
std::vector<PickedCall> pickCalls(const workload::Workload& workload, size_t most, const std::function<bool(const workload::Template&, const workload::SampledCall&)>& wanted);

struct LogQueries {
    std::vector<CountedQuery> queries;
    uint64_t calls = 0;      // sampled ones of statements that find rows by a condition
    uint64_t counted = 0;    // of them, those whose rows the log says
    uint64_t shaped = 0;     // counted ones that were left out: they group, aggregate or limit
};
LogQueries queriesOfLog(const workload::Workload& workload, size_t most);

// What a schema knows of its columns: rows of their tables, distinct values by introspection or as single keys.
KnownColumns knownColumns(const schema::Schema& schema);
// Adds the keys of several columns (nameOfSet) of tables whose rows are known, be it from elsewhere.
void addKeys(KnownColumns& known, const schema::Schema& schema);

}  // namespace foreshard::models
