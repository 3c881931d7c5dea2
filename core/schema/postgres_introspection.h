// Schema and statistics of a live PostgreSQL database, 12 or newer, read in one read-only transaction: the Schema that the DDL
// reader makes of its pg_dump -s, with sizes in bytes, the server's estimates of rows (reltuples) and distinct counts, and on
// request its common values and histograms (pg_stats). What the role may not see, or the server has not analysed, is a note.
#pragma once

#include <string>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/schema/postgres_connection.h"
#include "core/schema/statistics.h"

namespace foreshard::schema {

struct PostgresIntrospectionOptions {
    bool values = false;                         // keep common values and histograms
    uint64_t maxValueBytes = 32u << 20;          // of those, the largest tables' first; the rest is left out with a note
    PostgresLimits limits;
};

struct PostgresIntrospection {
    Schema schema;                               // with sizes and distinct counts
    Statistics statistics;
};

// Errors: those of PostgresReading; notFound where the database has no table. Any thread with 8 MB of stack (the DDL reader).
Result<PostgresIntrospection> introspectPostgres(const std::string& uri, Job& job, const PostgresIntrospectionOptions& options = {});

}  // namespace foreshard::schema
