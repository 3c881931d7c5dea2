// Shortlist: which of the plans that a search met are worth a person's time. Each is clearly better than any other in some
// respect (or as good in all), none is worse than leaving everything on one shard, and they differ. Pure.
#pragma once

#include "core/advisor/search.h"

namespace foreshard::advisor {

// Is `a` somewhere clearly better than `b`, and nowhere clearly worse? Respects: shards visited in all, by writes, the
// hottest shard's work, and the fullest shard's rows, which copies fill.
bool dominates(const Cost& a, const Cost& b);

// Share of the accesses whose tables the two plans treat otherwise.
double difference(const Candidates& candidates, const Plan& a, const Plan& b);

// At most `most`, best first. `plans` is sorted by cost, the first one is taken whatever it costs; `worst`: cost from which
// on a plan is not worth having.
std::vector<FoundPlan> shortlist(const Candidates& candidates, const std::vector<FoundPlan>& plans, double worst, size_t most);

}  // namespace foreshard::advisor
