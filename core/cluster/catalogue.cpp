#include "core/cluster/catalogue.h"

#include <fmt/format.h>

#include <random>

#include "core/cluster/cluster.h"

namespace foreshard::cluster {

namespace {

constexpr int64_t formatVersion = 2;

constexpr const char* definitions[] = {
    "CREATE TABLE IF NOT EXISTS foreshard_state(one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL, cluster TEXT NOT NULL, "
    "shard INTEGER NOT NULL, shards INTEGER NOT NULL, generation INTEGER NOT NULL, plan TEXT NOT NULL, layouts BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS foreshard_chunk(id INTEGER PRIMARY KEY, grp INTEGER NOT NULL, source INTEGER NOT NULL, target INTEGER NOT NULL, "
    "low INTEGER NOT NULL, high INTEGER NOT NULL, mark BLOB NOT NULL, epoch INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS foreshard_flow(chunk INTEGER NOT NULL, tbl TEXT NOT NULL, n INTEGER NOT NULL, first INTEGER NOT NULL, "
    "second INTEGER NOT NULL, PRIMARY KEY (chunk, tbl)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS foreshard_copy(tbl TEXT PRIMARY KEY, complete INTEGER NOT NULL, epoch INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS foreshard_holder(tbl TEXT NOT NULL, shard INTEGER NOT NULL, PRIMARY KEY (tbl, shard)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS foreshard_plan(plan TEXT PRIMARY KEY, log TEXT NOT NULL, path TEXT NOT NULL, state INTEGER NOT NULL, "
    "pause INTEGER NOT NULL, note TEXT NOT NULL, bytes BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS foreshard_step(plan TEXT NOT NULL, step TEXT NOT NULL, state INTEGER NOT NULL, rows INTEGER NOT NULL, "
    "seconds REAL NOT NULL, note TEXT NOT NULL, PRIMARY KEY (plan, step)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS foreshard_intent(log TEXT NOT NULL, tx INTEGER NOT NULL, path TEXT NOT NULL, payload BLOB NOT NULL, "
    "PRIMARY KEY (log, tx)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS foreshard_staged(log TEXT NOT NULL, tx INTEGER NOT NULL, seq INTEGER NOT NULL, row BLOB NOT NULL, "
    "PRIMARY KEY (log, tx, seq)) WITHOUT ROWID",
};

std::string bytesOf(const Position& position) {
    ByteWriter out;
    writePosition(out, position);
    return out.take();
}

Result<bool> hasCatalogue(Shard& shard) {
    FS_ASSIGN(const auto found, shard.one("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'foreshard_state'"));
    return found.has_value();
}

Error damaged(Shard& shard) {
    return {ErrorCategory::format, fmt::format("The catalogue on shard {} cannot be read.", shard.name()), "Restore the shard from a copy.", {}};
}

}  // namespace

Status createCatalogue(Shard& shard) {
    FS_ASSIGN(const bool there, hasCatalogue(shard));
    if (there) return readState(shard).status();
    for (const auto& definition : createCatalogueSql()) FS_TRY(shard.execute(definition));
    return {};
}

Result<std::optional<ClusterState>> readState(Shard& shard) {
    FS_ASSIGN(const bool there, hasCatalogue(shard));
    if (!there) return std::optional<ClusterState>();
    FS_ASSIGN(const auto row, shard.one("SELECT version, cluster, shard, shards, generation, plan, layouts FROM foreshard_state"));
    if (!row) return std::optional<ClusterState>();
    if (integerOf((*row)[0]) != formatVersion)
        return Error{ErrorCategory::version, fmt::format("The catalogue on shard {} is of version {}; this build knows version {}.", shard.name(), integerOf((*row)[0]), formatVersion),
                     "Use the Foreshard that wrote it.", {}};
    ClusterState state;
    state.cluster = textOf((*row)[1]);
    state.shard = static_cast<uint32_t>(integerOf((*row)[2]));
    state.shards = static_cast<uint32_t>(integerOf((*row)[3]));
    state.generation = static_cast<uint64_t>(integerOf((*row)[4]));
    state.plan = textOf((*row)[5]);
    ByteReader in(textOf((*row)[6]));
    state.from = readLayout(in);
    state.to = in.maybe([](ByteReader& from) { return readLayout(from); });
    in.list([&](ByteReader& from) { state.tables.push_back(from.text()); });
    if (!in.ok()) return damaged(shard);
    FS_TRY(shard.query("SELECT id, grp, source, target, low, high FROM foreshard_chunk ORDER BY id", {}, [&](const Cells& chunk) {
        const auto small = [&](size_t i) { return static_cast<uint32_t>(integerOf(chunk[i])); };
        if (state.to) state.chunks.push_back({small(0), small(1), small(2), small(3), hashFromStored(integerOf(chunk[4])), hashFromStored(integerOf(chunk[5]))});
        return true;
    }));
    return std::optional<ClusterState>(std::move(state));
}

Status writeState(Shard& shard, const ClusterState& state) {
    ByteWriter layouts;
    writeLayout(layouts, state.from);
    layouts.maybe(state.to, [](ByteWriter& out, const Layout& layout) { writeLayout(out, layout); });
    layouts.list(state.tables, [](ByteWriter& out, const std::string& name) { out.text(name); });
    const Cells values{formatVersion, state.cluster, int64_t{state.shard}, int64_t{state.shards}, static_cast<int64_t>(state.generation), state.plan, Blob{layouts.take()}};
    FS_TRY(shard.execute(writeStateSql(), values));
    for (const auto& chunk : state.chunks) {
        const Cells row{int64_t{chunk.id}, int64_t{chunk.group}, int64_t{chunk.from}, int64_t{chunk.to}, storedHash(chunk.low), storedHash(chunk.high),
                        Blob{bytesOf(Position::before(chunk.low))}};
        FS_TRY(shard.execute("INSERT OR IGNORE INTO foreshard_chunk(id, grp, source, target, low, high, mark, epoch) VALUES (?, ?, ?, ?, ?, ?, ?, 0)", row));
    }
    return {};
}

Result<uint64_t> readGeneration(Shard& shard) {
    constexpr const char* question = "SELECT generation FROM foreshard_state";
    auto asked = shard.one(question);
    if (!asked.ok()) {
        // A new shard between the making of its file and of its catalogue; which may have come between the two looks.
        FS_ASSIGN(const bool there, hasCatalogue(shard));
        if (!there) return uint64_t{0};
        asked = shard.one(question);
        if (!asked.ok()) return asked.error();
    }
    return *asked ? static_cast<uint64_t>(integerOf((**asked)[0])) : uint64_t{0};
}

namespace {

std::optional<ChunkMark> markOf(const Cell& mark, const Cell& epoch) {
    ByteReader in(textOf(mark));
    ChunkMark out{readPosition(in), static_cast<uint64_t>(integerOf(epoch))};
    return in.ok() ? std::optional(out) : std::nullopt;
}

}  // namespace

Result<ChunkMark> readMark(Shard& shard, const Chunk& chunk) {
    const Cells id{int64_t{chunk.id}};
    FS_ASSIGN(const auto row, shard.one("SELECT mark, epoch FROM foreshard_chunk WHERE id = ?", id));
    if (!row) return ChunkMark{Position::before(chunk.low), 0};
    const auto mark = markOf((*row)[0], (*row)[1]);
    if (!mark) return damaged(shard);
    return *mark;
}

Result<std::vector<std::pair<uint32_t, ChunkMark>>> readMarks(Shard& shard) {
    std::vector<std::pair<uint32_t, ChunkMark>> marks;
    FS_ASSIGN(const bool there, hasCatalogue(shard));
    if (!there) return marks;
    bool sound = true;
    FS_TRY(shard.query("SELECT id, mark, epoch FROM foreshard_chunk ORDER BY id", {}, [&](const Cells& row) {
        const auto mark = markOf(row[1], row[2]);
        sound = sound && mark;
        if (mark) marks.emplace_back(static_cast<uint32_t>(integerOf(row[0])), *mark);
        return sound;
    }));
    if (!sound) return damaged(shard);
    return marks;
}

Status writeMark(Shard& shard, uint32_t chunk, const ChunkMark& mark) {
    const Cells values{Blob{bytesOf(mark.watermark)}, static_cast<int64_t>(mark.epoch), int64_t{chunk}};
    FS_TRY(shard.execute("UPDATE foreshard_chunk SET mark = ?, epoch = ? WHERE id = ?", values));
    if (shard.changes() == 1) return {};
    return Error{ErrorCategory::conflict, fmt::format("Shard {} knows no chunk {}.", shard.name(), chunk), "Resume the migration; it will tell the shard.", {}};
}

Result<Checksum> readFlow(Shard& shard, uint32_t chunk, const std::string& table) {
    const Cells values{int64_t{chunk}, table};
    FS_ASSIGN(const auto row, shard.one("SELECT n, first, second FROM foreshard_flow WHERE chunk = ? AND tbl = ?", values));
    if (!row) return Checksum{};
    return Checksum{integerOf((*row)[0]), static_cast<uint64_t>(integerOf((*row)[1])), static_cast<uint64_t>(integerOf((*row)[2]))};
}

Result<std::vector<std::pair<std::string, Checksum>>> readFlows(Shard& shard, uint32_t chunk) {
    std::vector<std::pair<std::string, Checksum>> flows;
    const Cells values{int64_t{chunk}};
    FS_TRY(shard.query("SELECT tbl, n, first, second FROM foreshard_flow WHERE chunk = ? ORDER BY tbl", values, [&](const Cells& row) {
        flows.emplace_back(textOf(row[0]), Checksum{integerOf(row[1]), static_cast<uint64_t>(integerOf(row[2])), static_cast<uint64_t>(integerOf(row[3]))});
        return true;
    }));
    return flows;
}

Status writeFlow(Shard& shard, uint32_t chunk, const std::string& table, const Checksum& sum) {
    const Cells values{int64_t{chunk}, table, sum.rows, static_cast<int64_t>(sum.first), static_cast<int64_t>(sum.second)};
    return shard.execute("INSERT OR REPLACE INTO foreshard_flow(chunk, tbl, n, first, second) VALUES (?, ?, ?, ?, ?)", values);
}

Result<CopyState> readCopy(Shard& shard, const std::string& table) {
    // A shard that the plan has only just made holds no copies.
    FS_ASSIGN(const bool there, hasCatalogue(shard));
    if (!there) return CopyState{};
    const Cells values{table};
    FS_ASSIGN(const auto row, shard.one("SELECT complete, epoch FROM foreshard_copy WHERE tbl = ?", values));
    if (!row) return CopyState{};
    return CopyState{integerOf((*row)[0]) != 0, static_cast<uint64_t>(integerOf((*row)[1]))};
}

Status setCopyComplete(Shard& shard, const std::string& table, bool complete) {
    const Cells values{table, int64_t{complete}};
    return shard.execute(setCopyCompleteSql(), values);
}

Status setCopyEpoch(Shard& shard, const std::string& table, uint64_t epoch) {
    const Cells values{table, static_cast<int64_t>(epoch)};
    return shard.execute("INSERT INTO foreshard_copy(tbl, complete, epoch) VALUES (?, 0, ?) ON CONFLICT (tbl) DO UPDATE SET epoch = excluded.epoch", values);
}

Status countCopyWrite(Shard& shard, const std::string& table) {
    const Cells values{table};
    return shard.execute("INSERT INTO foreshard_copy(tbl, complete, epoch) VALUES (?, 0, 1) ON CONFLICT (tbl) DO UPDATE SET epoch = epoch + 1", values);
}

Result<bool> copyHeld(Shard& authority, const std::string& table, uint32_t holder) {
    const Cells values{table, int64_t{holder}};
    FS_ASSIGN(const auto row, authority.one("SELECT 1 FROM foreshard_holder WHERE tbl = ? AND shard = ?", values));
    return row.has_value();
}

Status setCopyHeld(Shard& authority, const std::string& table, uint32_t holder, bool held) {
    const Cells values{table, int64_t{holder}};
    return authority.execute(held ? "INSERT OR IGNORE INTO foreshard_holder(tbl, shard) VALUES (?, ?)" : "DELETE FROM foreshard_holder WHERE tbl = ? AND shard = ?", values);
}

Status clearMigration(Shard& shard) {
    for (const auto& sql : clearMigrationSql()) FS_TRY(shard.execute(sql));
    return {};
}

std::vector<std::string> createCatalogueSql() { return {std::begin(definitions), std::end(definitions)}; }

std::string writeStateSql() { return "INSERT OR REPLACE INTO foreshard_state(one, version, cluster, shard, shards, generation, plan, layouts) VALUES (1, ?, ?, ?, ?, ?, ?, ?)"; }

std::string setCopyCompleteSql() { return "INSERT INTO foreshard_copy(tbl, complete, epoch) VALUES (?, ?, 0) ON CONFLICT (tbl) DO UPDATE SET complete = excluded.complete"; }

std::vector<std::string> clearMigrationSql() { return {"DELETE FROM foreshard_chunk", "DELETE FROM foreshard_flow"}; }

Status adoptLayout(const Cluster& cluster, const Layout& layout) {
    std::random_device device;
    const std::string id = fmt::format("{:08x}{:08x}", device(), device());
    for (const uint32_t i : layout.shards) {
        FS_ASSIGN(const auto shard, cluster.open(i));
        Transaction transaction(*shard);
        FS_TRY(transaction.begin(Shard::Lock::write));
        FS_TRY(createCatalogue(*shard));
        FS_ASSIGN(const auto state, readState(*shard));
        if (state)
            return Error{ErrorCategory::conflict, fmt::format("Shard {} already belongs to a cluster.", shard->name()), "Plan a migration from the design in force.", {}};
        FS_TRY(writeState(*shard, {id, i, cluster.size(), 1, {}, layout, std::nullopt, {}}));
        FS_ASSIGN(const auto tables, shard->tables());
        for (const auto& table : tables)
            for (const auto& design : layout.design.tables)
                if (i != layout.home() && design.strategy == sharding::Strategy::reference && sameName(bareTable(design.table), table.name))
                    FS_TRY(setCopyComplete(*shard, table.name, true));
        FS_TRY(transaction.commit());
    }
    return {};
}

}  // namespace foreshard::cluster
