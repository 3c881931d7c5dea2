// Predicates and joins: what every touched row fulfils.
#include <algorithm>

#include "core/sql/facts_walker.h"

namespace foreshard::sql {

namespace {

std::optional<Operator> operatorOf(std::string_view symbol) {
    if (symbol == "=") return Operator::equal;
    if (symbol == "<") return Operator::less;
    if (symbol == "<=") return Operator::lessEqual;
    if (symbol == ">") return Operator::greater;
    if (symbol == ">=") return Operator::greaterEqual;
    if (symbol == "<>") return Operator::notEqual;
    return std::nullopt;
}

// The operator with its sides changed over.
Operator flipped(Operator op) {
    switch (op) {
        case Operator::less:
            return Operator::greater;
        case Operator::lessEqual:
            return Operator::greaterEqual;
        case Operator::greater:
            return Operator::less;
        case Operator::greaterEqual:
            return Operator::lessEqual;
        default:
            return op;
    }
}

bool contains(const std::vector<uint32_t>* list, uint32_t value) {
    return list && std::find(list->begin(), list->end(), value) != list->end();
}

Node withoutCasts(Node expression) {
    while (const Node cast = expression.as("TypeCast")) expression = cast["arg"];
    return expression;
}

bool isQueryValue(Node expression) { return expression.as("SubLink")["subLinkType"].text() == "EXPR_SUBLINK"; }

}  // namespace

void FactsWalker::condition(Node expression, const Conditions& where) {
    const Deeper deeper(*this);
    if (tooDeep_ || !expression) return;
    const std::string_view type = expression.type();
    if (type == "BoolExpr") return boolean(expression["BoolExpr"], where);
    if (type == "A_Expr") return comparison(expression["A_Expr"], where);
    if (type == "SubLink") return subLink(expression["SubLink"], where, true);
    if (const Node test = expression.as("NullTest")) {
        const auto tested = column(test["arg"], *where.scope);
        const bool null = test["nulltesttype"].text() == "IS_NULL";
        if (tested) addPredicate(*tested, null ? Operator::isNull : Operator::other, {}, !null, where);
    }
    subqueries(expression, where);
}

void FactsWalker::boolean(Node boolExpression, const Conditions& where) {
    const Node args = boolExpression["args"];
    const std::string_view op = boolExpression["boolop"].text();
    if (op == "AND_EXPR") {
        for (size_t i = 0; i < args.size(); ++i) condition(args.at(i), where);
    } else if (op == "OR_EXPR") {
        anyOf(args, where);
    } else {
        subqueries(args, where);
    }
}

// Each branch is read on its own; a column that every branch bounds by equality to literals is in the union of these.
void FactsWalker::anyOf(Node branches, const Conditions& where) {
    StatementFacts kept;
    kept.predicates.swap(facts_.predicates);
    kept.joins.swap(facts_.joins);
    std::vector<Predicate> common;
    Conditions inBranch = where;
    inBranch.boundsOuter = false;
    for (size_t i = 0; i < branches.size(); ++i) {
        facts_.predicates.clear();
        const size_t tables = facts_.tables.size();
        condition(branches.at(i), inBranch);
        std::vector<Predicate> found;
        for (Predicate& predicate : facts_.predicates) {
            // What a subquery in a branch says of its own tables holds anyway.
            if (predicate.column.table != noTable && predicate.column.table >= tables)
                kept.predicates.push_back(predicate);
            else if ((predicate.op == Operator::equal || predicate.op == Operator::in) && !predicate.slots.empty())
                found.push_back(predicate);
        }
        for (EquiJoin& join : facts_.joins) {
            // A join in one branch bounds nothing, but tells which columns belong together; one inside a subquery
            // holds.
            const auto inside = [&](const ColumnExpression& column) {
                return column.table != noTable && column.table >= tables;
            };
            if (!inside(join.left) || !inside(join.right)) join.flowsLeft = join.flowsRight = false;
            kept.joins.push_back(std::move(join));
        }
        facts_.joins.clear();
        if (i == 0) {
            common = std::move(found);
            continue;
        }
        std::vector<Predicate> still;
        for (Predicate& predicate : common) {
            const auto same = std::find_if(found.begin(), found.end(), [&](const Predicate& other) {
                return other.column == predicate.column && other.array == predicate.array;
            });
            if (same == found.end()) continue;
            predicate.op = Operator::in;
            predicate.slots.insert(predicate.slots.end(), same->slots.begin(), same->slots.end());
            still.push_back(std::move(predicate));
        }
        common = std::move(still);
    }
    facts_.predicates = std::move(kept.predicates);
    facts_.joins = std::move(kept.joins);
    facts_.predicates.insert(facts_.predicates.end(), common.begin(), common.end());
}

void FactsWalker::comparison(Node expression, const Conditions& where) {
    const std::string_view kind = expression["kind"].text();
    const auto names = strings(expression["name"]);
    const std::string symbol = names.empty() ? std::string() : names.back();
    const Node left = expression["lexpr"], right = expression["rexpr"];
    if (kind == "AEXPR_IN") {
        membership(left, right.as("List")["items"], symbol != "=", where);
    } else if (kind == "AEXPR_OP_ANY" || kind == "AEXPR_OP_ALL") {
        const bool equalAny = kind == "AEXPR_OP_ANY" && symbol == "=";
        if (equalAny || (kind == "AEXPR_OP_ALL" && symbol == "<>")) arrayMembership(left, right, !equalAny, where);
    } else if (kind == "AEXPR_BETWEEN") {
        between(left, right.as("List")["items"], where);
    } else if (kind == "AEXPR_LIKE") {
        compare(left, symbol == "~~" ? Operator::prefix : Operator::other, right, true, where);
    } else if (kind == "AEXPR_NOT_DISTINCT") {
        compare(left, Operator::equal, right, false, where);
    } else if (kind == "AEXPR_OP") {
        const auto op = operatorOf(symbol);
        const Node leftRow = left.as("RowExpr")["args"], rightRow = right.as("RowExpr")["args"];
        if (op && leftRow.size() > 0 && leftRow.size() == rightRow.size())
            rowComparison(leftRow, rightRow, *op, where);
        else if (op == Operator::equal && isQueryValue(right) && literalSlot(right) == noSlot) {
            const Node link = right["SubLink"];
            const auto inner =
                query(link["subselect"].as("SelectStmt"), {where.scope, where.scope->level + 1, false, where.all});
            if (inner)
                joinWithQuery(left, inner->ordered && !inner->columns.empty() ? &inner->columns[0] : nullptr, where,
                              true, inner->filterable);
            return subqueries(left, where);
        } else if (op) {
            compare(left, *op, right, true, where);
        } else {
            compare(left, Operator::other, right, true, where);
        }
    } else if (left) {
        compare(left, Operator::other, right, false, where);
    }
    subqueries(left, where);
    subqueries(right, where);
}

void FactsWalker::rowComparison(Node left, Node right, Operator op, const Conditions& where) {
    if (op == Operator::equal) {
        for (size_t i = 0; i < left.size(); ++i) compare(left.at(i), op, right.at(i), true, where);
        return;
    }
    // (a, b) > (1, 2) bounds a alone, and its bound is included.
    if (op == Operator::less || op == Operator::lessEqual)
        compare(left.at(0), Operator::lessEqual, right.at(0), true, where);
    if (op == Operator::greater || op == Operator::greaterEqual)
        compare(left.at(0), Operator::greaterEqual, right.at(0), true, where);
}

void FactsWalker::membership(Node left, Node list, bool negated, const Conditions& where) {
    const Operator op = negated ? Operator::notEqual : Operator::in;
    const Node row = left.as("RowExpr")["args"];
    if (row.size() == 0) {
        if (const auto tested = column(left, *where.scope))
            addPredicate(*tested, op, literalSlots(list).value_or(std::vector<uint32_t>()), true, where);
        return;
    }
    if (negated) return;
    for (size_t i = 0; i < row.size(); ++i) {
        const auto tested = column(row.at(i), *where.scope);
        std::vector<uint32_t> slots;
        for (size_t k = 0; k < list.size() && tested; ++k) {
            const uint32_t slot = literalSlot(list.at(k).as("RowExpr")["args"].at(i));
            if (slot == noSlot)
                slots.clear(), k = list.size();
            else
                slots.push_back(slot);
        }
        if (tested) addPredicate(*tested, op, std::move(slots), true, where);
    }
}

void FactsWalker::arrayMembership(Node left, Node array, bool negated, const Conditions& where) {
    const auto tested = column(left, *where.scope);
    if (!tested) return;
    const Operator op = negated ? Operator::notEqual : Operator::in;
    array = withoutCasts(array);
    if (const Node elements = array.as("A_ArrayExpr")) {
        addPredicate(*tested, op, literalSlots(elements["elements"]).value_or(std::vector<uint32_t>()), true, where);
    } else if (const uint32_t slot = literalSlot(array); slot != noSlot) {
        addPredicate(*tested, op, {slot}, true, where, true);
    } else {
        addPredicate(*tested, op, {}, true, where);
    }
}

void FactsWalker::between(Node left, Node bounds, const Conditions& where) {
    const auto tested = column(left, *where.scope);
    if (!tested || bounds.size() != 2) return;
    const uint32_t low = literalSlot(bounds.at(0)), high = literalSlot(bounds.at(1));
    if (low != noSlot && high != noSlot)
        addPredicate(*tested, Operator::between, {low, high}, true, where);
    else if (low != noSlot)
        addPredicate(*tested, Operator::greaterEqual, {low}, true, where);
    else if (high != noSlot)
        addPredicate(*tested, Operator::lessEqual, {high}, true, where);
    else
        addPredicate(*tested, Operator::between, {}, true, where);
}

void FactsWalker::compare(Node left, Operator op, Node right, bool strict, const Conditions& where) {
    const auto leftColumn = column(left, *where.scope), rightColumn = column(right, *where.scope);
    if (leftColumn && rightColumn) {
        const bool one = leftColumn->table == rightColumn->table && leftColumn->table != noTable;
        const bool padded = !strict && (nullable(leftColumn->table) || nullable(rightColumn->table));
        if (op == Operator::equal && !one && !padded) addJoin(*leftColumn, *rightColumn, where);
        return;
    }
    const auto& tested = leftColumn ? leftColumn : rightColumn;
    if (!tested) return;
    const uint32_t slot = literalSlot(leftColumn ? right : left);
    // A row of VALUES, of unnest() or of (SELECT 7 AS x): t.id = v.x.
    if (const Output* given = op == Operator::equal && strict ? literalColumn(leftColumn ? right : left, *where.scope) : nullptr)
        return addLiterals(*tested, *given, where);
    // A pattern bounds what stands on its left.
    if (!leftColumn && op == Operator::prefix) op = Operator::other;
    addPredicate(*tested, leftColumn ? op : flipped(op),
                 slot == noSlot ? std::vector<uint32_t>() : std::vector<uint32_t>{slot}, strict, where);
}

void FactsWalker::addLiterals(const ColumnExpression& column, const Output& given, const Conditions& where) {
    const bool one = given.slots.empty() && !given.array;
    addPredicate(column, one ? Operator::equal : Operator::in, given.slots.empty() ? std::vector<uint32_t>{given.slot} : given.slots, true, where, given.array);
}

// Whether a condition on this column may be checked on the rows of its table, leaving out those that do not fulfil it.
bool FactsWalker::bounds(const ColumnExpression& column, const Conditions& where) const {
    return column.table == noTable ? where.all : contains(where.tables, column.table);
}

// `strict`: never true of NULL. Of a side that an outer join extends with NULLs only strict conditions bound the rows.
void FactsWalker::addPredicate(const ColumnExpression& column, Operator op, std::vector<uint32_t> slots, bool strict,
                               const Conditions& where, bool array) {
    if (!bounds(column, where) && !(where.boundsOuter && isOuter(column.table, *where.scope))) return;
    if (!strict) {
        const bool anyNullable = std::find(nullable_.begin(), nullable_.end(), true) != nullable_.end();
        if (column.table == noTable ? anyNullable : nullable(column.table)) return;
    }
    facts_.predicates.push_back({column, op, std::move(slots), array});
}

void FactsWalker::addJoin(const ColumnExpression& left, const ColumnExpression& right, const Conditions& where) {
    const auto flowsTo = [&](const ColumnExpression& column) {
        return bounds(column, where) || (where.boundsOuter && isOuter(column.table, *where.scope));
    };
    keepJoin({left, right, flowsTo(right), flowsTo(left)});
}

void FactsWalker::keepJoin(EquiJoin join) {
    if (std::find(facts_.joins.begin(), facts_.joins.end(), join) == facts_.joins.end())
        facts_.joins.push_back(std::move(join));
}

bool FactsWalker::isOuter(uint32_t table, const Scope& scope) const {
    return scope.outer && contains(&scope.outer->tables, table);
}

// `holds`: the statement needs it to be true of every row it touches.
void FactsWalker::subLink(Node link, const Conditions& where, bool holds) {
    const Deeper deeper(*this);
    if (tooDeep_) return;
    const std::string_view type = link["subLinkType"].text();
    const bool any =
        type == "ANY_SUBLINK" && (!link["operName"] || strings(link["operName"]) == std::vector<std::string>{"="});
    const bool must = holds && where.all && (any || type == "EXISTS_SUBLINK");
    const Node testExpression = link["testexpr"];
    subqueries(testExpression, where);
    const auto inner = query(link["subselect"].as("SelectStmt"), {where.scope, where.scope->level + 1, false, must});
    if (!any || !inner || !inner->ordered) return;
    const Node row = testExpression.as("RowExpr")["args"];
    if (row.size() == 0) {
        joinWithQuery(testExpression, inner->columns.size() == 1 ? &inner->columns[0] : nullptr, where, holds,
                      inner->filterable);
        return;
    }
    for (size_t i = 0; i < row.size() && row.size() == inner->columns.size(); ++i) {
        joinWithQuery(row.at(i), &inner->columns[i], where, holds, inner->filterable);
    }
}

// x IN (SELECT y …), x = (SELECT y …)
void FactsWalker::joinWithQuery(Node tested, const Output* output, const Conditions& where, bool holds,
                                bool filterable) {
    const auto left = column(tested, *where.scope);
    if (!left || !output) return;
    if (holds && !output->column && output->literal()) return addLiterals(*left, *output, where);
    if (!output->column) return;
    keepJoin({*left, *output->column, holds && filterable && output->filterable, holds && bounds(*left, where)});
}

}  // namespace foreshard::sql
