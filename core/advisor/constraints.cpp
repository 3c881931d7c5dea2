#include "core/advisor/constraints.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/advisor/quoting.h"
#include "core/base/words.h"

namespace foreshard::advisor {

using schema::Key;
using schema::KeyKind;
using schema::Table;
using sharding::Design;
using sharding::Strategy;
using sharding::TableDesign;

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) { return std::find(names.begin(), names.end(), name) != names.end(); }

class Reporter {
public:
    Reporter(const schema::Schema& schema, const Design& design) : schema_(schema), design_(design) {}

    std::vector<ConstraintFate> run() {
        for (const Table& table : schema_.tables) {
            for (const Key& key : table.keys) key.kind == KeyKind::foreign ? foreign(table, key) : unique(table, key.name, key.kind == KeyKind::primary ? "primary key" : "unique", key.columns);
            for (const auto& index : table.indexes)
                if (index.unique) unique(table, index.name, "unique", index.columns);
            for (const auto& exclusion : table.exclusions) excluded(table, exclusion);
            for (const auto& trigger : table.triggers) triggered(table, trigger);
            for (const auto& column : table.columns) columnOf(table, column);
        }
        std::stable_sort(found_.begin(), found_.end(), [](const auto& a, const auto& b) {
            if (a.fate != b.fate) return a.fate > b.fate;
            return a.table != b.table ? a.table < b.table : a.name < b.name;
        });
        return std::move(found_);
    }

private:
    const TableDesign& designOf(const Table& table) const {
        static const TableDesign unnamed;
        const TableDesign* found = design_.find(table.qualifiedName());
        return found ? *found : unnamed;
    }
    bool cut(const TableDesign& table) const { return table.keyed() && design_.shards > 1; }

    void say(const Table& table, std::string name, std::string kind, std::vector<std::string> columns, Fate fate, std::string why, std::string ddl = {}) {
        found_.push_back({table.qualifiedName(), std::move(name), std::move(kind), std::move(columns), fate, std::move(why), std::move(ddl)});
    }

    // Do equal values of these columns mean one shard?
    bool decide(const TableDesign& table, const std::vector<std::string>& columns) const {
        return std::all_of(table.key.begin(), table.key.end(), [&](const sharding::KeyPart& part) {
            if (contains(columns, part.column)) return true;
            return std::any_of(design_.lookups.begin(), design_.lookups.end(), [&](const sharding::Lookup& lookup) {
                return lookup.table == table.table && lookup.derived() && contains(columns, lookup.from[0].column) && lookup.to[0].expression == part.expression;
            });
        });
    }

    static std::string keyOf(const TableDesign& table) {
        std::string text;
        for (const auto& part : table.key) text += (text.empty() ? "" : ", ") + part.expression;
        return text;
    }

    void unique(const Table& table, const std::string& name, const char* kind, const std::vector<std::string>& columns) {
        const TableDesign& design = designOf(table);
        if (!cut(design)) return say(table, name, kind, columns, Fate::local, design.strategy == Strategy::reference ? "Every shard has all rows." : "The table lies on one shard.");
        if (decide(design, columns)) return say(table, name, kind, columns, Fate::local, fmt::format("It holds the sharding key {}: equal rows would lie on one shard.", keyOf(design)));
        const auto* only = columns.size() == 1 ? table.column(columns[0]) : nullptr;
        if (only && only->identity)
            return say(table, name, kind, columns, Fate::enforceable, "No shard sees the others' rows, but numbers dealt out apart stay unique.", sequenceDdl(table, *only));
        if (only && only->type == ValueType::uuid)
            return say(table, name, kind, columns, Fate::enforceable, "No shard sees the others' rows; random UUIDs stay unique as long as the database makes them.",
                       fmt::format("ALTER TABLE {} ALTER COLUMN {} SET DEFAULT gen_random_uuid();", quotedTable(table), quoted(columns[0])));
        std::string columnDdl, keyDdl;
        for (const auto& column : columns)
            if (const auto* known = table.column(column)) columnDdl += fmt::format("{} {} NOT NULL, ", quoted(column), known->declaredType);
        for (const auto& part : design.key)
            if (const auto* known = table.column(part.column); known && !contains(columns, part.column)) keyDdl += fmt::format("{} {}, ", quoted(part.column), known->declaredType);
        say(table, name, kind, columns, Fate::needsLookup, fmt::format("Equal rows may lie on different shards, for {} is not among its columns; a table sharded by them can keep it.", keyOf(design)),
            fmt::format("CREATE TABLE {}.{} ({}{}PRIMARY KEY ({}));", quoted(table.schema), quoted(table.name + "_by_" + (columns.empty() ? name : columns[0])), columnDdl, keyDdl, quotedColumns(columns)));
    }

