// The statements that would make a database's tables anew, as pg_dump -s writes them, asked of the server's catalogue: so that
// the DDL reader makes one Schema of a dump and of the live database. No value is among them but those in constraints,
// defaults, and triggers with their functions, which the reader drops. Internal to schema.
#pragma once

#include <string>

#include "core/schema/postgres_connection.h"

namespace foreshard::schema {

// A script for readDdl(). Objects of extensions, temporary tables and the server's own schemas are left out, as are the tables
// that a migration of ours keeps there (catalogue_tables.h); a shard has some.
struct PostgresScript {
    std::string text;
    bool isShard = false;
};
Result<PostgresScript> postgresScript(PostgresReading& reading, Job& job);

// FROM and WHERE of all ordinary and partitioned tables that a Schema has, partitions included: pg_class c, pg_namespace n.
extern const char* const postgresTables;

}  // namespace foreshard::schema
