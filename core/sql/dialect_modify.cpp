#include "core/sql/dialect_modify.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/sql/dialect_tokens.h"
#include "core/sql/lexer.h"

namespace foreshard::sql {

namespace {

using Tokens = std::vector<TraceToken>;

struct Piece {
    size_t begin = 0, end = 0;
    bool empty() const { return begin >= end; }
};

// A table of UPDATE or DELETE, and what joins it to those before it.
struct Factor {
    Piece text;              // with its alias
    std::string name, alias;
    std::vector<Piece> on;
    std::vector<TraceToken> usingNames;
    bool isCalled(const std::string& given) const { return given == (alias.empty() ? name : alias); }
};

class Modification {
public:
    explicit Modification(StandardForm& form) : form_(form), in_(std::move(form.tokens)) {}
    ~Modification() {
        if (!done_) form_.tokens = in_.all();
    }

    bool run() {
        verb_ = in_.isWord(0, "with") ? in_.find(1, in_.size(), {"insert", "replace", "update", "delete"}) : 0;
        if (in_.isWord(verb_, "replace") || in_.isWord(verb_, "insert")) done_ = insert();
        else if (in_.isWord(verb_, "update")) done_ = update();
        else if (in_.isWord(verb_, "delete")) done_ = delete_();
        if (done_) form_.tokens = std::move(out_);
        return done_;
    }

private:
    void copy(Piece piece) {
        for (size_t i = piece.begin; i < piece.end; ++i) out_.push_back(in_.at(i));
    }
    void words(std::initializer_list<std::string_view> list) {
        for (const auto word : list) out_.push_back(wordToken(word));
    }
    void bracketed(Piece piece) {
        out_.push_back(punctToken("("));
        copy(piece);
        out_.push_back(punctToken(")"));
    }

    // ---- INSERT -----------------------------------------------------------------------------------------------------------

    bool insert() {
        bool changed = in_.isWord(verb_, "replace"), ignores = changed;
        size_t i = verb_ + 1;
        if (in_.isWord(i, "or")) i += 2, changed = ignores = true;
        for (; in_.isAny(i, {"low_priority", "delayed", "high_priority", "ignore"}); ++i) changed = true, ignores |= in_.isWord(i, "ignore");
        changed |= !in_.isWord(i, "into");
        if (in_.isWord(i, "into")) ++i;
        copy({0, verb_});
        words({"INSERT", "INTO"});
        const size_t table = i;
        for (++i; in_.at(i).is("."); i += 2) {}
        if (in_.isWord(i, "as")) i += 2;
        copy({table, i});
        if (in_.isWord(i, "partition") && in_.at(i + 1).is("(")) i = in_.behindBracket(i + 1), changed = true;
        const size_t end = in_.size();
        const size_t returning = in_.find(i, end, {"returning"}), duplicate = duplicateKey(i, returning);
        const size_t rows = std::min(duplicate, returning);
        changed |= source({i, rows}) | (duplicate < returning);
        if (duplicate < returning) onDuplicate({duplicate + 4, returning});
        else if (ignores && in_.find(i, returning, {"conflict"}) == returning) words({"ON", "CONFLICT", "DO", "NOTHING"});
        copy({returning, end});
        return changed;
    }

    size_t duplicateKey(size_t from, size_t to) const {
        for (size_t i = in_.find(from, to, {"duplicate"}); i < to; i = in_.find(i + 1, to, {"duplicate"}))
            if (in_.isWord(i - 1, "on") && in_.isWord(i + 1, "key") && in_.isWord(i + 2, "update")) return i - 1;
        return to;
    }

