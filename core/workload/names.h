// NameTable: ids of logical tables and key columns while counts are made. Ids are given in the order of asking and mean
// something inside one NameTable alone; what leaves it (a Partial, a Workload) goes by names or by sorted ids. Not
// thread-safe.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <string>
#include <vector>

#include "core/schema/schema.h"
#include "core/workload/access.h"

namespace foreshard::workload {

class NameTable {
public:
    explicit NameTable(const schema::Schema* schema) : schema_(schema) {}

    // A table with DDL brings the columns of its keys and unique indexes, and the tables its foreign keys name.
    TableId table(const std::string& qualifiedName);
    ColumnId column(TableId table, const std::string& column, const std::string& expression, ValueType type);
    // Nothing where column() was never asked for it.
    std::optional<ColumnId> findColumn(TableId table, const std::string& expression) const;

    const std::vector<std::string>& tables() const { return tables_; }
    const std::vector<KeyColumn>& columns() const { return columns_; }
    // The DDL's table, or nothing where only the log names it.
    const schema::Table* definition(TableId table) const { return definitions_[table]; }
    const schema::Schema& schema() const { return *schema_; }

private:
    void addColumns(TableId table, const std::vector<std::string>& columns);

    const schema::Schema* schema_;
    std::vector<std::string> tables_;
    std::vector<const schema::Table*> definitions_;
    std::vector<KeyColumn> columns_;
    absl::flat_hash_map<std::string, TableId> tableIds_;
    absl::flat_hash_map<std::pair<TableId, std::string>, ColumnId> columnIds_;
};

// The DDL's table of this qualified name.
const schema::Table* findQualified(const schema::Schema& schema, const std::string& qualifiedName);

// May values of this type decide a shard? Not real, JSON or bytes.
bool canBeKey(ValueType type);
// Types whose values can be equal: integer and decimal; text and padded text; the rest with itself.
bool comparable(ValueType a, ValueType b);
bool ordered(ValueType type);

}  // namespace foreshard::workload
