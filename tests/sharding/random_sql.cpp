#include "tests/sharding/random_sql.h"

namespace foreshard::testing {

std::string SqlMaker::literal(const std::string& column) {
    if (chance(3)) return "NULL";
    if (column == "s") return pick({"'x'", "'X'", "'yy'", "'Zed'", "''", "'o''k'"});
    return std::to_string(random_.between(-2, 9));
}

std::string SqlMaker::comparison(const std::string& column, const std::string& expression) {
    switch (random_.below(9)) {
        case 0:
        case 1:
        case 2: return expression + " = " + literal(column);
        case 3: {
            std::string list = literal(column);
            for (uint64_t n = random_.below(4); n > 0; --n) list += ", " + literal(column);
            return expression + " IN (" + list + ")";
        }
        case 4: return expression + " BETWEEN " + literal(column) + " AND " + literal(column);
        case 5: return expression + pick({" < ", " <= ", " > ", " >= ", " <> "}) + literal(column);
        case 6: return literal(column) + pick({" = ", " < ", " >= "}) + expression;
        case 7: return expression + pick({" IS NULL", " IS NOT NULL"});
        default: return expression + pick({" IS NOT DISTINCT FROM ", " IS DISTINCT FROM "}) + literal(column);
    }
}

std::string SqlMaker::atom(const std::string& table, const std::string& other, int depth) {
    const std::string col = column(), own = table + "." + col;
    const std::string inner = table == "t" || table == "q" ? "u" : "t";
    switch (depth > 0 ? random_.below(12) : random_.below(8)) {
        case 0: return "lower(" + table + ".s) = " + pick({"'x'", "'zed'", "'yy'", "'none'"});
        case 1: return other.empty() ? own + " = " + table + "." + col : own + " = " + other + "." + col;
        case 2: return table + "." + numeric() + " + 1 = " + literal("a");
        case 3: return table + ".s LIKE " + pick({"'x%'", "'%d'", "'Z_d'"});
        case 8: return own + " IN (SELECT " + inner + "." + col + " FROM " + inner + " WHERE " + condition(inner, "", depth - 1) + ")";
        case 9: return own + " NOT IN (SELECT " + inner + "." + col + " FROM " + inner + " WHERE " + inner + "." + col + " IS NOT NULL AND " + condition(inner, "", depth - 1) + ")";
        case 10: return pick({"EXISTS", "NOT EXISTS"}) + " (SELECT 1 FROM " + inner + " WHERE " + inner + "." + col + " = " + own + " AND " + condition(inner, table, depth - 1) + ")";
        case 11: return "(SELECT count(*) FROM " + inner + " WHERE " + condition(inner, table, depth - 1) + ") > 1";
        default: return comparison(col, own);
    }
}

std::string SqlMaker::condition(const std::string& table, const std::string& other, int depth) {
    switch (random_.below(7)) {
        case 0: return atom(table, other, depth);
        case 1:
        case 2: return depth > 0 ? condition(table, other, depth - 1) + " AND " + condition(other.empty() || chance(50) ? table : other, other.empty() ? "" : table, depth - 1) : atom(table, other, 0);
        case 3: return depth > 0 ? "(" + condition(table, other, depth - 1) + " OR " + condition(table, other, depth - 1) + ")" : atom(table, other, 0);
        case 4: return depth > 0 ? "NOT (" + condition(table, other, depth - 1) + ")" : atom(table, other, 0);
        default: {
            const std::string col = column();
            return comparison(col, table + "." + col);
        }
    }
}

std::string SqlMaker::select() {
    const std::string out = pick({"t.id, u.id", "count(*), min(t.a), max(u.b)"}), col = column();
    const std::string joined = "t." + col + " = u." + col;
    switch (random_.below(8)) {
        case 0:
        case 1: return "SELECT " + pick({"*", "id", "count(*)", "sum(a)", "DISTINCT s"}) + " FROM t WHERE " + condition("t", "", 2);
        case 2: return "SELECT " + out + " FROM t JOIN u ON " + joined + " WHERE " + condition("t", "u", 2);
        case 3: return "SELECT " + out + " FROM t, u WHERE " + joined + " AND " + condition("t", "u", 2);
        case 4: return "SELECT " + out + " FROM t" + pick({" LEFT JOIN ", " RIGHT JOIN ", " FULL JOIN "}) + "u ON " + joined + " AND " + condition("t", "u", 1) + " WHERE " + condition(pick({"t", "u"}), "", 1);
        case 5: return "WITH q AS (SELECT * FROM t WHERE " + condition("t", "", 1) + ") SELECT q.id, u.id FROM q JOIN u ON q." + col + " = u." + col + " WHERE " + condition("q", "u", 1);
        case 6: return "SELECT id, a FROM t WHERE " + condition("t", "", 1) + pick({" UNION ALL ", " UNION ", " EXCEPT ", " INTERSECT "}) + "SELECT id, a FROM u WHERE " + condition("u", "", 1);
        default: return "SELECT x.id, y.id FROM t AS x JOIN t AS y ON x." + col + " = y." + col + " WHERE " + condition("x", "y", 1);
    }
}

std::string SqlMaker::update() {
    const std::string col = column(), number = numeric();
    std::string set;
    switch (random_.below(6)) {
        case 0: set = number + " = " + number + " + 1"; break;
        case 1: set = "a = b"; break;
        case 2: set = number + " = (SELECT max(u." + number + ") FROM u WHERE " + condition("u", "", 1) + ")"; break;
        case 3: set = "a = " + literal("a") + ", s = " + literal("s"); break;
        default: set = col + " = " + literal(col);
    }
    if (chance(20)) return "UPDATE t SET " + set + " FROM u WHERE t." + col + " = u." + col + " AND " + condition("t", "u", 1) + " AND " + condition("u", "", 0);
    return "UPDATE t SET " + set + " WHERE " + condition("t", "", 2);
}

std::string SqlMaker::remove() { return "DELETE FROM t WHERE " + condition("t", "", 2); }

std::string SqlMaker::insert() {
    const auto id = [&] { return std::to_string(1'000 + random_.below(1'000'000'000)); };
    if (chance(20)) return "INSERT INTO t (id, a, b, s) SELECT id + 10000, " + pick({"a", "b", "7"}) + ", b, s FROM u WHERE " + condition("u", "", 1);
    if (chance(15)) return "INSERT INTO t (id, s) VALUES (" + id() + ", " + literal("s") + ")";
    std::string text = chance(15) ? "INSERT INTO t VALUES " : "INSERT INTO t (id, a, b, s) VALUES ";
    for (uint64_t n = 1 + random_.below(3); n > 0; --n)
        text += "(" + id() + ", " + literal("a") + ", " + (chance(10) ? std::string("1 + 1") : literal("b")) + ", " + literal("s") + ")" + (n > 1 ? ", " : "");
    return text;
}

RandomStatement SqlMaker::statement() {
    switch (random_.below(8)) {
        case 0: return {SqlKind::update, update()};
        case 1: return {SqlKind::remove, remove()};
        case 2: return {SqlKind::insert, insert()};
        default: return {SqlKind::select, select()};
    }
}

}  // namespace foreshard::testing
