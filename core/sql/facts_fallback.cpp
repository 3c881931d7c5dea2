#include "core/sql/facts_fallback.h"

#include "core/sql/facts_walker.h"

#include <algorithm>
#include <map>
#include <set>

namespace foreshard::sql {

namespace {

using Tokens = std::vector<TraceToken>;

StatementKind kindOfWord(const std::string& word) {
    // clang-format off
    static const std::map<std::string, StatementKind> kinds = {
        {"select", StatementKind::select}, {"values", StatementKind::select}, {"table", StatementKind::select},
        {"insert", StatementKind::insert}, {"replace", StatementKind::insert}, {"update", StatementKind::update},
        {"delete", StatementKind::delete_}, {"merge", StatementKind::merge}, {"copy", StatementKind::copy},
        {"create", StatementKind::ddl}, {"alter", StatementKind::ddl}, {"drop", StatementKind::ddl},
        {"truncate", StatementKind::ddl}, {"comment", StatementKind::ddl}, {"grant", StatementKind::ddl},
        {"revoke", StatementKind::ddl}, {"begin", StatementKind::begin}, {"start", StatementKind::begin},
        {"commit", StatementKind::commit}, {"end", StatementKind::commit}, {"rollback", StatementKind::rollback},
        {"abort", StatementKind::rollback}, {"savepoint", StatementKind::savepoint},
        {"release", StatementKind::releaseSavepoint}, {"set", StatementKind::set}, {"reset", StatementKind::set},
        {"show", StatementKind::show}, {"explain", StatementKind::explain}, {"declare", StatementKind::utility},
        {"fetch", StatementKind::utility}, {"move", StatementKind::utility}, {"close", StatementKind::utility},
        {"prepare", StatementKind::utility}, {"execute", StatementKind::utility}, {"deallocate", StatementKind::utility},
        {"call", StatementKind::utility}, {"do", StatementKind::utility}, {"vacuum", StatementKind::utility},
        {"analyze", StatementKind::utility}, {"lock", StatementKind::utility}, {"listen", StatementKind::utility},
        {"notify", StatementKind::utility}, {"unlisten", StatementKind::utility}, {"discard", StatementKind::utility},
        {"checkpoint", StatementKind::utility}, {"reindex", StatementKind::utility}, {"cluster", StatementKind::utility},
        {"use", StatementKind::utility}, {"pragma", StatementKind::utility}, {"attach", StatementKind::utility}, {"detach", StatementKind::utility},
        {"flush", StatementKind::utility}, {"kill", StatementKind::utility}, {"unlock", StatementKind::utility}, {"optimize", StatementKind::utility},
        {"repair", StatementKind::utility}, {"check", StatementKind::utility}, {"describe", StatementKind::show}, {"desc", StatementKind::show}};
    // clang-format on
    const auto found = kinds.find(word);
    return found == kinds.end() ? StatementKind::unknown : found->second;
}

// Ends a clause that begins with WHERE or SET.
bool endsClause(const TraceToken& token) {
    for (std::string_view word : {"where", "group", "order", "limit", "offset", "returning", "having", "for", "union",
                                  "except", "intersect", "window", "fetch", "from", "on"}) {
        if (token.isWord(word)) return true;
    }
    return token.is(";");
}

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

class Reader {
public:
    explicit Reader(const Trace& trace) : trace_(trace), tokens_(trace.tokens) {}

    StatementFacts run() {
        findBrackets();
        facts_.kind = kind();
        if (facts_.kind == StatementKind::set) {
            readSetting();
        } else if (facts_.kind != StatementKind::unknown && facts_.kind != StatementKind::utility &&
                   facts_.kind != StatementKind::ddl && facts_.kind != StatementKind::explain &&
                   facts_.kind != StatementKind::show) {
            readTables();
            nameTables();
            markTargets();
            if (whole()) readClauses();
        }
        return std::move(facts_);
    }

private:
    const TraceToken& at(size_t i) const {
        static const TraceToken none{TraceKind::punct};
        return i < tokens_.size() ? tokens_[i] : none;
    }

    // Depth of each token, and which brackets hold a query: FROM elsewhere is of EXTRACT(… FROM …) and its like.
    void findBrackets() {
        depth_.reserve(tokens_.size());
        inQuery_.reserve(tokens_.size());
        std::vector<bool> query = {true};
        for (size_t i = 0; i < tokens_.size(); ++i) {
            if (at(i).is(")") && query.size() > 1) query.pop_back();
            depth_.push_back(static_cast<uint32_t>(query.size() - 1));
            inQuery_.push_back(query.back());
            if (at(i).is("(")) {
                const TraceToken& inside = at(i + 1);
                query.push_back(inside.isWord("select") || inside.isWord("with") || inside.isWord("update") ||
                                inside.isWord("insert") || inside.isWord("delete"));
            }
        }
        balanced_ = query.size() == 1;
    }

