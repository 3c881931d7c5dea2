// DDL of MySQL and MariaDB as PostgreSQL's, so that one parser and one catalogue have all. What a logical schema does not ask for
// (defaults, character sets, comments, engines, checks) is left out; keys and indexes inside a table become statements of their
// own. Types become those that hold the same values: unsigned ones the signed, ENUM and SET text, DATETIME timestamp.
// Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/sql/dialect.h"

namespace foreshard::schema {

// By what only one of them has: AUTOINCREMENT, WITHOUT ROWID, PRAGMA anywhere; `names`, AUTO_INCREMENT or ENGINE= in a third
// of the tables.
sql::Dialect dialectOfScript(std::string_view script);

// One statement, whose text sql::translated() has given, as one or several of PostgreSQL; empty: none is about tables.
std::string standardDdl(std::string_view statement);

}  // namespace foreshard::schema
