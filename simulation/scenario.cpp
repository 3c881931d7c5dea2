#include "simulation/scenario.h"

#include <algorithm>
#include <cmath>

namespace foreshard::simulation {

namespace {

void grow(cost::Projection& projection, double growth) {
    for (auto& shard : projection.load)
        for (double& value : shard.values) value *= growth;
    for (auto* peaks : {&projection.peakP50, &projection.peakP90})
        for (double& value : *peaks) value *= growth;
    for (auto* sizes : {&projection.storageBytes, &projection.storageRows})
        for (auto& value : *sizes)
            if (value) *value *= growth;
}

// The shard that has all tables; nothing where there are several.
std::optional<uint32_t> onlyShard(const sharding::Design& design, const cost::Projection& projection) {
    if (projection.shards == 1 || design.tables.empty()) return 0;
    const auto home = design.tables.front().home;
    const bool together = std::all_of(design.tables.begin(), design.tables.end(), [&](const auto& table) { return table.strategy == sharding::Strategy::unsharded && table.home == home; });
    return together ? std::optional(std::min(home, projection.shards - 1)) : std::nullopt;
}

// Of the busiest interval of the busiest shard.
std::optional<double> peak(const cost::Projection& projection) {
    std::optional<double> highest;
    for (const auto& shard : projection.load)
        for (const double value : shard.values)
            if (!highest || value > *highest) highest = value;
    return highest;
}

}  // namespace

Result<cost::Projection> simulate(const workload::Workload& workload, const sharding::Design& design, const Scenario& scenario, Job& job) {
    if (!std::isfinite(scenario.growth) || scenario.growth <= 0)
        return Error{ErrorCategory::usage, "Growth must be a number above 0.", "Give 1 for no growth, 2 for twice the load.", {}};
    if (!workload.facts) return Error{ErrorCategory::usage, "There is no workload to simulate.", "Read logs first.", {}};
    FS_ASSIGN(const sharding::Design redealt, withShards(design, scenario.shards.value_or(design.shards), &workload));
    FS_ASSIGN(cost::Projection projection, cost::project(workload, redealt, job));
    projection.scenario = scenario.name;
    grow(projection, scenario.growth);
    return projection;
}

std::optional<double> bytesMoved(const sharding::Design& from, const cost::Projection& baseline, const sharding::Design& to, const cost::Projection& projection) {
    if (from.fingerprint() == to.fingerprint() && baseline.shards == projection.shards) return 0;
    const auto home = onlyShard(from, baseline);
    if (!home || projection.storageBytes.empty()) return std::nullopt;
    double sum = 0;
    for (uint32_t shard = 0; shard < projection.storageBytes.size(); ++shard) {
        if (!projection.storageBytes[shard]) return std::nullopt;
        if (shard != *home) sum += *projection.storageBytes[shard];
    }
    return sum;
}

std::vector<Difference> compare(const cost::Projection& baseline, const cost::Projection& projection) {
    std::vector<Difference> out;
    const auto add = [&](const char* what, const std::optional<double>& before, const std::optional<double>& after, bool share) {
        out.push_back({what, before, after, before && after ? std::optional(*after - *before) : std::nullopt, share});
    };
    add("multi-shard share", baseline.multiShardShare, projection.multiShardShare, true);
    add("multi-shard write share", baseline.multiShardWriteShare, projection.multiShardWriteShare, true);
    add("multi-shard read share", baseline.multiShardReadShare, projection.multiShardReadShare, true);
    add("load, hottest shard over mean", baseline.loadMaxOverMean, projection.loadMaxOverMean, false);
    add("load, hottest shard over mean, worst interval", baseline.loadMaxOverMeanWorst, projection.loadMaxOverMeanWorst, false);
    add("busiest shard, accesses per second", peak(baseline), peak(projection), false);
    add("storage, fullest shard over mean", baseline.storageMaxOverMean, projection.storageMaxOverMean, false);
    return out;
}

}  // namespace foreshard::simulation
