// Test functions for optimisers, with their least values (Surjanovic and Bingham, Virtual Library of Simulation Experiments).
#pragma once

#include <cmath>
#include <span>

namespace foreshard::bench {

constexpr double braninLeast = 0.39788735772973816;
// x in [-5, 10], y in [0, 15]; three equal minima.
inline double branin(double x, double y) {
    const double t = y - 5.1 / (4 * M_PI * M_PI) * x * x + 5 / M_PI * x - 6;
    return t * t + 10 * (1 - 1 / (8 * M_PI)) * std::cos(x) + 10;
}

constexpr double hartmannLeast = -3.322368011415515;
// Six variables in [0, 1]; four minima, the second best one at -3.203.
inline double hartmann(std::span<const double> x) {
    constexpr double alpha[4] = {1, 1.2, 3, 3.2};
    constexpr double a[4][6] = {{10, 3, 17, 3.5, 1.7, 8}, {0.05, 10, 17, 0.1, 8, 14}, {3, 3.5, 1.7, 10, 17, 8}, {17, 8, 0.05, 10, 0.1, 14}};
    constexpr double p[4][6] = {{1312, 1696, 5569, 124, 8283, 5886}, {2329, 4135, 8307, 3736, 1004, 9991}, {2348, 1451, 3522, 2883, 3047, 6650}, {4047, 8828, 8732, 5743, 1091, 381}};
    double value = 0;
    for (int i = 0; i < 4; ++i) {
        double inner = 0;
        for (int j = 0; j < 6; ++j) inner += a[i][j] * (x[j] - p[i][j] * 1e-4) * (x[j] - p[i][j] * 1e-4);
        value -= alpha[i] * std::exp(-inner);
    }
    return value;
}

}  // namespace foreshard::bench
