// Regret: what the listed designs lose where the load is another one than was logged: one kind of transactions a fifth more or
// less, volumes as the forecast's P90 has them, two shards more or fewer; and how far the mix would have to move for another
// design to win. Shifts of the mix are reckoned on the sample: visits by transaction class exactly, load by what the sampled
// accesses put on each shard. Pure; any thread.
#pragma once

#include "core/advisor/plan.h"
#include "core/advisor/search.h"

namespace foreshard::advisor {

struct Compared {
    std::string id;
    const Plan* plan = nullptr;
    const sharding::Design* design = nullptr;
};

struct Regrets {
    std::vector<double> worst;                    // parallel to the designs
    std::vector<TurningPoint> turningPoints;      // of the first design; likely ones first, then the nearest
};

// `designs`: best first. Nothing is said of more than a million classes times shards. Errors: cancelled.
Result<Regrets> regretsOf(const workload::Workload& workload, const Candidates& candidates, const cost::Basis& basis, const ObjectiveWeights& weights, const std::vector<Compared>& designs, Job& job);

}  // namespace foreshard::advisor
