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

// The design with its placement re-dealt to `shards` (slots spread anew with as few moves as possible; ranges split or
// joined by load where counts are known).
Result<sharding::Design> withShards(const sharding::Design& design, uint32_t shards);

Result<cost::Projection> simulate(const workload::Workload& workload, const sharding::Design& design, const Scenario& scenario, Job& job);

}  // namespace foreshard::simulation
