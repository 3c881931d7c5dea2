// Walks a parse tree and fills StatementFacts. Internal to sql/; one object per statement. Its parts stand in
// facts_query.cpp (queries and FROM), facts_conditions.cpp (predicates and joins), facts_expressions.cpp (columns and
// literals), facts_modify.cpp (INSERT, UPDATE, DELETE, MERGE) and facts_utility.cpp (everything else).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/sql/facts.h"
#include "core/sql/parse_form.h"
#include "core/sql/parse_tree.h"

namespace foreshard::sql {

bool isAggregate(std::string_view function);

// One column that a query gives.
struct Output {
    std::string name;
    std::optional<ColumnExpression> column;  // the column of a table that it is
    uint32_t slot = noSlot;                  // or the literal
    std::vector<uint32_t> slots;             // or the literals of rows that are not alike: VALUES ($1::int), ($2)
    bool array = false;                      // or the elements of the array literal in `slot`: unnest($1)
    bool filterable = false;                 // a condition on it may be checked on the table's rows before the query
    bool literal() const { return slot != noSlot || !slots.empty(); }
};

// What a query gives: columns in order, then those of the tables under `*`.
struct Outputs {
    std::vector<Output> columns;
    std::vector<uint32_t> stars;   // tables whose columns all come out
    bool ordered = true;           // positions are known: no `*` before
    bool complete = true;          // every column is in `columns`
    bool filterable = false;       // no LIMIT, set operation, …
    std::vector<uint32_t> tables;  // behind the filterable columns
};

// What FROM names, and what a name in this query can mean.
struct ScopeItem {
    std::string schema;
    std::string name;                        // alias, or the table's name
    uint32_t table = noTable;                // a table…
    std::shared_ptr<const Outputs> outputs;  // … or a query; neither: something without known columns
    bool query = false;                      // a subquery or CTE
};

struct Scope {
    const Scope* outer = nullptr;
    uint32_t level = 0;
    std::vector<ScopeItem> items;
    std::map<std::string, ColumnExpression> merged;  // columns of JOIN … USING
    std::vector<uint32_t> tables;                    // whose rows conditions of this query may bound
};

// For which tables a condition is one that every touched row fulfils.
struct Conditions {
    const Scope* scope = nullptr;
    const std::vector<uint32_t>* tables = nullptr;
    bool all = true;           // `tables` are all of the query's
    bool boundsOuter = false;  // the subquery stands where it must hold for each row of the outer query
};

struct QueryRole {
    const Scope* outer = nullptr;
    uint32_t level = 0;
    bool top = false;  // its ORDER BY, GROUP BY, LIMIT… are the statement's
    bool boundsOuter = false;
};

class FactsWalker {
public:
    FactsWalker(const ParseForm& form, StatementFacts& facts) : form_(form), facts_(facts) {}

    void statement(Node wrapped);
    // Nested deeper than the walk goes: the facts are not to be used.
    bool tooDeep() const { return tooDeep_; }

private:
    static constexpr uint32_t maxDepth = 200;
    struct Deeper {
        explicit Deeper(FactsWalker& walker) : walker_(walker) { walker_.tooDeep_ |= ++walker_.depth_ > maxDepth; }
        ~Deeper() { --walker_.depth_; }
        FactsWalker& walker_;
    };

    // Queries.
    std::shared_ptr<const Outputs> query(Node select, const QueryRole& role);
    std::shared_ptr<const Outputs> plainSelect(Node select, const QueryRole& role);
    void setOperation(Node select, const QueryRole& role);
    void valuesRows(Node lists, const Scope& scope);
    Outputs valuesOutputs(Node lists) const;
    Outputs functionOutputs(Node function, const std::string& alias) const;
    uint32_t usesOf(const std::string& name);
    size_t beginCtes(Node withClause, const QueryRole& role);
    void endCtes(size_t before) { ctes_.resize(before); }
    std::shared_ptr<const Outputs> modifyingCte(Node statement, uint32_t level, const Scope* outer);
    std::vector<uint32_t> fromList(Node list, Scope& scope);
    std::vector<uint32_t> fromItem(Node item, Scope& scope);
    std::vector<uint32_t> rangeVar(Node range, Scope& scope);
    std::vector<uint32_t> joinExpression(Node join, Scope& scope);
    void usingColumn(const std::string& name, const std::string& type, Scope& scope, size_t leftBegin,
                     size_t rightBegin, const Conditions& on);
    std::vector<uint32_t> addDerived(Node alias, std::shared_ptr<const Outputs> outputs, Scope& scope, bool query);
    uint32_t useTable(Node range, uint32_t level);
    void lockTables(Node lockingClause, const Scope& scope);
    Outputs outputsOf(Node targets, Node groupClause, const Scope& scope, bool aggregated) const;
    void addStar(const std::vector<std::string>& qualifier, const Scope& scope, Outputs& out) const;
    void topClauses(Node select, const Scope& scope, const Outputs& outputs, bool aggregated);

