// Rules that look at a few tokens wherever they stand; those of whole statements stand in dialect_modify.cpp.
#include "core/sql/dialect_grammar.h"

#include "core/sql/dialect_modify.h"
#include "core/sql/dialect_tokens.h"

namespace foreshard::sql {

namespace {

bool isOperand(const TraceToken& token) {
    if (token.kind == TraceKind::slot || token.kind == TraceKind::kept || token.kind == TraceKind::name) return true;
    return token.is(")") || (token.kind == TraceKind::word && !token.keyword.reserved);
}

bool isUnit(const TraceToken& token) {
    return isAnyWord(token, {"microsecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year", "second_microsecond", "minute_second", "minute_microsecond",
                             "hour_second", "hour_minute", "hour_microsecond", "day_hour", "day_minute", "day_second", "day_microsecond", "year_month"});
}

class Rewriter {
public:
    explicit Rewriter(const std::vector<TraceToken>& tokens) : in_(tokens) { out_.reserve(tokens.size() + 16); }

    bool run() {
        while (at_ < in_.size()) {
            if (clause() || joinRule() || typeRule() || functionRule() || operatorRule()) changed_ = true;
            else out_.push_back(in_.at(at_++));
        }
        return changed_;
    }

    std::vector<TraceToken> take() { return std::move(out_); }

private:
    const TraceToken& before() const {
        static const TraceToken none{TraceKind::punct};
        return out_.empty() ? none : out_.back();
    }
    bool isWord(std::string_view word, size_t ahead = 0) const { return in_.isWord(at_ + ahead, word); }
    bool isAny(std::initializer_list<std::string_view> words, size_t ahead = 0) const { return in_.isAny(at_ + ahead, words); }
    bool is(std::string_view sign, size_t ahead = 0) const { return in_.at(at_ + ahead).is(sign); }
    // Puts these words in the place of the next `count` tokens.
    bool put(std::initializer_list<std::string_view> words, size_t count) {
        for (const auto word : words) out_.push_back(wordToken(word));
        at_ += count;
        return true;
    }
    bool drop(size_t count) { return put({}, count); }

    // ---- clauses ------------------------------------------------------------------------------------------------------

    bool clause() {
        if (before().isWord("select") || before().isWord("distinct") || before().isWord("all")) {
            if (isAny({"straight_join", "high_priority", "sql_small_result", "sql_big_result", "sql_buffer_result", "sql_no_cache", "sql_cache", "sql_calc_found_rows"}) && !is(",", 1) && !is(".", 1))
                return drop(1);
            if (isWord("distinctrow")) return put({"DISTINCT"}, 1);
        }
        if (isAny({"use", "force", "ignore"}) && isAny({"index", "key"}, 1)) return indexHint();
        if (isWord("indexed") && isWord("by", 1)) return drop(3);
        if (isWord("not") && isWord("indexed", 1)) return drop(2);
        if (isWord("limit") && is(",", 2)) return limit();
        if (isWord("lock") && isWord("in", 1) && isWord("share", 2) && isWord("mode", 3)) return put({"FOR", "SHARE"}, 4);
        if (isWord("with") && isWord("rollup", 1)) return drop(2);
        if (isWord("separator") && in_.at(at_ + 1).kind == TraceKind::slot) return drop(2);
        // A text as the name of a column.
        if (before().isWord("as") && in_.at(at_).kind == TraceKind::slot && in_.at(at_).literal == LiteralKind::string) {
            out_.push_back(nameToken(in_.at(at_++)));
            return true;
        }
        return false;
    }

    bool indexHint() {
        size_t end = at_ + 2;
        if (in_.isWord(end, "for")) end += in_.isAny(end + 1, {"order", "group"}) ? 3 : 2;
        if (!in_.at(end).is("(")) return false;
        at_ = in_.behindBracket(end);
        return true;
    }

    bool limit() {
        out_.push_back(wordToken("LIMIT"));
        out_.push_back(in_.at(at_ + 3));
        out_.push_back(wordToken("OFFSET"));
        out_.push_back(in_.at(at_ + 1));
        return drop(4);
    }

    // ---- joins --------------------------------------------------------------------------------------------------------

    bool joinRule() {
        const bool straight = isWord("straight_join"), cross = isWord("cross") && isWord("join", 1), inner = isWord("inner") && isWord("join", 1);
        const bool plain = isWord("join") && !isAnyWord(before(), {"left", "right", "outer", "full", "natural", "inner", "cross"});
        if (!straight && !cross && !inner && !plain) return false;
        const size_t words = cross || inner ? 2 : 1, end = behindFactor(at_ + words);
        const bool condition = in_.isAny(end, {"on", "using"});
        if (condition == !cross && !straight) return false;
        return condition ? put({"JOIN"}, words) : put({"CROSS", "JOIN"}, words);
    }

    // Behind a table or a query in brackets, with its alias and hints.
    size_t behindFactor(size_t i) const {
        if (in_.isWord(i, "lateral")) ++i;
        if (in_.at(i).is("(")) {
            i = in_.behindBracket(i);
        } else {
            for (++i; in_.at(i).is("."); i += 2) {}
        }
        if (in_.isWord(i, "as")) ++i;
        const TraceToken& alias = in_.at(i);
        const bool hint = isAnyWord(alias, {"use", "force", "ignore"}) && in_.isAny(i + 1, {"index", "key"});
        const bool joins = isAnyWord(alias, {"left", "right", "straight_join", "set", "natural", "indexed"});
        if (!hint && !joins && alias.isIdentifier() && (alias.kind == TraceKind::name || !alias.keyword.reserved)) ++i;
        while (in_.isAny(i, {"use", "force", "ignore"}) && in_.isAny(i + 1, {"index", "key"})) {
            i += 2;
            if (in_.isWord(i, "for")) i += in_.isAny(i + 1, {"order", "group"}) ? 3 : 2;
            i = in_.behindBracket(i);
        }
        if (in_.isWord(i, "indexed")) i += 3;
        return i;
    }

