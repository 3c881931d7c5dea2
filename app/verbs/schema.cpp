#include "app/verbs/schema.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/verbs/workload.h"
#include "core/project/secrets.h"
#include "core/project/shard_places.h"
#include "core/schema/postgres_connection.h"

namespace foreshard::verbs {

using project::Project;

namespace {

// As it is found again from anywhere, also where it lies beside a project whose folder is moved.
Path placeOf(const Project& project, const Path& source) {
    if (schema::isPostgresUri(source.string())) return source;
    return project::keptPath(project::folderOf(project.file()), std::filesystem::absolute(source).lexically_normal());
}
Path wholePlace(const Project& project, const Path& kept) { return schema::isPostgresUri(kept.string()) ? kept : project::folderOf(project.file()) / kept; }

// Common values are for a project whose own values are open.
Result<bool> mayKeepValues(const Project& project) {
    FS_ASSIGN(const auto workload, project.workload());
    return workload && !isMasked(*workload);
}

Result<std::vector<Path>> sourcesOf(const Project& project, const SchemaOptions& options) {
    if (!options.sources.empty()) return options.sources;
    FS_ASSIGN(const auto named, project.schemaSources());
    if (named.empty())
        return Error{ErrorCategory::usage, fmt::format("{} does not say where its schema came from.", options.project.string()), "Name it: --schema postgresql:dbname=shop, or --schema schema.sql", {}};
    std::vector<Path> whole;
    for (const auto& each : named) whole.push_back(wholePlace(project, each));
    return whole;
}

// Reads everything again. The schema that logs were read with stays in force unless another one is to be taken.
Result<bool> refresh(Project& project, const SchemaOptions& options, Job& job) {
    FS_ASSIGN(const auto sources, sourcesOf(project, options));
    FS_ASSIGN(const bool values, mayKeepValues(project));
    FS_ASSIGN(auto read, readSchemas(sources, values, job));
    job.beginPass("saving");
    FS_ASSIGN(const auto before, project.schema());
    FS_ASSIGN(const auto partial, project.partial());
    auto structure = before ? schema::structureChanges(*before, read.schema) : std::vector<schema::SchemaChange>();
    FS_ASSIGN(const auto listed, project.schemaChanges());
    schema::markEarlier(structure, listed);
    const bool logsRead = partial != nullptr;
    const bool moved = logsRead && before && !structure.empty() && !options.replace;
    const bool keepOld = logsRead && before && (moved || structure.empty());
    std::vector<Path> places;
    for (const auto& source : sources) places.push_back(placeOf(project, source));
    FS_TRY(project.saveSchema(keepOld ? *before : read.schema, places));
    FS_ASSIGN(const auto old, project.statistics());
    schema::Statistics statistics = read.statistics ? std::move(*read.statistics) : old ? *old : schema::Statistics();
    if (!read.statistics && !old) statistics.readAt = nowMicros();
    FS_TRY(keepStatistics(project, std::move(statistics), structure, moved));
    return moved;
}

}  // namespace

Result<schema::SchemaSources> readSchemas(const std::vector<Path>& sources, bool values, Job& job) {
    for (const auto& source : sources)
        if (schema::isPostgresUri(source.string()) && project::carriesSecret(source.string()))
            return Error{ErrorCategory::usage, "The connection carries a password, which a project never keeps.", "Leave it out, and put the password into ~/.pgpass or a service file of libpq.", {}};
    return schema::readSchemaSources(sources, values, job);
}

Status keepSchema(Project& project, const schema::Schema& schema, const std::vector<Path>& sources) {
    FS_ASSIGN(const auto named, project.schemaSources());
    std::vector<Path> places(named.begin(), named.end());
    for (const auto& source : sources)
        if (const auto place = placeOf(project, source); std::find(places.begin(), places.end(), place) == places.end()) places.push_back(place);
    return project.saveSchema(schema, places);
}

Status keepStatistics(Project& project, schema::Statistics statistics, std::vector<schema::SchemaChange> structure, bool schemaMoved) {
    FS_ASSIGN(const auto before, project.statistics());
    schema::keepBasis(statistics, before.get());
    if (before)
        for (auto& change : schema::statisticsChanges(*before, statistics)) structure.push_back(std::move(change));
    return project.saveStatistics(statistics, structure, schemaMoved);
}

Result<SchemaState> manageSchema(const SchemaOptions& options, Job& job) {
    FS_ASSIGN(auto project, Project::open(options.project));
    SchemaState state;
    if (options.act == "refresh") {
        FS_ASSIGN(state.schemaMoved, refresh(project, options, job));
    }
    FS_ASSIGN(const auto schema, project.schema());
    if (!schema) return Error{ErrorCategory::notFound, fmt::format("{} holds no schema yet.", options.project.string()), fmt::format("Run: foreshard schema {} refresh --schema postgresql:dbname=shop", options.project.string()), {}};
    state.schema = *schema;
    FS_ASSIGN(state.statistics, project.statistics());
    if (state.statistics) schema::layOver(state.schema, *state.statistics);
    FS_ASSIGN(state.changes, project.schemaChanges());
    FS_ASSIGN(const auto sources, project.schemaSources());
    for (const auto& source : sources) state.sources.push_back(wholePlace(project, source).string());
    return state;
}

}  // namespace foreshard::verbs