    // A statement that the log has cut off may have gone on with OR.
    bool whole() const {
        if (trace_.cut || !balanced_ || tokens_.empty()) return false;
        const TraceToken& last = tokens_.back();
        return last.kind != TraceKind::op && !last.is(",") && !last.is(".") && !last.isWord("and") &&
               !last.isWord("or") && !last.isWord("where");
    }

    StatementKind kind() {
        size_t i = 0;
        while (at(i).is("(")) ++i;
        if (!at(i).isIdentifier()) return StatementKind::unknown;
        const std::string first = identifierOf(at(i));
        if (first == "with") {
            readCteNames();
            for (++i; i < tokens_.size(); ++i) {
                if (depth_[i] != 0) continue;
                for (const char* word : {"select", "insert", "update", "delete", "merge"}) {
                    if (at(i).isWord(word)) return kindOfWord(word);
                }
            }
            return StatementKind::unknown;
        }
        if (first == "rollback" && anyWord("to")) return StatementKind::rollbackToSavepoint;
        if (first == "rollback" && at(i + 1).isWord("prepared")) return StatementKind::rollbackPrepared;
        if (first == "commit" && at(i + 1).isWord("prepared")) return StatementKind::commitPrepared;
        if (first == "prepare" && at(i + 1).isWord("transaction")) return StatementKind::prepareTransaction;
        if (first == "start" && !at(i + 1).isWord("transaction")) return StatementKind::utility;
        return kindOfWord(first);
    }

    bool anyWord(std::string_view word) const {
        return std::any_of(tokens_.begin(), tokens_.end(), [&](const TraceToken& t) { return t.isWord(word); });
    }

    void readCteNames() {
        for (size_t i = 1; i + 2 < tokens_.size(); ++i) {
            const bool starts = at(i - 1).isWord("with") || at(i - 1).isWord("recursive") || at(i - 1).is(",");
            if (starts && at(i).isIdentifier() && at(i + 1).isWord("as")) ctes_.insert(identifierOf(at(i)));
        }
    }

    void readSetting() {
        size_t i = 1;
        while (at(i).isWord("local") || at(i).isWord("session")) facts_.settingLocal |= at(i++).isWord("local");
        for (; i < tokens_.size() && !at(i).is("=") && !at(i).isWord("to") && at(i).kind != TraceKind::slot; ++i) {
            facts_.setting += at(i).isIdentifier() ? identifierOf(at(i)) : std::string(at(i).source);
        }
        for (; i < tokens_.size(); ++i) {
            if (at(i).kind == TraceKind::slot) facts_.settingSlots.push_back(at(i).slot);
        }
    }

    // name, schema.name; `i` ends behind it.
    std::optional<TableUse> readName(size_t& i) const {
        std::vector<std::string> parts;
        while (at(i).isIdentifier()) {
            if (at(i).kind == TraceKind::word && at(i).keyword.reserved && parts.empty()) return std::nullopt;
            parts.push_back(identifierOf(at(i++)));
            if (!at(i).is(".")) break;
            ++i;
        }
        if (parts.empty()) return std::nullopt;
        TableUse use;
        use.name = parts.back();
        if (parts.size() > 1) use.schema = parts[parts.size() - 2];
        return use;
    }

    void addTable(size_t& i, bool written, bool functionsToo) {
        if (at(i).isWord("only") || at(i).isWord("lateral")) ++i;
        auto use = readName(i);
        if (!use || (use->schema.empty() && ctes_.count(use->name)) || (functionsToo && at(i).is("("))) {
            otherSources_ = true;
            return;
        }
        if (at(i).isWord("as")) ++i;
        if (at(i).kind == TraceKind::name ||
            (at(i).kind == TraceKind::word && !isClauseWord(at(i)) && !at(i + 1).isWord("index")))
            use->alias = identifierOf(at(i++));
        // With t(a, b) the names are not those of the table.
        if (at(i).is("(") && !use->alias.empty()) renamed_.insert(static_cast<uint32_t>(facts_.tables.size()));
        use->written = written;
        use->read = !written;
        use->level = i > 0 && i - 1 < depth_.size() ? depth_[i - 1] : 0;
        facts_.tables.push_back(std::move(*use));
    }

