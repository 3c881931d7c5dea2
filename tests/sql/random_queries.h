// Random queries over three small tables t0, t1, t2 with columns a, b, c, of everything that decides which conditions
// bound which rows: outer joins, subqueries, correlation, CTEs, OR and NOT, UNION, LIMIT. Each use of a table has an
// alias of its own and stands in the text as a mark, so that a test can put something else in its place. Plain SQL that
// PostgreSQL and SQLite read alike.
#pragma once

#include <string>
#include <vector>

#include "core/base/hash.h"

class RandomQuery {
public:
    explicit RandomQuery(uint64_t seed) : random_(seed) {}

    struct Use {
        std::string table;
        std::string alias;
    };

    // With {n} where use n of a table stands.
    std::string text() {
        std::string ctes;
        if (chance(4)) {
            cte_ = "w";
            const std::string body = query(2, {});
            ctes = "WITH w(a, b, c) AS (" + body + ") ";
            cteOpen_ = true;
        }
        return ctes + query(0, {});
    }
    const std::vector<Use>& uses() const { return uses_; }

    // The text with `shown` of each use in its place.
    template <typename Fn>
    static std::string filled(const std::string& text, Fn shown) {
        std::string out;
        for (size_t i = 0; i < text.size(); ++i) {
            if (text[i] != '{') {
                out += text[i];
                continue;
            }
            const size_t end = text.find('}', i);
            out += shown(std::stoul(text.substr(i + 1, end - i - 1)));
            i = end;
        }
        return out;
    }

private:
    using Names = std::vector<std::string>;  // aliases that conditions may use

    bool chance(uint64_t oneIn) { return random_.below(oneIn) == 0; }
    std::string pick(const Names& names) { return names[random_.below(names.size())]; }
    std::string columnOf(const std::string& alias) { return alias + "." + std::string(1, "abc"[random_.below(3)]); }
    std::string literal() { return std::to_string(random_.below(4)); }

    // One item of FROM: a table, a query, the CTE, or a join of two; its aliases go to `names`.
    std::string item(int depth, Names& names) {
        if (depth < 3 && chance(3)) {
            Names inside;
            const std::string left = item(depth + 1, inside), right = item(depth + 1, inside);
            static const char* joins[] = {"JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"};
            const std::string join = joins[random_.below(5)];
            names.insert(names.end(), inside.begin(), inside.end());
            // SQLite and PostgreSQL want conditions of a kind for FULL JOIN that can be merged or hashed.
            return "(" + left + " " + join + " " + right + " ON " +
                   (join == "FULL JOIN" ? equality(inside) : condition(depth + 1, inside, inside)) + ")";
        }
        const std::string alias = "x" + std::to_string(aliases_++);
        names.push_back(alias);
        if (cteOpen_ && chance(3)) return "w AS " + alias;
        if (depth < 3 && chance(4)) return "(" + query(depth + 1, {}) + ") AS " + alias;
        uses_.push_back({"t" + std::to_string(random_.below(3)), alias});
        return "{" + std::to_string(uses_.size() - 1) + "}";
    }

    std::string equality(const Names& names) { return columnOf(names.front()) + " = " + columnOf(names.back()); }

    std::string query(int depth, const Names& outer) {
        if (depth > 0 && depth < 3 && chance(8)) return select(depth + 1, outer) + " UNION " + select(depth + 1, outer);
        return select(depth, outer);
    }

    std::string select(int depth, const Names& outer) {
        Names names;
        std::string from = item(depth, names);
        while (depth < 2 && chance(3)) from += ", " + item(depth + 1, names);
        Names visible = names;
        visible.insert(visible.end(), outer.begin(), outer.end());
        std::string where = condition(depth, visible, names);
        while (chance(2)) where += " AND " + condition(depth, visible, names);
        if (chance(5)) {
            const std::string key = columnOf(pick(names));
            return "SELECT " + key + " AS a, max(" + columnOf(pick(names)) + ") AS b, count(*) AS c FROM " + from +
                   " WHERE " + where + " GROUP BY " + key;
        }
        const std::string columns =
            columnOf(pick(names)) + " AS a, " + columnOf(pick(names)) + " AS b, " + columnOf(pick(names)) + " AS c";
        const std::string distinct = chance(6) ? "DISTINCT " : "";
        const std::string limit =
            depth > 0 && chance(6) ? " ORDER BY 1, 2, 3 LIMIT " + std::to_string(1 + random_.below(3)) : "";
        return "SELECT " + distinct + columns + " FROM " + from + " WHERE " + where + limit;
    }

    // `own`: names of this query; `visible`: those of the queries around it too.
    std::string condition(int depth, const Names& visible, const Names& own) {
        switch (random_.below(depth < 3 ? 14 : 9)) {
            case 0:
            case 1:
                return columnOf(pick(own)) + " = " + literal();
            case 2:
                return columnOf(pick(visible)) + " = " + columnOf(pick(visible));
            case 3:
                return columnOf(pick(visible)) + " IN (" + literal() + ", " + literal() + ")";
            case 4:
                return columnOf(pick(own)) + (chance(2) ? " IS NULL" : " IS NOT NULL");
            case 5:
                return columnOf(pick(own)) + " BETWEEN " + literal() + " AND " + literal();
            case 6:
                return literal() + (chance(2) ? " <= " : " > ") + columnOf(pick(own));
            case 7:
                return columnOf(pick(own)) + " IS NOT DISTINCT FROM " + (chance(3) ? columnOf(pick(own)) : literal());
            case 8:
                return "(" + columnOf(pick(own)) + ", " + columnOf(pick(own)) + ") = (" + literal() + ", " +
                       columnOf(pick(visible)) + ")";
            case 9:
                return "(" + condition(depth + 1, visible, own) + " OR " + condition(depth + 1, visible, own) + ")";
            case 10:
                return "NOT (" + condition(depth + 1, visible, own) + ")";
            case 11:
                return std::string(chance(3) ? "NOT " : "") + "EXISTS (" + query(depth + 1, visible) + ")";
            case 12:
                return columnOf(pick(own)) + (chance(3) ? " NOT" : "") + " IN (SELECT a FROM (" + query(depth + 1, {}) +
                       ") AS y" + std::to_string(aliases_++) + ")";
            default: {
                const std::string key = columnOf(pick(own));
                Names names;
                const std::string from = item(depth + 1, names);
                Names inner = names;
                inner.insert(inner.end(), visible.begin(), visible.end());
                return key + (chance(4) ? " NOT IN" : " IN") + " (SELECT " + columnOf(pick(names)) + " FROM " + from +
                       " WHERE " + condition(depth + 1, inner, names) + ")";
            }
        }
    }

    foreshard::Random random_;
    std::vector<Use> uses_;
    std::string cte_;
    bool cteOpen_ = false;
    size_t aliases_ = 0;
};
