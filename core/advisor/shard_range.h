// Advice for every number of shards of a range, as one list.
#pragma once

#include "core/advisor/advisor.h"

namespace foreshard::advisor {

// Searches for each number of shards from options.shards to options.shardsUpTo, in an equal part of the time limit each, and ranks the best
// of each together. Work of the hottest shard is then measured against an even deal over the fewest shards: more shards relieve it, and
// make more transactions cross; what a shard costs to run is not weighed. Errors: as advise(); usage for a range of more than mostCounts.
constexpr uint32_t mostCounts = 32;
Result<Advice> adviseRange(const workload::Workload& workload, const Options& options, Job& job);

}  // namespace foreshard::advisor
