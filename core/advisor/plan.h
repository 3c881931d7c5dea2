// Plan: one choice for each table, as the search handles it; and how plans become Designs. Plain values; pure functions.
#pragma once

#include <span>

#include "core/advisor/candidates.h"

namespace foreshard::advisor {

struct Choice {
    sharding::Strategy strategy = sharding::Strategy::unsharded;   // hash (or range, as its class says), reference, unsharded
    uint32_t column = noColumn;                                    // index into CandidateTable::columns; hash only
    auto operator<=>(const Choice&) const = default;
};

struct Plan {
    std::vector<Choice> choices;          // by TableId
    std::vector<uint32_t> shapes;         // by class
    bool operator==(const Plan&) const = default;
};

Plan emptyPlan(const Candidates& candidates);
// The column that a choice shards by; null for reference and unsharded.
const CandidateColumn* columnOf(const Candidates& candidates, workload::TableId table, const Choice& choice);
// All choices of a table that its pin and what is forbidden allow: columns first, most promising first; then reference and
// unsharded. Never empty.
std::vector<Choice> choicesOf(const CandidateTable& table);
// Whether the search may copy it to every shard.
bool mayBeCopied(const CandidateTable& table);
// Today's layout, where the search can choose it: tables whose key it does not know, or that may not stay so, as in allowedPlan().
Plan todaysPlan(const Candidates& candidates);
// Pinned tables as pinned; of the others, those that may not be unsharded by their most promising column, or copied.
Plan allowedPlan(const Candidates& candidates);

// The split that a plan gives a class; null: none.
const Split* splitOf(const Candidates& candidates, const Plan& plan, uint32_t classId);
// The second key column of a table under a split: its most promising one of the split's second class; null: it has none.
const CandidateColumn* secondOf(const CandidateTable& table, const Split& split);

// One table under a plan, placed as the search places it: by its class's slots, ranges, names or ring.
struct Placed {
    sharding::TableDesign design;
    const sharding::SlotMap* slots = nullptr;
    std::span<const sharding::Lookup> lookups;
};
Placed placed(const Candidates& candidates, const Plan& plan, workload::TableId table);

// The whole design: groups are the classes in use, numbered in the order of their load; slots and ranges are dealt anew for
// the tables that are really in them; unsharded tables live on the shard with the least load. `shards` may be more than the
// candidates were made for: slots are then cut as fine as it takes.
sharding::Design designOf(const Candidates& candidates, const cost::Basis& basis, const Plan& plan, uint32_t shards);

// Which keys a design has: strategy and key of every table, apart from slots and ranges.
std::string keySet(const sharding::Design& design);

}  // namespace foreshard::advisor
