// Pairs of queries of which one has no fewer rows than the other, whatever the data: they differ in the literal of one range
// condition. To check predictions by, and to train with. Pure; any thread.
#pragma once

#include <optional>

#include "core/base/hash.h"
#include "core/models/cardinality/sample_rows.h"

namespace foreshard::models {

struct OrderedPair {
    CountedQuery narrow, wide;
};

// The condition gets two random literals of its column's range; samples follow where `samples` is given. Nothing where the
// query has no condition of the kind "x < 5" on a column whose range is known.
std::optional<OrderedPair> randomPair(const CountedQuery& query, const CardinalityStatistics& statistics, const SampleRows* samples, Random& random);

}  // namespace foreshard::models