    // Columns and values; whether they were changed.
    bool source(Piece rest) {
        if (in_.isWord(rest.begin, "set")) return setList({rest.begin + 1, rest.end}), true;
        bool changed = false;
        for (size_t i = rest.begin; i < rest.end;) {
            const bool empty = in_.at(i).is("(") && in_.at(i + 1).is(")");
            if (i == rest.begin && empty) {
                i += 2;
                changed = true;
            } else if (in_.isAny(i, {"values", "value"}) && in_.at(i + 1).is("(") && in_.at(i + 2).is(")")) {
                words({"DEFAULT", "VALUES"});
                i += 4;
                changed = true;
            } else if (in_.isWord(i, "value") && in_.at(i + 1).is("(")) {
                words({"VALUES"});
                ++i;
                changed = true;
            } else if (in_.isWord(i, "as") && in_.at(i + 1).isIdentifier() && (i + 2 == rest.end || (in_.at(i + 2).is("(") && in_.behindBracket(i + 2) == rest.end)) && in_.at(i - 1).is(")")) {
                newRow_ = identifierOf(in_.at(i + 1));   // VALUES (…) AS new
                i = rest.end;
                changed = true;
            } else if (in_.at(i).is("(")) {
                const size_t behind = in_.behindBracket(i);
                copy({i, behind});
                i = behind;
            } else {
                out_.push_back(in_.at(i++));
            }
        }
        return changed;
    }

    // a = 1, b = 2
    void setList(Piece list) {
        Tokens values;
        out_.push_back(punctToken("("));
        for (const Piece one : split(list)) {
            const size_t equals = equalsIn(one);
            if (values.size() > 0) out_.push_back(punctToken(",")), values.push_back(punctToken(","));
            out_.push_back(in_.at(equals - 1));
            for (size_t i = equals + 1; i < one.end; ++i) values.push_back(in_.at(i));
        }
        out_.push_back(punctToken(")"));
        words({"VALUES"});
        out_.push_back(punctToken("("));
        out_.insert(out_.end(), values.begin(), values.end());
        out_.push_back(punctToken(")"));
    }

    void onDuplicate(Piece list) {
        words({"ON", "CONFLICT", "DO", "UPDATE", "SET"});
        bool first = true;
        for (const Piece one : split(list)) {
            const size_t equals = equalsIn(one);
            if (!std::exchange(first, false)) out_.push_back(punctToken(","));
            out_.push_back(in_.at(equals - 1));
            out_.push_back(opToken("="));
            newValues({equals + 1, one.end});
        }
    }

    // VALUES(a) and new.a are what the row would have been.
    void newValues(Piece value) {
        for (size_t i = value.begin; i < value.end;) {
            const bool function = (in_.isWord(i, "values") || in_.isWord(i, "value") || (in_.at(i).kind == TraceKind::name && in_.at(i).source.size() == 6 && lowered(in_.at(i).source) == "values")) && in_.at(i + 1).is("(") && in_.at(i + 3).is(")");
            const bool row = !newRow_.empty() && in_.at(i).isIdentifier() && in_.at(i + 1).is(".") && identifierOf(in_.at(i)) == newRow_;
            if (!function && !row) {
                out_.push_back(in_.at(i++));
                continue;
            }
            words({"excluded"});
            out_.push_back(punctToken("."));
            out_.push_back(in_.at(i + 2));
            i += function ? 4 : 3;
        }
    }

    // ---- UPDATE and DELETE --------------------------------------------------------------------------------------------------

    bool update() {
        bool changed = false;
        size_t i = verb_ + 1;
        if (in_.isWord(i, "or")) i += 2, changed = true;
        for (; in_.isAny(i, {"low_priority", "ignore"}) && in_.at(i + 1).isIdentifier() && !in_.isWord(i + 1, "set"); ++i) changed = true;
        const size_t set = in_.find(i, in_.size(), {"set"});
        const auto factors = factorsOf({i, set});
        const size_t end = tail(set, changed), where = in_.find(set, end, {"where", "returning"}), from = in_.find(set, where, {"from"});
        if (!factors || factors->empty() || set == in_.size()) return false;
        const auto target = targetOf(*factors, {set + 1, std::min(from, where)});
        if (!target || (factors->size() > 1 && from < where)) return false;
        changed |= factors->size() > 1;
        if (!changed) return false;
        copy({0, verb_});
        words({"UPDATE"});
        copy((*factors)[*target].text);
        words({"SET"});
        assignments({set + 1, std::min(from, where)}, (*factors)[*target]);
        copy({from, where});
        others(*factors, *target, "FROM");
        conditions(*factors, {where, end});
        return true;
    }

