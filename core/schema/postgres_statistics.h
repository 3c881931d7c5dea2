// Sizes and column statistics of the tables of a schema, asked of a server. Internal to schema.
#pragma once

#include "core/schema/postgres_introspection.h"

namespace foreshard::schema {

Result<Statistics> postgresStatistics(const Schema& schema, PostgresReading& reading, const PostgresIntrospectionOptions& options, Job& job);

}  // namespace foreshard::schema
