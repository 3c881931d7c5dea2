// Minimum of a smooth function of a few variables inside a box: BFGS (Nocedal and Wright, Numerical Optimization, 2006,
// chapter 6) on the variables that are not held at a limit, with steps projected into the box and shortened until they pay
// (Armijo). Deterministic; any thread.
#pragma once

#include <functional>
#include <span>
#include <vector>

namespace foreshard::models {

// The value at x; fills the gradient. A value that is not finite is a wall.
using Smooth = std::function<double(std::span<const double> x, std::span<double> gradient)>;

struct Minimum {
    std::vector<double> x;
    double value = 0;
};

// From `start`, which is clamped into [low, high]. At most `iterations` gradients, line searches apart.
Minimum minimizeInBox(const Smooth& function, std::vector<double> start, std::span<const double> low, std::span<const double> high, int iterations);

}  // namespace foreshard::models
