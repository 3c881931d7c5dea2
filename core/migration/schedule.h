// Schedule: rounds for steps. Steps in topological order of their needs; transfers that could run at the same time are
// spread over rounds by edge colouring of the shard graph, so that a shard is source or target of at most one of them.
#pragma once

#include <vector>

#include "core/base/result.h"
#include "core/migration/plan.h"

namespace foreshard::migration {

// Sets `round` of every step and sorts the steps by round (order of steps of one round is kept); `needs` are renumbered.
// Internal error for needs that go in circles. Rounds begin at 1.
Status schedule(std::vector<Step>& steps);

}  // namespace foreshard::migration
