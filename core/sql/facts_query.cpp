// Queries, CTEs and FROM.
#include <algorithm>
#include <array>

#include "core/sql/facts_walker.h"

namespace foreshard::sql {

bool isAggregate(std::string_view name) {
    static constexpr std::array names = {std::string_view("array_agg"),
                                         std::string_view("avg"),
                                         std::string_view("bit_and"),
                                         std::string_view("bit_or"),
                                         std::string_view("bool_and"),
                                         std::string_view("bool_or"),
                                         std::string_view("count"),
                                         std::string_view("every"),
                                         std::string_view("group_concat"),
                                         std::string_view("json_agg"),
                                         std::string_view("json_arrayagg"),
                                         std::string_view("json_group_array"),
                                         std::string_view("json_group_object"),
                                         std::string_view("json_object_agg"),
                                         std::string_view("json_objectagg"),
                                         std::string_view("jsonb_agg"),
                                         std::string_view("jsonb_object_agg"),
                                         std::string_view("max"),
                                         std::string_view("min"),
                                         std::string_view("mode"),
                                         std::string_view("percentile_cont"),
                                         std::string_view("percentile_disc"),
                                         std::string_view("stddev"),
                                         std::string_view("string_agg"),
                                         std::string_view("sum"),
                                         std::string_view("total"),
                                         std::string_view("variance")};
    return std::binary_search(names.begin(), names.end(), name);
}

namespace {

struct Calls {
    bool aggregate = false;
    bool window = false;
};

// Aggregates and window functions of this query, not of its subqueries.
Calls callsIn(std::vector<Node> pending) {
    Calls found;
    while (!pending.empty()) {
        const Node node = pending.back();
        pending.pop_back();
        if (node.is("SubLink")) continue;
        if (const Node call = node.as("FuncCall")) {
            const auto name = strings(call["funcname"]);
            if (call["over"])
                found.window = true;
            else if (call["agg_star"].isTrue() || call["agg_filter"] || (!name.empty() && isAggregate(name.back())))
                found.aggregate = true;
        }
        node.children(pending);
    }
    return found;
}

void append(std::vector<uint32_t>& to, const std::vector<uint32_t>& from) {
    to.insert(to.end(), from.begin(), from.end());
}

std::string aliasName(Node alias) { return std::string(alias["aliasname"].text()); }

// FROM query AS name(a, b): the columns get new names, by position.
std::shared_ptr<const Outputs> renamed(std::shared_ptr<const Outputs> outputs, Node names) {
    if (!outputs || names.size() == 0) return outputs;
    auto copy = std::make_shared<Outputs>(*outputs);
    const auto texts = strings(names);
    if (!copy->ordered) return nullptr;
    copy->columns.resize(std::max(copy->columns.size(), texts.size()));
    for (size_t i = 0; i < texts.size(); ++i) copy->columns[i].name = texts[i];
    return copy;
}

}  // namespace

std::shared_ptr<const Outputs> FactsWalker::query(Node select, const QueryRole& role) {
    const Deeper deeper(*this);
    if (tooDeep_ || !select) return nullptr;
    const size_t ctes = beginCtes(select["withClause"], role);
    std::shared_ptr<const Outputs> outputs;
    if (select["op"].text() == "SETOP_NONE" || !select["op"])
        outputs = plainSelect(select, role);
    else
        setOperation(select, role);
    endCtes(ctes);
    return outputs;
}

// The arms, left to right, without going one level deeper for each UNION.
void FactsWalker::setOperation(Node select, const QueryRole& role) {
    if (role.top) {
        if (const uint32_t slot = literalSlot(select["limitCount"]); slot != noSlot) facts_.limitSlot = slot;
        facts_.distinct |= !select["all"].isTrue();
    }
    std::vector<Node> pending = {select["rarg"], select["larg"]};
    while (!pending.empty()) {
        const Node arm = pending.back();
        pending.pop_back();
        const bool plain = arm["op"].text() == "SETOP_NONE" || arm["withClause"];
        if (plain) {
            query(arm, {role.outer, role.level, false, false});
        } else {
            pending.push_back(arm["rarg"]);
            pending.push_back(arm["larg"]);
        }
    }
}

std::shared_ptr<const Outputs> FactsWalker::plainSelect(Node select, const QueryRole& role) {
    Scope scope;
    scope.outer = role.outer;
    scope.level = role.level;
    if (const Node rows = select["valuesLists"]) {
        valuesRows(rows, scope);
        return std::make_shared<Outputs>(valuesOutputs(rows));
    }
    scope.tables = fromList(select["fromClause"], scope);
    const Calls calls = callsIn({select["targetList"], select["havingClause"]});
    const bool grouped = select["groupClause"].size() > 0;
    const bool aggregated = calls.aggregate || grouped;
    const Conditions where{&scope, &scope.tables, true, role.boundsOuter && (grouped || !calls.aggregate)};
    subqueries(select["targetList"], scope);
    condition(select["whereClause"], where);
    for (const char* clause :
         {"groupClause", "havingClause", "windowClause", "sortClause", "limitCount", "limitOffset", "distinctClause"}) {
        subqueries(select[clause], scope);
    }
    lockTables(select["lockingClause"], scope);

    const Node distinct = select["distinctClause"];
    const bool distinctOn = distinct.size() > 0 && !distinct.at(0).type().empty();
    auto outputs = std::make_shared<Outputs>(outputsOf(select["targetList"], select["groupClause"], scope, aggregated));
    if (role.top) topClauses(select, scope, *outputs, aggregated);
    if (calls.window || distinctOn || select["limitCount"] || select["limitOffset"]) {
        outputs->filterable = false;
        outputs->tables.clear();
    }
    return outputs;
}

void FactsWalker::valuesRows(Node lists, const Scope& scope) { subqueries(lists, scope); }

Outputs FactsWalker::valuesOutputs(Node lists) const {
    Outputs out;
    const size_t width = lists.at(0).as("List")["items"].size();
    for (size_t i = 0; i < width; ++i) {
        Output& output = out.columns.emplace_back();
        output.name = "column" + std::to_string(i + 1);
        for (size_t row = 0; row < lists.size(); ++row) {
            const uint32_t slot = literalSlot(lists.at(row).as("List")["items"].at(i));
            if (slot == noSlot) {
                output.slots.clear();
                break;
            }
            output.slots.push_back(slot);
        }
        if (output.slots.size() != 1) continue;
        output.slot = output.slots[0];
        output.slots.clear();
    }
    return out;
}

// A function that gives one column gives it the name of its alias; unnest() of array literals gives their elements.
Outputs FactsWalker::functionOutputs(Node function, const std::string& alias) const {
    Outputs out;
    out.complete = false;
    const Node call = function["functions"].at(0).as("List")["items"].at(0).as("FuncCall");
    const auto name = strings(call["funcname"]);
    const Node arrays = call["args"];
    const bool unnest = !name.empty() && name.back() == "unnest" && function["functions"].size() == 1 && !function["ordinality"].isTrue();
    for (size_t i = 0; i < arrays.size() && unnest; ++i) {
        Output& output = out.columns.emplace_back();
        output.name = i == 0 ? alias : std::string();
        output.slot = literalSlot(arrays.at(i));
        output.array = output.slot != noSlot;
    }
    if (out.columns.empty()) out.columns.push_back({alias});
    return out;
}

Outputs FactsWalker::outputsOf(Node targets, Node groupClause, const Scope& scope, bool aggregated) const {
    Outputs out;
    out.filterable = true;
    std::vector<ColumnExpression> groups;
    for (size_t i = 0; i < groupClause.size(); ++i) {
        if (auto key = column(groupClause.at(i), scope)) groups.push_back(std::move(*key));
    }
    for (size_t i = 0; i < targets.size(); ++i) {
        const Node target = targets.at(i).as("ResTarget");
        const Node fields = target["val"].as("ColumnRef")["fields"];
        if (fields.size() > 0 && fields.at(fields.size() - 1).is("A_Star")) {
            auto names = strings(fields);
            names.pop_back();
            addStar(names, scope, out);
            continue;
        }
        Output output;
        output.name = target["name"].text();
        if (output.name.empty() && fields.size() > 0) output.name = strings(fields).back();
        output.column = column(target["val"], scope);
        output.slot = literalSlot(target["val"]);
        output.filterable =
            output.column && (!aggregated || std::find(groups.begin(), groups.end(), *output.column) != groups.end());
        if (output.filterable && output.column->table != noTable) out.tables.push_back(output.column->table);
        out.columns.push_back(std::move(output));
    }
    return out;
}

void FactsWalker::addStar(const std::vector<std::string>& qualifier, const Scope& scope, Outputs& out) const {
    for (const ScopeItem& item : scope.items) {
        if (!qualifier.empty() && item.name != qualifier.back()) continue;
        if (item.table != noTable) {
            out.stars.push_back(item.table);
            out.tables.push_back(item.table);
            out.ordered = out.complete = false;
        } else if (item.outputs) {
            out.columns.insert(out.columns.end(), item.outputs->columns.begin(), item.outputs->columns.end());
            append(out.stars, item.outputs->stars);
            append(out.tables, item.outputs->tables);
            out.ordered &= item.outputs->ordered;
            out.complete &= item.outputs->complete;
            out.filterable &= item.outputs->filterable;
        } else {
            out.ordered = out.complete = false;
        }
    }
}

void FactsWalker::topClauses(Node select, const Scope& scope, const Outputs& outputs, bool aggregated) {
    facts_.aggregates |= aggregated;
    facts_.distinct |= static_cast<bool>(select["distinctClause"]);
    if (const uint32_t slot = literalSlot(select["limitCount"]); slot != noSlot) facts_.limitSlot = slot;
    const auto sortedBy = [&](Node expression) -> std::optional<ColumnExpression> {
        const auto names = strings(expression.as("ColumnRef")["fields"]);
        if (names.size() == 1) {
            for (const Output& output : outputs.columns) {
                if (output.name == names[0]) return output.column;
            }
        }
        return column(expression, scope);
    };
    const Node sort = select["sortClause"];
    for (size_t i = 0; i < sort.size(); ++i) {
        if (auto key = sortedBy(sort.at(i).as("SortBy")["node"])) facts_.orderBy.push_back(std::move(*key));
    }
    const Node groups = select["groupClause"];
    for (size_t i = 0; i < groups.size(); ++i) {
        if (auto key = column(groups.at(i), scope)) facts_.groupBy.push_back(std::move(*key));
    }
}

uint32_t FactsWalker::usesOf(const std::string& name) {
    if (uses_.empty()) {
        std::vector<Node> pending = {root_};
        while (!pending.empty()) {
            const Node node = pending.back();
            pending.pop_back();
            if (const Node range = node.as("RangeVar"); range && !range["schemaname"])
                ++uses_[std::string(range["relname"].text())];
            node.children(pending);
        }
    }
    const auto found = uses_.find(name);
    return found == uses_.end() ? 0 : found->second;
}

size_t FactsWalker::beginCtes(Node withClause, const QueryRole& role) {
    const size_t before = ctes_.size();
    const Node list = withClause["ctes"];
    const bool recursive = withClause["recursive"].isTrue();
    for (size_t i = 0; i < list.size(); ++i) {
        const Node cte = list.at(i).as("CommonTableExpr");
        const std::string name(cte["ctename"].text());
        if (recursive) ctes_.push_back({name, nullptr});
        std::shared_ptr<const Outputs> outputs;
        if (const Node select = cte["ctequery"].as("SelectStmt")) {
            outputs = query(select, {role.outer, role.level + 1, false, false});
        } else {
            outputs = modifyingCte(cte["ctequery"], role.level + 1, role.outer);
        }
        if (recursive) continue;
        // A condition on one use says nothing of the rows that another use reads.
        if (usesOf(name) != 1) outputs = nullptr;
        ctes_.push_back({name, renamed(outputs, cte["aliascolnames"])});
    }
    return before;
}

std::shared_ptr<const Outputs> FactsWalker::modifyingCte(Node statement, uint32_t level, const Scope* outer) {
    const bool reads = facts_.kind == StatementKind::select;
    const auto become = [&](StatementKind kind) {
        if (reads) facts_.kind = kind;
    };
    if (const Node node = statement.as("InsertStmt")) {
        become(StatementKind::insert);
        return insert(node, level, outer);
    }
    if (const Node node = statement.as("UpdateStmt")) {
        become(StatementKind::update);
        return update(node, level, outer);
    }
    if (const Node node = statement.as("DeleteStmt")) {
        become(StatementKind::delete_);
        return delete_(node, level, outer);
    }
    return nullptr;
}

std::vector<uint32_t> FactsWalker::fromList(Node list, Scope& scope) {
    std::vector<uint32_t> tables;
    for (size_t i = 0; i < list.size(); ++i) append(tables, fromItem(list.at(i), scope));
    return tables;
}

std::vector<uint32_t> FactsWalker::fromItem(Node item, Scope& scope) {
    const Deeper deeper(*this);
    if (tooDeep_) return {};
    if (const Node range = item.as("RangeVar")) return rangeVar(range, scope);
    if (const Node join = item.as("JoinExpr")) return joinExpression(join, scope);
    if (const Node sample = item.as("RangeTableSample")) return fromItem(sample["relation"], scope);
    if (const Node sub = item.as("RangeSubselect")) {
        const Scope* outer = sub["lateral"].isTrue() ? &scope : scope.outer;
        auto outputs = query(sub["subquery"].as("SelectStmt"), {outer, scope.level + 1, false, false});
        return addDerived(sub["alias"], std::move(outputs), scope, true);
    }
    // Functions and the like: only the subqueries in their arguments read tables.
    subqueries(item, scope);
    Node alias;
    for (const char* type : {"RangeFunction", "RangeTableFunc"}) {
        if (item.is(type)) alias = item[type]["alias"];
    }
    auto outputs = std::make_shared<Outputs>(functionOutputs(item.as("RangeFunction"), aliasName(alias)));
    return addDerived(alias, std::move(outputs), scope, false);
}

std::vector<uint32_t> FactsWalker::addDerived(Node alias, std::shared_ptr<const Outputs> outputs, Scope& scope,
                                              bool query) {
    ScopeItem item;
    item.query = query;
    item.name = aliasName(alias);
    item.outputs = renamed(std::move(outputs), alias["colnames"]);
    const auto tables = item.outputs && item.outputs->filterable ? item.outputs->tables : std::vector<uint32_t>();
    scope.items.push_back(std::move(item));
    return tables;
}

std::vector<uint32_t> FactsWalker::rangeVar(Node range, Scope& scope) {
    const Node alias = range["alias"];
    const std::string name(range["relname"].text());
    if (!range["schemaname"]) {
        const auto cte = std::find_if(ctes_.rbegin(), ctes_.rend(), [&](const Cte& c) { return c.name == name; });
        if (cte != ctes_.rend()) {
            auto tables = addDerived(alias, cte->outputs, scope, true);
            if (!alias) scope.items.back().name = name;
            return tables;
        }
    }
    const uint32_t table = useTable(range, scope.level);
    facts_.tables[table].read = true;
    ScopeItem item;
    item.schema = range["schemaname"].text();
    item.name = alias ? aliasName(alias) : name;
    // With t(a, b) the names are not those of the table, and which is which only a schema knows.
    if (alias["colnames"].size() == 0) item.table = table;
    scope.items.push_back(std::move(item));
    return {table};
}

uint32_t FactsWalker::useTable(Node range, uint32_t level) {
    TableUse use;
    use.schema = range["schemaname"].text();
    use.name = range["relname"].text();
    use.alias = aliasName(range["alias"]);
    use.level = level;
    facts_.tables.push_back(std::move(use));
    nullable_.push_back(false);
    return static_cast<uint32_t>(facts_.tables.size() - 1);
}

std::vector<uint32_t> FactsWalker::joinExpression(Node join, Scope& scope) {
    const size_t leftBegin = scope.items.size();
    const auto left = fromItem(join["larg"], scope);
    const size_t rightBegin = scope.items.size();
    const auto right = fromItem(join["rarg"], scope);
    const std::string type(join["jointype"].text());

    // ON bounds the rows of the side that is extended with NULLs, and of both in an inner join.
    Conditions on{&scope, nullptr, type == "JOIN_INNER", false};
    std::vector<uint32_t> bounded;
    if (type == "JOIN_INNER" || type == "JOIN_LEFT") append(bounded, right);
    if (type == "JOIN_INNER" || type == "JOIN_RIGHT") append(bounded, left);
    on.tables = &bounded;
    condition(join["quals"], on);
    const Node names = join["usingClause"];
    for (const auto& name : strings(names)) usingColumn(name, type, scope, leftBegin, rightBegin, on);

    if (type == "JOIN_LEFT" || type == "JOIN_FULL") {
        for (uint32_t table : right) nullable_[table] = true;
    }
    if (type == "JOIN_RIGHT" || type == "JOIN_FULL") {
        for (uint32_t table : left) nullable_[table] = true;
    }
    if (join["alias"]) addDerived(join["alias"], nullptr, scope, false);
    std::vector<uint32_t> both = left;
    append(both, right);
    return both;
}

void FactsWalker::usingColumn(const std::string& name, const std::string& type, Scope& scope, size_t leftBegin,
                              size_t rightBegin, const Conditions& on) {
    const auto side = [&](size_t begin, size_t end) -> std::optional<ColumnExpression> {
        if (const auto merged = scope.merged.find(name); merged != scope.merged.end()) {
            for (size_t i = begin; i < end; ++i) {
                if (scope.items[i].table == merged->second.table && merged->second.table != noTable)
                    return merged->second;
            }
        }
        Scope part;
        part.items.assign(scope.items.begin() + static_cast<ptrdiff_t>(begin),
                          scope.items.begin() + static_cast<ptrdiff_t>(end));
        return resolveBare(name, part);
    };
    const auto left = side(leftBegin, rightBegin);
    const auto right = side(rightBegin, scope.items.size());
    if (left && right) addJoin(*left, *right, on);
    // The merged column is that of the side which is never NULL.
    const auto& kept = type == "JOIN_RIGHT" ? right : left;
    if (kept && kept->table != noTable && type != "JOIN_FULL")
        scope.merged[name] = *kept;
    else
        scope.merged.erase(name);
}

void FactsWalker::lockTables(Node lockingClause, const Scope& scope) {
    for (size_t i = 0; i < lockingClause.size(); ++i) {
        const Node relations = lockingClause.at(i).as("LockingClause")["lockedRels"];
        std::vector<std::string> names;
        for (size_t k = 0; k < relations.size(); ++k)
            names.emplace_back(relations.at(k).as("RangeVar")["relname"].text());
        for (const ScopeItem& item : scope.items) {
            if (item.table == noTable) continue;
            if (names.empty() || std::find(names.begin(), names.end(), item.name) != names.end())
                facts_.tables[item.table].locked = true;
        }
    }
}

}  // namespace foreshard::sql
