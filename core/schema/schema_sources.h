// Schema sources of every kind as one schema: DDL files, SQLite databases, and live PostgreSQL databases
// ("postgresql:dbname=shop", see postgres_connection.h).
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/schema/statistics.h"

namespace foreshard::schema {

struct SchemaSources {
    Schema schema;
    std::optional<Statistics> statistics;    // where one source is live; the first one that is
};

// Where two describe one table, the first is kept (files before live databases) and sizes of a later one are taken over.
// `values`: keep common values and histograms of live ones. Diagnostics go to `job`. Errors: those of readSchemaFiles and
// introspectPostgres. Any thread with 8 MB of stack.
Result<SchemaSources> readSchemaSources(const std::vector<std::filesystem::path>& sources, bool values, Job& job);

}  // namespace foreshard::schema
