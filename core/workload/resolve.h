// From facts (names as written) to accesses (logical tables and key columns). Two steps, so that what depends on the
// session's search_path is apart from what does not:
//   1. resolveTables: each table use → qualified name of its logical table (partitions fold into their root). A table that
//      no DDL names is "public.name", or "schema.name" where the statement says so; if several schemas have one of this
//      name and none of them is on the path, it is "first of the path.name".
//   2. resolveAccesses: predicates, inserted values and joins → bindings of key columns. An unqualified column belongs to
//      the one table of the statement which has it. Inside one statement equality is closed over equi-joins (x = $1 and
//      x = y bind y too, provenance joinEqual).
// Pure functions of (facts, schema, path); ids come from the NameTable.
#pragma once

#include <string>
#include <vector>

#include "core/schema/schema.h"
#include "core/sql/facts.h"
#include "core/workload/access.h"
#include "core/workload/names.h"

namespace foreshard::workload {

// Would another search_path give other tables? Only where two schemas have a table of an unqualified name in it.
bool dependsOnSearchPath(const sql::StatementFacts& facts, const schema::Schema& schema);

// Parallel to facts.tables. An empty path means the default (public, main).
std::vector<std::string> resolveTables(const sql::StatementFacts& facts, const schema::Schema& schema,
                                       const std::vector<std::string>& searchPath);

struct AssignedColumn {                  // UPDATE … SET
    uint32_t access = 0;                 // index into Resolution::accesses
    std::string column;
    uint32_t slot = sql::noSlot;
};

struct Resolution {
    std::vector<TableAccess> accesses;   // one for each table use; `assigned` still empty (see assignKeyColumns)
    std::vector<ColumnPair> joins;       // sorted, distinct
    std::vector<ValueType> slotTypes;    // by slot; unknown where no column tells
    std::vector<AssignedColumn> assigned;
    std::vector<std::pair<TableId, std::string>> seenColumns;   // of tables without DDL
};

Resolution resolveAccesses(const sql::StatementFacts& facts, const std::vector<std::string>& tables, NameTable& names);

// Fills TableAccess::assigned with the assigned columns that are key columns of `names`; call it when all are known.
void assignKeyColumns(Resolution& resolution, const NameTable& names);

}  // namespace foreshard::workload
