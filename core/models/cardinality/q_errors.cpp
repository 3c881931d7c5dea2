#include "core/models/cardinality/q_errors.h"

#include <algorithm>
#include <cmath>

namespace foreshard::models {

QErrors qErrors(std::span<const float> logs, std::span<const float> truth) {
    std::vector<double> errors;
    QErrors result;
    for (size_t i = 0; i < truth.size(); ++i) {
        errors.push_back(std::exp(std::abs(std::max(0.0, static_cast<double>(logs[i])) - static_cast<double>(truth[i]))));
        result.mean += errors.back() / static_cast<double>(truth.size());
    }
    std::sort(errors.begin(), errors.end());
    const auto percentile = [&](double share) {
        const double place = share * static_cast<double>(errors.size() - 1);
        const auto below = static_cast<size_t>(place);
        const double above = errors[std::min(below + 1, errors.size() - 1)];
        return errors[below] + (above - errors[below]) * (place - static_cast<double>(below));
    };
    result.q50 = percentile(0.5);
    result.q90 = percentile(0.9);
    result.q95 = percentile(0.95);
    result.q99 = percentile(0.99);
    result.max = errors.back();
    return result;
}

QErrors qErrors(std::span<const float> logs, QueryList queries) {
    std::vector<float> truth;
    for (const auto* query : queries) truth.push_back(static_cast<float>(std::log(std::max(1.0, query->rows))));
    return qErrors(logs, truth);
}

}  // namespace foreshard::models
