#include "core/workload/names.h"

#include <algorithm>

namespace foreshard::workload {

TableId NameTable::table(const std::string& qualifiedName) {
    const auto [place, fresh] = tableIds_.try_emplace(qualifiedName, static_cast<TableId>(tables_.size()));
    const TableId id = place->second;
    if (!fresh) return id;
    tables_.push_back(qualifiedName);
    const auto* definition = findQualified(*schema_, qualifiedName);
    definitions_.push_back(definition);
    if (!definition) return id;
    for (const auto& key : definition->keys) {
        addColumns(id, key.columns);
        if (key.kind == schema::KeyKind::foreign && findQualified(*schema_, key.referencedTable)) addColumns(table(key.referencedTable), key.referencedColumns);
    }
    for (const auto& index : definition->indexes)
        if (index.unique) addColumns(id, index.columns);
    return id;
}

void NameTable::addColumns(TableId table, const std::vector<std::string>& columns) {
    for (const auto& name : columns)
        if (const auto* found = definitions_[table]->column(name); found && canBeKey(found->type)) column(table, name, name, found->type);
}

ColumnId NameTable::column(TableId table, const std::string& column, const std::string& expression, ValueType type) {
    const auto [place, fresh] = columnIds_.try_emplace(std::pair{table, expression}, static_cast<ColumnId>(columns_.size()));
    if (fresh) columns_.push_back({table, column, expression, type});
    return place->second;
}

std::optional<ColumnId> NameTable::findColumn(TableId table, const std::string& expression) const {
    const auto place = columnIds_.find(std::pair{table, expression});
    if (place == columnIds_.end()) return std::nullopt;
    return place->second;
}

const schema::Table* findQualified(const schema::Schema& schema, const std::string& qualifiedName) {
    const auto place = std::lower_bound(schema.tables.begin(), schema.tables.end(), qualifiedName,
                                        [](const schema::Table& t, const std::string& name) { return t.qualifiedName() < name; });
    return place != schema.tables.end() && place->qualifiedName() == qualifiedName ? &*place : nullptr;
}

bool canBeKey(ValueType type) { return type != ValueType::real && type != ValueType::json && type != ValueType::bytes; }

bool comparable(ValueType a, ValueType b) {
    const auto family = [](ValueType type) {
        if (type == ValueType::decimal) return ValueType::integer;
        if (type == ValueType::paddedText) return ValueType::text;
        return type;
    };
    return family(a) == family(b);
}

bool ordered(ValueType type) {
    return type == ValueType::integer || type == ValueType::timestamp || type == ValueType::date || type == ValueType::unknown ||
           type == ValueType::decimal || type == ValueType::other;
}

}  // namespace foreshard::workload
