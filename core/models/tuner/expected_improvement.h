// What to try next: where the logarithm of the expected improvement is largest (Ament, Daulton, Eriksson, Balandat and Bakshy,
// "Unexpected Improvements to Expected Improvement for Bayesian Optimization", NeurIPS 2023): the improvement itself
// underflows to a flat zero over most of the space once a good value is known, its logarithm does not. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/models/tuner/gaussian_process.h"
#include "core/models/tuner/space.h"

namespace foreshard::models {

// ln h(z) with h(z) = φ(z) + z Φ(z): of the expected improvement of a standard normal beyond z below. Finite for every finite z.
double logImprovement(double z);
// Its derivative, Φ(z) / h(z).
double logImprovementSlope(double z);

// The setting that promises most below `best`, never one of `tried`: from Sobol points and the neighbourhoods of the `leading`
// settings, improved by gradient along the real numbers and by single steps along integers and categories. Nothing where no
// setting of the space is left.
std::optional<Setting> mostPromising(const GaussianProcess& process, const Space& space, double best, const std::vector<Setting>& leading,
                                     const std::vector<Setting>& tried, uint64_t seed);

}  // namespace foreshard::models
