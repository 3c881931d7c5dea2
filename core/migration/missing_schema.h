// Tables and indexes that a shard lacks of another's. Reads only; used inside the room.
#pragma once

#include <string>
#include <vector>

#include "core/cluster/shard.h"

namespace foreshard::migration {

// CREATE statements, tables first, as `lead` reports them; `shard` null: one that is not there yet. Conflict where a table
// is declared differently on the two.
Result<std::vector<std::string>> missingSchema(cluster::Shard& lead, cluster::Shard* shard);

}  // namespace foreshard::migration
