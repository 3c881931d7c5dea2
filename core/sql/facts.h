// Facts of a template: what one parse of a representative statement says about every call of it. Names are as written
// (unquoted ones in lower case); nothing is resolved against a schema here. Plain values, computed once per template.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace foreshard::sql {

// clang-format off
enum class StatementKind : uint8_t {
    select, insert, update, delete_, merge, copy, ddl,
    begin, commit, rollback, savepoint, rollbackToSavepoint, releaseSavepoint,
    prepareTransaction, commitPrepared, rollbackPrepared,
    set, show, explain, utility, unknown,
};
const char* toString(StatementKind kind);

enum class Operator : uint8_t {
    equal,    // also IS NOT DISTINCT FROM
    in,       // IN (list) and = ANY(array)
    between,  // slots: low, high; both ends included
    less, lessEqual, greater, greaterEqual,
    prefix,   // LIKE 'abc%': decided by the value at call time; slots: the pattern
    isNull,
    notEqual,
    other,
};
// clang-format on
const char* toString(Operator op);

constexpr uint32_t noSlot = UINT32_MAX;
constexpr uint32_t noTable = UINT32_MAX;

struct TableUse {
    std::string schema;  // empty: found through search_path
    std::string name;
    std::string alias;  // empty: none
    bool read = false;
    bool written = false;  // target of INSERT, UPDATE, DELETE, MERGE, COPY FROM
    bool locked = false;   // FOR UPDATE, FOR SHARE, …
    uint32_t level = 0;    // query level: 0 top, +1 for each subquery or CTE
    bool operator==(const TableUse&) const = default;
};

// A column or an expression over one column: "customer_id", "lower(email)", "data->>'tenant'", "id % 16". Casts that
// keep the value (to text, integer types, uuid, numeric, …) are dropped; others (::date, ::time, ::boolean) are part of
// the text. An expression holds no slots: where a literal that may change from call to call is inside, there is no
// column expression. Where a query reads one table, its unqualified columns are taken for that table's: inside a
// correlated subquery only a schema can tell that one is the outer query's (the table then has no such column).
struct ColumnExpression {
    uint32_t table = noTable;  // index into StatementFacts::tables; noTable: not decidable without a schema
    std::string column;        // the bare column it is made of
    std::string expression;    // canonical text; equals `column` for a bare column (casts are dropped)
    bool bare() const { return expression == column; }
    bool operator==(const ColumnExpression&) const = default;
};

// A condition that every row which the statement touches in `column.table` fulfils (top-level AND, ON of inner joins,
// and OR of equalities on one column, which becomes `in`). Conditions under other ORs, NOT or outer-join ON of the
// preserved side are not here: the router may rely on each one.
struct Predicate {
    ColumnExpression column;
    Operator op = Operator::other;
    std::vector<uint32_t> slots;  // empty where the other side is no literal (isNull, a subquery, now())
    // in: each value of the slot is an array literal, '{1,2,3}' (= ANY($1)), which arrayElements() splits.
    bool array = false;
    bool operator==(const Predicate&) const = default;
};

// Rows of two tables (or of two uses of one) meet where these are equal: joins, correlated subqueries, IN (SELECT …),
// and the column that INSERT … SELECT fills. What is known of one side holds for the other only where the flag says so:
// with "a LEFT JOIN b ON a.x = b.x" a value of a.x bounds the rows of b that matter, but not the other way round.
struct EquiJoin {
    ColumnExpression left;
    ColumnExpression right;
    bool flowsRight = true;  // a value known of left holds for right
    bool flowsLeft = true;
    bool operator==(const EquiJoin&) const = default;
};

enum class BindingSource : uint8_t { slot, default_, column, expression };

// INSERT (column ← value). Without a column list `column` is empty and `position` says which column of the table it is.
// Where the rows of one statement are not alike (a literal here, DEFAULT there) the source is `expression`; a column
// for which all of them give literals then has a predicate `in` with the slots.
struct InsertBinding {
    uint32_t table = noTable;
    std::string column;
    uint32_t position = 0;
    BindingSource source = BindingSource::expression;
    uint32_t slot = noSlot;  // for BindingSource::slot; the slot holds one value for each row
    bool operator==(const InsertBinding&) const = default;
};

// UPDATE … SET column = …
struct Assignment {
    uint32_t table = noTable;
    std::string column;
    BindingSource source = BindingSource::expression;
    uint32_t slot = noSlot;
    bool selfRelative = false;  // the value depends on the column's old one: SET key = key + 1
    bool operator==(const Assignment&) const = default;
};

// Kinds follow what a statement does: a SELECT with a data-modifying CTE has that one's kind, SELECT … INTO is ddl,
// DECLARE … CURSOR FOR is select, SELECT set_config(…) alone is set, and so is RESET. EXPLAIN has tables only with
// ANALYZE.
struct StatementFacts {
    StatementKind kind = StatementKind::unknown;
    bool parsed = false;  // by libpg_query; false: by the token-level reader, which sees less
    std::vector<TableUse> tables;
    std::vector<Predicate> predicates;
    std::vector<EquiJoin> joins;
    std::vector<InsertBinding> inserts;
    std::vector<Assignment> assignments;
    std::vector<ColumnExpression> orderBy;
    std::vector<ColumnExpression> groupBy;
    bool aggregates = false;
    bool distinct = false;
    std::optional<uint32_t> limitSlot;  // LIMIT by a literal
    bool onConflict = false;            // INSERT … ON CONFLICT
    bool insertsFromQuery = false;      // INSERT … SELECT
    // SET, set_config(): the name of the setting ("search_path", "app.tenant", "role") and the slots of its value; none
    // where it goes back to its default. RESET ALL: "*".
    std::string setting;
    std::vector<uint32_t> settingSlots;
    bool settingLocal = false;  // SET LOCAL
    // Session settings that the statement reads as values: current_setting('app.tenant'), and current_user ("role"). What
    // the i-th one holds is the value of slot `sessionSlot + i`, behind the slots of the statement's own literals.
    std::vector<std::string> sessionValues;
    uint32_t sessionSlot = noSlot;
    bool operator==(const StatementFacts&) const = default;
};

// Facts of one statement. Its slots are those of TemplateScanner for the same text (and one for each session value). Never fails: what libpg_query
// refuses, and what has more than 40,000 tokens once its lists are collapsed, goes to the token-level reader (parsed =
// false). Thread-safe; 512 KB of stack are enough: statements of more than 1,000 tokens are parsed on a thread of their
// own.
StatementFacts statementFacts(std::string_view statement);

// The elements of an array literal of one dimension, '{1,2,"a b",NULL}'; NULL is nothing. Nothing at all where the text
// is none.
std::optional<std::vector<std::optional<std::string>>> arrayElements(std::string_view literal);

void writeFacts(ByteWriter& out, const StatementFacts& facts);
StatementFacts readFacts(ByteReader& in);

}  // namespace foreshard::sql
