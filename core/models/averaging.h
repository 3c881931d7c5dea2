// The average of several candidates of a backtest, judged without having seen what it is judged on. Pure; any thread.
#pragma once

#include <span>
#include <vector>

namespace foreshard::models {

struct Average {
    std::vector<double> weights;      // one a candidate, not negative, sum 1: learned on all of the backtest
    std::vector<double> predicted;    // each fold by weights learned on the others
};

// `predicted[c]`: of candidate c, parallel to `actual`, cut into folds of `foldLength` values. Fewer than two folds or two
// candidates: nothing learned, all weights equal. Small weights are noise and become 0.
Average averageOf(const std::vector<std::span<const double>>& predicted, std::span<const double> actual, size_t foldLength);

}  // namespace foreshard::models
