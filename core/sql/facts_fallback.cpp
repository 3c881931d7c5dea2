#include "core/sql/facts_fallback.h"

#include "core/sql/facts_tables.h"
#include "core/sql/facts_walker.h"

#include <algorithm>
#include <map>
#include <set>

namespace foreshard::sql {

namespace {

std::optional<Operator> comparisonOf(const TraceToken& token) {
    if (token.is("=")) return Operator::equal;
    if (token.is("<")) return Operator::less;
    if (token.is("<=")) return Operator::lessEqual;
    if (token.is(">")) return Operator::greater;
    if (token.is(">=")) return Operator::greaterEqual;
    if (token.is("<>") || token.is("!=")) return Operator::notEqual;
    if (token.isWord("like")) return Operator::prefix;
    return std::nullopt;
}

class Reader : private TokenTables {
public:
    explicit Reader(const Trace& trace) : TokenTables(trace) {}

    StatementFacts run() {
        facts_.kind = kind();
        if (facts_.kind == StatementKind::set) {
            readSetting();
        } else if (facts_.kind != StatementKind::unknown && facts_.kind != StatementKind::utility && facts_.kind != StatementKind::ddl && facts_.kind != StatementKind::explain &&
                   facts_.kind != StatementKind::show) {
            readTables();
            outer_ = anyWord("left") || anyWord("right") || anyWord("full");
            joins_ = anyWord("join");
            if (whole()) readClauses();
        }
        return std::move(facts_);
    }

private:
    void readClauses() {
        for (size_t i = 0; i < tokens_.size(); ++i) {
            const TraceToken& token = tokens_[i];
            if (!queries_.inQuery[i]) continue;
            if (token.isWord("where"))
                readWhere(i + 1, clauseEnd(i + 1, queries_.depth[i]), queries_.depth[i]);
            else if (token.isWord("on") && joinsInside(i))
                readWhere(i + 1, joinEnd(i + 1, queries_.depth[i]), queries_.depth[i]);
            else if (token.isWord("on") && joinOf(i) && isLeft(*joinOf(i)))
                readOuter(*joinOf(i), i + 1, joinEnd(i + 1, queries_.depth[i]));
            else if (token.isWord("using") && at(i + 1).is("(") && joinsInside(i))
                readUsing(*joinOf(i), i + 2);
            else if (queries_.depth[i] == 0 && facts_.kind == StatementKind::select && !queries_.united && at(i + 1).isWord("by") && (token.isWord("order") || token.isWord("group")))
                readKeys(i + 2, token.isWord("order") ? facts_.orderBy : facts_.groupBy);
            else if (queries_.depth[i] == 0 && token.isWord("union") && !at(i + 1).isWord("all"))
                facts_.distinct = true;
            else if (queries_.depth[i] == 0 && token.isWord("select") && at(i + 1).isWord("distinct"))
                facts_.distinct = true;
            else if (queries_.depth[i] == 0 && at(i + 1).is("(") && token.isIdentifier() && isAggregate(identifierOf(token)) && closing(i + 1) != "over")
                facts_.aggregates = true;
            else if (token.isWord("set") && i > 1 && queries_.depth[i] == 0 && (facts_.kind == StatementKind::update || (at(i - 1).isWord("update") && at(i - 2).isWord("do"))))
                readAssignments(i + 1);
            else if (token.isWord("limit") && queries_.depth[i] == 0 && at(i + 1).kind == TraceKind::slot)
                facts_.limitSlot = at(at(i + 2).is(",") ? i + 3 : i + 1).slot;   // LIMIT offset, count
            else if (token.isWord("values") && facts_.kind == StatementKind::insert && queries_.depth[i] == 0)
                readInsert(i);
            else if (token.isWord("conflict"))
                facts_.onConflict = true;
            else if (token.isWord("select") && i > 0 && facts_.kind == StatementKind::insert && queries_.depth[i] == 0)
                facts_.insertsFromQuery = true, readInsertQuery(i);
        }
    }

    // Nested deeper than people write, each one would be read once for every level around it.
    static constexpr uint32_t deepest = 16;

    // The word behind the bracket that closes the one at `open`, in lower case.
    std::string closing(size_t open) const {
        size_t i = open + 1;
        while (i < tokens_.size() && queries_.depth[i] > queries_.depth[open]) ++i;
        return at(i + 1).isIdentifier() ? identifierOf(at(i + 1)) : std::string();
    }

