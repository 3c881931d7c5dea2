// Shortlist: which of the plans that a search met are worth a person's time. First those that are clearly better than any
// other in some respect (or as good in all); where these are few, also runner-ups: the best of those that another one beats,
// for a person wants to see what was not taken, and by how much it loses. None is worse than leaving everything on one shard,
// and they differ. Pure.
#pragma once

#include "core/advisor/search.h"

namespace foreshard::advisor {

// Where the number of shards changes, what a ring would cost is a question of its own: the best plan with one is listed whatever
// beats it.
bool askedFor(const Candidates& candidates, const Plan& plan);

// Is `a` somewhere clearly better than `b`, and nowhere clearly worse? Respects: shards visited in all, by writes, the
// hottest shard's work, and the fullest shard's rows, which copies fill.
bool dominates(const Cost& a, const Cost& b);

// Share of the accesses whose tables the two plans treat otherwise.
double difference(const Candidates& candidates, const Plan& a, const Plan& b);

// So many are listed even where all but the first are runner-ups.
constexpr size_t enoughDesigns = 3;

// At most `most`, best first; runner-ups only up to enoughDesigns. `plans` is sorted by cost, the first one is taken whatever it costs; `worst`: cost from which
// on a plan is not worth having.
std::vector<FoundPlan> shortlist(const Candidates& candidates, const std::vector<FoundPlan>& plans, double worst, size_t most);

}  // namespace foreshard::advisor
