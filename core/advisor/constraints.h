// Constraint report: what becomes of every primary key, unique constraint or index, exclusion constraint, foreign key, trigger,
// identity column and generated column under a design, and the DDL that mends it. Of a trigger it is known which tables its
// function names (where a body was read), not which of their rows it uses. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "core/schema/schema.h"
#include "core/sharding/design.h"

namespace foreshard::advisor {

enum class Fate : uint8_t {
    local,         // each shard keeps it by itself
    enforceable,   // kept with the DDL given
    needsLookup,   // kept by a table of its own, with the DDL given
    lost,          // no database keeps it any more
};
const char* toString(Fate fate);

struct ConstraintFate {
    std::string table, name;
    std::string kind;                    // "primary key", "unique", "exclusion", "foreign key", "trigger", "identity", "generated"
    std::vector<std::string> columns;
    Fate fate = Fate::local;
    std::string why;                     // one sentence
    std::string ddl;                     // empty: nothing to do
    bool operator==(const ConstraintFate&) const = default;
};

// Sorted by fate, worst first, then by table and name.
std::vector<ConstraintFate> constraintReport(const schema::Schema& schema, const sharding::Design& design);

}  // namespace foreshard::advisor
