#include "core/schema/schema.h"

#include <algorithm>

#include "core/base/hash.h"

namespace foreshard::schema {

const Column* Table::column(const std::string& columnName) const {
    const auto index = columnIndex(columnName);
    return index ? &columns[*index] : nullptr;
}

std::optional<uint32_t> Table::columnIndex(const std::string& columnName) const {
    for (size_t i = 0; i < columns.size(); ++i)
        if (columns[i].name == columnName) return static_cast<uint32_t>(i);
    return std::nullopt;
}

const Key* Table::primaryKey() const {
    for (const Key& key : keys)
        if (key.kind == KeyKind::primary) return &key;
    return nullptr;
}

namespace {

// `schema + "." + name` against a table's qualified name, without making either string.
int compareQualified(const Table& table, std::string_view schema, std::string_view name) {
    const auto at = [](std::string_view s, std::string_view n, size_t i) -> int {
        if (i < s.size()) return static_cast<unsigned char>(s[i]);
        if (i == s.size()) return '.';
        const size_t rest = i - s.size() - 1;
        return rest < n.size() ? static_cast<unsigned char>(n[rest]) : -1;
    };
    for (size_t i = 0;; ++i) {
        const int left = at(table.schema, table.name, i), right = at(schema, name, i);
        if (left != right) return left < right ? -1 : 1;
        if (left < 0) return 0;
    }
}

std::optional<uint32_t> findExact(const Schema& schema, std::string_view schemaName, std::string_view tableName) {
    const auto found = std::partition_point(schema.tables.begin(), schema.tables.end(), [&](const Table& table) {
        return compareQualified(table, schemaName, tableName) < 0;
    });
    if (found != schema.tables.end() && found->schema == schemaName && found->name == tableName)
        return static_cast<uint32_t>(found - schema.tables.begin());
    const std::string qualified = std::string(schemaName) + "." + std::string(tableName);
    for (size_t i = 0; i < schema.tables.size(); ++i) {
        const auto& partitions = schema.tables[i].partitions;
        if (std::find(partitions.begin(), partitions.end(), qualified) != partitions.end())
            return static_cast<uint32_t>(i);
    }
    return std::nullopt;
}

// The one table that has this bare name itself or as a partition's; nothing where two have.
std::optional<uint32_t> findOnly(const Schema& schema, const std::string& tableName) {
    std::optional<uint32_t> found;
    for (size_t i = 0; i < schema.tables.size(); ++i) {
        const Table& table = schema.tables[i];
        const bool partition =
            std::any_of(table.partitions.begin(), table.partitions.end(), [&](const std::string& name) {
                return name.size() > tableName.size() && name.ends_with(tableName) &&
                       name[name.size() - tableName.size() - 1] == '.';
            });
        if (table.name != tableName && !partition) continue;
        if (found) return std::nullopt;
        found = static_cast<uint32_t>(i);
    }
    return found;
}

}  // namespace

std::optional<uint32_t> Schema::find(const std::string& schemaName, const std::string& tableName,
                                     const std::vector<std::string>& searchPath) const {
    if (!schemaName.empty()) return findExact(*this, schemaName, tableName);
    static const std::vector<std::string> usual = {"public", "main"};
    for (const std::string& one : searchPath.empty() ? usual : searchPath)
        if (auto found = findExact(*this, one, tableName)) return found;
    return findOnly(*this, tableName);
}

uint32_t Schema::writtenVersion() const {
    const bool guarded = std::any_of(tables.begin(), tables.end(), [](const Table& table) { return !table.exclusions.empty() || !table.triggers.empty(); });
    if (guarded) return formatVersion;
    const bool secured = std::any_of(tables.begin(), tables.end(), [](const Table& table) { return table.rowSecurity || !table.policies.empty(); });
    return secured ? 2 : 1;
}

uint64_t Schema::fingerprint() const {
    Schema bare = *this;
    bare.notes.clear();
    ByteWriter out;
    writeSchema(out, bare);
    return hashText(out.bytes());
}

}  // namespace foreshard::schema
