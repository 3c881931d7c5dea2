// Candidates without training: naive, seasonal naive, mean of the same phase of the week; and Theta.
#pragma once

#include "core/models/portfolio/candidate.h"

namespace foreshard::models {

std::unique_ptr<VolumeCandidate> naiveCandidate();
// The value at the same phase of the last whole season.
std::unique_ptr<VolumeCandidate> seasonalNaiveCandidate(uint32_t season);
// Mean of the values at the same phase of the last four seasons; for a week of hours: the hour-of-week mean.
std::unique_ptr<VolumeCandidate> phaseMeanCandidate(uint32_t season);
// Theta (Assimakopoulos and Nikolopoulos, International Journal of Forecasting 16, 2000) in the form of Hyndman and Billah
// (2003): exponential smoothing with half the slope of the trend as drift, on a series freed of its season where that is
// significant.
std::unique_ptr<VolumeCandidate> thetaCandidate(uint32_t season);

}  // namespace foreshard::models
