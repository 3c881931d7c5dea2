#include "core/migration/capture.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/cluster/crash_points.h"
#include "core/migration/pace.h"
#include "core/cluster/row_sql.h"

namespace foreshard::migration {

using namespace cluster;

namespace {

constexpr uint64_t sliceRows = 5'000;    // at most

// "t.a, t.b" of the identity columns.
std::string identityOf(const Shard& shard, const PlacedTable& table, std::string_view prefix) { return shard.quoteList(table.info.identity, prefix); }

// The chunk whose rows leave this shard that a row belongs to; null for rows that stay.
const Chunk* leavingChunk(const CaptureScope& scope, const PlacedTable& table, const Placement::Spot& spot) {
    const Chunk* chunk = scope.chunks.find(table.group, spot);
    return chunk && (scope.reverse ? chunk->to : chunk->from) == scope.shard ? chunk : nullptr;
}

Status enter(Shard& shard, const PlacedTable& table, uint32_t chunk, const Position& position, std::span<const Cell> identity) {
    Cells values{int64_t{chunk}, storedHash(position.key), storedHash(position.sub)};
    values.insert(values.end(), identity.begin(), identity.end());
    return shard.execute(enterSql(table), values);
}

std::string triggerName(uint32_t ordinal, const char* event) { return fmt::format("foreshard_{}_{}", event, ordinal); }

void addDrops(uint32_t ordinal, std::vector<std::string>& out) {
    for (const char* event : {"insert", "update", "delete"}) out.push_back(fmt::format("DROP TRIGGER IF EXISTS {}", triggerName(ordinal, event)));
    out.push_back(fmt::format("DROP TABLE IF EXISTS {}", manifestTable(ordinal)));
    out.push_back(fmt::format("DROP TABLE IF EXISTS {}", dirtyTable(ordinal)));
}

// The triggers name columns and our own tables, nothing else; they run for every writer, routed or not.
void addTriggers(const Shard& shard, const PlacedTable& table, std::vector<std::string>& out) {
    const std::string on = shard.quote(table.info.name), dirty = dirtyTable(table.ordinal), columns = identityColumns(table);
    const std::string fresh = identityOf(shard, table, "NEW."), old = identityOf(shard, table, "OLD.");
    const std::string noteNew = fmt::format("INSERT OR IGNORE INTO {}({}) VALUES ({});", dirty, columns, fresh);
    const std::string noteOld = fmt::format("INSERT OR IGNORE INTO {}({}) VALUES ({});", dirty, columns, old);
    std::vector<std::string> watched = table.placing;
    for (const auto& part : table.moving) watched.push_back(part.column);
    watched.insert(watched.end(), table.info.primaryKey.begin(), table.info.primaryKey.end());
    watched.insert(watched.end(), table.info.identity.begin(), table.info.identity.end());
    std::string changed;
    for (const auto& column : watched) {
        const std::string name = shard.quote(column);
        changed += fmt::format("{}OLD.{} IS NOT NEW.{}", changed.empty() ? "" : " OR ", name, name);
    }
    out.push_back(fmt::format("CREATE TRIGGER {} AFTER INSERT ON {} BEGIN {} END", triggerName(table.ordinal, "insert"), on, noteNew));
    out.push_back(fmt::format("CREATE TRIGGER {} AFTER UPDATE ON {} WHEN {} BEGIN {} {} END", triggerName(table.ordinal, "update"), on, changed, noteOld, noteNew));
    out.push_back(fmt::format("CREATE TRIGGER {} AFTER DELETE ON {} BEGIN {} END", triggerName(table.ordinal, "delete"), on, noteOld));
}

Status prepareTable(Shard& shard, const PlacedTable& table) {
    Transaction transaction(shard);
    FS_TRY(transaction.begin(Shard::Lock::write));
    for (const auto& sql : prepareCaptureSql(shard, table)) FS_TRY(shard.execute(sql));
    return transaction.commit();
}

// One slice in identity order; `cursor` is the last identity read, empty before the first. False: no more rows.
Result<bool> captureSlice(Shard& shard, const CaptureScope& scope, const PlacedTable& table, Cells& cursor, uint64_t limit) {
    Transaction transaction(shard);
    FS_TRY(transaction.begin(Shard::Lock::write));
    const size_t keys = table.info.identity.size();
    Cells bound = cursor;
    bound.emplace_back(static_cast<int64_t>(limit));
    FS_ASSIGN(const auto rows, shard.rows(captureSliceSql(shard, table, cursor.empty()), bound));
    for (const auto& row : rows) {
        const auto spot = scope.placement.locateRow(table, Cells(row.begin() + static_cast<ptrdiff_t>(keys), row.end()));
        if (const Chunk* chunk = leavingChunk(scope, table, spot)) FS_TRY(enter(shard, table, chunk->id, spot.low, std::span(row).first(keys)));
    }
    FS_TRY(transaction.commit());
    if (rows.size() < limit) return false;
    cursor.assign(rows.back().begin(), rows.back().begin() + static_cast<ptrdiff_t>(keys));
    return true;
}

constexpr const char* builtTable = "foreshard_rows_built";

Result<int64_t> schemaVersion(Shard& shard) {
    FS_ASSIGN(const auto row, shard.one("PRAGMA schema_version"));
    return row ? integerOf(row->front()) : int64_t{0};
}

// Notes the version of the schema that the lists are true for. Read before the first slice: what changes later shows.
Status noteBuilt(Shard& shard, int64_t version) {
    const Cells values{version};
    return shard.execute(endCaptureSql(), values);
}

}  // namespace

std::vector<std::string> beginCaptureSql() {
    return {fmt::format("CREATE TABLE IF NOT EXISTS {}(one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL)", builtTable), fmt::format("DELETE FROM {}", builtTable)};
}

std::vector<std::string> prepareCaptureSql(const Shard& shard, const PlacedTable& table) {
    std::vector<std::string> out;
    addDrops(table.ordinal, out);
    const std::string keys = identityColumns(table), manifest = manifestTable(table.ordinal);
    out.push_back(fmt::format("CREATE TABLE {}(chunk INTEGER NOT NULL, key INTEGER NOT NULL, sub INTEGER NOT NULL, {}, PRIMARY KEY ({})) WITHOUT ROWID", manifest, keys, keys));
    out.push_back(fmt::format("CREATE INDEX {0}_order ON {0}(chunk, key, sub)", manifest));
    out.push_back(fmt::format("CREATE TABLE {}({}, PRIMARY KEY ({})) WITHOUT ROWID", dirtyTable(table.ordinal), keys, keys));
    addTriggers(shard, table, out);
    return out;
}

std::string captureSliceSql(const Shard& shard, const PlacedTable& table, bool first) {
    const std::string identity = identityOf(shard, table, "t.");
    const std::string after = first ? "" : fmt::format(" WHERE ({}) > ({})", identity, marks(table.info.identity.size()));
    return fmt::format("SELECT {}, {} FROM {} t{} ORDER BY {} LIMIT ?", identity, shard.quoteList(table.info.columnNames(), "t."), shard.quote(table.info.name), after, identity);
}

std::string enterSql(const PlacedTable& table) {
    return fmt::format("INSERT OR REPLACE INTO {}(chunk, key, sub, {}) VALUES ({})", manifestTable(table.ordinal), identityColumns(table), marks(3 + table.info.identity.size()));
}

std::string endCaptureSql() { return fmt::format("INSERT OR REPLACE INTO {}(one, version) VALUES (1, ?)", builtTable); }

AbsorbSql absorbSql(const Shard& shard, const PlacedTable& table) {
    const std::string dirty = dirtyTable(table.ordinal), keys = identityColumns(table);
    return {fmt::format("SELECT 1 FROM {} LIMIT 1", dirty), fmt::format("DELETE FROM {} WHERE ({}) IN (SELECT {} FROM {})", manifestTable(table.ordinal), keys, keys, dirty),
            fmt::format("SELECT {}, {} FROM {} d JOIN {} t ON {}", identityOf(shard, table, "t."), shard.quoteList(table.info.columnNames(), "t."), dirty, shard.quote(table.info.name),
                        identityJoin(shard, table, "d.")),
            fmt::format("DELETE FROM {}", dirty)};
}

std::vector<std::string> dropCaptureSql(const Placement& placement) {
    std::vector<std::string> out;
    for (const auto& table : placement.tables()) addDrops(table.ordinal, out);
    out.push_back(fmt::format("DROP TABLE IF EXISTS {}", builtTable));
    return out;
}

Result<bool> captureStands(Shard& service, const CaptureScope& scope) {
    const auto tables = capturedTables(scope);
    if (std::none_of(tables.begin(), tables.end(), [](const PlacedTable* table) { return table->info.identityIsRowId; })) return true;
    FS_ASSIGN(const auto built, service.one(fmt::format("SELECT version FROM {}", builtTable)));
    FS_ASSIGN(const int64_t now, schemaVersion(service));
    return built && integerOf(built->front()) == now;
}

std::vector<const PlacedTable*> capturedTables(const CaptureScope& scope) {
    std::vector<const PlacedTable*> tables;
    for (const auto& table : scope.placement.tables()) {
        const bool leaves = std::any_of(scope.chunks.chunks().begin(), scope.chunks.chunks().end(), [&](const Chunk& chunk) {
            return chunk.group == table.group && (scope.reverse ? chunk.to : chunk.from) == scope.shard;
        });
        if (table.group != 0 && leaves) tables.push_back(&table);
    }
    return tables;
}

Status buildCapture(Shard& service, const CaptureScope& scope, Job& job, const std::function<bool()>& goOn) {
    for (const auto& sql : beginCaptureSql()) FS_TRY(service.execute(sql));
    for (const auto* table : capturedTables(scope)) {
        FS_TRY(prepareTable(service, *table));
        crashPoint("capture.table");
    }
    FS_ASSIGN(const int64_t version, schemaVersion(service));
    for (const auto* table : capturedTables(scope)) {
        Cells cursor;
        Pace pace(sliceRows);
        for (bool more = true; more;) {
            FS_TRY(job.checkpoint());
            if (goOn && !goOn()) return Error{ErrorCategory::cancelled, "The rows that will leave have not all been listed.", "Resume: they are listed anew.", {}};
            FS_ASSIGN(more, pace.run([&] { return captureSlice(service, scope, *table, cursor, pace.rows()); }));
            crashPoint("capture.slice");
        }
    }
    return noteBuilt(service, version);
}

Status markDirty(Shard& service, const PlacedTable& table, const Cells& identity) {
    return service.execute(fmt::format("INSERT OR IGNORE INTO {}({}) VALUES ({})", dirtyTable(table.ordinal), identityColumns(table), marks(identity.size())), identity);
}

Status absorb(Shard& service, const CaptureScope& scope) {
    for (const auto* table : capturedTables(scope)) {
        const AbsorbSql sql = absorbSql(service, *table);
        FS_ASSIGN(const auto any, service.one(sql.any));
        if (!any) continue;
        FS_TRY(service.execute(sql.forget));
        FS_ASSIGN(const auto rows, service.rows(sql.read));
        const size_t width = table->info.identity.size();
        for (const auto& row : rows) {
            const auto spot = scope.placement.locateRow(*table, Cells(row.begin() + static_cast<ptrdiff_t>(width), row.end()));
            if (const Chunk* chunk = leavingChunk(scope, *table, spot)) FS_TRY(enter(service, *table, chunk->id, spot.low, std::span(row).first(width)));
        }
        FS_TRY(service.execute(sql.clear));
    }
    return {};
}

Status dropCapture(Shard& service, const Placement& placement) {
    for (const auto& sql : dropCaptureSql(placement)) FS_TRY(service.execute(sql));
    return {};
}

}  // namespace foreshard::migration