    // Rows that exclude each other are equal in the columns compared by "=".
    void excluded(const Table& table, const schema::Exclusion& exclusion) {
        const TableDesign& design = designOf(table);
        std::vector<std::string> columns, equal;
        for (const auto& element : exclusion.elements) {
            columns.push_back(element.column);
            if (element.op == "=") equal.push_back(element.column);
        }
        const auto say = [&](Fate fate, std::string why, std::string ddl = {}) { this->say(table, exclusion.name, "exclusion", columns, fate, std::move(why), std::move(ddl)); };
        if (!cut(design)) return say(Fate::local, design.strategy == Strategy::reference ? "Every shard has all rows." : "The table lies on one shard.");
        if (decide(design, equal)) return say(Fate::local, fmt::format("It compares the sharding key {} for equality: rows that exclude each other would lie on one shard.", keyOf(design)));
        const bool plain = std::all_of(columns.begin(), columns.end(), [&](const auto& column) { return table.column(column); });
        if (equal.empty() || !plain || exclusion.partial)
            return say(Fate::lost, fmt::format("Rows that exclude each other may lie on different shards, for {} is not compared for equality, and no other table could be sharded so that they meet.", keyOf(design)),
                       fmt::format("ALTER TABLE {} DROP CONSTRAINT {};", quotedTable(table), quoted(exclusion.name)));
        std::string declared, elements;
        for (const auto& element : exclusion.elements) {
            declared += fmt::format("{} {} NOT NULL, ", quoted(element.column), table.column(element.column)->declaredType);
            elements += fmt::format("{}{} WITH {}", elements.empty() ? "" : ", ", quoted(element.column), element.op);
        }
        say(Fate::needsLookup, fmt::format("Rows that exclude each other may lie on different shards; a table of these columns, sharded by {}, can keep it.", quotedColumns(equal)),
            fmt::format("CREATE TABLE {}.{} ({}EXCLUDE USING {} ({}));", quoted(table.schema), quoted(table.name + "_by_" + equal.front()), declared, quoted(exclusion.method), elements));
    }

    // The tables that a trigger's function uses and that may have their rows on another shard.
    std::vector<std::string> elsewhere(const Table& table, const std::vector<std::string>& used) const {
        const TableDesign& own = designOf(table);
        std::vector<std::string> out;
        for (const auto& name : used) {
            if (name == table.qualifiedName() && !own.keyed()) continue;
            const TableDesign* other = design_.find(name);
            const bool withIt = other && (other->strategy == Strategy::reference || (own.keyed() && other->keyed() && other->group == own.group) ||
                                          (own.strategy == Strategy::unsharded && other->strategy == Strategy::unsharded && own.home == other->home));
            if (!withIt) out.push_back(name);
        }
        return out;
    }

    void triggered(const Table& table, const schema::Trigger& trigger) {
        const TableDesign& own = designOf(table);
        const auto say = [&](Fate fate, std::string why, bool drop = false) {
            this->say(table, trigger.name, "trigger", {}, fate, std::move(why), drop ? fmt::format("DROP TRIGGER {} ON {};", quoted(trigger.name), quotedTable(table)) : std::string());
        };
        if (design_.shards == 1) return say(Fate::local, "There is one shard.");
        if (!trigger.tables)
            return say(Fate::lost, fmt::format("What {} does is not known: it sees the rows of its own shard alone. Read the function with the schema, or take what it does into the application.", trigger.function), true);
        if (const auto other = elsewhere(table, *trigger.tables); !other.empty())
            return say(Fate::lost, fmt::format("{} uses {}, of which a row may lie on another shard than the row that fires it; the application has to do it.", trigger.function, joined(other)), true);
        if (own.strategy == Strategy::reference && !trigger.tables->empty())
            return say(Fate::lost, fmt::format("It would fire once on every copy, and {} would do its work as often.", trigger.function), true);
        const char* statement = trigger.eachRow ? "" : " It fires once on each shard that a statement touches.";
        if (trigger.tables->empty()) return say(Fate::local, fmt::format("{} uses no other table.{}", trigger.function, own.keyed() ? statement : ""));
        say(Fate::local, fmt::format("What {} uses lies with the row that fires it, as long as it has the same key, or is on every shard.{}", trigger.function, own.keyed() ? statement : ""));
    }

