// The token-level reader: facts of what libpg_query refuses (other dialects, statements cut off by the log) or is too
// long for. It sees the kind, the tables, and conditions of the simplest forms; what it is not sure of it leaves out.
// Internal to sql/.
#pragma once

#include "core/sql/facts.h"
#include "core/sql/trace.h"

namespace foreshard::sql {

StatementFacts fallbackFacts(const Trace& trace);

}  // namespace foreshard::sql
