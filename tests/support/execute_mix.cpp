#include "tests/support/execute_mix.h"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <memory>
#include <vector>

namespace foreshard::testsupport {

namespace {

struct CloseConnection { void operator()(PGconn* connection) const { PQfinish(connection); } };
using Connection = std::unique_ptr<PGconn, CloseConnection>;

Result<Connection> connect(const std::string& conninfo) {
    Connection connection(PQconnectdb(conninfo.c_str()));
    if (PQstatus(connection.get()) != CONNECTION_OK)
        return Error{ErrorCategory::io, fmt::format("Cannot connect: {}", PQerrorMessage(connection.get())), {}, {}};
    PQsetNoticeProcessor(connection.get(), [](void*, const char*) {}, nullptr);
    return connection;
}

Status execute(PGconn* connection, const std::string& sql) {
    PGresult* result = PQexec(connection, sql.c_str());
    const auto status = PQresultStatus(result);
    PQclear(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return {};
    return Error{ErrorCategory::io, fmt::format("{}: {}", sql.substr(0, 200), PQerrorMessage(connection)), {}, {}};
}

// All statements of a transaction in one go, so that a busy machine has to switch between client and server only once. Each is
// still a message of its own to the server.
Status executeAll(PGconn* connection, const std::vector<std::string>& statements) {
    const auto failed = [&](const std::string& sql) { return Error{ErrorCategory::io, fmt::format("{}: {}", sql.substr(0, 200), PQerrorMessage(connection)), {}, {}}; };
    for (const auto& sql : statements)
        if (PQsendQueryParams(connection, sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0) != 1) return failed(sql);
    if (PQpipelineSync(connection) != 1) return failed("sync");
    Status status;
    for (const auto& sql : statements) {
        while (PGresult* result = PQgetResult(connection)) {
            const auto state = PQresultStatus(result);
            PQclear(result);
            if (state != PGRES_COMMAND_OK && state != PGRES_TUPLES_OK && status.ok()) status = failed(sql);
        }
    }
    PQclear(PQgetResult(connection));   // the sync
    return status;
}

}  // namespace

Result<ExecutedCounts> executeMix(const std::string& conninfo, samplegen::Mix& mix, uint64_t seed, uint64_t transactions) {
    FS_ASSIGN(const auto connection, connect(conninfo));
    if (PQenterPipelineMode(connection.get()) != 1) return Error{ErrorCategory::io, "The server connection cannot pipeline.", {}, {}};
    Random random(seed);
    ExecutedCounts counts;
    Instant t = parseTime("2026-11-01T00:00:00Z").value();
    for (uint64_t i = 0; i < transactions; ++i) {
        t += microsPerSecond / 20;
        const auto transaction = mix.next(random, t);
        std::vector<std::string> statements;
        if (transaction.block) statements.push_back("BEGIN");
        for (const auto& statement : transaction.statements) {
            statements.push_back(samplegen::asLiteralText(statement));
            ++counts.statements;
        }
        if (transaction.block) statements.push_back(transaction.aborted ? "ROLLBACK" : "COMMIT");
        FS_TRY(executeAll(connection.get(), statements));
        ++(transaction.aborted ? counts.aborted : counts.committed);
    }
    return counts;
}

Status executeScript(const std::string& conninfo, const std::string& sql) {
    FS_ASSIGN(const auto connection, connect(conninfo));
    return execute(connection.get(), sql);
}

}  // namespace foreshard::testsupport
