// Rows as evidence of derived keys: an expression over one column that gives a table's key is offered only where the rows that
// were read keep to it, and rows show some that no transaction does. Plain values; readRows() reads a database, the rest is pure.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/base/value.h"
#include "core/schema/schema.h"
#include "core/sharding/design.h"

namespace foreshard::advisor {

struct TableRows {
    std::vector<std::string> columns;
    std::vector<std::vector<Value>> rows;     // parallel to columns; of the schema's types
};
using Rows = std::map<std::string, TableRows>;   // by qualified table name

constexpr size_t mostRowsRead = 20'000;       // of a table

// The first rows of each table of the schema that the SQLite database has (by its short name) too. Nothing is written. Errors:
// as introspectSqlite(); cancelled.
Result<Rows> readRows(const std::filesystem::path& sqlite, const schema::Schema& schema, Job& job);

// Of the rows that know both columns: how many there are, and in how many the expression does not give the other one.
struct RowCheck {
    size_t rows = 0, broken = 0;
};
RowCheck checkRows(const TableRows& rows, const sharding::KeyPart& expression, const std::string& column);

// The simplest expression over `from` that gives `to` in every row that knows both; nothing where there is none, or rows or
// different values are too few to tell.
std::optional<sharding::KeyPart> mineRows(const TableRows& rows, const sharding::KeyPart& from, const std::string& to);

}  // namespace foreshard::advisor