    // Conditions.
    void condition(Node expression, const Conditions& where);
    void boolean(Node boolExpression, const Conditions& where);
    void anyOf(Node branches, const Conditions& where);
    void comparison(Node expression, const Conditions& where);
    void rowComparison(Node left, Node right, Operator op, const Conditions& where);
    void membership(Node left, Node list, bool negated, const Conditions& where);
    void arrayMembership(Node left, Node array, bool negated, const Conditions& where);
    void between(Node column, Node bounds, const Conditions& where);
    void compare(Node left, Operator op, Node right, bool strict, const Conditions& where);
    void addPredicate(const ColumnExpression& column, Operator op, std::vector<uint32_t> slots, bool strict,
                      const Conditions& where, bool array = false);
    void addLiterals(const ColumnExpression& column, const Output& given, const Conditions& where);
    void keepJoin(EquiJoin join);
    void addJoin(const ColumnExpression& left, const ColumnExpression& right, const Conditions& where);
    bool bounds(const ColumnExpression& column, const Conditions& where) const;
    bool isOuter(uint32_t table, const Scope& scope) const;
    bool nullable(uint32_t table) const { return table < nullable_.size() && nullable_[table]; }
    void subLink(Node link, const Conditions& where, bool holds);
    void joinWithQuery(Node column, const Output* output, const Conditions& where, bool holds, bool filterable);

    // Expressions.
    // The slot that tells the value of this expression; noSlot: none does.
    uint32_t literalSlot(Node expression) const;
    uint32_t sessionSlot(Node expression) const;
    // The column of a query in FROM that it names, where that one holds literals.
    const Output* literalColumn(Node expression, const Scope& scope) const;
    uint32_t sessionValue(std::string name) const;
    std::optional<std::vector<uint32_t>> literalSlots(Node list) const;
    std::optional<ColumnExpression> column(Node expression, const Scope& scope) const;
    std::optional<ColumnExpression> resolve(Node columnRef, const Scope& scope) const;
    std::optional<ColumnExpression> resolveBare(const std::string& name, const Scope& scope) const;
    void subqueries(Node expression, const Scope& scope);
    void subqueries(Node expression, const Conditions& where);
    void settingCall(Node functionCall);

    // Statements.
    std::shared_ptr<const Outputs> insert(Node node, uint32_t level, const Scope* outer);
    std::shared_ptr<const Outputs> returned(Node list, const Scope& scope);
    void insertRows(uint32_t table, const std::vector<std::string>& columns, Node lists, const Scope& scope);
    void insertQuery(uint32_t table, const std::vector<std::string>& columns, const Outputs& source);
    void insertColumn(uint32_t table, const std::string& column, uint32_t position,
                      const std::vector<InsertBinding>& rows);
    InsertBinding boundValue(Node value, const Scope* scope = nullptr) const;
    void onConflict(Node clause, uint32_t table, Scope& scope);
    std::shared_ptr<const Outputs> update(Node node, uint32_t level, const Scope* outer);
    std::shared_ptr<const Outputs> delete_(Node node, uint32_t level, const Scope* outer);
    void merge(Node node, uint32_t level, const Scope* outer);
    void mergeAction(Node action, uint32_t target, const Scope& scope);
    void assignments(Node targets, uint32_t table, const Scope& scope);
    bool dependsOnItself(Node value, uint32_t table, const std::string& column, const Scope& scope) const;
    uint32_t targetTable(Node range, Scope& scope);
    void utility(Node wrapped);
    void copy(Node node);
    void setting(Node node);
    void dataDefinition(std::string_view type, Node node);
    void explain(Node node);

    struct Cte {
        std::string name;
        std::shared_ptr<const Outputs> outputs;
    };

    const ParseForm& form_;
    StatementFacts& facts_;
    Node root_;                             // of the statement, to count how often a CTE is used
    std::map<std::string, uint32_t> uses_;  // of each unqualified name in FROM; filled when first asked for
    std::vector<Cte> ctes_;
    std::vector<bool> nullable_;  // tables that an outer join extends with NULLs
    bool tooDeep_ = false;
    uint32_t depth_ = 0;
};

}  // namespace foreshard::sql
