// Linear regression with a ridge penalty (Hoerl and Kennard, 1970) on standardised columns, solved in closed form. NaN counts
// as the column's mean. Plain value; any thread.
#pragma once

#include <span>
#include <vector>

#include "core/models/table.h"

namespace foreshard::models {

struct Ridge {
    std::vector<double> weights;   // one a column, on raw values
    std::vector<double> fill;      // what a NaN counts as
    double bias = 0;
    bool operator==(const Ridge&) const = default;

    float predict(std::span<const float> row) const;
    std::vector<float> predict(const Table& rows) const;
};

// `penalty`: in rows; the weight of the pull to zero equals that many examples of standard deviation 1. Without rows all
// weights are zero.
Ridge fitRidge(const Table& rows, std::span<const float> targets, double penalty);

// Weights w >= 0 that minimise |columns w - targets|^2, and sum to 1 where `simplex` is set. Each column is one predictor's
// values. Projected gradient on the Gram matrix; for few columns. Equal weights where nothing tells them apart.
std::vector<double> nonNegativeWeights(const std::vector<std::vector<float>>& columns, std::span<const float> targets, bool simplex);

}  // namespace foreshard::models
