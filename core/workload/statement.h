// One statement as a workload of its own, by the very path that a logged statement takes: typed by the schema, resolved to its
// logical tables. Any thread.
#pragma once

#include "core/base/result.h"
#include "core/workload/workload.h"

namespace foreshard::workload {

// Without any schema tables are those that the statement names. Errors: usage (no statement, several, or one that touches no table).
Result<std::shared_ptr<const Workload>> statementWorkload(std::shared_ptr<const schema::Schema> schema, std::string_view sql);

// The one call in it.
const SampledCall& onlyCall(const Workload& statement);

// An error of category notFound names a table of the statement that neither `known` has nor a log has used.
Status requireKnownTables(const Workload& statement, const schema::Schema& known);

}  // namespace foreshard::workload
