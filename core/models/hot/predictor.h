// What every predictor of hot keys is: it learns from snapshots whose next window is known, then scores the items of a new
// one; the highest scores are the predicted hotspots. Scores of one predictor only order items. One thread at a time for
// each predictor.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/models/hot/snapshot.h"

namespace foreshard::models {

class HotspotPredictor {
public:
    virtual ~HotspotPredictor() = default;
    virtual std::string name() const = 0;
    // `past` in order of time, each with its `next`. False: it cannot learn from so little, or its training diverged.
    virtual Result<bool> fit(std::span<const Snapshot* const> past, Job& job) = 0;
    virtual Result<std::vector<float>> score(const Snapshot& now) = 0;
    // Of now.coming, on the same scale; empty: it names no keys that were never touched.
    virtual std::vector<float> scoreComing(const Snapshot&) { return {}; }
};

constexpr const char* lastWindowPredictor = "last window";
using Predictors = std::vector<std::unique_ptr<HotspotPredictor>>;

// Cumulative, last window, fading counts of several half-lives, the rule for keys that only grow, their non-negative blend (of the last windows, and of more), and corrections of
// the blend by a network, and by a network and boosted trees, with Poisson loss on all columns; the latter two only where
// `learned`.
Predictors hotspotPredictors(uint64_t seed, bool learned = true);

}  // namespace foreshard::models
