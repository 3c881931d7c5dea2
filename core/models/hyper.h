// Hyper-parameters of the trained volume models, with the values that they have unless they are tuned. Plain value.
#pragma once

namespace foreshard::models {

struct HyperParameters {
    double nlinearRate = 0.003, nlinearDecay = 0.02;
    double networkRate = 0.002, networkDecay = 1e-3, networkDropout = 0, networkWidth = 64;   // width: of the first layer, twice the second's
    double treesRate = 0.06, treesDepth = 6, treesLeaf = 20, treesRowShare = 0.7, treesL2 = 1;
    bool operator==(const HyperParameters&) const = default;
};

}  // namespace foreshard::models
