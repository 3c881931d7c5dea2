#include "core/schema/schema_sources.h"

#include "core/schema/ddl_reader.h"
#include "core/schema/postgres_introspection.h"

namespace foreshard::schema {

Result<SchemaSources> readSchemaSources(const std::vector<std::filesystem::path>& sources, bool values, Job& job) {
    std::vector<std::filesystem::path> files;
    for (const auto& source : sources)
        if (!isPostgresUri(source.string())) files.push_back(source);
    SchemaSources out;
    if (!files.empty()) {
        FS_ASSIGN(out.schema, readSchemaFiles(files, job));
    }
    PostgresIntrospectionOptions options;
    options.values = values;
    for (const auto& source : sources) {
        if (!isPostgresUri(source.string())) continue;
        FS_ASSIGN(auto live, introspectPostgres(source.string(), job, options));
        out.schema = mergeSchemas(std::move(out.schema), live.schema);
        if (!out.statistics) out.statistics = std::move(live.statistics);
    }
    return out;
}

}  // namespace foreshard::schema
