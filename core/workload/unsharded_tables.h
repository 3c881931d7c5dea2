// Tables whose rows are no part of what is sharded, so that a workload knows neither them nor what calls do to them: those that
// live in one session alone (CREATE TEMP TABLE, SELECT … INTO TEMP), and the server's own, which tools and monitors read
// (pg_catalog, information_schema, performance_schema, sqlite_master). Pure functions; any thread.
#pragma once

#include <vector>

#include "core/workload/names.h"
#include "core/workload/partial_data.h"
#include "core/workload/resolve.h"

namespace foreshard::workload {

// A qualified name of the server's own. PostgreSQL looks into pg_catalog first, so that "pg_class" alone, which resolveTables() puts
// into the first schema of the path, is there too.
bool isServersOwn(const std::string& qualifiedName);

// By TableId of `names`: of no DDL, and the server's own, or made as temporary by one of the templates, or named in pg_temp.
std::vector<bool> unshardedTables(const PartialData& data, const NameTable& names);

// Takes out what touches them. Call it last: the accesses are no longer those of the facts, one for one.
void forgetTables(Resolution& resolution, const std::vector<bool>& tables, const NameTable& names);

}  // namespace foreshard::workload
