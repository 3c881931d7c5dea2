#include "core/cluster/row_sql.h"

#include <fmt/format.h>

namespace foreshard::cluster {

std::string marks(size_t count) {
    std::string out;
    for (size_t i = 0; i < count; ++i) out += i ? ", ?" : "?";
    return out;
}

std::string selectRowsSql(const Shard& shard, const TableInfo& table) { return fmt::format("SELECT {} FROM {}", shard.quoteList(table.columnNames()), shard.quote(table.name)); }

std::string insertRowSql(const Shard& shard, const TableInfo& table) {
    return fmt::format("INSERT INTO {} ({}) VALUES ({})", shard.quote(table.name), shard.quoteList(table.columnNames()), marks(table.columns.size()));
}

}  // namespace foreshard::cluster
