// INSERT, UPDATE, DELETE, MERGE.
#include <algorithm>

#include "core/sql/facts_walker.h"

namespace foreshard::sql {

namespace {

bool touchesPart(Node target) { return target["indirection"].size() > 0; }

// The column of SET t.column = …, which MySQL has; PostgreSQL reads it as a part of a column called t. Empty: another form.
std::string qualifiedTarget(Node target, const TableUse& table) {
    const Node steps = target["indirection"];
    if (steps.size() != 1 || target["name"].text() != (table.alias.empty() ? table.name : table.alias)) return {};
    return std::string(steps.at(0).as("String")["sval"].text());
}

std::vector<std::string> targetNames(Node list) {
    std::vector<std::string> names;
    for (size_t i = 0; i < list.size(); ++i) names.emplace_back(list.at(i).as("ResTarget")["name"].text());
    return names;
}

}  // namespace

uint32_t FactsWalker::targetTable(Node range, Scope& scope) {
    const uint32_t table = useTable(range, scope.level);
    TableUse& use = facts_.tables[table];
    use.written = true;
    ScopeItem item;
    item.schema = use.schema;
    item.name = use.alias.empty() ? use.name : use.alias;
    item.table = table;
    scope.items.push_back(std::move(item));
    scope.tables.push_back(table);
    return table;
}

// `scope`: queries in FROM whose columns may be literals.
InsertBinding FactsWalker::boundValue(Node value, const Scope* scope) const {
    InsertBinding binding;
    const Output* given = scope ? literalColumn(value, *scope) : nullptr;
    if (given && given->slot != noSlot && !given->array) {
        binding.source = BindingSource::slot;
        binding.slot = given->slot;
    } else if (const uint32_t slot = literalSlot(value); slot != noSlot) {
        binding.source = BindingSource::slot;
        binding.slot = slot;
    } else if (value.is("SetToDefault")) {
        binding.source = BindingSource::default_;
    } else if (value.is("ColumnRef")) {
        binding.source = BindingSource::column;
    }
    return binding;
}

std::shared_ptr<const Outputs> FactsWalker::insert(Node node, uint32_t level, const Scope* outer) {
    const Deeper deeper(*this);
    if (tooDeep_) return nullptr;
    Scope scope;
    scope.outer = outer;
    scope.level = level;
    const size_t ctes = beginCtes(node["withClause"], {outer, level, false, false});
    const uint32_t table = targetTable(node["relation"], scope);
    const Node columnList = node["cols"];
    std::vector<std::string> columns = targetNames(columnList);
    for (size_t i = 0; i < columns.size(); ++i) {
        if (touchesPart(columnList.at(i).as("ResTarget"))) columns[i].clear();
    }
    const Node select = node["selectStmt"].as("SelectStmt");
    if (const Node lists = select["valuesLists"]) {
        const size_t inner = beginCtes(select["withClause"], {outer, level, false, false});
        Scope valuesScope;
        valuesScope.outer = outer;
        valuesScope.level = level;
        insertRows(table, columns, lists, valuesScope);
        endCtes(inner);
    } else if (select) {
        facts_.insertsFromQuery = true;
        if (const auto source = query(select, {outer, level, false, false})) insertQuery(table, columns, *source);
    }
    onConflict(node["onConflictClause"], table, scope);
    auto outputs = returned(node["returningList"], scope);
    endCtes(ctes);
    return outputs;
}

// What RETURNING gives; a condition on it bounds no rows, they are changed before.
std::shared_ptr<const Outputs> FactsWalker::returned(Node list, const Scope& scope) {
    subqueries(list, scope);
    auto outputs = std::make_shared<Outputs>(outputsOf(list, Node(), scope, false));
    outputs->filterable = false;
    outputs->tables.clear();
    return outputs;
}

void FactsWalker::insertRows(uint32_t table, const std::vector<std::string>& columns, Node lists, const Scope& scope) {
    size_t width = 0;
    for (size_t row = 0; row < lists.size(); ++row) width = std::max(width, lists.at(row).as("List")["items"].size());
    for (size_t i = 0; i < width && (columns.empty() || i < columns.size()); ++i) {
        std::vector<InsertBinding> rows;
        for (size_t row = 0; row < lists.size(); ++row)
            rows.push_back(boundValue(lists.at(row).as("List")["items"].at(i)));
        if (!columns.empty() && columns[i].empty()) continue;  // a part of a column
        insertColumn(table, columns.empty() ? std::string() : columns[i], static_cast<uint32_t>(i), rows);
    }
    valuesRows(lists, scope);
}

void FactsWalker::insertColumn(uint32_t table, const std::string& column, uint32_t position,
                               const std::vector<InsertBinding>& rows) {
    InsertBinding binding = rows[0];
    const auto differs = [&](const InsertBinding& row) {
        return row.source != binding.source || row.slot != binding.slot;
    };
    if (std::any_of(rows.begin(), rows.end(), differs)) {
        std::vector<uint32_t> slots;
        for (const InsertBinding& row : rows) {
            if (row.source == BindingSource::slot) slots.push_back(row.slot);
        }
        if (slots.size() == rows.size() && !column.empty()) {
            facts_.predicates.push_back({{table, column, column}, Operator::in, std::move(slots)});
        }
        binding = InsertBinding();
    }
    binding.table = table;
    binding.column = column;
    binding.position = position;
    facts_.inserts.push_back(std::move(binding));
}

void FactsWalker::insertQuery(uint32_t table, const std::vector<std::string>& columns, const Outputs& source) {
    if (!source.ordered) return;
    for (size_t i = 0; i < source.columns.size() && (columns.empty() || i < columns.size()); ++i) {
        const Output& output = source.columns[i];
        InsertBinding binding;
        binding.table = table;
        binding.column = columns.empty() ? std::string() : columns[i];
        binding.position = static_cast<uint32_t>(i);
        binding.slot = output.array ? noSlot : output.slot;
        binding.source = binding.slot != noSlot ? BindingSource::slot
                         : output.column        ? BindingSource::column
                                                : BindingSource::expression;
        if (!columns.empty() && columns[i].empty()) continue;
        if ((output.array || !output.slots.empty()) && !binding.column.empty())
            facts_.predicates.push_back({{table, binding.column, binding.column}, Operator::in,
                                         output.array ? std::vector<uint32_t>{output.slot} : output.slots, output.array});
        // The rows that come have the values of those that were read.
        if (output.column && !binding.column.empty()) {
            keepJoin({{table, binding.column, binding.column}, *output.column, false, true});
        }
        facts_.inserts.push_back(std::move(binding));
    }
}

void FactsWalker::onConflict(Node clause, uint32_t table, Scope& scope) {
    if (!clause) return;
    facts_.onConflict = true;
    ScopeItem excluded;
    excluded.name = "excluded";
    scope.items.push_back(std::move(excluded));
    assignments(clause["targetList"], table, scope);
    subqueries(clause["whereClause"], scope);
    scope.items.pop_back();
}

void FactsWalker::assignments(Node targets, uint32_t table, const Scope& scope) {
    for (size_t i = 0; i < targets.size(); ++i) {
        const Node target = targets.at(i).as("ResTarget");
        Node value = target["val"];
        bool visit = true;
        if (const Node several = value.as("MultiAssignRef")) {
            const auto number = several["colno"].integer(1);
            const Node row = several["source"].as("RowExpr")["args"];
            visit = row.size() > 0 || number == 1;  // the one subquery of all of them
            value = row.size() > 0 ? row.at(static_cast<size_t>(number - 1)) : several["source"];
        }
        Assignment assignment;
        assignment.table = table;
        assignment.column = target["name"].text();
        const std::string qualified = qualifiedTarget(target, facts_.tables[table]);
        const bool part = qualified.empty() && touchesPart(target);
        if (!qualified.empty()) assignment.column = qualified;
        const InsertBinding bound = boundValue(value);
        assignment.source = part ? BindingSource::expression : bound.source;
        assignment.slot = part ? noSlot : bound.slot;
        assignment.selfRelative = part || dependsOnItself(value, table, assignment.column, scope);
        facts_.assignments.push_back(std::move(assignment));
        if (visit) subqueries(value, scope);
    }
}

bool FactsWalker::dependsOnItself(Node value, uint32_t table, const std::string& column, const Scope& scope) const {
    std::vector<Node> pending = {value};
    while (!pending.empty()) {
        const Node node = pending.back();
        pending.pop_back();
        if (node.is("SubLink")) continue;
        if (const Node reference = node.as("ColumnRef")) {
            const auto found = resolve(reference, scope);
            // Without a schema an unqualified name of several tables may be this one.
            if (found && found->column == column && (found->table == table || found->table == noTable)) return true;
            continue;
        }
        node.children(pending);
    }
    return false;
}

std::shared_ptr<const Outputs> FactsWalker::update(Node node, uint32_t level, const Scope* outer) {
    const Deeper deeper(*this);
    if (tooDeep_) return nullptr;
    Scope scope;
    scope.outer = outer;
    scope.level = level;
    const size_t ctes = beginCtes(node["withClause"], {outer, level, false, false});
    const uint32_t table = targetTable(node["relation"], scope);
    const auto others = fromList(node["fromClause"], scope);
    scope.tables.insert(scope.tables.end(), others.begin(), others.end());
    condition(node["whereClause"], {&scope, &scope.tables, true, false});
    assignments(node["targetList"], table, scope);
    auto outputs = returned(node["returningList"], scope);
    endCtes(ctes);
    return outputs;
}

std::shared_ptr<const Outputs> FactsWalker::delete_(Node node, uint32_t level, const Scope* outer) {
    const Deeper deeper(*this);
    if (tooDeep_) return nullptr;
    Scope scope;
    scope.outer = outer;
    scope.level = level;
    const size_t ctes = beginCtes(node["withClause"], {outer, level, false, false});
    targetTable(node["relation"], scope);
    const auto others = fromList(node["usingClause"], scope);
    scope.tables.insert(scope.tables.end(), others.begin(), others.end());
    condition(node["whereClause"], {&scope, &scope.tables, true, false});
    auto outputs = returned(node["returningList"], scope);
    endCtes(ctes);
    return outputs;
}

// The target is read like the right side of source LEFT JOIN target.
void FactsWalker::merge(Node node, uint32_t level, const Scope* outer) {
    const Deeper deeper(*this);
    if (tooDeep_) return;
    Scope scope;
    scope.outer = outer;
    scope.level = level;
    const size_t ctes = beginCtes(node["withClause"], {outer, level, false, false});
    const uint32_t target = targetTable(node["relation"], scope);
    const auto source = fromItem(node["sourceRelation"], scope);
    const std::vector<uint32_t> bounded = {target};
    condition(node["joinCondition"], {&scope, &bounded, false, false});
    scope.tables.insert(scope.tables.end(), source.begin(), source.end());
    const Node actions = node["mergeWhenClauses"];
    for (size_t i = 0; i < actions.size(); ++i) mergeAction(actions.at(i).as("MergeWhenClause"), target, scope);
    endCtes(ctes);
}

void FactsWalker::mergeAction(Node action, uint32_t target, const Scope& scope) {
    subqueries(action["condition"], scope);
    if (action["commandType"].text() == "CMD_UPDATE") assignments(action["targetList"], target, scope);
    if (action["commandType"].text() != "CMD_INSERT") return;
    const auto columns = targetNames(action["targetList"]);
    const Node values = action["values"];
    for (size_t i = 0; i < values.size() && (columns.empty() || i < columns.size()); ++i) {
        InsertBinding binding = boundValue(values.at(i), &scope);
        binding.table = target;
        binding.column = columns.empty() ? std::string() : columns[i];
        binding.position = static_cast<uint32_t>(i);
        const auto from = column(values.at(i), scope);
        if (from && !binding.column.empty()) keepJoin({{target, binding.column, binding.column}, *from, false, true});
        facts_.inserts.push_back(std::move(binding));
        subqueries(values.at(i), scope);
    }
}

}  // namespace foreshard::sql
