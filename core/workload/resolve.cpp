#include "core/workload/resolve.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "core/workload/policies.h"

namespace foreshard::workload {

namespace {

const std::string& lastPart(const std::string& name, std::string& scratch) {
    const auto dot = name.rfind('.');
    scratch = dot == std::string::npos ? name : name.substr(dot + 1);
    return scratch;
}

// In how many schemas is there a table (or partition) of this name?
size_t schemasWith(const schema::Schema& schema, const std::string& name) {
    size_t count = 0;
    std::string scratch;
    for (const auto& table : schema.tables) {
        if (table.name == name) ++count;
        for (const auto& partition : table.partitions)
            if (lastPart(partition, scratch) == name) ++count;
    }
    return count;
}

// One column of one access, as the steps below pass it around.
struct Target {
    uint32_t access = 0;
    std::string column;
    std::string expression;
    ValueType type = ValueType::unknown;
};

class Resolver {
public:
    Resolver(const sql::StatementFacts& facts, const std::vector<std::string>& tables, NameTable& names)
        : facts_(facts), names_(names) {
        for (size_t i = 0; i < facts.tables.size(); ++i) addAccess(facts.tables[i], tables[i]);
    }

    Resolution run() {
        for (const auto& predicate : facts_.predicates) addPredicate(predicate);
        for (const auto& insert : facts_.inserts) addInsert(insert);
        if (facts_.kind == sql::StatementKind::merge) boundMerge();
        for (const auto& assignment : facts_.assignments) addAssignment(assignment);
        addJoins();
        addPolicies();
        std::sort(out_.seenColumns.begin(), out_.seenColumns.end());
        out_.seenColumns.erase(std::unique(out_.seenColumns.begin(), out_.seenColumns.end()), out_.seenColumns.end());
        return std::move(out_);
    }

private:
    void addAccess(const sql::TableUse& use, const std::string& name) {
        TableAccess access;
        access.table = names_.table(name);
        access.locked = use.locked;
        if (use.written) access.kind = inserts(static_cast<uint32_t>(out_.accesses.size())) ? AccessKind::insert : AccessKind::write;
        out_.accesses.push_back(std::move(access));
    }

    // A statement may write several tables, each in its own way (WITH … INSERT … UPDATE).
    bool inserts(uint32_t table) const {
        const auto here = [&](const auto& each) { return each.table == table; };
        if (std::any_of(facts_.inserts.begin(), facts_.inserts.end(), here)) return facts_.kind != sql::StatementKind::merge;
        const bool kind = facts_.kind == sql::StatementKind::insert || facts_.kind == sql::StatementKind::copy;
        // The target of the statement itself; what a CTE writes without inserted columns or assignments, it deletes.
        return kind && facts_.tables[table].level == 0 && std::none_of(facts_.assignments.begin(), facts_.assignments.end(), here);
    }

    const schema::Table* definition(uint32_t access) const { return names_.definition(out_.accesses[access].table); }

    // The access that has this column, where only one can.
    std::optional<uint32_t> accessOf(uint32_t table, const std::string& column) const {
        if (table != sql::noTable) {
            if (table >= out_.accesses.size()) return std::nullopt;
            // Without that column it is another's: of the query around a correlated subquery.
            if (!definition(table) || definition(table)->column(column)) return table;
        }
        std::optional<uint32_t> known, unknown;
        size_t knownCount = 0, unknownCount = 0;
        for (uint32_t i = 0; i < out_.accesses.size(); ++i) {
            const auto* table_ = definition(i);
            if (!table_) unknown = i, ++unknownCount;
            else if (table_->column(column)) known = i, ++knownCount;
        }
        if (knownCount == 1) return known;
        return knownCount == 0 && unknownCount == 1 ? unknown : std::nullopt;
    }

    // Nothing where the column is not decidable, or DDL says that the table has none of this name.
    std::optional<Target> target(const sql::ColumnExpression& column) {
        const auto access = accessOf(column.table, column.column);
        if (!access) return std::nullopt;
        Target result{*access, column.column, column.expression, ValueType::unknown};
        if (const auto* table = definition(*access)) {
            const auto* found = table->column(column.column);
            if (!found) return std::nullopt;
            if (column.bare()) result.type = found->type;
        } else {
            out_.seenColumns.emplace_back(out_.accesses[*access].table, column.column);
        }
        // What an expression gives (lower(x), data->>'y') is text, as the router computes it.
        if (!column.bare()) result.type = ValueType::text;
        return result;
    }

    ColumnId columnId(const Target& target) {
        return names_.column(out_.accesses[target.access].table, target.column, target.expression, target.type);
    }