    // The JOIN that this ON or USING belongs to.
    std::optional<size_t> joinOf(size_t on) const {
        size_t i = on;
        while (i > 0 && !(queries_.depth[i] == queries_.depth[on] && at(i).isWord("join")) && !at(i).isWord("from")) --i;
        return at(i).isWord("join") && i > 0 ? std::optional<size_t>(i) : std::nullopt;
    }

    bool joinsInside(size_t on) const {
        const auto join = joinOf(on);
        if (!join) return false;
        for (const char* word : {"outer", "left", "right", "full", "natural"})
            if (at(*join - 1).isWord(word)) return false;
        return true;
    }

    bool isLeft(size_t join) const { return at(join - 1).isWord("left") || (join > 1 && at(join - 1).isWord("outer") && at(join - 2).isWord("left")); }

    // ON of a LEFT JOIN: what is known of the other side bounds the rows of the joined table that matter.
    void readOuter(size_t join, size_t begin, size_t end) {
        const auto joined = joined_.find(join);
        if (joined == joined_.end()) return;
        for (const auto& [from, to] : partsOf(begin, end, queries_.depth[join]).list) {
            size_t i = from;
            const auto left = column(i);
            if (!left || !at(i).is("=")) continue;
            const auto right = column(++i);
            if (!right || i != to || left->table == right->table || tableBlocks_[left->table] != tableBlocks_[right->table]) continue;
            if (left->table == joined->second) facts_.joins.push_back({*left, *right, false, true});
            if (right->table == joined->second) facts_.joins.push_back({*left, *right, true, false});
        }
    }

    void readUsing(size_t join, size_t i) {
        const auto joined = joined_.find(join);
        const auto& block = queries_.blocks[queries_.of[join]];
        if (joined == joined_.end() || block.tables.size() != 2 || block.otherSources || block.tables[1] != joined->second) return;
        for (; at(i).isIdentifier(); ++i) {
            const std::string name = identifierOf(at(i++));
            facts_.joins.push_back({{block.tables[0], name, name}, {joined->second, name, name}});
            if (!at(i).is(",")) return;
        }
    }

    // Columns that the rows are ordered or grouped by, up to the first that is none.
    void readKeys(size_t i, std::vector<ColumnExpression>& into) {
        for (;; ++i) {
            const auto key = column(i);
            for (const char* word : {"asc", "desc"})
                if (at(i).isWord(word)) ++i;
            if (at(i).isWord("nulls")) i += 2;
            const bool ends = i >= tokens_.size() || at(i).is(",") || endsClause(at(i));
            if (!key || !ends || isOutput(key->column)) return;
            into.push_back(*key);
            if (!at(i).is(",")) return;
        }
    }

    // Whether the query gives something else this name.
    bool isOutput(const std::string& name) {
        if (!outputs_) {
            outputs_.emplace();
            for (size_t i = 1; i < tokens_.size(); ++i)
                if (at(i - 1).isWord("as") && at(i).isIdentifier()) outputs_->insert(identifierOf(at(i)));
        }
        return outputs_->contains(name);
    }

    // A function may be called like a join.
    size_t joinEnd(size_t begin, uint32_t depth) const {
        const size_t end = clauseEnd(begin, depth);
        for (size_t i = begin; i < end; ++i) {
            if (queries_.depth[i] != depth || at(i + 1).is("(")) continue;
            for (const char* word : {"join", "left", "right", "inner", "full", "cross", "natural", "set"})
                if (at(i).isWord(word)) return i;
            if (at(i).is(",")) return i;
        }
        return end;
    }

    struct Parts {
        std::vector<std::pair<size_t, size_t>> list;
        bool ands = false, ors = false, other = false;
    };
    // What AND and OR part at this depth of brackets.
    Parts partsOf(size_t begin, size_t end, uint32_t depth) const {
        Parts parts;
        size_t part = begin;
        bool between = false;
        for (size_t i = begin; i < end; ++i) {
            if (queries_.depth[i] != depth) continue;
            parts.other |= at(i).isWord("xor") || at(i).is("||") || at(i).is("&&") || at(i).isWord("case");
            if (at(i).isWord("between")) between = true;
            const bool ands = at(i).isWord("and"), ors = at(i).isWord("or");
            if ((!ands && !ors) || (ands && std::exchange(between, false))) continue;
            (ands ? parts.ands : parts.ors) = true;
            parts.list.emplace_back(part, i);
            part = i + 1;
        }
        parts.list.emplace_back(part, end);
        return parts;
    }