    bool delete_() {
        bool changed = false;
        size_t i = verb_ + 1;
        for (; in_.isAny(i, {"low_priority", "quick", "ignore"}) && !in_.at(i + 1).is("."); ++i) changed = true;
        const size_t end = tail(i, changed);
        const size_t from = in_.find(i, end, {"from"}), where = in_.find(from, end, {"where", "returning"}), used = in_.find(from, where, {"using"});
        if (from == end) return false;
        // DELETE a FROM … or DELETE FROM a USING …
        const bool named = from > i, joined = !named && used < where && !in_.at(used + 1).is("(");
        const Piece targets = named ? Piece{i, from} : Piece{from + 1, joined ? used : where};
        const auto factors = factorsOf(named ? Piece{from + 1, where} : joined ? Piece{used + 1, where} : targets);
        if (!factors || factors->empty()) return false;
        size_t target = 0;
        if (named || joined) {
            if (split(targets).size() != 1) return false;
            const std::string wanted = lastName(targets);
            while (target < factors->size() && !(*factors)[target].isCalled(wanted)) ++target;
            if (target == factors->size()) return false;   // of DELETE … USING, as PostgreSQL has it
            changed = true;
        }
        if (!changed || (!named && !joined && factors->size() > 1)) return false;
        copy({0, verb_});
        words({"DELETE", "FROM"});
        copy((*factors)[target].text);
        others(*factors, target, "USING");
        conditions(*factors, {where, end});
        return true;
    }

    // Where ORDER BY and LIMIT begin, which no other dialect has here.
    size_t tail(size_t from, bool& changed) {
        const size_t end = in_.size(), at = in_.find(from, end, {"order", "limit"});
        if (at == end) return end;
        const size_t limit = in_.find(at, end, {"limit"});
        if (limit < end && in_.at(limit + 1).kind == TraceKind::slot) form_.limitSlot = in_.at(limit + 1).slot;
        if (in_.find(at, end, {"returning"}) != end) return end;
        changed = true;
        return at;
    }

    void others(const std::vector<Factor>& factors, size_t target, std::string_view word) {
        bool first = true;
        for (size_t i = 0; i < factors.size(); ++i) {
            if (i == target) continue;
            if (std::exchange(first, false)) words({word});
            else out_.push_back(punctToken(","));
            copy(factors[i].text);
        }
    }

    // The conditions of joins, then those of WHERE, each in brackets.
    void conditions(const std::vector<Factor>& factors, Piece where) {
        bool first = true;
        const auto next = [&] { words({std::exchange(first, false) ? std::string_view("WHERE") : std::string_view("AND")}); };
        for (size_t i = 0; i < factors.size(); ++i) {
            for (const Piece on : factors[i].on) next(), bracketed(on);
            for (const auto& column : factors[i].usingNames) {
                next();
                for (const size_t side : {i - 1, i}) {
                    TraceToken table = in_.at(factors[side].text.end - 1);   // the alias, or the name
                    out_.push_back(table);
                    out_.push_back(punctToken("."));
                    out_.push_back(column);
                    if (side + 1 == i) out_.push_back(opToken("="));
                }
            }
        }
        const size_t returning = in_.find(where.begin, where.end, {"returning"});
        if (in_.isWord(where.begin, "where")) next(), bracketed({where.begin + 1, returning});
        copy({returning, where.end});
    }

