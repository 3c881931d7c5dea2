#include "core/store/values.h"

#include <fmt/format.h>

#include "core/base/hash.h"
#include "core/store/compress.h"

namespace foreshard::store {

namespace {

constexpr size_t compressAbove = 512;
constexpr size_t partBytes = 16 << 20;  // SQLite holds at most 1 GB in one cell

constexpr std::string_view infoColumns =
    "SELECT id, kind, name, revision, version, fingerprint, inputs, created, size, checksum, compressed FROM "
    "stored_value ";

int64_t asSigned(uint64_t value) { return static_cast<int64_t>(value); }
uint64_t asUnsigned(int64_t value) { return static_cast<uint64_t>(value); }

ValueInfo readInfo(const Statement& row) {
    return {
        std::string(row.text(1)),   std::string(row.text(2)),   row.integer(3), static_cast<uint32_t>(row.integer(4)),
        asUnsigned(row.integer(5)), asUnsigned(row.integer(6)), row.integer(7), asUnsigned(row.integer(8))};
}

}  // namespace

Status ValueStore::createTables(Database& database) {
    return database.run(
        "CREATE TABLE stored_value ("
        "  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, revision INTEGER NOT NULL, version INTEGER "
        "NOT NULL,"
        "  fingerprint INTEGER NOT NULL, inputs INTEGER NOT NULL, created INTEGER NOT NULL, size INTEGER NOT NULL,"
        "  checksum INTEGER NOT NULL, compressed INTEGER NOT NULL, UNIQUE (kind, name, revision));"
        "CREATE TABLE stored_part ("
        "  value INTEGER NOT NULL REFERENCES stored_value (id) ON DELETE CASCADE, part INTEGER NOT NULL, bytes BLOB "
        "NOT NULL,"
        "  PRIMARY KEY (value, part));");
}

Status ValueStore::put(const NewValue& value) {
    std::string compressed = value.bytes.size() > compressAbove ? deflateBytes(value.bytes) : std::string();
    const bool useCompressed = !compressed.empty() && compressed.size() < value.bytes.size();
    return database_.transaction([&]() -> Status {
        FS_ASSIGN(auto newest, info(value.kind, value.name));
        const int64_t revision = newest ? newest->revision + 1 : 1;
        FS_ASSIGN(Statement drop,
                  database_.prepare("DELETE FROM stored_value WHERE kind = ? AND name = ? AND revision < ?"));
        FS_TRY(drop.bind(value.kind).bind(value.name).bind(revision - value.keep).run());
        FS_ASSIGN(Statement insert, database_.prepare("INSERT INTO stored_value (kind, name, revision, version, "
                                                      "fingerprint, inputs, created, size, checksum, compressed) "
                                                      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
        FS_TRY(insert.bind(value.kind)
                   .bind(value.name)
                   .bind(revision)
                   .bind(int64_t{value.version})
                   .bind(asSigned(value.fingerprint))
                   .bind(asSigned(value.inputs))
                   .bind(nowMicros())
                   .bind(asSigned(value.bytes.size()))
                   .bind(asSigned(hashText(value.bytes)))
                   .bind(int64_t{useCompressed})
                   .run());
        return writeParts(database_.lastInsertRowId(), useCompressed ? std::string_view(compressed) : value.bytes);
    });
}

Status ValueStore::writeParts(int64_t id, std::string_view bytes) {
    FS_ASSIGN(Statement insert, database_.prepare("INSERT INTO stored_part (value, part, bytes) VALUES (?, ?, ?)"));
    for (int64_t part = 0; !bytes.empty(); ++part) {
        const std::string_view one = bytes.substr(0, partBytes);
        FS_TRY(insert.bind(id).bind(part).bindBytes(one).run());
        bytes.remove_prefix(one.size());
    }
    return {};
}

Status ValueStore::remove(std::string_view kind, std::string_view name) {
    FS_ASSIGN(Statement drop, database_.prepare("DELETE FROM stored_value WHERE kind = ? AND name = ?"));
    return drop.bind(kind).bind(name).run();
}

Result<std::optional<StoredValue>> ValueStore::get(std::string_view kind, std::string_view name) {
    return getRevision(kind, name, 0);
}

Result<std::optional<StoredValue>> ValueStore::getRevision(std::string_view kind, std::string_view name,
                                                           int64_t revision) {
    std::optional<StoredValue> out;
    // Value and parts must be of one state of the file, whatever another process saves meanwhile; a read transaction by
    // savepoint holds no lock that a writer waits for.
    FS_TRY(database_.run("SAVEPOINT reading_value"));
    const auto read = [&]() -> Status {
        FS_ASSIGN(Statement row,
                  database_.prepare(fmt::format(
                      "{}WHERE kind = ?1 AND name = ?2 AND (?3 = 0 OR revision = ?3) ORDER BY revision DESC LIMIT 1",
                      infoColumns)));
        FS_ASSIGN(const bool found, row.bind(kind).bind(name).bind(revision).step());
        if (!found) return {};
        StoredValue value{readInfo(row), {}};
        FS_ASSIGN(value.bytes, readParts(row.integer(0), value.info, asUnsigned(row.integer(9)), row.integer(10) != 0));
        out = std::move(value);
        return {};
    };
    const Status done = read();
    const Status released = database_.run("RELEASE reading_value");
    if (!done.ok()) return done.error();
    if (!released.ok()) return released.error();
    return out;
}

Result<std::string> ValueStore::readParts(int64_t id, const ValueInfo& info, uint64_t checksum, bool compressed) {
    FS_ASSIGN(Statement parts, database_.prepare("SELECT bytes FROM stored_part WHERE value = ? ORDER BY part"));
    parts.bind(id);
    std::string bytes;
    while (true) {
        FS_ASSIGN(const bool row, parts.step());
        if (!row) break;
        bytes.append(parts.bytes(0));
    }
    const auto damaged = [&] {
        return Error{ErrorCategory::format,
                     fmt::format("The {} saved in {} is damaged.", info.kind, database_.file().string()),
                     "Restore the file from a copy, or make that part again.", "checksum"};
    };
    if (compressed) {
        auto whole = inflateBytes(bytes, info.size);
        if (!whole) return damaged();
        bytes = std::move(whole).value();
    }
    if (bytes.size() != info.size || hashText(bytes) != checksum) return damaged();
    return bytes;
}

Result<std::optional<ValueInfo>> ValueStore::info(std::string_view kind, std::string_view name) {
    FS_ASSIGN(auto found, query("WHERE kind = ? AND name = ? ORDER BY revision DESC LIMIT 1", kind, name, true));
    return found.empty() ? std::optional<ValueInfo>() : std::optional<ValueInfo>(std::move(found[0]));
}

Result<std::vector<ValueInfo>> ValueStore::list(std::string_view kind) {
    return query(
        "AS v WHERE kind = ? AND revision = (SELECT MAX(revision) FROM stored_value AS o WHERE o.kind = v.kind AND "
        "o.name = v.name) "
        "ORDER BY name",
        kind, {}, false);
}

Result<std::vector<ValueInfo>> ValueStore::history(std::string_view kind, std::string_view name) {
    return query("WHERE kind = ? AND name = ? ORDER BY revision DESC", kind, name, true);
}

Result<std::vector<ValueInfo>> ValueStore::query(std::string_view sql, std::string_view kind, std::string_view name,
                                                 bool byName) {
    FS_ASSIGN(Statement rows, database_.prepare(fmt::format("{}{}", infoColumns, sql)));
    rows.bind(kind);
    if (byName) rows.bind(name);
    std::vector<ValueInfo> out;
    while (true) {
        FS_ASSIGN(const bool row, rows.step());
        if (!row) return out;
        out.push_back(readInfo(rows));
    }
}

}  // namespace foreshard::store
