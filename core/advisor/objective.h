// The advisor's objective: what a design costs, in units of "one more shard for one transaction in one". Lower is better.
// Pure; any thread.
#pragma once

#include "core/advisor/weights.h"
#include "core/cost/evaluator.h"

namespace foreshard::advisor {

// Values a shard from which on a key does not count as having few.
constexpr double keysPerShard = 8;

// Share of all rows from which on a table is not small.
constexpr double largeTable = 0.1;

struct Cost {
    double total = 0;
    double peakWork = 1;
    double writeVisits = 0, readVisits = 0;     // for each transaction
    double peakStorage = 1;
    double shippedRows = 0;                     // for each transaction
    double movedShare = 0;                      // of all bytes, from today's layout
    double peakP50 = 1, peakP90 = 1;            // of the peak work over a forecast's futures; 1 without one
};

Cost costOf(const cost::Evaluator& evaluator, const cost::Basis& basis, const ObjectiveWeights& weights);

// What each weight adds to the total, in the order of namedWeights().
std::vector<double> partsOf(const cost::Evaluator& evaluator, const cost::Basis& basis, const ObjectiveWeights& weights);

}  // namespace foreshard::advisor
