// Tables that live in one session alone: CREATE TEMP TABLE, SELECT … INTO TEMP. Their rows are no part of what is sharded, so
// that a workload knows neither them nor what calls do to them. Pure functions; any thread.
#pragma once

#include <vector>

#include "core/workload/names.h"
#include "core/workload/partial_data.h"
#include "core/workload/resolve.h"

namespace foreshard::workload {

// By TableId of `names`: of no DDL, and made as temporary by one of the templates or named in pg_temp.
std::vector<bool> temporaryTables(const PartialData& data, const NameTable& names);

// Takes out what touches them. Call it last: the accesses are no longer those of the facts, one for one.
void forgetTables(Resolution& resolution, const std::vector<bool>& tables, const NameTable& names);

}  // namespace foreshard::workload
