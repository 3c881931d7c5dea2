// Candidates that learn over all series of a panel at once, on lag features.
#pragma once

#include "core/models/mlp.h"
#include "core/models/portfolio/candidate.h"
#include "core/models/trees.h"

namespace foreshard::models {

// Without `seasons`: recent values and the phase alone, which outlive a change of regime better.
struct LagOptions {
    uint64_t seed = 1;
    bool seasons = true;
    size_t mostRows = 60'000;        // drawn for training; more teach little and cost time
    uint32_t members = 1;            // of networks and trees: learned from other rows and seeds each, and averaged
    double busy = 0;                 // rows count by their calls to this power; every other member of trees has 0.5
};
// What networks and trees are trained with unless they are tuned. Seeds, deadlines and the name of the loss are set in fit.
MlpOptions networkDefaults();
TreeOptions treesDefaults();

std::unique_ptr<VolumeCandidate> linearCandidate(LagOptions lags = {});
std::unique_ptr<VolumeCandidate> networkCandidate(LagOptions lags, MlpOptions options = networkDefaults());
std::unique_ptr<VolumeCandidate> treesCandidate(LagOptions lags, TreeOptions options = treesDefaults());
// NLinear of core/models/nlinear.h, one for each series; drops out where there are too many series for it.
std::unique_ptr<VolumeCandidate> nlinearCandidate(uint32_t season);

}  // namespace foreshard::models
