// SQL over a user's tables, one piece of text for each thing that is done with them: what a person is shown for review is
// the text that runs. Names are quoted by the shard, values are marks to be bound. Pure.
#pragma once

#include <string>

#include "core/cluster/shard.h"

namespace foreshard::cluster {

// "?, ?, ?"
std::string marks(size_t count);
// Every row, columns in the order of table.columns.
std::string selectRowsSql(const Shard& shard, const TableInfo& table);
// One row, cells in the order of table.columns.
std::string insertRowSql(const Shard& shard, const TableInfo& table);

}  // namespace foreshard::cluster