    // Nothing where rows of one may be without a partner.
    std::optional<std::vector<Factor>> factorsOf(Piece list) const {
        std::vector<Factor> out;
        for (size_t i = list.begin; i < list.end;) {
            if (in_.isAny(i, {"left", "right", "natural", "full"})) return std::nullopt;
            if (in_.at(i).is(",") || in_.isAny(i, {"join", "inner", "cross"})) {
                ++i;
            } else if (in_.isWord(i, "on") && !out.empty()) {
                const size_t end = std::min(in_.find(i + 1, list.end, {"join", "inner", "cross", "left", "right", "natural"}), comma({i + 1, list.end}));
                out.back().on.push_back({i + 1, end});
                i = end;
            } else if (in_.isWord(i, "using") && in_.at(i + 1).is("(") && out.size() == 2) {
                const size_t end = in_.behindBracket(i + 1);
                for (size_t k = i + 2; k + 1 < end; k += 2) out.back().usingNames.push_back(in_.at(k));
                i = end;
            } else if (in_.at(i).isIdentifier() || in_.at(i).is("(")) {
                out.push_back(factorAt(i));
                if (out.back().text.empty()) return std::nullopt;
                i = out.back().text.end;
            } else {
                return std::nullopt;
            }
        }
        return out;
    }

    Factor factorAt(size_t i) const {
        Factor out;
        out.text.begin = i;
        if (in_.isWord(i, "only")) ++i;
        if (in_.at(i).is("(")) {
            if (!in_.isAny(i + 1, {"select", "with"})) return {};
            i = in_.behindBracket(i);
        } else {
            while (in_.at(i + 1).is(".")) i += 2;
            out.name = identifierOf(in_.at(i++));
        }
        if (in_.isWord(i, "as")) ++i;
        const TraceToken& alias = in_.at(i);
        if (alias.kind == TraceKind::name || (alias.kind == TraceKind::word && !alias.keyword.reserved && !isAnyWord(alias, {"set", "left", "right", "inner", "cross", "natural", "order"})))
            out.alias = identifierOf(in_.at(i++));
        out.text.end = i;
        return out;
    }

    // The one table that all the assignments are of.
    std::optional<size_t> targetOf(const std::vector<Factor>& factors, Piece list) const {
        if (factors.size() == 1) return 0;
        std::optional<size_t> target;
        for (const Piece one : split(list)) {
            const size_t equals = equalsIn(one);
            if (equals < one.begin + 3 || !in_.at(equals - 2).is(".")) return std::nullopt;
            const std::string table = identifierOf(in_.at(equals - 3));
            size_t i = 0;
            while (i < factors.size() && !factors[i].isCalled(table)) ++i;
            if (i == factors.size() || (target && *target != i)) return std::nullopt;
            target = i;
        }
        return target;
    }

    void assignments(Piece list, const Factor& target) {
        bool first = true;
        for (const Piece one : split(list)) {
            if (!std::exchange(first, false)) out_.push_back(punctToken(","));
            const size_t equals = equalsIn(one);
            const bool qualified = equals >= one.begin + 3 && in_.at(equals - 2).is(".") && target.isCalled(identifierOf(in_.at(equals - 3)));
            copy({qualified ? equals - 1 : one.begin, one.end});
        }
    }

    // ---- lists --------------------------------------------------------------------------------------------------------------

    size_t comma(Piece list) const {
        for (size_t i = list.begin; i < list.end; ++i) {
            if (in_.at(i).is(",")) return i;
            if (in_.at(i).is("(")) i = in_.behindBracket(i) - 1;
        }
        return list.end;
    }

    std::vector<Piece> split(Piece list) const {
        std::vector<Piece> out;
        while (!list.empty()) {
            const size_t end = comma(list);
            out.push_back({list.begin, end});
            list.begin = end + 1;
        }
        return out;
    }

    size_t equalsIn(Piece one) const {
        for (size_t i = one.begin + 1; i < one.end; ++i)
            if (in_.at(i).is("=") || in_.at(i).is(":=")) return i;
        return std::max(one.begin + 1, one.end);
    }

    // "db.t", "t.*": t
    std::string lastName(Piece names) const {
        size_t i = names.end - 1;
        while (i > names.begin && !in_.at(i).isIdentifier()) --i;
        return identifierOf(in_.at(i));
    }

    StandardForm& form_;
    TokenList in_;
    Tokens out_;
    size_t verb_ = 0;
    std::string newRow_;
    bool done_ = false;
};

}  // namespace

bool standardModification(StandardForm& form) { return Modification(form).run(); }

}  // namespace foreshard::sql
