// Random SQL statements over two tables t and u (id, a, b integer; s text), in the common part of PostgreSQL's and SQLite's
// dialects: nested conditions, joins of all kinds, subqueries, CTEs, UNION, UPDATE, DELETE, INSERT. All from one seed.
#pragma once

#include <string>

#include "core/base/hash.h"

namespace foreshard::testing {

enum class SqlKind { select, update, remove, insert };

struct RandomStatement {
    SqlKind kind = SqlKind::select;
    std::string text;
};

class SqlMaker {
public:
    explicit SqlMaker(Random& random) : random_(random) {}
    RandomStatement statement();

private:
    std::string select();
    std::string update();
    std::string remove();
    std::string insert();
    // A condition on the columns of `table`; `other` is a second table in scope, or empty.
    std::string condition(const std::string& table, const std::string& other, int depth);
    std::string atom(const std::string& table, const std::string& other, int depth);
    std::string comparison(const std::string& column, const std::string& expression);
    std::string literal(const std::string& column);
    std::string column() { return pick({"a", "b", "s"}); }
    std::string numeric() { return pick({"a", "b"}); }
    std::string pick(std::initializer_list<const char*> words) { return *(words.begin() + random_.below(words.size())); }
    bool chance(uint64_t percent) { return random_.below(100) < percent; }

    Random& random_;
};

}  // namespace foreshard::testing
