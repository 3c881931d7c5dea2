// Explanations of a design: reasons table by table with their numbers, one line for the whole, and risks.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/advisor/search.h"

namespace foreshard::advisor {

// What an explanation looks at. `evaluator` holds the plan, evaluated; it is changed and set back.
struct Explained {
    const workload::Workload& workload;
    const Candidates& candidates;
    const cost::Basis& basis;
    PlanEvaluator& evaluator;
    const sharding::Design& design;
};

std::map<std::string, std::vector<std::string>> whyOf(const Explained& subject);
// "8 tables by w_id (or its equal), item replicated; 9.1 % of transactions cross shards."
std::string reasonOf(const Explained& subject, const Scores& scores);
// A short name: "by w_id".
std::string nameOf(const schema::Schema& schema, const Candidates& candidates, const Plan& plan);
// What tells it from the best plan, where both would have one name: ", orders by customer_id, stock copied".
std::string differenceOf(const schema::Schema& schema, const Candidates& candidates, const Plan& best, const Plan& plan);
std::vector<std::string> risksOf(const Explained& subject, const Scores& scores, const Scores& heldOut);
// What coverage keeps us from saying.
std::vector<std::string> limitsOf(const workload::Facts& facts);
// What the load or the schema leaves open: no transactions, tables that no statement compares by a value, tables without DDL,
// one shard, more shards than load can be counted for.
std::vector<std::string> undecidedOf(const workload::Workload& workload, const Candidates& candidates, uint32_t shards);

}  // namespace foreshard::advisor
