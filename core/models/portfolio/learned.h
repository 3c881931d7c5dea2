// Candidates that learn over all series of a panel at once, on lag features.
#pragma once

#include "core/models/portfolio/candidate.h"

namespace foreshard::models {

std::unique_ptr<VolumeCandidate> linearCandidate();
// Without `seasons`: recent values and the phase alone, which outlive a change of regime better.
std::unique_ptr<VolumeCandidate> networkCandidate(uint64_t seed, bool seasons);
std::unique_ptr<VolumeCandidate> treesCandidate(uint64_t seed, bool seasons);
// NLinear of core/models/nlinear.h, one for each series; drops out where there are too many series for it.
std::unique_ptr<VolumeCandidate> nlinearCandidate(uint32_t season);

}  // namespace foreshard::models
