#include "core/schema/dialect_ddl.h"

#include <algorithm>
#include <map>
#include <vector>

#include "core/schema/script.h"
#include "core/sql/lexer.h"

namespace foreshard::schema {

namespace {

using sql::Token;
using sql::TokenKind;

size_t findWord(std::string_view script, std::string_view upper, size_t from = 0) {
    const auto found = std::search(script.begin() + static_cast<std::ptrdiff_t>(std::min(from, script.size())), script.end(), upper.begin(), upper.end(),
                                   [](char a, char b) { return (a >= 'a' && a <= 'z' ? a - 32 : a) == b; });
    return found == script.end() ? std::string_view::npos : static_cast<size_t>(found - script.begin());
}

// Whether a third of the tables or more are made with one of these: one foreign table makes no script foreign.
bool manyTablesHave(std::string_view script, std::initializer_list<std::string_view> marks) {
    constexpr std::string_view create = "CREATE TABLE";
    size_t tables = 0, marked = 0;
    for (size_t at = findWord(script, create); at != std::string_view::npos; ++tables) {
        const size_t next = findWord(script, create, at + create.size());
        const auto table = script.substr(at, next - at);
        marked += std::any_of(marks.begin(), marks.end(), [&](std::string_view mark) { return findWord(table, mark) != std::string_view::npos; });
        at = next;
    }
    return marked * 3 >= tables && marked > 0;
}

// A type of MySQL → one of PostgreSQL that holds its values; arguments stay where they mean the same.
struct TypeRule {
    std::string_view name;
    bool arguments = false;
};

TypeRule typeRule(std::string_view type) {
    static const std::map<std::string, TypeRule, std::less<>> rules = {
        {"tinyint", {"smallint"}}, {"smallint", {"smallint"}}, {"mediumint", {"integer"}}, {"int", {"integer"}}, {"integer", {"integer"}}, {"bigint", {"bigint"}}, {"serial", {"bigserial"}},
        {"bool", {"boolean"}}, {"boolean", {"boolean"}}, {"decimal", {"numeric", true}}, {"dec", {"numeric", true}}, {"numeric", {"numeric", true}}, {"fixed", {"numeric", true}},
        {"float", {"float8"}}, {"double", {"float8"}}, {"real", {"float8"}}, {"bit", {"bit", true}}, {"char", {"char", true}}, {"nchar", {"char", true}}, {"varchar", {"varchar", true}},
        {"nvarchar", {"varchar", true}}, {"character", {"char", true}}, {"binary", {"bytea"}}, {"varbinary", {"bytea"}}, {"tinyblob", {"bytea"}}, {"blob", {"bytea"}}, {"mediumblob", {"bytea"}},
        {"longblob", {"bytea"}}, {"date", {"date"}}, {"time", {"time"}}, {"datetime", {"timestamp"}}, {"timestamp", {"timestamp"}}, {"year", {"smallint"}}, {"json", {"jsonb"}}, {"uuid", {"uuid"}},
        {"inet4", {"inet"}}, {"inet6", {"inet"}}};
    const auto found = rules.find(type);
    return found == rules.end() ? TypeRule{"text"} : found->second;
}

class Rewriter {
public:
    explicit Rewriter(std::string_view statement) : held_(sql::tokenize(statement)), tokens_(held_.tokens) {}

    std::string run() {
        if (is(0, "CREATE")) return create();
        if (is(0, "ALTER")) return alter();
        if (is(0, "USE")) return "SET search_path = " + text(1);
        if (is(0, "RENAME") && is(1, "TABLE")) return renameTables();
        if (is(0, "DROP") && is(1, "INDEX")) return "DROP INDEX " + text(2);
        if (is(0, "DROP") && (is(1, "TABLE") || is(1, "TEMPORARY"))) return words(0, tokens_.size());
        return {};
    }

private:
    struct Piece {
        size_t begin = 0, end = 0;
    };

