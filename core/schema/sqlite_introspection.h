// Schema of a SQLite database file: tables, declared types, keys, indexes, row counts, and bytes where SQLite was
// compiled with dbstat. Opened read only; nothing is created or changed. Names are folded to lower case, as SQLite
// compares them. The schema is called "main". Views, triggers, virtual tables and the tables that a migration of ours keeps in
// the file (catalogue_tables.h) are left out with a note.
#pragma once

#include <filesystem>
#include <string_view>

#include "core/base/job.h"
#include "core/base/result.h"
#include "core/schema/schema.h"

namespace foreshard::schema {

struct IntrospectionOptions {
    bool countRows = true;     // COUNT(*) reads every leaf page of a table
    bool measureBytes = true;  // dbstat reads every page
};

// Errors: the file is missing or unreadable, is no database, or is damaged. Any thread.
Result<Schema> introspectSqlite(const std::filesystem::path& path, Job& job, const IntrospectionOptions& options = {});

// The same of a script of SQLite's: its CREATE, ALTER and DROP are run in a database in memory, nothing else is. What does not parse
// becomes a diagnostic (ddl_syntax) of `job` with its line.
Result<Schema> introspectSqliteScript(const std::filesystem::path& path, std::string_view script, Job& job);

}  // namespace foreshard::schema