    void readWhere(size_t begin, size_t end, uint32_t depth) {
        if (begin >= tokens_.size() || depth > deepest) return;
        const auto parts = partsOf(begin, end, depth);
        if (parts.other || parts.ors)
            for (size_t i = begin; i < end; ++i)
                if (queries_.of[i] != queries_.of[begin]) queries_.blocks[queries_.of[i]].loose = true;
        if (parts.other || (parts.ors && parts.ands)) return;
        if (parts.ors) return readAlternatives(parts.list);
        for (const auto& [from, to] : parts.list) readCondition(from, to, depth);
    }

    // OR of equalities on one column.
    void readAlternatives(const std::vector<std::pair<size_t, size_t>>& parts) {
        std::optional<ColumnExpression> all;
        std::vector<uint32_t> slots;
        for (const auto& [from, to] : parts) {
            size_t i = from;
            const auto one = column(i);
            if (!one || !at(i).is("=") || (all && *all != *one) || !isOwn(*one, from)) return;
            const auto slot = literal(++i);
            if (!slot || i != to) return;
            all = one;
            slots.push_back(*slot);
        }
        facts_.predicates.push_back({*all, Operator::in, std::move(slots)});
    }

    // A column, lower() or upper() of one, or one modulo a number.
    std::optional<ColumnExpression> tested(size_t& i) const {
        if ((at(i).isWord("lower") || at(i).isWord("upper")) && at(i + 1).is("(")) {
            size_t inside = i + 2;
            auto out = column(inside);
            if (!out || !at(inside).is(")")) return std::nullopt;
            out->expression = identifierOf(at(i)) + "(" + out->column + ")";
            i = inside + 1;
            return out;
        }
        auto out = column(i);
        if (out && at(i).is("%") && at(i + 1).kind == TraceKind::kept && at(i + 1).literal == LiteralKind::number) {
            out->expression += " % " + std::string(at(i + 1).source);
            i += 2;
        }
        return out;
    }

    // (a, b) = (1, 2)
    void readRow(size_t i, size_t end) {
        std::vector<ColumnExpression> columns;
        do {
            const auto one = column(++i);
            if (!one || !isOwn(*one, i - 1)) return;
            columns.push_back(*one);
        } while (at(i).is(","));
        if (!at(i).is(")") || !at(i + 1).is("=") || !at(i + 2).is("(")) return;
        std::vector<uint32_t> slots;
        i += 2;
        do {
            const auto slot = literal(++i);
            if (!slot) return;
            slots.push_back(*slot);
        } while (at(i).is(","));
        if (!at(i).is(")") || i + 1 != end || slots.size() != columns.size()) return;
        for (size_t k = 0; k < slots.size(); ++k) facts_.predicates.push_back({columns[k], Operator::equal, {slots[k]}});
    }

    // `where`: a token of the condition. In a subquery what is known around it bounds its own rows; the other way round only where
    // the query around it demands that they exist.
    void addJoin(const ColumnExpression& left, const ColumnExpression& right, size_t where) {
        if (left.table == right.table || !left.bare() || outer_) return;
        const auto& block = queries_.blocks[queries_.of[where]];
        const auto demanded = [&](const ColumnExpression& outer) { return block.exists && tableBlocks_[outer.table] == block.parent; };
        const bool leftHere = isOwn(left, where), rightHere = isOwn(right, where);
        if ((!leftHere && !rightHere) || (block.loose && !(leftHere && rightHere))) return;
        facts_.joins.push_back({left, right, rightHere || demanded(right), leftHere || demanded(left)});
    }

    void readCondition(size_t i, size_t end, uint32_t depth) {
        const size_t begin = i;
        if (at(i).is("(")) return closeOf(i) + 1 == end ? readWhere(i + 1, end - 1, depth + 1) : readRow(i, end);
        if (at(i).isWord("exists") && at(i + 1).is("(") && closeOf(i + 1) + 1 == end) {
            if (givesItsRows(i + 2, end - 1)) queries_.blocks[queries_.of[i + 2]].exists = true;
            return;
        }
        size_t back = i;
        if (const auto slot = literal(back); slot && at(back).is("=")) {
            ++back;
            const auto column = tested(back);
            if (column && back == end && isOwn(*column, begin)) facts_.predicates.push_back({*column, Operator::equal, {*slot}});
            return;
        }
        const auto column = tested(i);
        if (!column) return;
        if (const auto op = comparisonOf(at(i)); op && *op == Operator::equal) {
            size_t next = i + 1;
            if (const auto other = this->column(next); other && next == end) return addJoin(*column, *other, begin);
        }
        if (isOwn(*column, begin)) readTest(*column, i, end);
    }