    // ---- types and functions ----------------------------------------------------------------------------------------------

    bool typeRule() {
        if (!before().isWord("as")) return false;
        const size_t integer = isAny({"integer", "int"}, 1) ? 2 : 1;
        if (isAny({"unsigned", "signed"}) && in_.at(at_ + integer).is(")")) return put({"bigint"}, integer);
        if (isAny({"binary", "nchar", "datetime", "double"})) {
            const std::string_view type = isWord("datetime") ? "timestamp" : isWord("double") ? "float8" : "text";
            const size_t end = is("(", 1) ? in_.behindBracket(at_ + 1) : at_ + 1;
            return in_.at(end).is(")") && put({type}, end - at_);
        }
        return false;
    }

    bool functionRule() {
        if (before().is(".")) return false;
        if (isAny({"current_timestamp", "current_date", "current_time", "localtime", "localtimestamp", "current_user", "session_user", "user"}) && is("(", 1) && is(")", 2)) {
            out_.push_back(in_.at(at_));
            return drop(3);
        }
        // A function here, a type, a word of its own or the like in PostgreSQL.
        if (isAny({"char", "isnull", "time", "timestamp", "insert", "default", "bit", "values"}) && is("(", 1) && callsFunction()) {
            out_.push_back(nameToken(in_.at(at_)));
            return drop(1);
        }
        if (isAny({"char", "signed", "unsigned", "binary"}) && (is(")", 1) || is("(", 1)) && before().is(",")) {   // CONVERT(x, CHAR)
            out_.push_back(nameToken(in_.at(at_)));
            return drop(1);
        }
        if (isWord("using") && in_.at(at_ + 1).isIdentifier() && is(")", 2) && in_.isWord(openFunction(), "convert")) return drop(2);
        if (isWord("against") && is("(", 1) && before().is(")")) return drop(in_.behindBracket(at_ + 1) - at_);
        if (isWord("interval") && !(in_.at(at_ + 1).kind == TraceKind::slot && !isUnit(in_.at(at_ + 2)))) return interval();
        return false;
    }

    bool callsFunction() const {
        if (isWord("values")) return before().is("=") || before().is("+") || before().is("-") || before().is(",");
        if (isAny({"insert", "default"})) return !out_.empty() && !before().is(")");
        return !isAnyWord(before(), {"as", "default"}) && !before().is("::");
    }

    // Where the name in front of the bracket that is open here stands.
    size_t openFunction() const {
        size_t depth = 0;
        for (size_t i = at_; i-- > 0;) {
            if (in_.at(i).is(")")) ++depth;
            if (in_.at(i).is("(") && depth-- == 0) return i > 0 ? i - 1 : in_.size();
        }
        return in_.size();
    }

    // INTERVAL 7 DAY is but a value here.
    bool interval() {
        const size_t value = at_ + 1;
        size_t end = in_.at(value).is("(") ? in_.behindBracket(value) : value + 1;
        while (end < in_.size() && end < value + 12 && !isUnit(in_.at(end)) && !in_.at(end).is(")") && !in_.at(end).is(",")) ++end;
        if (!isUnit(in_.at(end)) || end == value) return false;
        out_.push_back(punctToken("("));
        for (size_t i = value; i < end; ++i) out_.push_back(in_.at(i));
        out_.push_back(punctToken(")"));
        return drop(end + 1 - at_);
    }

    // ---- operators ------------------------------------------------------------------------------------------------------

    bool operatorRule() {
        if (isWord("div") && isOperand(before())) return sign("/", 1);
        if (isWord("mod") && isOperand(before()) && !is(".", 1)) return sign("%", 1);
        if (isAny({"regexp", "rlike", "glob"}) && isOperand(before())) return sign("~", 1);
        if (isWord("not") && isAny({"regexp", "rlike", "glob"}, 1)) return sign("!~", 2);
        if (isWord("binary") && !before().isWord("as") && !before().is(".") && (in_.at(at_ + 1).isIdentifier() || in_.at(at_ + 1).kind == TraceKind::slot || is("(", 1))) return drop(1);
        if (isWord("is") && in_.at(at_ + 1).kind == TraceKind::slot) return put({"IS", "NOT", "DISTINCT", "FROM"}, 1);
        if (isWord("is") && isWord("not", 1) && in_.at(at_ + 2).kind == TraceKind::slot) return put({"IS", "DISTINCT", "FROM"}, 2);
        if (is(":=")) return sign(",", 1);
        return false;
    }

    bool sign(std::string_view text, size_t count) {
        out_.push_back(text == "," ? punctToken(text) : opToken(text));
        return drop(count);
    }

    TokenList in_;
    std::vector<TraceToken> out_;
    size_t at_ = 0;
    bool changed_ = false;
};

}  // namespace

std::optional<StandardForm> standardForm(const std::vector<TraceToken>& tokens) {
    StandardForm form;
    Rewriter rewriter(tokens);
    const bool changed = rewriter.run();
    form.tokens = rewriter.take();
    const bool modified = standardModification(form);
    if (!changed && !modified) return std::nullopt;
    return form;
}

}  // namespace foreshard::sql
