// Judging designs that no search has found: those drawn by hand, and listed ones under other weights. On the same halves of
// the workload, and by the same objective, as the search. Pure but for the Job; any thread.
#pragma once

#include "core/advisor/advisor.h"
#include "core/advisor/objective.h"

namespace foreshard::advisor {

// Shares and ratios of an evaluated design; without shares and load where coverage leaves them `unknown`.
Scores scoresOf(const cost::Evaluator& evaluator, bool unknown);

// Is `a` as good in the figures that are shown (shares of multi-shard reads and of writes, hottest shard / mean), and clearly better in one? What
// no other listed design beats is on the front.
bool beats(const Scores& a, const Scores& b);

// What designs are judged on. `later` may be null.
struct Judging {
    const workload::Workload& workload;
    const cost::Basis& earlier;
    const cost::Basis* later = nullptr;
    ObjectiveWeights weights;
    bool unknown = false;
};
// Scores, objective, constraints and a reason; neither rank nor explanations. A usage error for a design that is not
// valid or names a table that the schema lacks.
Result<RankedDesign> judged(const Judging& on, sharding::Design design);

// Those designs stand behind the ranked ones, and join them on the front or leave it.
Status addDrawn(const Judging& on, const std::vector<sharding::Design>& drawn, Advice& advice);

// The same designs in the order that these weights give them, drawn ones behind the others: what a search for them would
// find beyond these is not there. Nothing where a weight was 0 and is not now: what it adds was not counted.
std::optional<Advice> reranked(const Advice& advice, const ObjectiveWeights& weights);

}  // namespace foreshard::advisor
