// The average of several candidates of a backtest, judged without having seen what it is judged on. Pure; any thread.
#pragma once

#include <span>
#include <vector>

namespace foreshard::models {

struct Average {
    std::vector<double> weights;      // one a candidate, not negative, sum 1: learned on all of the backtest
    std::vector<double> predicted;    // each fold by weights learned on the others
};

// Weights that least squares found, drawn towards weights by the size of the errors alone (Bates and Granger, Operational Research
// Quarterly 20, 1969): found ones fit the past too well, and plain ones have long been hard to beat (Claeskens, Magnus, Vasnev and
// Wang, International Journal of Forecasting 32, 2016). `errors`: root mean squares, one a weight, negative where there is none; who
// errs a third more than the best gets nothing by them.
std::vector<double> drawnTogether(std::vector<double> found, std::span<const double> errors);

// `predicted[c]`: of candidate c, parallel to `actual`, cut into folds of `foldLength` values. Fewer than two folds or two
// candidates: nothing learned, all weights equal. Small weights are noise and become 0.
Average averageOf(const std::vector<std::span<const double>>& predicted, std::span<const double> actual, size_t foldLength);

}  // namespace foreshard::models
