// Names as the DDL that the advisor suggests writes them. Pure.
#pragma once

#include <string>
#include <vector>

#include "core/schema/schema.h"

namespace foreshard::advisor {

// Where a name needs no quotes it has none.
std::string quoted(const std::string& name);
std::string quotedTable(const schema::Table& table);
std::string quotedColumns(std::vector<std::string> columns);

}  // namespace foreshard::advisor