    bool is(size_t i, std::string_view upper) const { return i < tokens_.size() && tokens_[i].kind == TokenKind::word && isKeyword(tokens_[i].text, upper); }
    bool isAny(size_t i, std::initializer_list<std::string_view> list) const {
        return std::any_of(list.begin(), list.end(), [&](std::string_view word) { return is(i, word); });
    }
    bool isSign(size_t i, std::string_view sign) const { return i < tokens_.size() && tokens_[i].text == sign; }
    std::string text(size_t i) const { return i < tokens_.size() ? std::string(tokens_[i].text) : std::string(); }
    std::string words(size_t from, size_t to) const {
        std::string out;
        for (size_t i = from; i < to; ++i) out += (i == from ? "" : " ") + text(i);
        return out;
    }
    // Behind the bracket that closes the one at `open`.
    size_t behind(size_t open) const {
        size_t depth = 0;
        for (size_t i = open; i < tokens_.size(); ++i) {
            depth += isSign(i, "(");
            if (isSign(i, ")") && --depth == 0) return i + 1;
        }
        return tokens_.size();
    }
    std::vector<Piece> split(size_t from, size_t to) const {
        std::vector<Piece> out;
        size_t begin = from;
        for (size_t i = from; i < to; ++i) {
            if (isSign(i, "(")) i = behind(i) - 1;
            if (isSign(i, ",")) out.push_back({begin, i}), begin = i + 1;
        }
        if (begin < to) out.push_back({begin, to});
        return out;
    }
    // "a", "db.a"; `i` ends behind it.
    std::string name(size_t& i) const {
        std::string out = text(i++);
        while (isSign(i, ".")) out += "." + text(i + 1), i += 2;
        return out;
    }

    // ---- CREATE -----------------------------------------------------------------------------------------------------------

    std::string create() {
        size_t i = 1;
        bool unique = false;
        while (isAny(i, {"OR", "REPLACE", "UNIQUE", "FULLTEXT", "SPATIAL", "ONLINE", "OFFLINE"})) unique |= is(i++, "UNIQUE");
        if (is(i, "INDEX")) return createIndex(i + 1, unique);
        const bool temporary = is(i, "TEMPORARY");
        i += temporary;
        if (!is(i, "TABLE")) return {};
        ++i;
        std::string head = temporary ? "CREATE TEMPORARY TABLE " : "CREATE TABLE ";
        if (is(i, "IF")) head += "IF NOT EXISTS ", i += 3;
        table_ = name(i);
        head += table_;
        if (is(i, "LIKE")) return head + " (LIKE " + name(++i) + " INCLUDING ALL)";
        if (isSign(i, "(") && is(i + 1, "LIKE")) return head + " (LIKE " + name(i += 2) + " INCLUDING ALL)";
        if (!isSign(i, "(")) return head + " AS SELECT 1";   // from a query: its columns are not told
        const size_t end = behind(i);
        std::string elements;
        for (const Piece piece : split(i + 1, end - 1)) {
            const std::string one = element(piece);
            if (!one.empty()) elements += (elements.empty() ? "" : ", ") + one;
        }
        return head + " (" + elements + ")" + partitions(end) + later_;
    }

    std::string createIndex(size_t i, bool unique) {
        if (is(i, "IF")) i += 3;
        const std::string index = text(i++);
        while (i < tokens_.size() && !is(i, "ON")) ++i;
        const std::string table = name(++i);
        while (i < tokens_.size() && !isSign(i, "(")) ++i;
        return std::string("CREATE ") + (unique ? "UNIQUE " : "") + "INDEX " + index + " ON " + table + " " + keyParts(i);
    }

