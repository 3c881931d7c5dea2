// The verb schema: what the project knows of its tables, read again on request from where it came from, with what has changed.
// Qt-free; any thread; one Project object a call.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/verbs/options.h"
#include "core/base/job.h"
#include "core/project/project.h"
#include "core/schema/changes.h"
#include "core/schema/schema_sources.h"

namespace foreshard::verbs {

// Sources of every kind as one schema; what could not be read goes to the job's diagnostics. A live database that is named with
// a password is refused (usage): a project never keeps one. `values`: see schema::readSchemaSources.
Result<schema::SchemaSources> readSchemas(const std::vector<Path>& sources, bool values, Job& job);

// Saves a schema with `sources` and those that were named before.
Status keepSchema(project::Project& project, const schema::Schema& schema, const std::vector<Path>& sources);
// Saves statistics with what has moved since those before, behind `structure`.
Status keepStatistics(project::Project& project, schema::Statistics statistics, std::vector<schema::SchemaChange> structure, bool schemaMoved);

struct SchemaOptions {
    Path project;
    std::string act = "list";              // list, refresh, changes
    std::vector<Path> sources;             // refresh: in place of those that the project names
    bool replace = false;                  // refresh: take another schema though logs were read with this one
};

struct SchemaState {
    schema::Schema schema;                             // with the newest sizes
    std::shared_ptr<const schema::Statistics> statistics;   // null: no live database was asked
    std::vector<schema::SchemaChange> changes;         // of the last refresh
    std::vector<std::string> sources;
    bool schemaMoved = false;              // refresh: another schema was found and not taken
};

// Errors: notFound (no project, no schema in it), usage (nothing to read from), those of readSchemas.
Result<SchemaState> manageSchema(const SchemaOptions& options, Job& job);

}  // namespace foreshard::verbs
