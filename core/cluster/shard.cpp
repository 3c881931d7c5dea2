#include "core/cluster/shard.h"

#include <algorithm>

namespace foreshard::cluster {

const ColumnInfo* TableInfo::column(std::string_view columnName) const {
    const auto found = std::find_if(columns.begin(), columns.end(), [&](const auto& c) { return sameName(c.name, columnName); });
    return found == columns.end() ? nullptr : &*found;
}

std::vector<std::string> TableInfo::columnNames() const {
    std::vector<std::string> names;
    for (const auto& column : columns) names.push_back(column.name);
    return names;
}

Result<std::vector<Cells>> Shard::rows(std::string_view sql, std::span<const Cell> values) {
    std::vector<Cells> all;
    FS_TRY(query(sql, values, [&](const Cells& row) {
        all.push_back(row);
        return true;
    }));
    return all;
}

Result<std::optional<Cells>> Shard::one(std::string_view sql, std::span<const Cell> values) {
    std::optional<Cells> found;
    FS_TRY(query(sql, values, [&](const Cells& row) {
        found = row;
        return false;
    }));
    return found;
}

std::string Shard::quoteList(const std::vector<std::string>& names, std::string_view prefix) const {
    std::string out;
    for (const auto& each : names) {
        if (!out.empty()) out += ", ";
        out.append(prefix).append(quote(each));
    }
    return out;
}

Status Transaction::begin(Shard::Lock lock) {
    FS_TRY(shard_.begin(lock));
    open_ = true;
    return {};
}

Status Transaction::commit() {
    FS_TRY(shard_.commit());
    open_ = false;
    return {};
}

void Transaction::rollback() {
    if (open_) shard_.rollback();
    open_ = false;
}

bool sameName(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [&](char x, char y) { return lower(x) == lower(y); });
}

std::string_view bareTable(std::string_view qualified) {
    const size_t dot = qualified.find('.');
    return dot == std::string_view::npos ? qualified : qualified.substr(dot + 1);
}

const TableInfo* findTable(const std::vector<TableInfo>& tables, std::string_view qualifiedOrBare) {
    for (const auto& table : tables)
        if (sameName(table.name, qualifiedOrBare)) return &table;
    for (const auto& table : tables)
        if (sameName(table.name, bareTable(qualifiedOrBare))) return &table;
    return nullptr;
}

}  // namespace foreshard::cluster