    static bool isClauseWord(const TraceToken& token) {
        return token.keyword.reserved || endsClause(token) || token.isWord("set") || token.isWord("values") ||
               token.isWord("left") || token.isWord("right") || token.isWord("default");
    }

    void readTables() {
        bool deleting = facts_.kind == StatementKind::delete_;
        for (size_t i = 0; i < tokens_.size(); ++i) {
            const TraceToken& token = tokens_[i];
            if (token.kind != TraceKind::word || !inQuery_[i]) continue;
            size_t next = i + 1;
            if (token.isWord("from") && !(i > 0 && at(i - 1).isWord("distinct")) &&
                facts_.kind != StatementKind::copy) {
                const bool target = deleting && depth_[i] == 0;
                if (target) deleting = false;
                addTable(next, target, true);
                for (; at(next).is(",");) addTable(++next, false, true);
            } else if (token.isWord("join") || (token.isWord("using") && facts_.kind == StatementKind::delete_)) {
                if (!at(next).is("(")) addTable(next, false, true);
            } else if (token.isWord("into")) {
                addTable(next, true, false);
            } else if (token.isWord("update")) {
                const bool clause =
                    i > 0 && (at(i - 1).isWord("for") || at(i - 1).isWord("key") || at(i - 1).isWord("do"));
                if (!clause && !at(next).isWord("set"))
                    addTable(next, true, false);
                else if (!at(i - 1).isWord("do"))
                    lockAll();
            } else if (token.isWord("copy") && i == 0) {
                addTable(next, anyWord("from"), false);
            }
        }
    }

    // A name that two tables of the statement have means nothing here.
    void nameTables() {
        for (size_t t = 0; t < facts_.tables.size(); ++t) {
            const TableUse& use = facts_.tables[t];
            const auto [found, fresh] =
                byName_.try_emplace(use.alias.empty() ? use.name : use.alias, static_cast<uint32_t>(t));
            if (!fresh) found->second = noTable;
        }
    }

    // UPDATE a JOIN b … SET b.x = 1 and DELETE a, b FROM …: which of the tables are written.
    void markTargets() {
        if (facts_.kind == StatementKind::update) {
            size_t set = 0;
            while (set < tokens_.size() && !(depth_[set] == 0 && at(set).isWord("set"))) ++set;
            if (set == tokens_.size()) return;     // cut off in front of it
            const size_t end = std::min(clauseEnd(set + 1, 0), tokens_.size());
            for (size_t i = set; i < end; ++i) {
                const bool begins = depth_[i] == 0 && (i == set || at(i).is(","));
                if (begins && at(i + 2).is(".") && !at(i + 4).is(".")) mark(identifierOf(at(i + 1)));
            }
        } else if (facts_.kind == StatementKind::delete_) {
            for (size_t i = 1; at(i).isIdentifier() && !at(i).isWord("from"); ++i) {
                if (byName_.count(identifierOf(at(i))) && at(1).isIdentifier()) mark(identifierOf(at(i)));
                if (at(i + 1).is(".")) ++i;
                if (at(i + 1).is("*") || at(i + 1).is(",")) ++i;
                if (at(i + 1).is(",")) ++i;
            }
        }
    }

    // The first table that is written is taken for the target until others are named.
    void mark(const std::string& name) {
        const auto found = byName_.find(name);
        if (found == byName_.end() || found->second == noTable) return;
        if (!std::exchange(marked_, true))
            for (TableUse& use : facts_.tables)
                if (use.level == 0) use.read = true, use.written = false;
        facts_.tables[found->second].written = true;
        facts_.tables[found->second].read = false;
    }

    void lockAll() {
        for (TableUse& use : facts_.tables) use.locked |= use.read;
    }

