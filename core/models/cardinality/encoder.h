// Queries as features. Two forms: one row a query (for trees and networks), and a bag of elements, one for each use of a table
// and each join (for the mixture, which adds elements up and so reaches to queries with more of them than it has seen). The
// vocabulary of tables, columns, joins and frequent values comes from the training queries; what is not in it is encoded as
// unknown. A query can be encoded with some of its tables and columns masked, as if unknown. Immutable once fitted; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/models/cardinality/mixture.h"
#include "core/models/cardinality/statistics.h"
#include "core/models/table.h"

namespace foreshard::models {

// Uses of tables and columns that are encoded as unknown.
struct QueryMask {
    std::vector<bool> uses;       // by use; empty: none
    std::vector<bool> bounds;     // by index into boundsOf(); empty: none
};

class CardinalityEncoder {
public:
    static constexpr uint32_t formatVersion = 1;   // of the features
    static constexpr uint32_t frequentValues = 24;   // of a column, with a feature each

    static CardinalityEncoder fit(QueryList queries, const KnownColumns& known);

    const CardinalityStatistics& statistics() const { return statistics_; }
    // ln of the estimate that learned candidates correct: the optimiser's where the query has one, else that of independence.
    double logStart(const CountedQuery& query) const;
    uint32_t rowColumns() const;
    uint32_t elementColumns() const;
    // Directions of the row's columns: 1 where more rows qualify as the value rises, -1 as it falls, 0 free.
    std::vector<int8_t> monotone() const;

    // `known`: the query is one that the encoder was fitted on; what its own group tells is then left out.
    void addRow(const CountedQuery& query, Table& rows, const QueryMask& mask = {}, bool known = false) const;
    void addBag(const CountedQuery& query, Bags& bags, const QueryMask& mask = {}, bool known = false) const;

    void write(ByteWriter& out) const;
    static CardinalityEncoder read(ByteReader& in);

private:
    struct Column {
        uint32_t number = 0;
        std::vector<double> literals;                                            // sorted: where in them a value stands is its rank
        std::unordered_map<double, uint32_t> frequent;                           // values with a feature of their own
        std::unordered_map<double, std::vector<std::pair<uint64_t, float>>> errors;   // by value: of independence, by group
    };
    struct BoundFeatures;
    BoundFeatures featuresOf(const CountedQuery& query, const ColumnBound& bound, bool hidden, bool known) const;
    void learnColumns(QueryList queries);
    void addUse(const CountedQuery& query, uint32_t use, const std::vector<ColumnBound>& bounds, bool hidden, std::span<float> row) const;
    static void fillColumn(const BoundFeatures& features, bool other, std::span<float> own);
    void fillElement(const CountedQuery& query, uint32_t use, const std::vector<ColumnBound>& bounds, const QueryMask& mask, bool known, std::span<float> row) const;

    CardinalityStatistics statistics_;
    std::unordered_map<std::string, uint32_t> tables_, joins_;
    std::unordered_map<std::string, Column> columns_;
};

}  // namespace foreshard::models