    void typeSlots(const std::vector<uint32_t>& slots, ValueType type) {
        for (const uint32_t slot : slots) {
            if (slot > 65'535) continue;
            if (out_.slotTypes.size() <= slot) out_.slotTypes.resize(slot + 1, ValueType::unknown);
            if (out_.slotTypes[slot] == ValueType::unknown) out_.slotTypes[slot] = type;
        }
    }

    // Of what binds these slots: a literal of the statement, or what the session was told.
    Provenance provenanceOf(const std::vector<uint32_t>& slots) const {
        const bool session = !facts_.sessionValues.empty() &&
                             std::any_of(slots.begin(), slots.end(), [&](uint32_t slot) { return slot >= facts_.sessionSlot; });
        return session ? Provenance::session : Provenance::literal;
    }

    void bind(const Target& target, sql::Operator op, const std::vector<uint32_t>& slots, Provenance provenance) {
        if (!canBeKey(target.type)) return;
        KeyBinding binding{columnId(target), op, slots, provenance};
        auto& bindings = out_.accesses[target.access].bindings;
        if (std::find(bindings.begin(), bindings.end(), binding) == bindings.end()) bindings.push_back(std::move(binding));
    }

    void addPredicate(const sql::Predicate& predicate) {
        if (predicate.op == sql::Operator::other || predicate.op == sql::Operator::notEqual || predicate.op == sql::Operator::isNull) return;
        const auto found = target(predicate.column);
        if (!found || predicate.slots.empty()) return;
        typeSlots(predicate.slots, found->type);
        bind(*found, predicate.op, predicate.slots, provenanceOf(predicate.slots));
    }

    // The name of the column at a position of the table, for INSERT without a column list.
    std::string insertedColumn(const sql::InsertBinding& insert) const {
        if (!insert.column.empty()) return insert.column;
        const auto* table = insert.table < out_.accesses.size() ? definition(insert.table) : nullptr;
        return table && insert.position < table->columns.size() ? table->columns[insert.position].name : std::string();
    }

    // Payload that is inserted and never looked for (amounts, dates) would fill the counts for nothing.
    bool worthCounting(const Target& target) const {
        if (target.type == ValueType::integer || target.type == ValueType::text || target.type == ValueType::paddedText ||
            target.type == ValueType::uuid || target.type == ValueType::unknown)
            return true;
        const auto* table = definition(target.access);
        if (!table) return true;
        const auto names = [&](const auto& list) { return std::find(list.begin(), list.end(), target.column) != list.end(); };
        return std::any_of(table->keys.begin(), table->keys.end(), [&](const auto& key) { return names(key.columns); }) ||
               std::any_of(table->indexes.begin(), table->indexes.end(), [&](const auto& index) { return names(index.columns); });
    }

    void addInsert(const sql::InsertBinding& insert) {
        const auto name = insertedColumn(insert);
        if (name.empty()) return;
        const auto found = target({insert.table, name, name});
        if (!found || insert.source != sql::BindingSource::slot || insert.slot == sql::noSlot) return;
        typeSlots({insert.slot}, found->type);
        if (facts_.kind != sql::StatementKind::merge && worthCounting(*found)) bind(*found, sql::Operator::equal, {insert.slot}, provenanceOf({insert.slot}));
    }

    // MERGE touches the rows that its condition finds and those that it inserts where there are none: what binds both alone
    // binds the access, by the values of either.
    void boundMerge() {
        for (uint32_t i = 0; i < out_.accesses.size(); ++i) {
            std::map<std::string, std::vector<uint32_t>> inserted;   // noSlot: a value that no literal tells
            for (const auto& insert : facts_.inserts)
                if (insert.table == i) inserted[insertedColumn(insert)].push_back(insert.source == sql::BindingSource::slot ? insert.slot : sql::noSlot);
            if (inserted.empty()) continue;
            std::erase_if(out_.accesses[i].bindings, [&](KeyBinding& binding) {
                const auto values = inserted.find(names_.columns()[binding.column].expression);
                const bool equal = binding.op == sql::Operator::equal || binding.op == sql::Operator::in;
                if (values == inserted.end() || !equal || std::find(values->second.begin(), values->second.end(), sql::noSlot) != values->second.end()) return true;
                for (const uint32_t slot : values->second)
                    if (std::find(binding.slots.begin(), binding.slots.end(), slot) == binding.slots.end()) binding.slots.push_back(slot);
                if (binding.slots.size() > 1) binding.op = sql::Operator::in;
                return false;
            });
        }
    }

    void addAssignment(const sql::Assignment& assignment) {
        const auto found = target({assignment.table, assignment.column, assignment.column});
        if (!found) return;
        const bool slot = assignment.source == sql::BindingSource::slot && assignment.slot != sql::noSlot;
        if (slot) typeSlots({assignment.slot}, found->type);
        out_.assigned.push_back({found->access, assignment.column, slot && !assignment.selfRelative ? assignment.slot : sql::noSlot});
    }

    struct Node {
        Target target;
        std::vector<size_t> flowsTo;   // columns for which a value known here holds too
    };

    size_t node(const Target& target) {
        for (size_t i = 0; i < nodes_.size(); ++i)
            if (nodes_[i].target.access == target.access && nodes_[i].target.expression == target.expression) return i;
        nodes_.push_back({target, {}});
        return nodes_.size() - 1;
    }

    void addJoins() {
        for (const auto& join : facts_.joins) {
            const auto left = target(join.left), right = target(join.right);
            if (!left || !right || !canBeKey(left->type) || !canBeKey(right->type)) continue;
            const ColumnId a = columnId(*left), b = columnId(*right);
            if (a != b) out_.joins.push_back({std::min(a, b), std::max(a, b)});
            if (!comparable(left->type, right->type)) continue;
            const size_t i = node(*left), j = node(*right);
            if (join.flowsRight) nodes_[i].flowsTo.push_back(j);
            if (join.flowsLeft) nodes_[j].flowsTo.push_back(i);
        }
        std::sort(out_.joins.begin(), out_.joins.end());
        out_.joins.erase(std::unique(out_.joins.begin(), out_.joins.end()), out_.joins.end());
        closeOverJoins();
    }

    // Every binding of the statement itself goes to all columns that its column flows to, over any number of joins.
    void closeOverJoins() {
        std::vector<std::pair<size_t, KeyBinding>> found;
        for (size_t i = 0; i < nodes_.size(); ++i) {
            const auto& target = nodes_[i].target;
            const ColumnId column = columnId(target);
            for (const auto& binding : out_.accesses[target.access].bindings)
                if (binding.column == column && binding.provenance != Provenance::joinEqual) found.emplace_back(i, binding);
        }
        for (const auto& [from, binding] : found) {
            std::vector<bool> seen(nodes_.size());
            std::vector<size_t> open = {from};
            seen[from] = true;
            while (!open.empty()) {
                const size_t at = open.back();
                open.pop_back();
                for (const size_t next : nodes_[at].flowsTo) {
                    if (seen[next]) continue;
                    seen[next] = true;
                    open.push_back(next);
                    if (!boundAlready(nodes_[next].target, binding)) bind(nodes_[next].target, binding.op, binding.slots, Provenance::joinEqual);
                }
            }
        }
    }

    // What the policies of a table say of the rows, where the statement itself does not bind the column: one that does may be
    // of a session which policies do not hold for.
    void addPolicies() {
        bool added = false;
        for (uint32_t i = 0; i < out_.accesses.size(); ++i) {
            const auto* table = definition(i);
            if (!table || !table->rowSecurity) continue;
            for (const auto& key : policyKeysOf(facts_, i, *table)) {
                const auto setting = std::find(facts_.sessionValues.begin(), facts_.sessionValues.end(), key.setting);
                const auto found = setting == facts_.sessionValues.end() ? std::nullopt : target({i, key.column, key.expression});
                if (!found || found->access != i || boundByValues(*found)) continue;
                const std::vector<uint32_t> slots = {facts_.sessionSlot + static_cast<uint32_t>(setting - facts_.sessionValues.begin())};
                typeSlots(slots, found->type);
                bind(*found, sql::Operator::equal, slots, Provenance::session);
                added = true;
            }
        }
        if (added) closeOverJoins();
    }

    bool boundByValues(const Target& target) {
        const ColumnId column = columnId(target);
        const auto& bindings = out_.accesses[target.access].bindings;
        return std::any_of(bindings.begin(), bindings.end(), [&](const KeyBinding& b) {
            return b.column == column && (b.op == sql::Operator::equal || b.op == sql::Operator::in);
        });
    }

    // By the same slots, whatever the provenance.
    bool boundAlready(const Target& target, const KeyBinding& like) {
        const ColumnId column = columnId(target);
        const auto& bindings = out_.accesses[target.access].bindings;
        return std::any_of(bindings.begin(), bindings.end(), [&](const KeyBinding& b) {
            return b.column == column && b.op == like.op && b.slots == like.slots;
        });
    }

    const sql::StatementFacts& facts_;
    NameTable& names_;
    Resolution out_;
    std::vector<Node> nodes_;
};

}  // namespace

bool dependsOnSearchPath(const sql::StatementFacts& facts, const schema::Schema& schema) {
    return std::any_of(facts.tables.begin(), facts.tables.end(),
                       [&](const sql::TableUse& use) { return use.schema.empty() && schemasWith(schema, use.name) > 1; });
}

std::vector<std::string> resolveTables(const sql::StatementFacts& facts, const schema::Schema& schema,
                                       const std::vector<std::string>& searchPath) {
    std::vector<std::string> result;
    for (const auto& use : facts.tables) {
        if (const auto found = schema.find(use.schema, use.name, searchPath)) {
            result.push_back(schema.tables[*found].qualifiedName());
            continue;
        }
        std::string home = use.schema;
        if (home.empty()) {
            const bool ambiguous = schemasWith(schema, use.name) > 1 && !searchPath.empty();
            home = ambiguous ? searchPath.front() : "public";
        }
        result.push_back(home + "." + use.name);
    }
    return result;
}

Resolution resolveAccesses(const sql::StatementFacts& facts, const std::vector<std::string>& tables, NameTable& names) {
    if (tables.size() != facts.tables.size()) return {};
    return Resolver(facts, tables, names).run();
}

void assignKeyColumns(Resolution& resolution, const NameTable& names) {
    for (const auto& assigned : resolution.assigned) {
        auto& access = resolution.accesses[assigned.access];
        const auto column = names.findColumn(access.table, assigned.column);
        if (!column) continue;
        access.assigned.push_back(*column);
        access.assignedSlots.push_back(assigned.slot);
    }
}

}  // namespace foreshard::workload
