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

// The design with its placement re-dealt to `shards`. With a workload, slots move from the most loaded shards to the least
// loaded ones until load is even, as few as that takes, and ranges of one-part keys are cut anew by load. Without one, as
// few slots and ranges move as give every shard its number of them. Rings get or lose points; pinned keys and single tables
// of a shard that goes move to the others in turn.
Result<sharding::Design> withShards(const sharding::Design& design, uint32_t shards, const workload::Workload* workload = nullptr);

// `workload` is the one that the scenario means (the caller chooses observed or forecast).
Result<cost::Projection> simulate(const workload::Workload& workload, const sharding::Design& design, const Scenario& scenario, Job& job);

// Bytes that a move from one design to the other brings to another shard, copies included, by the sizes of the schema. Known
// where `from` keeps all on one shard and the sizes are known, and where both are the same; else nothing: what stays in place
// between two spreads is not in their projections.
std::optional<double> bytesMoved(const sharding::Design& from, const cost::Projection& baseline, const sharding::Design& to, const cost::Projection& projection);

// One number of a projection beside a baseline's. Nothing where either is unknown.
struct Difference {
    std::string what;                    // "multi-shard share"
    std::optional<double> baseline, value;
    std::optional<double> change;        // value - baseline
    bool share = true;                   // a share of all transactions; else a ratio or an amount
};
std::vector<Difference> compare(const cost::Projection& baseline, const cost::Projection& projection);

}  // namespace foreshard::simulation
