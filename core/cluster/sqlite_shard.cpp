#include "core/cluster/sqlite_shard.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "core/schema/sqlite_open.h"

namespace foreshard::cluster {

namespace fs = std::filesystem;

SqliteShard::~SqliteShard() {
    for (auto& [sql, statement] : idle_) sqlite3_finalize(statement);
    if (db_) sqlite3_close_v2(db_);
}

Error SqliteShard::failure(int code, std::string_view doing) const {
    const std::string cause = db_ ? sqlite3_errmsg(db_) : sqlite3_errstr(code);
    const std::string where = fmt::format("shard {} ({})", name_, path_);
    switch (code & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return {ErrorCategory::conflict, fmt::format("Cannot {} {}: another connection holds a lock on it.", doing, where),
                    "Wait until whoever holds it is ready, or end that program if it is none of yours; then run it again.", cause};
        case SQLITE_FULL:
            return {ErrorCategory::io, fmt::format("Cannot {} {}: the disk is full.", doing, where), "Free some space, then resume.", cause};
        case SQLITE_NOTADB:
        case SQLITE_CORRUPT:
            return {ErrorCategory::format, fmt::format("Cannot {} {}: it is not a readable SQLite database.", doing, where),
                    "Check the file name, or restore the file from a copy.", cause};
        case SQLITE_CANTOPEN:
            return {ErrorCategory::notFound, fmt::format("Cannot {} {}: the file cannot be opened.", doing, where), "Check the path and its permissions.", cause};
        case SQLITE_READONLY:
            if (db_ && sqlite3_extended_errcode(db_) == SQLITE_READONLY_ROLLBACK)
                return {ErrorCategory::conflict, fmt::format("Cannot {} {}: a program died in the middle of a transaction on it, which must be taken back first.", doing, where),
                        "Run it again.", cause};
            [[fallthrough]];
        case SQLITE_PERM:
            return {ErrorCategory::unreadable, fmt::format("Cannot {} {}: it may not be written.", doing, where), "Check the file's permissions.", cause};
        case SQLITE_CONSTRAINT:
            return {ErrorCategory::conflict, fmt::format("Cannot {} {}: a constraint does not hold.", doing, where),
                    "Look at the row that the cause names.", cause};
        case SQLITE_IOERR:
            return {ErrorCategory::io, fmt::format("Cannot {} {}: reading or writing the file failed.", doing, where), "Check the disk, its room and the file's permissions, then run it again.", cause};
        default: return {ErrorCategory::io, fmt::format("Cannot {} {}: {}.", doing, where, cause), "Look at the cause, then run it again.", cause};
    }
}

Status SqliteShard::open(const OpenOptions& options) {
    std::error_code ignored;
    path_ = fs::absolute(path_, ignored).string();   // also keeps ":memory:" a file name
    if (fs::is_directory(path_, ignored))
        return Error{ErrorCategory::unreadable, fmt::format("Shard {}: {} is a folder.", name_, path_), "Name a database file.", {}};
    const bool there = fs::exists(path_, ignored);
    if (!there && !options.create)
        return Error{ErrorCategory::notFound, fmt::format("Shard {}: there is no file {}.", name_, path_), "Check the path, or restore the file.", {}};
    const int code = options.readOnly ? schema::openToRead(path_.c_str(), &db_, options.busyMilliseconds)
                                      : sqlite3_open_v2(path_.c_str(), &db_, SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE | (options.create ? SQLITE_OPEN_CREATE : 0), nullptr);
    if (code != SQLITE_OK) return failure(code, "open");
    place_ = fs::weakly_canonical(path_, ignored);
    return configure(options, !there);
}

// SQLite's own waiting looks every 100 ms in the end and meets the moments between two batches by chance alone.
int SqliteShard::waitForLock(void* patience, int tries) {
    using namespace std::chrono;
    auto& p = *static_cast<Patience*>(patience);
    const auto now = steady_clock::now();
    if (tries == 0) p.since = now;
    if (now - p.since >= p.most) return 0;
    std::this_thread::sleep_for(tries < 10 ? 1ms : 3ms);
    return 1;
}

Status SqliteShard::configure(const OpenOptions& options, bool fresh) {
    sqlite3_extended_result_codes(db_, 0);
    patience_.most = std::chrono::milliseconds(std::max(0, options.busyMilliseconds));
    sqlite3_busy_handler(db_, &SqliteShard::waitForLock, &patience_);
    sqlite3_db_config(db_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(db_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    if (options.service) setQuiet(true);
    // The first read of the file: what is no database shows here.
    FS_TRY(execute("SELECT count(*) FROM sqlite_master", {}));
    if (options.readOnly) return {};
    if (fresh) FS_TRY(execute("PRAGMA journal_mode = WAL", {}));
    return execute("PRAGMA synchronous = FULL", {});
}

std::string SqliteShard::quote(std::string_view identifier) const {
    std::string out = "\"";
    for (const char c : identifier) {
        if (c == '\0') continue;   // no identifier of SQLite holds one
        if (c == '"') out += '"';
        out += c;
    }
    return out + '"';
}

Result<sqlite3_stmt*> SqliteShard::take(const std::string& sql) {
    if (const auto found = idle_.find(sql); found != idle_.end()) {
        sqlite3_stmt* statement = found->second;
        idle_.erase(found);
        return statement;
    }
    sqlite3_stmt* statement = nullptr;
    const char* tail = nullptr;
    const int code = sqlite3_prepare_v2(db_, sql.data(), static_cast<int>(sql.size()), &statement, &tail);
    if (code != SQLITE_OK) return failure(code, "use");
    const std::string_view rest(tail, static_cast<size_t>(sql.data() + sql.size() - tail));
    if (!statement || rest.find_first_not_of(" \t\r\n;") != std::string_view::npos) {
        sqlite3_finalize(statement);
        return Error{ErrorCategory::usage, fmt::format("Shard {}: exactly one statement can be run at a time.", name_), {}, sql};
    }
    return statement;
}

void SqliteShard::giveBack(const std::string& sql, sqlite3_stmt* statement) {
    constexpr size_t limit = 200;
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    if (idle_.size() >= limit || !idle_.emplace(sql, statement).second) sqlite3_finalize(statement);
}

Status SqliteShard::bind(sqlite3_stmt* statement, std::span<const Cell> values) {
    if (static_cast<int>(values.size()) != sqlite3_bind_parameter_count(statement))
        return Error{ErrorCategory::usage, fmt::format("Shard {}: the statement wants {} values and got {}.", name_,
                     sqlite3_bind_parameter_count(statement), values.size()), {}, {}};
    for (size_t i = 0; i < values.size(); ++i) {
        const int at = static_cast<int>(i) + 1;
        int code = SQLITE_OK;
        switch (values[i].index()) {
            case 0: code = sqlite3_bind_null(statement, at); break;
            case 1: code = sqlite3_bind_int64(statement, at, std::get<int64_t>(values[i])); break;
            case 2: code = sqlite3_bind_double(statement, at, std::get<double>(values[i])); break;
            case 3: code = sqlite3_bind_text64(statement, at, textOf(values[i]).data(), textOf(values[i]).size(), SQLITE_STATIC, SQLITE_UTF8); break;
            default: code = sqlite3_bind_blob64(statement, at, textOf(values[i]).data(), textOf(values[i]).size(), SQLITE_STATIC); break;
        }
        if (code != SQLITE_OK) return failure(code, "bind values for");
    }
    return {};
}

namespace {

Cell readCell(sqlite3_stmt* statement, int column) {
    const auto bytes = [&](const void* data) {
        const auto size = static_cast<size_t>(sqlite3_column_bytes(statement, column));
        return data ? std::string(static_cast<const char*>(data), size) : std::string();
    };
    switch (sqlite3_column_type(statement, column)) {
        case SQLITE_INTEGER: return static_cast<int64_t>(sqlite3_column_int64(statement, column));
        case SQLITE_FLOAT: return sqlite3_column_double(statement, column);
        case SQLITE_TEXT: return bytes(sqlite3_column_text(statement, column));
        case SQLITE_BLOB: return Blob{bytes(sqlite3_column_blob(statement, column))};
        default: return {};
    }
}

}  // namespace

Status SqliteShard::query(std::string_view sqlView, std::span<const Cell> values, const RowFn& row) {
    const std::string sql(sqlView);
    FS_ASSIGN(sqlite3_stmt * statement, take(sql));
    Status status = bind(statement, values);
    Cells cells(static_cast<size_t>(sqlite3_column_count(statement)));
    while (status.ok()) {
        const int code = sqlite3_step(statement);
        if (code == SQLITE_DONE) break;
        if (code != SQLITE_ROW) {
            status = failure(code, "use");
            break;
        }
        for (size_t i = 0; i < cells.size(); ++i) cells[i] = readCell(statement, static_cast<int>(i));
        if (row && !row(cells)) break;
    }
    giveBack(sql, statement);
    return status;
}

Status SqliteShard::execute(std::string_view sql, std::span<const Cell> values) { return query(sql, values, {}); }

Status SqliteShard::begin(Lock lock) {
    FS_TRY(checkPresent());
    return execute(lock == Lock::write ? "BEGIN IMMEDIATE" : "BEGIN", {});
}

Status SqliteShard::commit() { return execute("COMMIT", {}); }

void SqliteShard::rollback() {
    if (db_ && !sqlite3_get_autocommit(db_)) (void)execute("ROLLBACK", {});
}

Status SqliteShard::checkPresent() {
    int moved = 0;
    if (sqlite3_file_control(db_, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved)
        return Error{ErrorCategory::notFound, fmt::format("Shard {}: the file {} was removed or replaced while it was in use.", name_, path_),
                     "Put the file back, then resume.", {}};
    return {};
}

bool SqliteShard::setQuiet(bool quiet) {
    const bool before = quiet_;
    if (quiet == before) return before;
    quiet_ = quiet;
    sqlite3_db_config(db_, SQLITE_DBCONFIG_ENABLE_TRIGGER, quiet ? 0 : 1, nullptr);
    if (quiet) sqlite3_db_config(db_, SQLITE_DBCONFIG_ENABLE_FKEY, -1, &foreignKeys_);
    sqlite3_db_config(db_, SQLITE_DBCONFIG_ENABLE_FKEY, quiet ? 0 : foreignKeys_, nullptr);
    return before;
}

Result<std::unique_ptr<Shard>> openSqlite(const std::string& name, const std::string& path, const OpenOptions& options) {
    auto shard = std::make_unique<SqliteShard>(name, path);
    FS_TRY(shard->open(options));
    return std::unique_ptr<Shard>(std::move(shard));
}

}  // namespace foreshard::cluster