    std::string sequenceDdl(const Table& table, const schema::Column& column) const {
        if (column.sequence.empty())
            return fmt::format("ALTER TABLE {} ALTER COLUMN {} SET INCREMENT BY {} RESTART WITH <next value + number of the shard>;", quotedTable(table), quoted(column.name), design_.shards);
        return fmt::format("ALTER SEQUENCE {} INCREMENT BY {} RESTART WITH <next value + number of the shard>;", column.sequence, design_.shards);
    }

    void foreign(const Table& table, const Key& key) {
        const auto id = schema_.find({}, key.referencedTable);
        const Table* parent = nullptr;
        for (const Table& other : schema_.tables)
            if (other.qualifiedName() == key.referencedTable) parent = &other;
        if (!parent && id) parent = &schema_.tables[*id];
        if (!parent) return say(table, key.name, "foreign key", key.columns, Fate::lost, fmt::format("The schema does not declare {}.", key.referencedTable));
        const TableDesign& child = designOf(table);
        const TableDesign& other = designOf(*parent);
        if (design_.shards == 1 || other.strategy == Strategy::reference) return say(table, key.name, "foreign key", key.columns, Fate::local, "Every shard has all rows of " + parent->name + ".");
        if (!child.keyed() && !other.keyed() && child.strategy == other.strategy && child.home == other.home)
            return say(table, key.name, "foreign key", key.columns, Fate::local, "Both tables lie on one shard.");
        if (child.keyed() && other.keyed() && child.group == other.group && together(child, other, key))
            return say(table, key.name, "foreign key", key.columns, Fate::local, fmt::format("It holds the keys of both tables, {} and {}: the rows lie together.", keyOf(child), keyOf(other)));
        say(table, key.name, "foreign key", key.columns, Fate::lost,
            fmt::format("A row of {} and the row of {} it names may lie on different shards; the application has to keep it, or {} has to be replicated or share the key.", table.name, parent->name, parent->name),
            fmt::format("ALTER TABLE {} DROP CONSTRAINT {};", quotedTable(table), quoted(key.name)));
    }

    static bool together(const TableDesign& child, const TableDesign& parent, const Key& key) {
        if (child.key.size() != parent.key.size()) return false;
        for (size_t i = 0; i < child.key.size(); ++i) {
            bool paired = false;
            for (size_t c = 0; c < key.columns.size() && c < key.referencedColumns.size(); ++c)
                paired = paired || (key.columns[c] == child.key[i].expression && key.referencedColumns[c] == parent.key[i].expression);
            if (!paired) return false;
        }
        return true;
    }

    void columnOf(const Table& table, const schema::Column& column) {
        const TableDesign& design = designOf(table);
        if (column.generated) say(table, column.name, "generated", {column.name}, Fate::local, "It follows from its own row.");
        if (!column.identity) return;
        if (design.strategy == Strategy::unsharded || design_.shards == 1) return say(table, column.name, "identity", {column.name}, Fate::local, "The table lies on one shard.");
        if (design.strategy == Strategy::reference)
            return say(table, column.name, "identity", {column.name}, Fate::enforceable, "Every copy would count by itself: take the number once, before the row is written to all shards.",
                       fmt::format("ALTER TABLE {} ALTER COLUMN {} DROP IDENTITY IF EXISTS, ALTER COLUMN {} DROP DEFAULT;", quotedTable(table), quoted(column.name), quoted(column.name)));
        say(table, column.name, "identity", {column.name}, Fate::enforceable, "Every shard would count from the same number: deal the numbers out apart.", sequenceDdl(table, column));
    }

    const schema::Schema& schema_;
    const Design& design_;
    std::vector<ConstraintFate> found_;
};

}  // namespace

const char* toString(Fate fate) {
    static constexpr const char* names[] = {"local", "enforceable", "needs lookup", "lost"};
    return names[static_cast<size_t>(fate)];
}

std::vector<ConstraintFate> constraintReport(const schema::Schema& schema, const Design& design) { return Reporter(schema, design).run(); }

}  // namespace foreshard::advisor
