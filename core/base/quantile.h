// Quantiles of a handful of values, with linear interpolation between neighbours in order (type 7 of Hyndman and Fan, "Sample
// Quantiles in Statistical Packages", The American Statistician 50, 1996). Pure.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace foreshard {

// values: not empty; share: 0…1.
inline double quantile(std::vector<double> values, double share) {
    std::sort(values.begin(), values.end());
    const double at = share * static_cast<double>(values.size() - 1);
    const auto below = static_cast<size_t>(at);
    const size_t above = std::min(below + 1, values.size() - 1);
    return values[below] + (values[above] - values[below]) * (at - static_cast<double>(below));
}

}  // namespace foreshard