    // A column, a key; empty: nothing that a table of ours has.
    std::string element(Piece piece) {
        size_t i = piece.begin;
        std::string constraint;
        if (is(i, "CONSTRAINT")) {
            if (!isAny(++i, {"PRIMARY", "UNIQUE", "FOREIGN", "CHECK"})) constraint = "CONSTRAINT " + text(i++) + " ";
        }
        const auto toBracket = [&] {
            while (i < piece.end && !isSign(i, "(")) ++i;
        };
        if (is(i, "PRIMARY") && is(i + 1, "KEY")) return toBracket(), constraint + "PRIMARY KEY " + keyParts(i);
        if (is(i, "FOREIGN") && is(i + 1, "KEY")) return toBracket(), constraint + "FOREIGN KEY " + words(i, piece.end);
        if (is(i, "UNIQUE")) {
            i += isAny(i + 1, {"KEY", "INDEX"}) ? 2 : 1;
            if (constraint.empty() && !isSign(i, "(") && !is(i, "USING")) constraint = "CONSTRAINT " + text(i) + " ";
            return toBracket(), constraint + "UNIQUE " + keyParts(i);
        }
        if (isAny(i, {"KEY", "INDEX", "FULLTEXT", "SPATIAL"})) {
            while (isAny(i, {"KEY", "INDEX", "FULLTEXT", "SPATIAL"})) ++i;
            const std::string index = isSign(i, "(") || is(i, "USING") ? std::string() : text(i) + " ";
            toBracket();
            if (isSign(i, "(")) later_ += "; CREATE INDEX " + index + "ON " + table_ + " " + keyParts(i);
            return {};
        }
        if (is(i, "CHECK") || is(i, "PERIOD")) return {};
        return column({i, piece.end});
    }

    // (a, b(10) DESC, (lower(c))) without lengths and orders.
    std::string keyParts(size_t open) const {
        std::string out = "(";
        for (const Piece part : split(open + 1, behind(open) - 1)) {
            const std::string one = isSign(part.begin, "(") ? words(part.begin, behind(part.begin)) : text(part.begin);
            out += (out.size() > 1 ? ", " : "") + one;
        }
        return out + ")";
    }

    std::string column(Piece piece) {
        size_t i = piece.begin;
        std::string out = text(i++) + " ";
        out += type(i);
        for (; i < piece.end; ++i) {
            if (isSign(i, "(")) i = behind(i) - 1;
            else if (is(i, "NOT") && is(i + 1, "NULL")) out += " NOT NULL", ++i;
            else if (is(i, "AUTO_INCREMENT")) out += " GENERATED BY DEFAULT AS IDENTITY";
            else if (is(i, "PRIMARY")) out += " PRIMARY KEY", i += is(i + 1, "KEY");
            else if (is(i, "KEY")) out += " PRIMARY KEY";
            else if (is(i, "UNIQUE")) out += " UNIQUE", i += is(i + 1, "KEY");
            else if (isAny(i, {"COMMENT", "COLLATE", "CHARSET", "DEFAULT"}) && !isSign(i + 1, "(")) ++i;   // and its value
            else if (is(i, "ON") && is(i + 1, "UPDATE")) i += 2;
            else if (is(i, "REFERENCES")) return out + " " + words(i, piece.end);
        }
        return out;
    }

    std::string type(size_t& i) const {
        const TypeRule rule = typeRule(sql::lowered(text(i++)));
        std::string out(rule.name);
        if (is(i, "PRECISION") || is(i, "VARYING")) ++i;
        if (isSign(i, "(")) {
            const size_t end = behind(i);
            if (rule.arguments) out += words(i, end);
            i = end;
        }
        return out;
    }

    // PARTITION BY among the options of the table.
    std::string partitions(size_t i) const {
        while (i < tokens_.size() && !(is(i, "PARTITION") && is(i + 1, "BY"))) ++i;
        if (i >= tokens_.size()) return {};
        i += 2;
        if (is(i, "LINEAR")) ++i;
        const std::string method = isAny(i, {"HASH", "KEY"}) ? "HASH" : is(i, "LIST") ? "LIST" : "RANGE";
        while (i < tokens_.size() && !isSign(i, "(")) ++i;
        if (i + 1 >= tokens_.size() || isSign(i + 1, ")")) return {};
        std::string keys;
        for (const Piece part : split(i + 1, behind(i) - 1)) keys += (keys.empty() ? "" : ", ") + (part.end == part.begin + 1 ? text(part.begin) : "(" + words(part.begin, part.end) + ")");
        return " PARTITION BY " + method + " (" + keys + ")";
    }

    // ---- ALTER ------------------------------------------------------------------------------------------------------------

