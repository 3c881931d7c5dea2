#include "core/schema/postgres_connection.h"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>

namespace foreshard::schema {

namespace {

constexpr std::string_view scheme = "postgresql:";
constexpr int oldestServer = 120000;   // pg_partition_root()
constexpr int lookMilliseconds = 50;   // at the Job, while waiting

// What libpq takes: keywords and values, or a whole URI.
std::string connectionText(const std::string& uri) {
    const std::string_view rest = std::string_view(uri).substr(scheme.size());
    return rest.starts_with("//") ? uri : std::string(rest);
}

// The first line of a message; libpq's others guess at causes.
std::string oneLine(const char* message) {
    std::string text(message ? message : "");
    text.resize(std::min(text.size(), text.find('\n')));
    while (!text.empty() && (text.back() == ' ' || text.back() == '.')) text.pop_back();
    return text;
}

std::string whatToDo(const std::string& cause) {
    if (cause.find("password") != std::string::npos) return "Put the password into ~/.pgpass or a service file of libpq; it is never taken from a command line.";
    if (cause.find("does not exist") != std::string::npos) return "Check the names of database and user.";
    return "Check that the server runs and that host, port and dbname are right; psql takes the same text.";
}

struct ResultCloser {
    void operator()(PGresult* result) const { PQclear(result); }
};

}  // namespace

bool isPostgresUri(std::string_view uri) { return uri.starts_with(scheme); }

// ---- rows -------------------------------------------------------------------------------------------------------

void PostgresRows::clear(pg_result* result) { PQclear(result); }
size_t PostgresRows::size() const { return static_cast<size_t>(PQntuples(result_.get())); }
std::string_view PostgresRows::text(size_t row, int column) const {
    const int at = static_cast<int>(row);
    return {PQgetvalue(result_.get(), at, column), static_cast<size_t>(PQgetlength(result_.get(), at, column))};
}
bool PostgresRows::null(size_t row, int column) const { return PQgetisnull(result_.get(), static_cast<int>(row), column) != 0; }
int64_t PostgresRows::integer(size_t row, int column) const { return std::strtoll(PQgetvalue(result_.get(), static_cast<int>(row), column), nullptr, 10); }
double PostgresRows::real(size_t row, int column) const { return std::strtod(PQgetvalue(result_.get(), static_cast<int>(row), column), nullptr); }

// ---- connecting -------------------------------------------------------------------------------------------------

void PostgresReading::finish(pg_conn* connection) { PQfinish(connection); }

Result<PostgresReading> PostgresReading::begin(const std::string& uri, Job& job, const PostgresLimits& limits) {
    if (!isPostgresUri(uri)) return Error{ErrorCategory::usage, fmt::format("{} names no PostgreSQL server.", uri), "Write postgresql:host=db dbname=shop", {}};
    const std::string text = connectionText(uri);
    // Behind what is asked for, so that it cannot be undone there; dbname expands to the whole text.
    const char* const keywords[] = {"dbname", "fallback_application_name", "client_encoding", nullptr};
    const char* const values[] = {text.c_str(), "foreshard", "UTF8", nullptr};
    // An empty text would be taken for a database of that name.
    PostgresReading reading(PQconnectStartParams(text.empty() ? keywords + 1 : keywords, text.empty() ? values + 1 : values, 1), uri);
    FS_TRY(reading.connect(job, limits.connectSeconds));
    if (reading.serverVersion() < oldestServer)
        return Error{ErrorCategory::unsupported, fmt::format("{} is PostgreSQL {}; Foreshard reads 12 and newer.", uri, reading.serverVersionText()), "Give the output of pg_dump -s instead.", {}};
    // Names come qualified, as pg_dump writes them, where nothing is on the path.
    for (const auto& setting : {std::string("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"), fmt::format("SET LOCAL statement_timeout = '{}s'", limits.statementSeconds),
                                fmt::format("SET LOCAL lock_timeout = '{}s'", limits.lockSeconds), std::string("SET LOCAL search_path = ''"),
                                std::string("SET LOCAL quote_all_identifiers = off"), std::string("SET LOCAL DateStyle = 'ISO'"), std::string("SET LOCAL TimeZone = 'UTC'"),
                                std::string("SET LOCAL bytea_output = 'hex'"), std::string("SET LOCAL extra_float_digits = 1"), std::string("SET LOCAL IntervalStyle = 'postgres'")}) {
        auto done = reading.query(setting, job);
        if (!done.ok()) return done.error();
    }
    return reading;
}

Status PostgresReading::connect(Job& job, int seconds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    const auto refused = [&](std::string cause) {
        return Error{ErrorCategory::unreadable, fmt::format("{} cannot be reached: {}.", uri_, cause), whatToDo(cause), cause};
    };
    auto* connection = connection_.get();
    if (!connection || PQstatus(connection) == CONNECTION_BAD) return refused(oneLine(connection ? PQerrorMessage(connection) : "out of memory"));
    for (auto state = PGRES_POLLING_WRITING; state != PGRES_POLLING_OK; state = PQconnectPoll(connection)) {
        if (state == PGRES_POLLING_FAILED) return refused(oneLine(PQerrorMessage(connection)));
        pollfd waited{PQsocket(connection), static_cast<short>(state == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
        while (::poll(&waited, 1, lookMilliseconds) <= 0) {
            FS_TRY(job.checkpoint());
            if (std::chrono::steady_clock::now() > deadline) return refused(fmt::format("no answer within {} s", seconds));
        }
    }
    return {};
}

// ---- asking -----------------------------------------------------------------------------------------------------

Status PostgresReading::wait(Job& job) const {
    pollfd waited{PQsocket(connection_.get()), POLLIN, 0};
    while (::poll(&waited, 1, lookMilliseconds) <= 0) FS_TRY(job.checkpoint());
    return {};
}

// Asks the server to stop what it does; it need not hear it.
void PostgresReading::cancel() {
    char ignored[256];
    auto* request = PQgetCancel(connection_.get());
    if (!request) return;
    PQcancel(request, ignored, sizeof ignored);
    PQfreeCancel(request);
}

Error PostgresReading::lost() const {
    return {ErrorCategory::io, fmt::format("The connection to {} was lost while it was read.", uri_), "Run it again; nothing was changed.", oneLine(PQerrorMessage(connection_.get()))};
}

Error PostgresReading::failure(const pg_result* result) const {
    if (PQstatus(connection_.get()) == CONNECTION_BAD) return lost();
    const char* code = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr;
    const std::string state(code ? code : ""), cause = oneLine(result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : PQerrorMessage(connection_.get()));
    if (state.starts_with("57P")) return lost();
    if (state == "55P03" || state == "57014")
        return {ErrorCategory::conflict, fmt::format("{} took too long: {}.", uri_, cause), "Another session may hold a lock; run it again when that is done.", cause};
    const bool forbidden = state == "42501";
    return {forbidden ? ErrorCategory::unreadable : ErrorCategory::io, fmt::format("{} {}: {}.", uri_, forbidden ? "does not allow it" : "gave an error", cause),
            forbidden ? "Ask for the right, or read as another role." : "Check the server's log.", state};
}

Result<PostgresRows> PostgresReading::query(const std::string& sql, Job& job) {
    auto* connection = connection_.get();
    if (PQsendQuery(connection, sql.c_str()) == 0) return failure(nullptr);
    while (PQisBusy(connection) != 0) {
        if (const Status waited = wait(job); !waited.ok()) {
            cancel();
            return waited.error();
        }
        if (PQconsumeInput(connection) == 0) return lost();
    }
    std::unique_ptr<PGresult, ResultCloser> result(PQgetResult(connection));
    if (!result) return lost();
    while (PGresult* further = PQgetResult(connection)) PQclear(further);   // one statement has one
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) return failure(result.get());
    return PostgresRows(result.release());
}

Status PostgresReading::savepoint(Job& job) { return query("SAVEPOINT foreshard", job).status(); }
Status PostgresReading::rollbackToSavepoint(Job& job) { return query("ROLLBACK TO SAVEPOINT foreshard", job).status(); }

int PostgresReading::serverVersion() const { return PQserverVersion(connection_.get()); }
std::string PostgresReading::serverVersionText() const {
    const char* text = PQparameterStatus(connection_.get(), "server_version");
    const std::string_view whole(text ? text : "unknown");
    return std::string(whole.substr(0, whole.find(' ')));
}
std::string PostgresReading::database() const { return PQdb(connection_.get()) ? PQdb(connection_.get()) : ""; }
std::string PostgresReading::user() const { return PQuser(connection_.get()) ? PQuser(connection_.get()) : ""; }

}  // namespace foreshard::schema
