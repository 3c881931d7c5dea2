// What the samples of many queries tell of the sampled rows themselves: each query that a row fulfils, or misses by one
// condition alone, bounds the row's values. From it, the sample of a query that was never asked: "x < 6" where only "x < 5" was
// given. Columns that nothing is known of are spread evenly. Immutable once learned; any thread.
#pragma once

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/models/cardinality/statistics.h"

namespace foreshard::models {

class SampleRows {
public:
    static SampleRows learn(QueryList queries, const CardinalityStatistics& statistics);

    // Replaces the query's samples by what its conditions make of the rows; a use whose table has no rows here loses its sample.
    void fill(CountedQuery& query) const;

private:
    struct Interval {
        double low = 0, high = 0;
    };
    struct TableRows {
        uint32_t rows = 0;
        std::unordered_map<std::string, std::vector<Interval>> columns;
    };
    using Conditions = std::vector<std::pair<const ColumnBound*, std::vector<Interval>*>>;
    static void narrowHit(const Conditions& conditions, uint32_t row);
    static void narrowMissed(const Conditions& conditions, uint32_t row);
    void narrow(const CountedQuery& query, const CardinalityStatistics& statistics, bool misses);

    std::unordered_map<std::string, TableRows> tables_;
};

}  // namespace foreshard::models
