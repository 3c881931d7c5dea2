#include "core/schema/sqlite_introspection.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <cctype>
#include <climits>
#include <map>

#include "core/base/file.h"
#include "core/schema/catalogue_tables.h"
#include "core/schema/pg_types.h"
#include "core/schema/script.h"
#include "core/schema/sqlite_open.h"

namespace foreshard::schema {

namespace {

std::string fold(std::string text) {
    for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    return text;
}

// One prepared query with bound text; errors come out of `step` as the code of SQLite.
class Query {
public:
    Query(sqlite3* db, const std::string& sql, const std::vector<std::string>& values = {}) {
        code_ = sqlite3_prepare_v2(db, sql.c_str(), static_cast<int>(sql.size()), &statement_, nullptr);
        for (size_t i = 0; i < values.size() && code_ == SQLITE_OK; ++i)
            code_ = sqlite3_bind_text(statement_, static_cast<int>(i) + 1, values[i].data(),
                                      static_cast<int>(values[i].size()), SQLITE_TRANSIENT);
    }
    ~Query() { sqlite3_finalize(statement_); }
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;

    bool next() {
        if (code_ == SQLITE_OK || code_ == SQLITE_ROW) code_ = sqlite3_step(statement_);
        return code_ == SQLITE_ROW;
    }
    bool ok() const { return code_ == SQLITE_DONE || code_ == SQLITE_ROW || code_ == SQLITE_OK; }
    std::string text(int column) const {
        const auto* bytes = sqlite3_column_text(statement_, column);
        return bytes ? std::string(reinterpret_cast<const char*>(bytes),
                                   static_cast<size_t>(sqlite3_column_bytes(statement_, column)))
                     : std::string();
    }
    int64_t number(int column) const { return sqlite3_column_int64(statement_, column); }
    bool null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

private:
    sqlite3_stmt* statement_ = nullptr;
    int code_ = SQLITE_OK;
};

// The parts between the outer parentheses of a CREATE INDEX, for its expressions.
std::vector<std::string> indexParts(const std::string& sql) {
    std::vector<std::string> parts;
    int depth = 0;
    char quote = '\0';
    std::string part;
    for (const char c : sql) {
        if (quote)
            quote = c == quote ? '\0' : quote;
        else if (c == '\'' || c == '"' || c == '`')
            quote = c;
        else if (c == '(' && depth++ == 0)
            continue;
        else if (c == ')' && --depth == 0)
            break;
        else if (c == ',' && depth == 1) {
            parts.push_back(std::move(part));
            part.clear();
            continue;
        }
        if (depth > 0 && (!part.empty() || c != ' ')) part += c;
    }
    parts.push_back(std::move(part));
    return parts;
}

class Introspection {
public:
    Introspection(sqlite3* db, const std::filesystem::path& path, Job& job, const IntrospectionOptions& options)
        : db_(db), path_(path), job_(job), options_(options) {}

