#include "core/advisor/row_evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "core/advisor/derived.h"
#include "core/schema/sqlite_open.h"
#include "core/sharding/router.h"

namespace foreshard::advisor {

namespace {

constexpr int busyMilliseconds = 2'000;

std::string quoted(const std::string& name) {
    std::string out = "\"";
    for (const char c : name) out.append(c == '"' ? "\"\"" : std::string(1, c));
    return out + "\"";
}

Value valueOf(sqlite3_stmt* statement, int column, ValueType type) {
    const int stored = sqlite3_column_type(statement, column);
    if (stored == SQLITE_NULL) return Value::null();
    if (stored == SQLITE_BLOB) return {};
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
    return bytes ? canonicalValue({bytes, static_cast<size_t>(sqlite3_column_bytes(statement, column))}, stored == SQLITE_TEXT, type) : Value();
}

// SQLite takes a name in double quotes that is no column for a text: columns are asked for, not guessed.
std::vector<const schema::Column*> columnsThere(sqlite3* db, const schema::Table& table) {
    std::vector<const schema::Column*> there;
    for (const auto& column : table.columns)
        if (sqlite3_table_column_metadata(db, nullptr, table.name.c_str(), column.name.c_str(), nullptr, nullptr, nullptr, nullptr, nullptr) == SQLITE_OK) there.push_back(&column);
    return there;
}

Status readTable(sqlite3* db, const schema::Table& table, Job& job, Rows& out) {
    const auto columns = columnsThere(db, table);
    if (columns.empty()) return {};
    std::string sql;
    for (const auto* column : columns) sql += (sql.empty() ? "SELECT " : ", ") + quoted(column->name);
    sql += fmt::format(" FROM {} LIMIT {}", quoted(table.name), mostRowsRead);
    sqlite3_stmt* statement = nullptr;
    TableRows& rows = out[table.qualifiedName()];
    for (const auto* column : columns) rows.columns.push_back(column->name);
    int code = sqlite3_prepare_v2(db, sql.c_str(), static_cast<int>(sql.size()), &statement, nullptr);
    Status status;
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        if (rows.rows.size() % 256 == 0) status = job.checkpoint();
        if (!status.ok() || (code = sqlite3_step(statement)) != SQLITE_ROW) break;
        std::vector<Value> row;
        for (size_t i = 0; i < columns.size(); ++i) row.push_back(valueOf(statement, static_cast<int>(i), columns[i]->type));
        rows.rows.push_back(std::move(row));
    }
    sqlite3_finalize(statement);
    if (!status.ok()) return status;
    if (code != SQLITE_DONE) return Error{ErrorCategory::io, fmt::format("Rows of {} cannot be read: {}.", table.name, sqlite3_errmsg(db)), "Check that the file is a sound SQLite database.", {}};
    return {};
}

std::optional<size_t> indexOf(const TableRows& rows, const std::string& column) {
    const auto found = std::find(rows.columns.begin(), rows.columns.end(), column);
    return found == rows.columns.end() ? std::nullopt : std::optional(static_cast<size_t>(found - rows.columns.begin()));
}

}  // namespace

Result<Rows> readRows(const std::filesystem::path& sqlite, const schema::Schema& schema, Job& job) {
    sqlite3* db = nullptr;
    Rows rows;
    Status status;
    if (schema::openToRead(sqlite.c_str(), &db, busyMilliseconds) != SQLITE_OK)
        status = Error{ErrorCategory::io, fmt::format("{} cannot be read as a SQLite database: {}.", sqlite.string(), db ? sqlite3_errmsg(db) : "there is no memory"), "Name a SQLite database file.", {}};
    for (size_t i = 0; i < schema.tables.size() && status.ok(); ++i) status = readTable(db, schema.tables[i], job, rows);
    sqlite3_close(db);
    if (!status.ok()) return status.error();
    return rows;
}

RowCheck checkRows(const TableRows& rows, const sharding::KeyPart& expression, const std::string& column) {
    const auto from = indexOf(rows, expression.column), to = indexOf(rows, column);
    RowCheck check;
    if (!from || !to) return check;
    for (const auto& row : rows.rows) {
        if (!row[*from].known() || !row[*to].known()) continue;
        ++check.rows;
        check.broken += sharding::keyPartValue(expression, row[*from]) != row[*to];
    }
    return check;
}

std::optional<sharding::KeyPart> mineRows(const TableRows& rows, const sharding::KeyPart& from, const std::string& to) {
    const auto left = indexOf(rows, from.column), right = indexOf(rows, to);
    if (!left || !right) return std::nullopt;
    std::vector<ValuePair> pairs;
    for (const auto& row : rows.rows)
        if (row[*left].known() && row[*right].known()) pairs.push_back({&row[*left], &row[*right]});
    return expressionOf(from, pairs);
}

}  // namespace foreshard::advisor
