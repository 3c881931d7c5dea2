// DDL text → Schema: what pg_dump -s writes, full dumps, and hand-written scripts in PostgreSQL's dialect; and
// what mysqldump writes, in that of MySQL and MariaDB (dialect_ddl.h). Tables,
// keys, indexes, identities and sequences are read; views, functions, triggers, extensions and the like are left out
// with one note for each kind. A statement that does not parse becomes a diagnostic with its line and never stops the
// rest. Reasons: ddl_syntax, ddl_cut, ddl_too_long, unknown_table, duplicate_table, unknown_reference,
// missing_semicolon. Pure functions; any thread with 8 MB of stack (libpg_query recurses).
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/diagnostics.h"
#include "core/base/job.h"
#include "core/base/result.h"
#include "core/schema/schema.h"

namespace foreshard::schema {

struct DdlText {
    std::string name;  // of the file, for diagnostics
    std::string_view text;
};

struct DdlReading {
    Schema schema;
    Diagnostics diagnostics;
};

// Reads the texts one after the other into one schema; search_path starts afresh with each.
DdlReading readDdl(std::span<const DdlText> texts);

enum class SchemaFileKind { ddlText, sqliteDatabase };

// By content, not by name. Errors name what the file is instead (a compressed file, pg_dump's own archive, UTF-16…).
Result<SchemaFileKind> detectSchemaFile(const std::filesystem::path& path);

// Reads DDL files and SQLite databases into one schema. Where two files describe one table, the first one is kept and
// the sizes of a later one are taken over. Diagnostics go to `job`. Fails on files that cannot be read at all.
Result<Schema> readSchemaFiles(const std::vector<std::filesystem::path>& paths, Job& job);

// Tables of `more` that `base` has not are added; sizes that `base` does not know are taken over. Notes are joined.
Schema mergeSchemas(Schema base, const Schema& more);

struct DdlEffect {
    bool changed = false;
    std::string table;  // qualified name of the logical table concerned; empty: none
};

// Applies the DDL statement(s) that a log carries to a schema: CREATE, ALTER, DROP, RENAME of tables and their columns,
// keys and indexes. Temporary tables change nothing. On failure (does not parse, names an unknown table) the schema is
// as it was.
Result<DdlEffect> applyDdl(Schema& schema, std::string_view statement, const std::vector<std::string>& searchPath = {});

}  // namespace foreshard::schema