    std::string alter() {
        size_t i = 1;
        while (isAny(i, {"ONLINE", "OFFLINE", "IGNORE"})) ++i;
        if (!is(i, "TABLE")) return {};
        ++i;
        if (is(i, "IF")) i += 2;
        table_ = name(i);
        std::string out;
        for (const Piece piece : split(i, tokens_.size())) {
            const std::string one = command(piece);
            if (!one.empty()) out += (out.empty() ? "" : "; ") + std::string("ALTER TABLE ") + table_ + " " + one;
        }
        return out + (out.empty() && later_.starts_with("; ") ? later_.substr(2) : later_);
    }

    std::string command(Piece piece) {
        size_t i = piece.begin;
        const auto skipColumn = [&] { i += is(i, "COLUMN"), i += is(i, "IF") ? (is(i + 1, "NOT") ? 3 : 2) : 0; };
        if (is(i, "ADD")) {
            ++i;
            const bool key = isAny(i, {"PRIMARY", "UNIQUE", "KEY", "INDEX", "FULLTEXT", "SPATIAL", "CONSTRAINT", "FOREIGN", "CHECK"});
            if (!key) skipColumn();
            const std::string one = element({i, piece.end});
            return one.empty() ? one : (key ? "ADD " : "ADD COLUMN ") + one;
        }
        if (isAny(i, {"MODIFY", "CHANGE"})) {
            const bool change = is(i++, "CHANGE");
            skipColumn();
            const std::string old = text(i);
            i += change;
            const std::string renamed = text(i);
            size_t type_ = i + 1;
            const bool identity = std::any_of(tokens_.begin() + static_cast<std::ptrdiff_t>(i), tokens_.begin() + static_cast<std::ptrdiff_t>(piece.end), [](const Token& t) { return isKeyword(t.text, "AUTO_INCREMENT"); });
            std::string out = "ALTER COLUMN " + old + " TYPE " + type(type_);
            if (identity) out += ", ALTER COLUMN " + old + " ADD GENERATED BY DEFAULT AS IDENTITY";
            if (old != renamed) out += "; ALTER TABLE " + table_ + " RENAME COLUMN " + old + " TO " + renamed;
            return out;
        }
        if (is(i, "DROP")) {
            ++i;
            if (is(i, "PRIMARY")) return {};
            if (isAny(i, {"KEY", "INDEX"})) return later_ += "; DROP INDEX IF EXISTS " + text(i + 1), std::string();
            if (is(i, "FOREIGN")) return "DROP CONSTRAINT IF EXISTS " + text(i + 2);
            if (is(i, "CONSTRAINT")) return "DROP CONSTRAINT IF EXISTS " + text(i + 1);
            skipColumn();
            return "DROP COLUMN " + text(i);
        }
        if (is(i, "RENAME") && is(i + 1, "COLUMN")) return words(i, piece.end);
        if (is(i, "RENAME") && !isAny(i + 1, {"KEY", "INDEX"})) {
            i += isAny(i + 1, {"TO", "AS"}) ? 2 : 1;
            return "RENAME TO " + text(piece.end - 1);
        }
        return {};
    }

    std::string renameTables() {
        std::string out;
        for (const Piece piece : split(2, tokens_.size())) {
            size_t i = piece.begin;
            const std::string from = name(i);
            out += (out.empty() ? "" : "; ") + std::string("ALTER TABLE ") + from + " RENAME TO " + text(piece.end - 1);
        }
        return out;
    }

    sql::Tokens held_;
    const std::vector<Token>& tokens_;
    std::string table_, later_;
};

}  // namespace

sql::Dialect dialectOfScript(std::string_view script) {
    script = script.substr(0, 4u << 20);
    if (script.find("PostgreSQL database dump") != std::string_view::npos || script.find("pg_catalog.") != std::string_view::npos) return sql::Dialect::standard;
    for (const std::string_view mark : {"AUTOINCREMENT", "WITHOUT ROWID", "PRAGMA ", "SQLITE_SEQUENCE"})
        if (findWord(script, mark) != std::string_view::npos) return sql::Dialect::sqlite;
    return manyTablesHave(script, {"`", "AUTO_INCREMENT", "ENGINE="}) ? sql::Dialect::mysql : sql::Dialect::standard;
}

std::string standardDdl(std::string_view statement) { return Rewriter(statement).run(); }

}  // namespace foreshard::schema