    void readClauses() {
        for (size_t i = 0; i < tokens_.size(); ++i) {
            const TraceToken& token = tokens_[i];
            if (!inQuery_[i]) continue;
            if (token.isWord("where"))
                readWhere(i + 1, clauseEnd(i + 1, depth_[i]));
            else if (token.isWord("on") && joinsInside(i))
                readWhere(i + 1, joinEnd(i + 1, depth_[i]));
            else if (depth_[i] == 0 && token.isWord("select") && at(i + 1).isWord("distinct"))
                facts_.distinct = true;
            else if (depth_[i] == 0 && at(i + 1).is("(") && token.isIdentifier() && isAggregate(identifierOf(token)) && closing(i + 1) != "over")
                facts_.aggregates = true;
            else if (token.isWord("set") && i > 0 && facts_.kind == StatementKind::update && depth_[i] == 0)
                readAssignments(i + 1);
            else if (token.isWord("limit") && depth_[i] == 0 && at(i + 1).kind == TraceKind::slot)
                facts_.limitSlot = at(at(i + 2).is(",") ? i + 3 : i + 1).slot;   // LIMIT offset, count
            else if (token.isWord("values") && facts_.kind == StatementKind::insert && depth_[i] == 0)
                readInsert(i);
            else if (token.isWord("conflict"))
                facts_.onConflict = true;
            else if (token.isWord("select") && i > 0 && facts_.kind == StatementKind::insert && depth_[i] == 0)
                facts_.insertsFromQuery = true;
        }
    }

    size_t clauseEnd(size_t begin, uint32_t depth) const {
        size_t end = begin;
        while (end < tokens_.size() && depth_[end] >= depth && !(depth_[end] == depth && endsClause(at(end)))) ++end;
        return end;
    }

    // Nested deeper than people write, each one would be read once for every level around it.
    static constexpr uint32_t deepest = 16;

    // The word behind the bracket that closes the one at `open`, in lower case.
    std::string closing(size_t open) const {
        size_t i = open + 1;
        while (i < tokens_.size() && depth_[i] > depth_[open]) ++i;
        return at(i + 1).isIdentifier() ? identifierOf(at(i + 1)) : std::string();
    }

    // Whether this ON is of an inner join.
    bool joinsInside(size_t on) const {
        size_t i = on;
        while (i > 0 && !(depth_[i] == depth_[on] && at(i).isWord("join")) && !at(i).isWord("from")) --i;
        return at(i).isWord("join") && i > 0 && !at(i - 1).isWord("outer") && !at(i - 1).isWord("left") && !at(i - 1).isWord("right") && !at(i - 1).isWord("full") && !at(i - 1).isWord("natural");
    }

    // A function may be called like a join.
    size_t joinEnd(size_t begin, uint32_t depth) const {
        const size_t end = clauseEnd(begin, depth);
        for (size_t i = begin; i < end; ++i) {
            if (depth_[i] != depth || at(i + 1).is("(")) continue;
            for (const char* word : {"join", "left", "right", "inner", "full", "cross", "natural", "set"})
                if (at(i).isWord(word)) return i;
            if (at(i).is(",")) return i;
        }
        return end;
    }

    void readWhere(size_t begin, size_t end) {
        if (begin >= tokens_.size() || depth_[begin - 1] > deepest) return;
        const uint32_t depth = depth_[begin - 1];
        std::vector<std::pair<size_t, size_t>> parts;
        size_t part = begin;
        bool between = false;
        for (size_t i = begin; i < end; ++i) {
            if (depth_[i] != depth) continue;
            if (at(i).isWord("or") || at(i).isWord("xor") || at(i).is("||") || at(i).is("&&")) return;
            if (at(i).isWord("between")) between = true;
            if (!at(i).isWord("and") || std::exchange(between, between && !at(i).isWord("and"))) continue;
            parts.emplace_back(part, i);
            part = i + 1;
        }
        parts.emplace_back(part, end);
        for (const auto& [from, to] : parts) readCondition(from, to);
    }

    // One slot, with or without a cast; `i` ends behind it.
    std::optional<uint32_t> literal(size_t& i) const {
        if (at(i).kind != TraceKind::slot) return std::nullopt;
        const uint32_t slot = at(i++).slot;
        if (at(i).is("::") && at(i + 1).isIdentifier()) i += 2;
        return slot;
    }

    std::optional<ColumnExpression> column(size_t& i) const {
        std::vector<std::string> parts;
        if (at(i).kind == TraceKind::word && at(i).keyword.reserved) return std::nullopt;
        while (at(i).isIdentifier()) {
            parts.push_back(identifierOf(at(i++)));
            if (!at(i).is(".")) break;
            ++i;
        }
        if (parts.empty()) return std::nullopt;
        ColumnExpression out{noTable, parts.back(), parts.back()};
        if (parts.size() == 1) {
            if (facts_.tables.size() != 1 || otherSources_ || renamed_.count(0)) return std::nullopt;
            out.table = 0;
            return out;
        }
        const auto named = byName_.find(parts[parts.size() - 2]);
        if (named == byName_.end() || named->second == noTable || renamed_.count(named->second)) return std::nullopt;
        out.table = named->second;
        return out;
    }

