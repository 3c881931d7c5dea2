#include "core/schema/postgres_introspection.h"

#include <fmt/format.h>

#include "core/schema/ddl_reader.h"
#include "core/schema/postgres_ddl.h"
#include "core/schema/postgres_statistics.h"

namespace foreshard::schema {

Result<PostgresIntrospection> introspectPostgres(const std::string& uri, Job& job, const PostgresIntrospectionOptions& options) {
    job.beginPass("connecting");
    FS_ASSIGN(auto reading, PostgresReading::begin(uri, job, options.limits));
    FS_ASSIGN(const auto script, postgresScript(reading, job));
    FS_TRY(job.checkpoint());
    const DdlText text{uri, script.text};
    auto read = readDdl({&text, 1});
    job.mergeDiagnostics(read.diagnostics);
    if (read.schema.tables.empty())
        return Error{ErrorCategory::notFound, fmt::format("{} has no tables of its own.", uri), fmt::format("Check that {} is the database that is meant.", reading.database()), {}};
    if (script.isShard) read.schema.notes.push_back("The tables that a migration by Foreshard keeps there were left out.");
    FS_ASSIGN(auto statistics, postgresStatistics(read.schema, reading, options, job));
    statistics.source = uri;
    statistics.server = "PostgreSQL " + reading.serverVersionText();
    statistics.readAt = nowMicros();
    layOver(read.schema, statistics);
    return PostgresIntrospection{std::move(read.schema), std::move(statistics)};
}

}  // namespace foreshard::schema
