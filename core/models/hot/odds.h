// The odds that an item is among the hottest of the next window: a logistic regression on the logarithms of its fading counts.
// In logarithms what came in one burst weighs little beside what came at every time scale, which is what lasts; and being among
// the hottest is asked for directly, where counts let the few hottest items decide. Weights are not negative and are pulled towards
// equal ones: the items of one job are hot together, so a window says far less than its number of items seems to.
#pragma once

#include <memory>
#include <string>

#include "core/models/hot/predictor.h"

namespace foreshard::models {

struct OddsOptions {
    std::string name;
    size_t newest = 8;        // snapshots that it learns from
    double pull = 3;          // to equal weights; the hottest items of a window together weigh 1
};

std::unique_ptr<HotspotPredictor> oddsPredictor(const OddsOptions& options);

}  // namespace foreshard::models
