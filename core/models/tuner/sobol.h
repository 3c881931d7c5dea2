// Sobol points (Sobol, 1967) with the direction numbers of Joe and Kuo (SIAM Journal on Scientific Computing 30, 2008), moved
// by a random digital shift, so that each seed has its own well-spread points. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace foreshard::models {

constexpr size_t mostSobolDimensions = 21;

// `count` points after the first `skip` ones, in [0,1)^dimensions. dimensions: 1…21.
std::vector<std::vector<double>> sobolPoints(size_t dimensions, size_t count, uint64_t seed, size_t skip = 0);

}  // namespace foreshard::models
