#include "core/schema/catalog.h"

#include <fmt/format.h>

#include <algorithm>

namespace foreshard::schema {

namespace {

// Unqualified names of PostgreSQL's defaults are found in public; those of an introspected SQLite file in main.
const std::vector<std::string> defaultPath = {"public", "main"};

Catalog::Outcome unknownTable(const ObjectName& name) {
    return {false,
            {},
            "unknown_table",
            fmt::format("Table {} is not in the schema; the statement was left out.", name.text())};
}

}  // namespace

Catalog::Catalog(Schema schema) : notes_(std::move(schema.notes)), searchPath_(defaultPath) {
    for (Table& table : schema.tables) insert(std::move(table));
}

void Catalog::insert(Table table) {
    const std::string name = table.qualifiedName();
    for (const std::string& partition : table.partitions) rootOf_[partition] = name;
    byBareName_[table.name].insert(name);
    tables_[name] = std::move(table);
}

void Catalog::setSearchPath(std::vector<std::string> path) {
    std::erase_if(path,
                  [](const std::string& name) { return name == "$user" || name == "pg_catalog" || name.empty(); });
    searchPath_ = path.empty() ? defaultPath : std::move(path);
}

Catalog::Outcome Catalog::apply(const DdlStatement& statement) {
    return std::visit([this](const auto& one) { return on(one); }, statement);
}

void Catalog::leaveOut(const std::string& kind, const std::string& name) {
    if (!kind.empty()) leftOut_[kind].insert(name);
}

// ---- names ------------------------------------------------------------------------------------------------------

Catalog::Found Catalog::findQualified(const std::string& qualified) {
    if (const auto found = tables_.find(qualified); found != tables_.end()) return {&found->second, false, qualified};
    if (const auto root = rootOf_.find(qualified); root != rootOf_.end()) {
        if (const auto found = tables_.find(root->second); found != tables_.end())
            return {&found->second, true, qualified};
    }
    return {};
}

Catalog::Found Catalog::find(const ObjectName& name) {
    if (!name.schema.empty()) return findQualified(name.text());
    for (const std::string& schema : searchPath_)
        if (Found found = findQualified(schema + "." + name.name); found.table) return found;
    const auto same = byBareName_.find(name.name);
    if (same != byBareName_.end() && same->second.size() == 1) return findQualified(*same->second.begin());
    return {};
}

std::string Catalog::qualify(const ObjectName& name) const {
    return (name.schema.empty() ? searchPath_.front() : name.schema) + "." + name.name;
}

ValueType Catalog::typeOf(const ObjectName& userType) const {
    ObjectName name = userType;
    for (int depth = 0; depth < 10; ++depth) {  // a domain over a domain over …
        auto found = types_.find(qualify(name));
        if (found == types_.end()) return ValueType::other;
        if (found->second.base.name.empty()) return found->second.type;
        name = found->second.base;
    }
    return ValueType::other;
}

// ---- tables -----------------------------------------------------------------------------------------------------

Catalog::Outcome Catalog::on(const CreateTable& create) {
    if (create.temporary) return {};
    const std::string name = qualify(create.name);
    if (Found found = findQualified(name); found.table) {
        if (create.ifNotExists) return {false, name, {}, {}};
        return {false, name, "duplicate_table",
                fmt::format("Table {} is there already; the first definition was kept.", name)};
    }
    if (create.partition) return createPartition(create);
    Table table;
    table.name = create.name.name;
    table.schema = name.substr(0, name.size() - table.name.size() - 1);
    table.partitionKey = create.partitionKey;
    if (create.fromQuery) notes_.push_back(fmt::format("{} is made from a query; its columns are not known.", name));
    inherit(table, create.parents);
    for (const LikeSpec& like : create.likes) copyLike(table, like);
    for (const ColumnSpec& spec : create.columns) addColumn(table, spec);
    for (const KeySpec& spec : create.keys) addKey(table, spec);
    insert(std::move(table));
    return {true, name, {}, {}};
}

Catalog::Outcome Catalog::createPartition(const CreateTable& create) {
    const Found root = create.parents.empty() ? Found{} : find(create.parents[0]);
    if (!root.table) return unknownTable(create.parents.empty() ? create.name : create.parents[0]);
    const std::string rootName = root.table->qualifiedName();
    root.table->partitions.push_back(qualify(create.name));
    rootOf_[qualify(create.name)] = rootName;
    return {true, rootName, {}, {}};
}

void Catalog::inherit(Table& table, const std::vector<ObjectName>& parents) {
    for (const ObjectName& name : parents) {
        const Found parent = find(name);
        notes_.push_back(fmt::format("{} inherits from {}: its rows are rows of both, and are counted for {} alone.",
                                     table.qualifiedName(), parent.table ? parent.name : name.text(),
                                     table.qualifiedName()));
        if (!parent.table) continue;
        for (const Column& column : parent.table->columns)
            if (!table.column(column.name)) table.columns.push_back(column);
    }
}

void Catalog::copyLike(Table& table, const LikeSpec& like) {
    const Found source = find(like.table);
    if (!source.table) return;
    for (Column column : source.table->columns) {
        if (!like.identity) {
            column.identity = false;
            column.sequence.clear();
        }
        table.columns.push_back(std::move(column));
    }
    if (!like.keysAndIndexes) return;
    for (const Key& key : source.table->keys)
        if (key.kind != KeyKind::foreign) table.keys.push_back(key);
    table.indexes = source.table->indexes;
    table.exclusions = source.table->exclusions;
}

void Catalog::addColumn(Table& table, ColumnSpec spec) {
    if (spec.column.name.empty()) return;
    if (!spec.userType.name.empty()) spec.column.type = typeOf(spec.userType);
    if (spec.serial)
        spec.column.sequence = fmt::format("{}.{}_{}_seq", table.schema, table.name, spec.column.name);
    else if (!spec.column.sequence.empty() && spec.column.sequence.find('.') == std::string::npos)
        spec.column.sequence = table.schema + "." + spec.column.sequence;
    const auto index = table.columnIndex(spec.column.name);
    if (!index) {
        table.columns.push_back(spec.column);
    } else if (!spec.column.declaredType.empty()) {
        spec.column.notNull |= table.columns[*index].notNull;  // merged with an inherited one
        table.columns[*index] = spec.column;
    }
    for (KeySpec& key : spec.keys) addKey(table, std::move(key));
}

void Catalog::addKey(Table& table, KeySpec spec) {
    if (spec.exclusion) return addExclusion(table, std::move(*spec.exclusion));
    if (!spec.usingIndex.empty()) {
        const auto index = std::find_if(table.indexes.begin(), table.indexes.end(),
                                        [&](const Index& one) { return one.name == spec.usingIndex; });
        if (index == table.indexes.end()) return;
        spec.key.columns = index->columns;
        if (spec.key.name.empty()) spec.key.name = index->name;
        table.indexes.erase(index);
    }
    if (spec.key.kind == KeyKind::foreign) {
        // A table may refer to itself before it is in the catalogue; the rest is settled by finish().
        const std::string written = qualify(spec.references);
        const Found target = written == table.qualifiedName() ? Found{} : find(spec.references);
        spec.key.referencedTable = target.table ? target.table->qualifiedName() : written;
    }
    if (spec.key.kind == KeyKind::primary) {
        if (table.primaryKey()) return;
        for (const std::string& name : spec.key.columns)
            if (const auto index = table.columnIndex(name)) table.columns[*index].notNull = true;
    }
    if (std::find(table.keys.begin(), table.keys.end(), spec.key) == table.keys.end())
        table.keys.push_back(std::move(spec.key));
}

// ---- the rest ---------------------------------------------------------------------------------------------------

Catalog::Outcome Catalog::on(const LeftOut& left) {
    leaveOut(left.kind, left.name);
    return {};
}

Catalog::Outcome Catalog::on(const CreateIndex& create) {
    const Found found = find(create.table);
    if (!found.table) return unknownTable(create.table);
    if (found.partition) return {false, found.table->qualifiedName(), {}, {}};
    Index index = create.index;
    if (index.name.empty()) {
        index.name = found.table->name;
        for (const std::string& column : index.columns)
            index.name += "_" + (column.find('(') == std::string::npos ? column : "expr");
        index.name += "_idx";
    }
    for (const Index& other : found.table->indexes)
        if (other.name == index.name) return {false, found.name, {}, {}};
    found.table->indexes.push_back(std::move(index));
    return {true, found.name, {}, {}};
}

Catalog::Outcome Catalog::on(const SequenceOwner& owner) {
    const Found found = find(owner.table);
    if (!found.table) return unknownTable(owner.table);
    const auto index = found.table->columnIndex(owner.column);
    if (!index || found.partition) return {};
    found.table->columns[*index].sequence = qualify(owner.sequence);
    return {true, found.name, {}, {}};
}

Catalog::Outcome Catalog::on(const SetSearchPath& set) {
    setSearchPath(set.path);
    return {};
}

Catalog::Outcome Catalog::on(const DefineType& define) {
    types_[qualify(define.name)] = {define.type, define.base};
    return {};
}

Schema Catalog::finish(std::vector<std::string>& problems) {
    Schema out;
    for (auto& [name, table] : tables_) {
        std::sort(table.partitions.begin(), table.partitions.end());
        notePolicies(table);
        std::sort(table.triggers.begin(), table.triggers.end(), [](const Trigger& a, const Trigger& b) { return a.name < b.name; });
        out.tables.push_back(std::move(table));
    }
    resolveForeignKeys(out, problems);
    findTriggerTables(out);
    out.notes = std::move(notes_);
    for (const auto& [kind, names] : leftOut_) {
        std::string list;
        size_t shown = 0;
        for (const std::string& name : names)
            if (++shown <= 8) list += (shown > 1 ? ", " : "") + name;
        if (names.size() > 8) list += fmt::format(" and {} more", names.size() - 8);
        const char* plural = kind.ends_with("y") ? "ies" : "s";
        const std::string stem = kind.ends_with("y") && names.size() > 1 ? kind.substr(0, kind.size() - 1) : kind;
        out.notes.push_back(
            fmt::format("{} {}{} left out: {}.", names.size(), stem, names.size() > 1 ? plural : "", list));
    }
    *this = Catalog();
    return out;
}

void Catalog::resolveForeignKeys(Schema& schema, std::vector<std::string>& problems) {
    for (Table& table : schema.tables) {
        for (Key& key : table.keys) {
            if (key.kind != KeyKind::foreign) continue;
            const size_t dot = key.referencedTable.find('.');
            const std::string schemaName = key.referencedTable.substr(0, dot),
                              name = key.referencedTable.substr(dot + 1);
            auto target = schema.find(schemaName, name);
            if (!target) target = schema.find({}, name);
            if (!target) {
                problems.push_back(fmt::format("{} refers to {}, which no statement creates.", table.qualifiedName(),
                                               key.referencedTable));
                continue;
            }
            const Table& referenced = schema.tables[*target];
            key.referencedTable = referenced.qualifiedName();
            if (key.referencedColumns.empty())
                if (const Key* primary = referenced.primaryKey()) key.referencedColumns = primary->columns;
        }
    }
}

}  // namespace foreshard::schema
