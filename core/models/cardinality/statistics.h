// Column statistics: given ones, and what the training queries tell where none are given. They make the estimate that every
// learned model starts from: tables and conditions independent of each other (System R's rules: Selinger et al., 1979), with
// selectivities from a sample where there is one. Immutable once fitted; any thread.
#pragma once

#include <span>
#include <string>
#include <unordered_map>

#include "core/models/cardinality/queries.h"

namespace foreshard::models {

using QueryList = std::span<const CountedQuery* const>;

// What the conditions of a query on one column of one use leave: an interval whose ends lie halfway between whole numbers
// where the literals are whole ("x < 5": up to 4.5), or single values.
struct ColumnBound {
    uint32_t use = 0;
    std::string column;
    bool below = false, above = false;    // the interval ends on that side because of a condition
    double low = 0, high = 0;
    std::vector<double> equals;           // x = 5, x IN (5, 6)
    bool other = false;                   // LIKE, IS NULL, <>, or against no literal
    bool nothing = false;                 // no value fulfils all of it: x = 5 AND x = 6
};
std::vector<ColumnBound> boundsOf(const CountedQuery& query);
// Two of its conditions exclude each other: no row can fulfil both.
bool contradicts(const CountedQuery& query);

// The name under which known columns hold a set of them that is unique together: "table.x,y", columns in the order of their names.
std::string nameOfSet(const std::string& table, std::vector<std::string> columns);

struct ColumnStatistics {
    double low = 0, high = 1, distinct = 10;
};

class CardinalityStatistics {
public:
    static CardinalityStatistics fit(QueryList queries, const KnownColumns& known);

    const ColumnStatistics* column(const std::string& table, const std::string& column) const;   // null: never seen
    bool hasColumn(const std::string& name) const { return columns_.contains(name); }   // "table.column"
    double tableRows(const std::string& table) const;
    double boundSelectivity(const std::string& table, const ColumnBound& bound) const;
    // Conditions that leave nobody knows how many rows, none or all of them: LIKE, and those on columns that were never seen.
    size_t openBounds(const CountedQuery& query) const;
    // Of one use's rows: natural logs of the share that its conditions leave, by statistics alone and with its sample.
    double logSelectivity(const CountedQuery& query, uint32_t use, const std::vector<ColumnBound>& bounds) const;
    double logSampled(const CountedQuery& query, uint32_t use, double logByStatistics) const;
    // ln of the rows that independence expects, which may be below 0; ln of the product of the sizes, infinite where one is not known.
    double logEstimate(const CountedQuery& query, bool samples = true) const;
    double logLimit(const CountedQuery& query) const;

    void write(ByteWriter& out) const;
    static CardinalityStatistics read(ByteReader& in);

private:
    struct TableSize {
        double rows = 1000;
        bool exact = false;
    };
    void learnTables(QueryList queries);
    void learnColumns(QueryList queries, const KnownColumns& known);
    void takeKnown(const KnownColumns& known);
    void learnJoins(QueryList queries, const KnownColumns& known);
    double logJoin(const CountedQuery& query, const QueryJoin& join) const;
    double logJoins(const CountedQuery& query) const;
    std::optional<double> distinctOfSet(const std::string& table, const std::vector<std::string>& columns) const;

    std::unordered_map<std::string, TableSize> tables_;
    std::unordered_map<std::string, ColumnStatistics> columns_;   // by "table.column"
    std::unordered_map<std::string, double> joins_;               // ln of the selectivity, by joinName
};

// "a.x = b.y" by table names, the lesser side first.
std::string joinName(const CountedQuery& query, const QueryJoin& join);

}  // namespace foreshard::models