    Result<Schema> read() {
        std::map<std::string, std::vector<std::string>> leftOut;
        Query catalogue(db_, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", {std::string(catalogueState)});
        const bool isShard = catalogue.next();
        if (!catalogue.ok()) return failure();
        Query list(
            db_,
            "SELECT name, type, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name");
        while (list.next()) {
            FS_TRY(job_.checkpoint());
            const std::string name = list.text(0), type = list.text(1), sql = list.text(2);
            const bool isVirtual = fold(sql.substr(0, 20)).starts_with("create virtual");
            if (type == "view" || type == "trigger")
                leftOut[type].push_back(fold(name));
            else if (type == "table" && isShard && isCatalogueTable(fold(name)))
                leftOut["table"].push_back(fold(name));
            else if (type == "table" && isVirtual)
                leftOut["virtual table"].push_back(fold(name));
            else if (type == "table")
                FS_TRY(readTable(name, sql));
        }
        if (!list.ok()) return failure();
        settleForeignKeys();
        for (const auto& [kind, names] : leftOut) {
            std::string joined;
            for (size_t i = 0; i < std::min<size_t>(names.size(), 8); ++i) joined += (i ? ", " : "") + names[i];
            if (names.size() > 8) joined += fmt::format(" and {} more", names.size() - 8);
            schema_.notes.push_back(
                fmt::format("{} {}{}{} left out: {}.", names.size(), kind, names.size() > 1 ? "s" : "",
                            kind == "table" ? " of a migration by Foreshard" : "", joined));
        }
        std::sort(schema_.tables.begin(), schema_.tables.end(),
                  [](const Table& a, const Table& b) { return a.name < b.name; });
        return std::move(schema_);
    }

private:
    Error failure() const {
        const int code = sqlite3_errcode(db_);
        if (code == SQLITE_INTERRUPT) return {ErrorCategory::cancelled, "Reading the schema was cancelled.", {}, {}};
        const bool busy = code == SQLITE_BUSY || code == SQLITE_LOCKED;
        return {busy ? ErrorCategory::conflict : ErrorCategory::format,
                fmt::format("{} {}.", path_.string(),
                            busy ? "is locked by another program" : "cannot be read as a SQLite database"),
                busy ? "Run it again when the other program is done."
                     : "Check it with: sqlite3 FILE 'PRAGMA integrity_check'",
                sqlite3_errmsg(db_)};
    }

    Status readTable(const std::string& name, const std::string& sql) {
        Table table;
        table.schema = "main";
        table.name = fold(name);
        Key primary{KeyKind::primary, {}, {}, {}, {}};
        FS_TRY(readColumns(name, sql, table, primary));
        if (!primary.columns.empty()) table.keys.push_back(std::move(primary));
        FS_TRY(readIndexes(name, table));
        FS_TRY(readForeignKeys(name, table));
        FS_TRY(measure(name, table));
        schema_.tables.push_back(std::move(table));
        return {};
    }

    Status readColumns(const std::string& name, const std::string& sql, Table& table, Key& primary) {
        std::map<int64_t, std::string> keyParts;
        Query columns(db_, "SELECT name, type, \"notnull\", pk, hidden FROM pragma_table_xinfo(?)", {name});
        while (columns.next()) {
            Column column;
            column.name = fold(columns.text(0));
            column.declaredType = columns.text(1);
            column.type = sqliteValueType(column.declaredType);
            column.notNull = columns.number(2) != 0 || columns.number(3) != 0;
            column.generated = columns.number(4) >= 2;
            if (columns.number(3) > 0) keyParts[columns.number(3)] = column.name;
            table.columns.push_back(std::move(column));
        }
        if (!columns.ok()) return failure();
        for (const auto& [position, column] : keyParts) primary.columns.push_back(column);
        // INTEGER PRIMARY KEY is the row id, which SQLite hands out itself.
        if (primary.columns.size() != 1 || fold(sql).find("without rowid") != std::string::npos) return {};
        Column& key = table.columns[*table.columnIndex(primary.columns[0])];
        if (fold(key.declaredType) == "integer") key.identity = true;
        return {};
    }

    Status readIndexes(const std::string& name, Table& table) {
        Query list(db_,
                   "SELECT il.name, il.\"unique\", il.origin, il.partial, m.sql FROM pragma_index_list(?) AS il "
                   "LEFT JOIN sqlite_master AS m ON m.type = 'index' AND m.name = il.name ORDER BY il.name",
                   {name});
        while (list.next()) {
            const std::string index = list.text(0), origin = list.text(2);
            const auto expressions = list.null(4) ? std::vector<std::string>() : indexParts(list.text(4));
            std::vector<std::string> columns;
            Query parts(db_, "SELECT cid, name FROM pragma_index_xinfo(?) WHERE key = 1 ORDER BY seqno", {index});
            for (size_t i = 0; parts.next(); ++i) {
                const bool known = parts.number(0) != -2;
                columns.push_back(known                    ? fold(parts.text(1))
                                  : i < expressions.size() ? expressions[i]
                                                           : std::string("(expression)"));
            }
            if (!parts.ok()) return failure();
            const bool unique = list.number(1) != 0 && list.number(3) == 0;
            if (origin == "u")
                table.keys.push_back({KeyKind::unique, {}, std::move(columns), {}, {}});
            else if (origin == "c")
                table.indexes.push_back({fold(index), std::move(columns), unique});
        }
        return list.ok() ? Status() : Status(failure());
    }

    Status readForeignKeys(const std::string& name, Table& table) {
        Query list(db_, "SELECT id, \"table\", \"from\", \"to\" FROM pragma_foreign_key_list(?) ORDER BY id DESC, seq",
                   {name});
        int64_t last = -1;
        while (list.next()) {
            if (list.number(0) != last)
                table.keys.push_back({KeyKind::foreign, {}, {}, "main." + fold(list.text(1)), {}});
            last = list.number(0);
            table.keys.back().columns.push_back(fold(list.text(2)));
            if (!list.null(3)) table.keys.back().referencedColumns.push_back(fold(list.text(3)));
        }
        return list.ok() ? Status() : Status(failure());
    }

    // A key that names no columns of its target means the target's primary key.
    void settleForeignKeys() {
        for (Table& table : schema_.tables)
            for (Key& key : table.keys)
                for (const Table& target : schema_.tables)
                    if (key.kind == KeyKind::foreign && key.referencedColumns.empty() &&
                        target.qualifiedName() == key.referencedTable && target.primaryKey())
                        key.referencedColumns = target.primaryKey()->columns;
    }

    Status measure(const std::string& name, Table& table) {
        if (options_.countRows) {
            std::string quoted;
            for (const char c : name) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
            Query count(db_, "SELECT COUNT(*) FROM \"" + quoted + "\"");
            if (!count.next()) return failure();
            table.rows = static_cast<uint64_t>(count.number(0));
        }
        if (options_.measureBytes) {
            Query size(db_,
                       "SELECT SUM(pgsize) FROM dbstat WHERE aggregate = TRUE AND name IN "
                       "(SELECT name FROM sqlite_master WHERE tbl_name = ?)",
                       {name});
            if (size.next() && !size.null(0)) table.bytes = static_cast<uint64_t>(size.number(0));
        }
        return {};
    }

    sqlite3* db_;
    const std::filesystem::path& path_;
    Job& job_;
    const IntrospectionOptions& options_;
    Schema schema_;
};

}  // namespace

Result<Schema> introspectSqlite(const std::filesystem::path& path, Job& job, const IntrospectionOptions& options) {
    FS_TRY(MappedFile::open(path).status());  // missing and unreadable files say so in the system's words
    sqlite3* db = nullptr;
    // A foreign file's schema may not run functions with side effects while it is looked at. What is no database, or
    // damaged, is told apart below.
    const int code = openToRead(path.c_str(), &db, 5000, [](sqlite3* handle) { sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr); });
    if (!db || code == SQLITE_CANTOPEN || code == SQLITE_READONLY || code == SQLITE_PERM) {
        Error error{ErrorCategory::unreadable, fmt::format("{} cannot be opened as a SQLite database.", path.string()),
                    "Check that it is one and that you may read it.", db ? sqlite3_errmsg(db) : "out of memory"};
        sqlite3_close(db);
        return error;
    }
    sqlite3_progress_handler(
        db, 100'000, [](void* job) { return static_cast<Job*>(job)->stopRequested() ? 1 : 0; }, &job);
    Result<Schema> out = Introspection(db, path, job, options).read();
    sqlite3_close(db);
    return out;
}

namespace {

// Files, pragmas and queries without an end are none of a schema's business.
int onlyDefinitions(void*, int action, const char*, const char*, const char*, const char*) {
    return action == SQLITE_ATTACH || action == SQLITE_DETACH || action == SQLITE_PRAGMA || action == SQLITE_RECURSIVE ? SQLITE_DENY : SQLITE_OK;
}

uint64_t lineOf(std::string_view script, size_t at) { return 1 + static_cast<uint64_t>(std::count(script.begin(), script.begin() + static_cast<std::ptrdiff_t>(at), '\n')); }

void runDefinitions(sqlite3* db, const std::string& name, std::string_view script, Job& job) {
    for (size_t at = 0; at < script.size();) {
        sqlite3_stmt* statement = nullptr;
        const char* tail = nullptr;
        const auto words = leadingWords(script.substr(at), 2);
        const bool defines = !words.empty() && (isKeyword(words[0], "CREATE") || isKeyword(words[0], "ALTER") || isKeyword(words[0], "DROP")) && !(words.size() > 1 && isKeyword(words[1], "TRIGGER"));
        int code = sqlite3_prepare_v2(db, script.data() + at, static_cast<int>(std::min<size_t>(script.size() - at, INT_MAX)), &statement, &tail);
        if (code == SQLITE_OK && statement && defines && sqlite3_step(statement) != SQLITE_DONE) code = SQLITE_ERROR;
        const std::string message = sqlite3_errmsg(db);
        sqlite3_finalize(statement);
        if (code != SQLITE_OK && defines)
            job.diagnose({Severity::error, "ddl_syntax", name, lineOf(script, at + script.substr(at).find_first_not_of(" \t\r\n")), 0, fmt::format("A statement was left out: {}.", message)});
        const size_t behind = script.find(";\n", at);
        if (code == SQLITE_OK && tail) at = static_cast<size_t>(tail - script.data());
        else at = behind == std::string_view::npos ? script.size() : behind + 2;
        if (job.stopRequested()) return;
    }
}

}  // namespace

Result<Schema> introspectSqliteScript(const std::filesystem::path& path, std::string_view script, Job& job) {
    sqlite3* db = nullptr;
    if (sqlite3_open(":memory:", &db) != SQLITE_OK) {
        sqlite3_close(db);
        return Error{ErrorCategory::io, "SQLite has no memory for the schema.", "Close other programs.", {}};
    }
    sqlite3_set_authorizer(db, onlyDefinitions, nullptr);
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 1 << 20);
    // No definition takes so many steps, but a table that is made from a product of others.
    static constexpr int steps = 10'000'000;
    sqlite3_progress_handler(db, steps, [](void*) { return 1; }, nullptr);
    const std::string copy(script.substr(0, script.find('\0')));
    runDefinitions(db, path.string(), copy, job);
    sqlite3_set_authorizer(db, nullptr, nullptr);
    sqlite3_progress_handler(db, 0, nullptr, nullptr);
    Result<Schema> out = Introspection(db, path, job, {.countRows = false, .measureBytes = false}).read();
    sqlite3_close(db);
    return out;
}

}  // namespace foreshard::schema
