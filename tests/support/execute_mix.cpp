#include "tests/support/execute_mix.h"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <memory>

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

}  // namespace

Result<ExecutedCounts> executeMix(const std::string& conninfo, samplegen::Mix& mix, uint64_t seed, uint64_t transactions, const Rewrite& rewrite) {
    FS_ASSIGN(const auto connection, connect(conninfo));
    Random random(seed);
    ExecutedCounts counts;
    Instant t = parseTime("2026-11-01T00:00:00Z").value();
    for (uint64_t i = 0; i < transactions; ++i) {
        t += microsPerSecond / 20;
        const auto transaction = mix.next(random, t);
        if (transaction.block) FS_TRY(execute(connection.get(), "BEGIN"));
        for (const auto& statement : transaction.statements) {
            const auto sql = samplegen::asLiteralText(statement);
            FS_TRY(execute(connection.get(), rewrite ? rewrite(sql) : sql));
            ++counts.statements;
        }
        if (transaction.block) FS_TRY(execute(connection.get(), transaction.aborted ? "ROLLBACK" : "COMMIT"));
        ++(transaction.aborted ? counts.aborted : counts.committed);
    }
    return counts;
}

Status executeScript(const std::string& conninfo, const std::string& sql) {
    FS_ASSIGN(const auto connection, connect(conninfo));
    return execute(connection.get(), sql);
}

}  // namespace foreshard::testsupport
