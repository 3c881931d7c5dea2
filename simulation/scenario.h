// Scenarios: a workload with another shard count and growth, projected analytically and compared with a baseline. Plain
// values; pure functions; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/cost/projection.h"

namespace foreshard::simulation {

struct Scenario {
    std::string name = "observed";
    bool forecast = false;               // take the forecast workload
    double growth = 1.0;                 // multiplies all volumes and sizes
    std::optional<uint32_t> shards;      // re-deals the design's slots to this many shards
};

// The design with its placement re-dealt to `shards`: as few slots move as an even deal allows; ranges of one shard are
// split between it and a new one in turn only where it has several, and those of a shard that goes are dealt to the others;
// rings get points for new shards; pinned keys and single tables of a shard that goes move to others in turn.
Result<sharding::Design> withShards(const sharding::Design& design, uint32_t shards);

// `workload` is the one that the scenario means (the caller chooses observed or forecast).
Result<cost::Projection> simulate(const workload::Workload& workload, const sharding::Design& design, const Scenario& scenario, Job& job);

// One number of a projection beside a baseline's. Nothing where either is unknown.
struct Difference {
    std::string what;                    // "multi-shard share"
    std::optional<double> baseline, value;
    std::optional<double> change;        // value - baseline
    bool share = true;                   // a share of all transactions; else a ratio or an amount
};
std::vector<Difference> compare(const cost::Projection& baseline, const cost::Projection& projection);

}  // namespace foreshard::simulation
