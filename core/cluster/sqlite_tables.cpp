// How SQLite describes its tables. All names go in as bound values of the pragma functions.
#include <fmt/format.h>

#include <algorithm>

#include "core/cluster/sqlite_shard.h"
#include "core/schema/pg_types.h"

namespace foreshard::cluster {

namespace {

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    return out;
}

}  // namespace

Result<std::vector<TableInfo>> SqliteShard::tables() {
    std::vector<TableInfo> out;
    FS_TRY(query("SELECT m.name, m.sql, l.type, l.wr FROM sqlite_master m JOIN pragma_table_list l ON l.schema = 'main' AND l.name = m.name "
                 "WHERE m.type = 'table' AND substr(m.name, 1, 7) <> 'sqlite_' AND l.type <> 'shadow' ORDER BY m.name", {},
                 [&](const Cells& row) {
                     if (textOf(row[0]).starts_with(ownPrefix)) return true;
                     TableInfo table;
                     table.name = textOf(row[0]);
                     table.ddl = textOf(row[1]);
                     table.isVirtual = textOf(row[2]) == "virtual";
                     table.withoutRowId = integerOf(row[3]) != 0;
                     table.autoIncrement = upper(table.ddl).find("AUTOINCREMENT") != std::string::npos;
                     out.push_back(std::move(table));
                     return true;
                 }));
    for (auto& table : out)
        if (!table.isVirtual) FS_TRY(describe(table));
    return out;
}

Status SqliteShard::describe(TableInfo& table) {
    std::vector<std::pair<int64_t, std::string>> key;
    std::vector<std::string> allNames;
    const Cells name{table.name};
    FS_TRY(query("SELECT name, type, \"notnull\", pk, hidden FROM pragma_table_xinfo(?)", name, [&](const Cells& row) {
        allNames.push_back(textOf(row[0]));
        if (integerOf(row[3]) > 0) key.emplace_back(integerOf(row[3]), textOf(row[0]));
        if (integerOf(row[4]) == 0)
            table.columns.push_back({textOf(row[0]), textOf(row[1]), schema::sqliteValueType(textOf(row[1])), integerOf(row[2]) != 0, static_cast<uint32_t>(integerOf(row[3]))});
        return true;
    }));
    std::sort(key.begin(), key.end());
    for (auto& [place, column] : key) table.primaryKey.push_back(column);
    FS_TRY(describeKeys(table));
    if (table.withoutRowId) {
        table.identity = table.primaryKey;
        return {};
    }
    // INTEGER PRIMARY KEY is the row id itself, and has no index of its own.
    bool keyHasIndex = false;
    FS_TRY(query("SELECT 1 FROM pragma_index_list(?) WHERE origin = 'pk'", name, [&](const Cells&) { return keyHasIndex = true, false; }));
    if (table.primaryKey.size() == 1 && !keyHasIndex) {
        table.identity = table.primaryKey;
        table.uniqueKeys.push_back(table.primaryKey);
        return {};
    }
    for (const char* hidden : {"rowid", "_rowid_", "oid"}) {
        if (std::any_of(allNames.begin(), allNames.end(), [&](const auto& column) { return sameName(column, hidden); })) continue;
        table.identity = {hidden};
        table.identityIsRowId = true;
        return {};
    }
    table.identity = table.primaryKey;
    return {};
}

Status SqliteShard::describeKeys(TableInfo& table) {
    const Cells name{table.name};
    FS_TRY(query("SELECT 1 FROM pragma_index_list(?) WHERE \"unique\" = 1 AND origin <> 'pk' LIMIT 1", name, [&](const Cells&) { return table.otherUnique = true; }));
    FS_ASSIGN(const auto indexes, rows("SELECT name FROM pragma_index_list(?) WHERE \"unique\" = 1 AND partial = 0 ORDER BY seq", name));
    for (const auto& index : indexes) {
        std::vector<std::string> columns;
        bool plain = true;
        FS_TRY(query("SELECT name FROM pragma_index_info(?) ORDER BY seqno", index, [&](const Cells& row) {
            plain = plain && !isNull(row[0]);
            columns.push_back(textOf(row[0]));
            return true;
        }));
        if (plain) table.uniqueKeys.push_back(std::move(columns));
    }
    int64_t last = -1;
    return query("SELECT id, \"table\", \"from\", \"to\" FROM pragma_foreign_key_list(?) ORDER BY id, seq", name, [&](const Cells& row) {
        if (integerOf(row[0]) != last) table.foreignKeys.push_back({textOf(row[1]), {}, {}});
        last = integerOf(row[0]);
        table.foreignKeys.back().columns.push_back(textOf(row[2]));
        table.foreignKeys.back().referenced.push_back(textOf(row[3]));
        return true;
    });
}

Result<std::vector<SchemaObject>> SqliteShard::objects() {
    std::vector<SchemaObject> out;
    FS_TRY(query("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE type <> 'table' AND sql IS NOT NULL ORDER BY type, name", {},
                 [&](const Cells& row) {
                     if (textOf(row[1]).starts_with(ownPrefix) || textOf(row[2]).starts_with(ownPrefix)) return true;
                     out.push_back({textOf(row[0]), textOf(row[1]), textOf(row[2]), textOf(row[3])});
                     return true;
                 }));
    return out;
}

Status SqliteShard::create(std::string_view ddl) {
    const std::string start = upper(ddl.substr(0, 32));
    if (!start.starts_with("CREATE TABLE") && !start.starts_with("CREATE INDEX") && !start.starts_with("CREATE UNIQUE INDEX"))
        return Error{ErrorCategory::unsupported, fmt::format("Shard {}: only tables and indexes are created.", name_), {}, std::string(ddl.substr(0, 80))};
    return execute(ddl, {});
}

}  // namespace foreshard::cluster
