// A connection to a PostgreSQL server for reading: one transaction, read only, with limits on statements and locks. Whoever
// waits for the server looks at the Job meanwhile, so that a person can stop it. Secrets stay in libpq's own places
// (~/.pgpass, a service file, the environment): what is given here is shown in errors. Not thread-safe; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/job.h"
#include "core/base/result.h"

struct pg_conn;
struct pg_result;

namespace foreshard::schema {

// "postgresql:host=db dbname=shop", "postgresql:service=shop", "postgresql:shop" (a database), "postgresql://db/shop".
bool isPostgresUri(std::string_view uri);

struct PostgresLimits {
    int connectSeconds = 10;
    int statementSeconds = 120;
    int lockSeconds = 5;
};

// Rows of an answer; NULL is an empty text of which null() is true.
class PostgresRows {
public:
    explicit PostgresRows(pg_result* result) : result_(result, clear) {}
    size_t size() const;
    std::string_view text(size_t row, int column) const;
    bool null(size_t row, int column) const;
    int64_t integer(size_t row, int column) const;     // 0 where it is none
    double real(size_t row, int column) const;

private:
    static void clear(pg_result* result);
    std::unique_ptr<pg_result, void (*)(pg_result*)> result_;
};

class PostgresReading {
public:
    // Opens the connection and its transaction. `uri`: see isPostgresUri. Errors: usage (no such URI), unreadable (no server
    // there, refused, no such database), unsupported (older than PostgreSQL 12), cancelled.
    static Result<PostgresReading> begin(const std::string& uri, Job& job, const PostgresLimits& limits = {});

    // One statement. Errors: conflict (a lock that another session holds, a time limit), unreadable (not allowed), io (the
    // connection is lost), cancelled. After an error only rollbackToSavepoint() helps, and after a lost connection nothing.
    Result<PostgresRows> query(const std::string& sql, Job& job);
    Status savepoint(Job& job);
    Status rollbackToSavepoint(Job& job);

    int serverVersion() const;                          // 150018
    std::string serverVersionText() const;              // "15.18"
    std::string database() const;
    std::string user() const;

private:
    explicit PostgresReading(pg_conn* connection, std::string uri) : connection_(connection, finish), uri_(std::move(uri)) {}
    static void finish(pg_conn* connection);
    Status connect(Job& job, int seconds);
    Status wait(Job& job) const;
    void cancel();
    Error failure(const pg_result* result) const;
    Error lost() const;

    std::unique_ptr<pg_conn, void (*)(pg_conn*)> connection_;
    std::string uri_;
};

}  // namespace foreshard::schema