    void readCondition(size_t i, size_t end) {
        size_t back = i;
        if (const auto slot = literal(back); slot && at(back).is("=")) {
            ++back;
            const auto tested = column(back);
            if (tested && back == end) facts_.predicates.push_back({*tested, Operator::equal, {*slot}});
            return;
        }
        const auto tested = column(i);
        if (!tested) return;
        if (const auto op = comparisonOf(at(i))) {
            const auto slot = literal(++i);
            if (slot && i == end) facts_.predicates.push_back({*tested, *op, {*slot}});
            if (slot || *op != Operator::equal) return;
            const auto other = column(i);
            if (other && i == end && other->table != tested->table && facts_.tables[other->table].level == facts_.tables[tested->table].level && !anyWord("left") && !anyWord("right") && !anyWord("full"))
                facts_.joins.push_back({*tested, *other});
        } else if (at(i).isWord("is") && at(i + 1).isWord("null") && i + 2 == end && !anyWord("join")) {   // of an outer join it says another thing
            facts_.predicates.push_back({*tested, Operator::isNull, {}});
        } else if (at(i).isWord("between")) {
            const auto low = literal(++i);
            if (!low || !at(i).isWord("and")) return;
            const auto high = literal(++i);
            if (high && i == end) facts_.predicates.push_back({*tested, Operator::between, {*low, *high}});
        } else if (at(i).isWord("in") && at(i + 1).is("(")) {
            std::vector<uint32_t> slots;
            for (i += 2;; ++i) {
                const auto slot = literal(i);
                if (!slot) return;
                slots.push_back(*slot);
                if (!at(i).is(",")) break;
            }
            if (at(i).is(")") && i + 1 == end) facts_.predicates.push_back({*tested, Operator::in, std::move(slots)});
        }
    }

    void readAssignments(size_t i) {
        const uint32_t depth = depth_[i - 1];
        const size_t end = clauseEnd(i, depth);
        while (i < end) {
            const auto tested = column(i);
            if (!tested || !at(i).is("=")) return;
            Assignment assignment;
            assignment.table = tested->table;
            assignment.column = tested->column;
            size_t value = ++i;
            const auto slot = literal(value);
            while (i < end && !(depth_[i] == depth && at(i).is(","))) {
                assignment.selfRelative |= at(i).isIdentifier() && identifierOf(at(i)) == assignment.column;
                ++i;
            }
            if (slot && value == i) {
                assignment.source = BindingSource::slot;
                assignment.slot = *slot;
            }
            facts_.assignments.push_back(std::move(assignment));
            ++i;
        }
    }

    // INSERT INTO t (a, b) VALUES (…): `values` is at the word.
    void readInsert(size_t values) {
        std::vector<std::string> columns;
        if (values > 0 && at(values - 1).is(")")) {
            size_t open = values - 1;
            while (open > 0 && !(at(open).is("(") && depth_[open] == 0)) --open;
            for (size_t i = open + 1; i + 1 < values; ++i) {
                if (at(i).isIdentifier())
                    columns.push_back(identifierOf(at(i)));
                else if (!at(i).is(","))
                    return;
            }
        }
        const auto target =
            std::find_if(facts_.tables.begin(), facts_.tables.end(), [](const TableUse& t) { return t.written; });
        if (target == facts_.tables.end() || !at(values + 1).is("(")) return;
        const auto table = static_cast<uint32_t>(target - facts_.tables.begin());
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
            while (i < tokens_.size() && !(depth_[i] <= 1 && at(i).is(",")) && !(depth_[i] == 0 && at(i).is(")"))) ++i;
            if (next != i) binding.source = BindingSource::expression, binding.slot = noSlot;
            facts_.inserts.push_back(std::move(binding));
            if (at(i).is(")")) break;
            ++i;
        }
        // Further rows are not like the first one: nothing is known of any column.
        if (at(i).is(")") && at(i + 1).is(",")) facts_.inserts.clear();
    }

    const Trace& trace_;
    const Tokens& tokens_;
    std::vector<uint32_t> depth_;
    std::vector<bool> inQuery_;
    bool balanced_ = true;
    bool marked_ = false;        // targets are named
    bool otherSources_ = false;  // FROM names more than tables: whose an unqualified column is, is open
    std::set<std::string> ctes_;
    std::set<uint32_t> renamed_;
    std::map<std::string, uint32_t> byName_;
    StatementFacts facts_;
};

}  // namespace

StatementFacts fallbackFacts(const Trace& trace) { return Reader(trace).run(); }

}  // namespace foreshard::sql
