// Schema files of either kind, told apart by content.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/base/file.h"
#include "core/schema/ddl_reader.h"
#include "core/schema/sqlite_introspection.h"

namespace foreshard::schema {

namespace {

struct Magic {
    std::string_view bytes;
    std::string_view what;
    std::string_view next;
};

constexpr Magic foreignFiles[] = {
    {"PGDMP", "an archive in pg_dump's own format", "Turn it into text with: pg_restore -s -f schema.sql FILE"},
    {"\x1f\x8b", "compressed with gzip", "Unpack it first with: gunzip -k FILE"},
    {"\x28\xb5\x2f\xfd", "compressed with zstd", "Unpack it first with: unzstd FILE"},
    {"\xfd"
     "7zXZ",
     "compressed with xz", "Unpack it first with: unxz -k FILE"},
    {"PK\x03\x04", "a zip archive", "Unpack it first."},
    {"\xff\xfe", "UTF-16 text", "Save it as UTF-8."},
    {"\xfe\xff", "UTF-16 text", "Save it as UTF-8."},
};

Result<SchemaFileKind> detect(std::string_view bytes, const std::filesystem::path& path) {
    const auto wrong = [&](std::string_view what, std::string_view next) {
        return Error{ErrorCategory::format,
                     fmt::format("{} is {}, neither DDL text nor a SQLite database.", path.string(), what),
                     std::string(next),
                     {}};
    };
    constexpr std::string_view sqlite("SQLite format 3\0", 16);
    if (bytes.empty())
        return Error{ErrorCategory::format,
                     fmt::format("{} is empty.", path.string()),
                     "Write it with: pg_dump -s DATABASE",
                     {}};
    if (bytes.starts_with(sqlite)) return SchemaFileKind::sqliteDatabase;
    for (const Magic& magic : foreignFiles)
        if (bytes.starts_with(magic.bytes)) return wrong(magic.what, magic.next);
    if (bytes.substr(0, 65536).find('\0') != std::string_view::npos)
        return wrong("a binary file", "Give the output of pg_dump -s, or a SQLite database.");
    return SchemaFileKind::ddlText;
}

}  // namespace

Result<SchemaFileKind> detectSchemaFile(const std::filesystem::path& path) {
    FS_ASSIGN(const MappedFile file, MappedFile::open(path));
    return detect(file.bytes(), path);
}

namespace {

using TablesByName = std::map<std::string, Table>;

// The table that `table` describes too. A SQLite database has no schemas of its own: its "main.orders" is the one table
// called orders that another file describes.
TablesByName::iterator sameTable(TablesByName& tables, const Table& table) {
    const auto exact = tables.find(table.qualifiedName());
    if (exact != tables.end() || table.schema != "main") return exact;
    auto match = tables.end();
    for (auto place = tables.begin(); place != tables.end(); ++place) {
        if (place->second.name != table.name) continue;
        if (match != tables.end()) return tables.end();
        match = place;
    }
    return match;
}

}  // namespace

Schema mergeSchemas(Schema base, const Schema& more) {
    TablesByName tables;
    for (Table& table : base.tables) tables.emplace(table.qualifiedName(), std::move(table));
    for (const Table& table : more.tables) {
        const auto found = sameTable(tables, table);
        if (found == tables.end()) {
            tables.emplace(table.qualifiedName(), table);
            continue;
        }
        if (!found->second.rows) found->second.rows = table.rows;
        if (!found->second.bytes) found->second.bytes = table.bytes;
        for (const Column& column : table.columns)
            if (const auto index = found->second.columnIndex(column.name); index && !found->second.columns[*index].distinct)
                found->second.columns[*index].distinct = column.distinct;
    }
    base.tables.clear();
    for (auto& [name, table] : tables) base.tables.push_back(std::move(table));
    for (const std::string& note : more.notes)
        if (std::find(base.notes.begin(), base.notes.end(), note) == base.notes.end()) base.notes.push_back(note);
    return base;
}

Result<Schema> readSchemaFiles(const std::vector<std::filesystem::path>& paths, Job& job) {
    std::vector<MappedFile> files;  // keep the views of `texts` alive
    std::vector<DdlText> texts;
    Schema introspected;
    for (const auto& path : paths) {
        FS_TRY(job.checkpoint());
        FS_ASSIGN(MappedFile file, MappedFile::open(path));
        FS_ASSIGN(const SchemaFileKind kind, detect(file.bytes(), path));
        if (kind == SchemaFileKind::sqliteDatabase) {
            FS_ASSIGN(const Schema schema, introspectSqlite(path, job));
            introspected = mergeSchemas(std::move(introspected), schema);
        } else {
            std::string_view text = file.bytes();
            if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
            texts.push_back({path.string(), text});
            files.push_back(std::move(file));
        }
    }
    DdlReading reading = readDdl(texts);
    job.mergeDiagnostics(reading.diagnostics);
    if (reading.schema.tables.empty() && introspected.tables.empty() && !paths.empty())
        return Error{ErrorCategory::format,
                     fmt::format("No table was found in {}{}.", paths[0].string(),
                                 paths.size() > 1 ? " and the other schema files" : ""),
                     "Give the output of pg_dump -s, other DDL in PostgreSQL's dialect, or a SQLite database.",
                     reading.diagnostics.shown().empty() ? std::string() : reading.diagnostics.shown()[0].message};
    return mergeSchemas(std::move(reading.schema), introspected);
}

}  // namespace foreshard::schema