    // What stands behind the column.
    void readTest(const ColumnExpression& column, size_t i, size_t end) {
        if (const auto op = comparisonOf(at(i))) {
            const auto slot = literal(++i);
            if (slot && i == end) facts_.predicates.push_back({column, *op, {*slot}});
        } else if (at(i).isWord("is")) {
            const bool negated = at(i + 1).isWord("not");
            if (joins_ || !at(i + (negated ? 2 : 1)).isWord("null") || i + (negated ? 3 : 2) != end) return;   // of an outer join it says another thing
            facts_.predicates.push_back({column, negated ? Operator::other : Operator::isNull, {}});
        } else if (at(i).isWord("between")) {
            const auto low = literal(++i);
            if (!low || !at(i).isWord("and")) return;
            const auto high = literal(++i);
            if (high && i == end) facts_.predicates.push_back({column, Operator::between, {*low, *high}});
        } else {
            readList(column, i, end);
        }
    }

    // IN and NOT IN.
    void readList(const ColumnExpression& column, size_t i, size_t end) {
        const bool negated = at(i).isWord("not");
        if (negated) ++i;
        if (!at(i).isWord("in") || !at(i + 1).is("(") || closeOf(i + 1) + 1 != end) return;
        if (at(i + 2).isWord("select")) {
            if (!negated) readSubquery(column, i + 3, end - 1);
            return;
        }
        std::vector<uint32_t> slots;
        for (i += 2;; ++i) {
            const auto slot = literal(i);
            if (!slot) return;
            slots.push_back(*slot);
            if (!at(i).is(",")) break;
        }
        if (i + 1 == end) facts_.predicates.push_back({column, negated ? Operator::notEqual : Operator::in, std::move(slots)});
    }

    // IN (SELECT column FROM …) that gives all its rows.
    void readSubquery(const ColumnExpression& column, size_t i, size_t end) {
        const size_t begin = i;
        const auto inner = this->column(i);
        if (!inner || !at(i).isWord("from") || !isOwn(*inner, begin) || !column.bare()) return;
        if (givesItsRows(begin, end)) facts_.joins.push_back({column, *inner});
    }

    // Whether the subquery gives a row for each that its conditions leave, and no other: an aggregate gives one anyway.
    bool givesItsRows(size_t begin, size_t end) const {
        bool listed = true;
        for (size_t i = begin; i < end; ++i) {
            if (queries_.depth[i] != queries_.depth[begin]) continue;
            for (const char* word : {"union", "intersect", "except", "group", "having", "limit", "offset", "fetch"})
                if (at(i).isWord(word)) return false;
            if (at(i).isWord("from")) listed = false;
            if (listed && at(i).is("(")) return false;
        }
        return !listed;
    }

    // Whose column an assignment without a table's name sets; nothing where that is open.
    std::optional<uint32_t> onlyTarget(size_t set) const {
        std::optional<uint32_t> found;
        for (size_t i = 0; i < set; ++i)
            if (queries_.depth[i] == 0 && (at(i).is(",") || at(i).isWord("join"))) return std::nullopt;
        for (uint32_t t = 0; t < facts_.tables.size(); ++t) {
            if (!facts_.tables[t].written || facts_.tables[t].level > 0) continue;
            if (found) return std::nullopt;
            found = t;
        }
        return found;
    }

    // A name that is not that of another table's column.
    bool mayBeOf(uint32_t table, size_t i) const {
        if (i < 2 || !at(i - 1).is(".")) return true;
        const std::string of = identifierOf(at(i - 2));
        const uint32_t named = queries_.named(queries_.of[i], of);
        return of != "excluded" && (named == noTable || named == table);
    }

