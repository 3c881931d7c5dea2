// Database: one SQLite file of ours, opened so that nothing in it can surprise us. WAL (readers and one writer of
// several processes at once), busy timeout, foreign keys, an application id that says the file is of this kind, and a
// version with one migration function for each step. A file that is not ours, newer, or damaged is refused with a
// sentence and left as it is. Statements bind values; no SQL is made from data. Knows no other room's types. One thread
// at a time for a Database and its Statements; several processes and Databases may hold one file.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace foreshard::store {

class Statement;

class Database {
public:
    // One kind of file. `steps[i]` brings version i to i + 1 inside a transaction; the newest version is steps.size().
    struct Kind {
        std::string name;           // for messages: "Foreshard project"
        int32_t applicationId = 0;  // PRAGMA application_id; never changes
        std::vector<std::function<Status(Database&)>> steps;
    };
    struct Options {
        std::chrono::milliseconds busyTimeout{10'000};
        bool synchronousFull = false;  // each commit is on the disk when it returns; WAL alone may lose the last ones
        // Pages are checked on opening up to this file size; above it damage is found when it is met.
        uint64_t checkUpToBytes = 512ULL << 20;
    };

    // conflict: there is a file of that name. The file appears whole or not at all.
    static Result<Database> create(const std::filesystem::path& file, const Kind& kind, const Options& options);
    // not_found, unreadable; format: not of this kind, or damaged; version: written by a newer Foreshard. Older
    // versions are brought up to date, step by step, in one transaction. A file that may not be written is opened to be read;
    // writing then fails (unreadable).
    static Result<Database> open(const std::filesystem::path& file, const Kind& kind, const Options& options);

    Database(Database&&) noexcept;
    Database& operator=(Database&&) noexcept;
    ~Database();

    const std::filesystem::path& file() const { return file_; }

    Result<Statement> prepare(std::string_view sql);
    // Runs constant SQL without values or rows; several statements may stand in it.
    Status run(const char* sql);
    // Changes whenever another connection has committed something.
    Result<int64_t> dataVersion();
    int64_t lastInsertRowId() const;
    // Rows that this connection has changed since it was opened.
    int64_t changes() const { return sqlite3_total_changes64(handle_); }

    // Calls `work` inside a transaction (a savepoint inside another one): committed where it succeeds, undone where it
    // fails or throws. The outermost one takes the write lock at once, so that it cannot fail half way for being
    // overtaken.
    Status transaction(const std::function<Status()>& work);

    // The error for the last failure on this connection.
    Error error(int code) const;
    sqlite3* handle() const { return handle_; }

private:
    Database(sqlite3* handle, std::filesystem::path file) : handle_(handle), file_(std::move(file)) {}
    static Result<Database> connect(const std::filesystem::path& file, int flags, const Options& options);
    static Result<Database> openToRead(const std::filesystem::path& file, const Kind& kind, const Options& options);
    Status settle(const Options& options);
    Status migrate(const Kind& kind);
    Status checkPages() const;
    Result<int64_t> number(std::string_view sql);
    Status begin();
    Status finish(bool commit);

    sqlite3* handle_ = nullptr;
    std::filesystem::path file_;
    int depth_ = 0;
};

// A prepared statement. bind() counts from 1 upwards in order; step() is true on a row; columns count from 0.
class Statement {
public:
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&& other) noexcept;
    ~Statement();

    Statement& bind(int64_t value);
    Statement& bind(std::string_view text);
    Statement& bindBytes(std::string_view bytes);
    Statement& bindNull();

    // A row (true), or done (false).
    Result<bool> step();
    // Runs it to the end, rows ignored, and makes it ready to be bound again.
    Status run();
    void reset();

    int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
    bool isNull(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
    // Valid until the next step, reset or destruction.
    std::string_view text(int column) const;
    std::string_view bytes(int column) const;

private:
    friend class Database;
    Statement(const Database* owner, sqlite3_stmt* statement) : owner_(owner), statement_(statement) {}
    void note(int code) {
        if (bindError_ == SQLITE_OK) bindError_ = code;
    }

    const Database* owner_;
    sqlite3_stmt* statement_;
    int next_ = 1;
    int bindError_ = SQLITE_OK;
};

}  // namespace foreshard::store
