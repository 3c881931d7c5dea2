// The q-error of an estimate: max(estimate, true)/min(estimate, true), both at least 1 row (Moerkotte et al., VLDB 2009). Pure;
// any thread.
#pragma once

#include <span>

#include "core/models/cardinality/statistics.h"

namespace foreshard::models {

// Percentiles are interpolated linearly between neighbours.
struct QErrors {
    double q50 = 0, q90 = 0, q95 = 0, q99 = 0, max = 0, mean = 0;
    bool operator==(const QErrors&) const = default;
};
// `logs`: ln rows that were predicted; of as many queries, at least one.
QErrors qErrors(std::span<const float> logs, QueryList queries);
// Of as many true ln rows, at least one.
QErrors qErrors(std::span<const float> logs, std::span<const float> truth);

}  // namespace foreshard::models
