#include "core/models/averaging.h"

#include <algorithm>
#include <cmath>

#include "core/models/ridge.h"

namespace foreshard::models {

namespace {

constexpr double leastWeight = 0.05;
constexpr double drawn = 0.4;        // how far, towards weights by errors alone
constexpr double steepness = 8;      // of those weights: power of the ratio of errors
constexpr double mostError = 1.35;   // times the least

using Columns = std::vector<std::span<const double>>;

// Learned on all values but those in [first, end).
std::vector<double> weightsWithout(const Columns& predicted, std::span<const double> actual, size_t first, size_t end) {
    std::vector<std::vector<float>> columns(predicted.size());
    std::vector<float> targets;
    for (size_t i = 0; i < actual.size(); ++i) {
        if (i >= first && i < end) continue;
        // Weights that sum to 1 do not care when columns and target move together; centred, they are found far faster.
        double centre = 0;
        for (const auto& own : predicted) centre += own[i] / static_cast<double>(predicted.size());
        for (size_t c = 0; c < predicted.size(); ++c) columns[c].push_back(static_cast<float>(predicted[c][i] - centre));
        targets.push_back(static_cast<float>(actual[i] - centre));
    }
    std::vector<double> errors;
    for (const auto& column : columns) {
        double squares = 0;
        for (size_t i = 0; i < targets.size(); ++i) squares += (column[i] - targets[i]) * (column[i] - targets[i]);
        errors.push_back(std::sqrt(squares / std::max(1.0, static_cast<double>(targets.size()))));
    }
    auto weights = drawnTogether(nonNegativeWeights(columns, targets, true), errors);
    double sum = 0;
    for (auto& w : weights) sum += w = w < leastWeight ? 0 : w;
    for (auto& w : weights) w = sum > 0 ? w / sum : 1.0 / static_cast<double>(weights.size());
    return weights;
}

}  // namespace

std::vector<double> drawnTogether(std::vector<double> found, std::span<const double> errors) {
    double least = -1, sum = 0;
    for (const double error : errors)
        if (error >= 0 && (least < 0 || error < least)) least = error;
    if (least <= 0) return found;    // none, or one that is always right
    std::vector<double> plain(found.size());
    for (size_t c = 0; c < plain.size(); ++c) {
        if (errors[c] >= 0 && errors[c] < least * mostError) plain[c] = std::pow(least / errors[c], steepness);
        sum += plain[c];
    }
    for (size_t c = 0; c < plain.size(); ++c) found[c] = (1 - drawn) * found[c] + drawn * plain[c] / sum;
    return found;
}

Average averageOf(const Columns& predicted, std::span<const double> actual, size_t foldLength) {
    Average average;
    const size_t values = actual.size();
    average.weights.assign(predicted.size(), predicted.empty() ? 0.0 : 1.0 / static_cast<double>(predicted.size()));
    average.predicted.assign(values, 0.0);
    const bool learnable = predicted.size() > 1 && foldLength > 0 && values > foldLength;
    for (size_t first = 0; first < values; first += std::max<size_t>(1, foldLength)) {
        const size_t end = std::min(values, first + std::max<size_t>(1, foldLength));
        const auto weights = learnable ? weightsWithout(predicted, actual, first, end) : average.weights;
        for (size_t i = first; i < end; ++i)
            for (size_t c = 0; c < predicted.size(); ++c) average.predicted[i] += weights[c] * predicted[c][i];
    }
    if (learnable) average.weights = weightsWithout(predicted, actual, values, values);
    return average;
}

}  // namespace foreshard::models
