// Data for tests and benchmarks of devices: a sum that is not linear, of as many columns as wanted.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "core/base/hash.h"
#include "core/models/cardinality/mixture.h"
#include "core/models/mlp.h"

namespace device_data {

struct Rows {
    foreshard::models::Table rows;
    std::vector<float> targets;
};

inline Rows curved(size_t rows, uint32_t columns, uint64_t seed = 1) {
    Rows out{foreshard::models::Table(columns), {}};
    foreshard::Random random(seed);
    for (size_t i = 0; i < rows; ++i) {
        auto row = out.rows.addRow();
        for (auto& value : row) value = static_cast<float>(random.normal());
        out.targets.push_back(2 * row[0] + std::sin(3 * row[1]) + (row[2] > 0.3f ? 1.0f : 0.0f));
    }
    return out;
}

// Root of the mean squared difference over the standard deviation of `targets`.
inline double difference(const std::vector<float>& a, const std::vector<float>& b, const std::vector<float>& targets) {
    double mean = 0, spread = 0, sum = 0;
    for (const float v : targets) mean += v / static_cast<double>(targets.size());
    for (size_t i = 0; i < targets.size(); ++i) spread += (targets[i] - mean) * (targets[i] - mean), sum += static_cast<double>(a[i] - b[i]) * (a[i] - b[i]);
    return std::sqrt(sum / spread);
}

}  // namespace device_data