    void readAssignments(size_t i) {
        const uint32_t depth = queries_.depth[i - 1];
        const size_t end = clauseEnd(i, depth);
        const auto target = onlyTarget(i - 1);
        while (i < end) {
            const size_t name = i;
            auto set = column(i);
            if (!set && target && at(name).isIdentifier() && at(name + 1).is("=")) {
                set = ColumnExpression{*target, identifierOf(at(name)), identifierOf(at(name))};
                i = name + 1;
            }
            if (!set || !at(i).is("=")) return;
            Assignment assignment;
            assignment.table = set->table;
            assignment.column = set->column;
            const size_t begin = ++i;
            size_t value = begin;
            const auto slot = literal(value);
            while (i < end && !(queries_.depth[i] == depth && at(i).is(","))) {
                assignment.selfRelative |= at(i).isIdentifier() && identifierOf(at(i)) == assignment.column && mayBeOf(assignment.table, i);
                ++i;
            }
            if (slot && value == i) {
                assignment.source = BindingSource::slot;
                assignment.slot = *slot;
            } else if (isColumn(begin, i)) {
                assignment.source = BindingSource::column;
            }
            facts_.assignments.push_back(std::move(assignment));
            ++i;
        }
    }

    // name or table.name
    bool isColumn(size_t begin, size_t end) const {
        const size_t size = end - begin;
        if ((size != 1 && size != 3) || !at(begin).isIdentifier() || !at(end - 1).isIdentifier()) return false;
        return (size == 1 || at(begin + 1).is(".")) && !(at(begin).kind == TraceKind::word && at(begin).keyword.reserved);
    }

    // The columns that an INSERT names, whose list ends in front of `behind`; none: it names none. Nothing: there is something else.
    std::optional<std::vector<std::string>> insertColumns(size_t behind) const {
        std::vector<std::string> columns;
        if (behind == 0 || !at(behind - 1).is(")")) return columns;
        size_t open = behind - 1;
        while (open > 0 && !(at(open).is("(") && queries_.depth[open] == 0)) --open;
        for (size_t i = open + 1; i + 1 < behind; ++i) {
            if (at(i).isIdentifier()) columns.push_back(identifierOf(at(i)));
            else if (!at(i).is(",")) return std::nullopt;
        }
        return columns;
    }

    std::optional<uint32_t> insertTarget() const {
        for (uint32_t t = 0; t < facts_.tables.size(); ++t)
            if (facts_.tables[t].written) return t;
        return std::nullopt;
    }

    // INSERT INTO t (a, b) SELECT c, d FROM …, of columns alone.
    void readInsertQuery(size_t select) {
        const auto columns = insertColumns(select);
        const auto target = insertTarget();
        if (!columns || columns->empty() || !target || queries_.united || anyWord("group")) return;
        std::vector<ColumnExpression> given;
        size_t i = select;
        do {
            const auto one = column(++i);
            if (!one) return;
            given.push_back(*one);
        } while (at(i).is(","));
        if (!at(i).isWord("from") || given.size() != columns->size()) return;
        for (uint32_t k = 0; k < given.size(); ++k) {
            const auto& name = (*columns)[k];
            facts_.joins.push_back({{*target, name, name}, given[k], false, true});
            facts_.inserts.push_back({*target, name, k, BindingSource::column, noSlot});
        }
    }

    // INSERT INTO t (a, b) VALUES (…): `values` is at the word.
    void readInsert(size_t values) {
        const auto named = insertColumns(values);
        const auto target = insertTarget();
        if (!named || !target || !at(values + 1).is("(")) return;
        const auto& columns = *named;
        const uint32_t table = *target;
        size_t i = values + 2;
        for (uint32_t position = 0; i < tokens_.size() && (columns.empty() || position < columns.size()); ++position) {
            InsertBinding binding;
            binding.table = table;
            if (!columns.empty()) binding.column = columns[position];
            binding.position = position;
            size_t next = i;
            if (const auto slot = literal(next)) {
                binding.source = BindingSource::slot;
                binding.slot = *slot;
            } else if (at(next).isWord("default")) {
                binding.source = BindingSource::default_;
                ++next;
            }
            while (i < tokens_.size() && !(queries_.depth[i] <= 1 && at(i).is(",")) && !(queries_.depth[i] == 0 && at(i).is(")"))) ++i;
            if (next != i) binding.source = BindingSource::expression, binding.slot = noSlot;
            facts_.inserts.push_back(std::move(binding));
            if (at(i).is(")")) break;
            ++i;
        }
        // Further rows are not like the first one: nothing is known of any column.
        if (at(i).is(")") && at(i + 1).is(",")) facts_.inserts.clear();
    }

    bool outer_ = false, joins_ = false;                // the statement has outer joins; joins at all
    std::optional<std::set<std::string>> outputs_;      // names that the statement gives behind AS
};

}  // namespace

StatementFacts fallbackFacts(const Trace& trace) { return Reader(trace).run(); }

}  // namespace foreshard::sql
