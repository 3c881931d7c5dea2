// Catalogue: statements that change what is there.
#include <fmt/format.h>

#include <algorithm>

#include "core/schema/catalog.h"

namespace foreshard::schema {

namespace {

bool names(const std::vector<std::string>& columns, const std::string& column) {
    return std::find(columns.begin(), columns.end(), column) != columns.end();
}

void replaceName(std::vector<std::string>& columns, const std::string& from, const std::string& to) {
    std::replace(columns.begin(), columns.end(), from, to);
}

}  // namespace

Catalog::Outcome Catalog::on(const AlterTable& alterTable) {
    const Found found = find(alterTable.table);
    if (!found.table) {
        // pg_dump says ALTER TABLE of views and sequences too, to give them their owner.
        const bool matters = std::any_of(alterTable.commands.begin(), alterTable.commands.end(),
                                         [](const AlterCommand& command) { return command.kind != AlterKind::other; });
        if (alterTable.missingOk || !matters) return {};
        return {
            false,
            {},
            "unknown_table",
            fmt::format("ALTER TABLE names {}, which is not in the schema; it was left out.", alterTable.table.text())};
    }
    Outcome out{false, found.table->qualifiedName(), {}, {}};
    for (const AlterCommand& command : alterTable.commands) out.changed |= alter(found, command, out);
    return out;
}

bool Catalog::alter(Found found, const AlterCommand& command, Outcome& outcome) {
    if (command.kind == AlterKind::attachPartition) return attach(found, command.partition, outcome);
    if (command.kind == AlterKind::detachPartition) return detach(found, command.partition);
    if (found.partition) return false;  // the root says it for all partitions
    Table& table = *found.table;
    switch (command.kind) {
        case AlterKind::addColumn:
            if (table.column(command.column.column.name)) return false;
            addColumn(table, command.column);
            return true;
        case AlterKind::dropColumn:
            if (!table.column(command.name)) return false;
            dropColumn(table, command.name);
            return true;
        case AlterKind::addKey:
            addKey(table, command.key);
            return true;
        case AlterKind::enableRowSecurity:
        case AlterKind::disableRowSecurity: {
            const bool before = table.rowSecurity;
            table.rowSecurity = command.kind == AlterKind::enableRowSecurity;
            return table.rowSecurity != before;
        }
        case AlterKind::dropConstraint:
            return std::erase_if(table.keys, [&](const Key& key) { return key.name == command.name; }) +
                       std::erase_if(table.exclusions, [&](const Exclusion& each) { return each.name == command.name; }) > 0;
        default:
            return alterColumn(table, command);
    }
}

bool Catalog::alterColumn(Table& table, const AlterCommand& command) {
    const auto index = table.columnIndex(command.name);
    if (!index) return false;
    Column& column = table.columns[*index];
    const Column before = column;
    switch (command.kind) {
        case AlterKind::setDefault:
            column.identity = true;
            column.sequence = command.sequence.find('.') == std::string::npos ? table.schema + "." + command.sequence
                                                                              : command.sequence;
            break;
        case AlterKind::addIdentity:
            column.identity = column.notNull = true;
            column.sequence = command.sequence.empty()
                                  ? fmt::format("{}.{}_{}_seq", table.schema, table.name, column.name)
                                  : command.sequence;
            break;
        case AlterKind::dropDefault:
        case AlterKind::dropIdentity:
            column.identity = false;
            column.sequence.clear();
            break;
        case AlterKind::setNotNull:
            column.notNull = true;
            break;
        case AlterKind::dropNotNull:
            column.notNull = false;
            break;
        case AlterKind::setType:
            column.declaredType = command.column.column.declaredType;
            column.type =
                command.column.userType.name.empty() ? command.column.column.type : typeOf(command.column.userType);
            break;
        default:
            break;
    }
    return !(column == before);
}

// ---- partitions -------------------------------------------------------------------------------------------------

bool Catalog::attach(Found root, const ObjectName& partition, Outcome& outcome) {
    const Found child = find(partition);
    if (!child.table || child.partition || child.table == root.table) {
        if (!child.table) {
            outcome.reason = "unknown_table";
            outcome.problem = fmt::format("The partition {} of {} is not in the schema.", partition.text(), root.name);
        }
        return false;
    }
    const std::string rootName = root.table->qualifiedName(), childName = child.name;
    std::vector<std::string> folded = child.table->partitions;
    folded.push_back(childName);
    for (const std::string& name : folded) {
        root.table->partitions.push_back(name);
        rootOf_[name] = rootName;
    }
    byBareName_[child.table->name].erase(childName);
    tables_.erase(childName);
    return true;
}

bool Catalog::detach(Found root, const ObjectName& partition) {
    const Found child = find(partition);
    if (!child.partition || child.table != root.table) return false;
    std::erase(root.table->partitions, child.name);
    rootOf_.erase(child.name);
    Table table = *root.table;
    table.schema = child.name.substr(0, child.name.size() - partition.name.size() - 1);
    table.name = partition.name;
    table.partitions.clear();
    table.partitionKey.clear();
    table.policies.clear();
    table.triggers.clear();
    table.rowSecurity = false;
    table.rows.reset();
    table.bytes.reset();
    insert(std::move(table));
    return true;
}

// ---- names and removal ------------------------------------------------------------------------------------------

Catalog::Outcome Catalog::on(const Rename& rename) {
    if (rename.kind == RenameKind::index) {
        for (auto& [name, table] : tables_)
            for (Index& index : table.indexes)
                if (index.name == rename.object.name) return index.name = rename.to, Outcome{true, name, {}, {}};
        return {};
    }
    const Found found = find(rename.object);
    if (!found.table)
        return {false,
                {},
                "unknown_table",
                fmt::format("Table {} is not in the schema; the rename was left out.", rename.object.text())};
    const std::string root = found.table->qualifiedName();
    if (rename.kind == RenameKind::column) {
        if (!found.table->column(rename.from)) return {false, root, {}, {}};
        renameColumn(*found.table, rename.from, rename.to);
    } else if (rename.kind == RenameKind::policy) {
        for (Policy& policy : found.table->policies)
            if (policy.name == rename.from) policy.name = rename.to;
    } else if (rename.kind == RenameKind::constraint) {
        for (Key& key : found.table->keys)
            if (key.name == rename.from) key.name = rename.to;
        for (Exclusion& exclusion : found.table->exclusions)
            if (exclusion.name == rename.from) exclusion.name = rename.to;
    } else if (rename.kind == RenameKind::trigger) {
        for (Trigger& trigger : found.table->triggers)
            if (trigger.name == rename.from) trigger.name = rename.to;
    } else {
        renameTable(found.name, found.name.substr(0, found.name.find('.')), rename.to);
    }
    return {true, root, {}, {}};
}

Catalog::Outcome Catalog::on(const MoveToSchema& move) {
    const Found found = find(move.table);
    if (!found.table)
        return {false,
                {},
                "unknown_table",
                fmt::format("Table {} is not in the schema; the move was left out.", move.table.text())};
    const std::string before = found.name;
    renameTable(before, move.schema, move.table.name);
    return {true, before, {}, {}};
}

void Catalog::renameTable(const std::string& from, const std::string& schema, const std::string& name) {
    const Found found = findQualified(from);
    const std::string to = schema + "." + name;
    if (!found.table || findQualified(to).table) return;
    if (found.partition) {
        std::replace(found.table->partitions.begin(), found.table->partitions.end(), from, to);
        rootOf_.erase(from);
        rootOf_[to] = found.table->qualifiedName();
        return;
    }
    Table table = std::move(*found.table);
    byBareName_[table.name].erase(from);
    tables_.erase(from);
    table.schema = schema;
    table.name = name;
    insert(std::move(table));
    for (auto& [other, referring] : tables_)
        for (Key& key : referring.keys)
            if (key.referencedTable == from) key.referencedTable = to;
}

void Catalog::renameColumn(Table& table, const std::string& from, const std::string& to) {
    const std::string qualified = table.qualifiedName();
    table.columns[*table.columnIndex(from)].name = to;
    for (Index& index : table.indexes) replaceName(index.columns, from, to);
    replaceName(table.partitionKey, from, to);
    renamePolicyColumn(table, from, to);
    for (Exclusion& exclusion : table.exclusions)
        for (auto& element : exclusion.elements)
            if (element.column == from) element.column = to;
    for (Key& key : table.keys) replaceName(key.columns, from, to);
    for (auto& [name, other] : tables_)
        for (Key& key : other.keys)
            if (key.referencedTable == qualified) replaceName(key.referencedColumns, from, to);
}

void Catalog::dropColumn(Table& table, const std::string& column) {
    std::erase_if(table.columns, [&](const Column& one) { return one.name == column; });
    std::erase_if(table.keys, [&](const Key& key) { return names(key.columns, column); });
    std::erase_if(table.indexes, [&](const Index& index) { return names(index.columns, column); });
    std::erase_if(table.exclusions, [&](const Exclusion& each) { return std::any_of(each.elements.begin(), each.elements.end(), [&](const auto& element) { return element.column == column; }); });
    dropPolicyColumn(table, column);
}

Catalog::Outcome Catalog::on(const Drop& drop) {
    Outcome out;
    for (const ObjectName& name : drop.objects) {
        if (drop.kind == DropKind::index) {
            out.changed |= dropIndex(name);
        } else if (drop.kind == DropKind::schema) {
            std::vector<std::string> inside;
            for (const auto& [qualified, table] : tables_)
                if (table.schema == name.name) inside.push_back(qualified);
            for (const std::string& qualified : inside) out.changed |= dropTable(qualified);
        } else if (const Found found = find(name); found.table) {
            out.table = found.table->qualifiedName();
            out.changed |= dropTable(found.name);
        } else if (!drop.missingOk) {
            out.reason = "unknown_table";
            out.problem = fmt::format("DROP TABLE names {}, which is not in the schema.", name.text());
        }
    }
    return out;
}

bool Catalog::dropTable(const std::string& qualified) {
    const Found found = findQualified(qualified);
    if (!found.table) return false;
    if (found.partition) {
        std::erase(found.table->partitions, qualified);
        rootOf_.erase(qualified);
        return true;
    }
    for (const std::string& partition : found.table->partitions) rootOf_.erase(partition);
    byBareName_[found.table->name].erase(qualified);
    tables_.erase(qualified);
    for (auto& [name, table] : tables_)
        std::erase_if(table.keys,
                      [&](const Key& key) { return key.kind == KeyKind::foreign && key.referencedTable == qualified; });
    return true;
}

bool Catalog::dropIndex(const ObjectName& name) {
    for (auto& [qualified, table] : tables_) {
        if (!name.schema.empty() && name.schema != table.schema) continue;
        if (std::erase_if(table.indexes, [&](const Index& index) { return index.name == name.name; }) > 0) return true;
    }
    return false;
}

}  // namespace foreshard::schema
