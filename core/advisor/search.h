// Search over whole-schema plans. Warm starts: today's layout; one for each class of columns, the components of the graph of joins,
// foreign keys and agreements (every table by its column of that class); each table by its own most-bound column; and everything unsharded. From each, table by table the best choice until none
// improves (coordinate descent), then hash, range or a split for each class; then large-neighbourhood rounds (Shaw, CP 1998) that
// free some tables of the best plan, preferably linked ones, and descend again. At last the questions that a person would ask
// of the best plan: what without this key, without copies, with a hot key divided? Deterministic by seed and number of evaluations; a time
// limit only truncates.
#pragma once

#include <functional>

#include "core/advisor/objective.h"
#include "core/advisor/plan.h"

namespace foreshard::advisor {

struct FoundPlan {
    Plan plan;
    Cost cost;
};

class PlanEvaluator;

struct SearchLimits {
    uint64_t seed = 1;
    uint64_t maxEvaluations = 20'000;
    double timeLimitSeconds = 0;
    bool keepWhenStopped = false;      // once a plan is found, a stop truncates like the time limit
    // Told of each better plan, with the seconds since the begin; the evaluator holds it.
    std::function<void(const PlanEvaluator&, const Cost&, double)> better;
};

struct SearchResult {
    std::vector<FoundPlan> plans;      // distinct, best first; all local optima met, and those that keep to one class
    uint64_t evaluations = 0;
    double secondsToBest = 0;
};

// Tells the job's observer of each better plan: series "best objective" over evaluations.
Result<SearchResult> search(const Candidates& candidates, const cost::Basis& basis, const ObjectiveWeights& weights, const SearchLimits& limits, Job& job);

// The plans that differ from `plan` in one table, best first; at most `most`.
Result<std::vector<FoundPlan>> neighbours(const Candidates& candidates, const cost::Basis& basis, const ObjectiveWeights& weights, const Plan& plan, size_t most, Job& job);

// Coordinate descent from one plan alone, in this time (0: no limit): for going over a plan again on a larger sample.
Result<FoundPlan> polish(const Candidates& candidates, const cost::Basis& basis, const ObjectiveWeights& weights, const Plan& plan, double timeLimitSeconds, Job& job);

// Keeps one plan evaluated. Evaluations are counted.
class PlanEvaluator {
public:
    PlanEvaluator(const Candidates& candidates, const cost::Basis& basis, const ObjectiveWeights& weights);

    void set(const Plan& plan);
    void set(workload::TableId table, Choice choice);
    void setShape(uint32_t classId, uint32_t shape);

    // Share of transactions on several shards, if this table had no lookups.
    double shareWithoutLookups(workload::TableId table);

    const Plan& plan() const { return plan_; }
    Cost cost();
    const cost::Evaluator& evaluator() const { return evaluator_; }
    uint64_t evaluations() const { return evaluations_; }

private:
    const Candidates& candidates_;
    const cost::Basis& basis_;
    ObjectiveWeights weights_;
    cost::Evaluator evaluator_;
    Plan plan_;
    uint64_t evaluations_ = 0;
};

}  // namespace foreshard::advisor
