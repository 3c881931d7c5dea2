#include <fmt/format.h>

#include "app/workbench/actions.h"
#include "core/base/file.h"
#include "core/base/units.h"
#include "core/ingest/reader.h"
#include "core/schema/ddl_reader.h"

namespace foreshard::workbench {

namespace {

constexpr size_t sampleBytes = 64 << 10;

struct Kind { ui::FileKind kind; const char* words; };

Kind kindOf(const std::filesystem::path& path, std::string_view sample) {
    if (path.extension() == ".foreshard" && sample.starts_with("SQLite format 3")) return {ui::FileKind::project, "Foreshard project"};
    const auto shape = ingest::detectShape(sample, ingest::LogFormat::automatic, {}, path.string());
    if (shape.ok()) switch (shape->format) {
            case ingest::LogFormat::csvlog: return {ui::FileKind::csvlog, "PostgreSQL csvlog"};
            case ingest::LogFormat::jsonlog: return {ui::FileKind::jsonlog, "PostgreSQL jsonlog"};
            case ingest::LogFormat::stderrLog: return {ui::FileKind::stderrLog, "PostgreSQL stderr log"};
            case ingest::LogFormat::syslog: return {ui::FileKind::stderrLog, "PostgreSQL log by syslog"};
            case ingest::LogFormat::mysqlGeneral: return {ui::FileKind::stderrLog, "general log of MySQL or MariaDB"};
            case ingest::LogFormat::mysqlSlow: return {ui::FileKind::stderrLog, "slow log of MySQL or MariaDB"};
            case ingest::LogFormat::sqliteTrace: return {ui::FileKind::stderrLog, "trace of SQLite"};
            case ingest::LogFormat::vtgate: return {ui::FileKind::stderrLog, "query log of Vitess"};
            default: break;   // what a person has to say more of
        }
    const auto schema = schema::detectSchemaFile(path);
    if (schema.ok())
        return *schema == schema::SchemaFileKind::sqliteDatabase ? Kind{ui::FileKind::sqlite, "SQLite database"} : Kind{ui::FileKind::ddl, "DDL script"};
    return {ui::FileKind::unknown, "neither a log, a schema nor a project"};
}

}  // namespace

ui::DroppedFile identify(const std::filesystem::path& path) {
    const auto file = MappedFile::open(path);
    if (!file.ok()) return {path, ui::FileKind::unknown, file.error().message, {}};
    // The reader may look a little behind its window: it gets a copy with that much room.
    std::string sample(file->bytes().substr(0, sampleBytes));
    const size_t size = sample.size();
    sample.resize(size + ingest::readerPadding);
    const auto bytes = std::string_view(sample).substr(0, size);
    const auto told = [&](const std::string& words) { return fmt::format("{}, {}", words, formatBytes(static_cast<double>(file->bytes().size()))); };
    const auto kind = kindOf(path, bytes);
    // A script can look like a table, and a table of statements like a script: columns of times and statements decide.
    const bool doubtful = kind.kind == ui::FileKind::ddl || kind.kind == ui::FileKind::unknown;
    if (auto table = doubtful ? ingest::previewTable(bytes) : std::nullopt) {
        const bool lines = table->format == ingest::LogFormat::jsonLines, sure = table->guess.has(ingest::Meaning::time) && table->guess.has(ingest::Meaning::statement);
        const auto words = (lines ? "JSON lines with " : "table of ") + counted(table->columns.size(), lines ? "member" : "column", lines ? "members" : "columns");
        if (sure || kind.kind == ui::FileKind::unknown) return {path, ui::FileKind::table, told(words), std::move(table)};
    }
    return {path, kind.kind, told(kind.words), {}};
}

}  // namespace foreshard::workbench
