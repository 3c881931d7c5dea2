// The slow oracle of a recorded log: rows are reconstructed, one by one in the log's order, from what its statements insert, and from
// the keys of rows that were there before it began; they are laid out by a design, and the log's later part is run on the shards.
// A statement goes where the rows lie that its own values pick; one that tells no shard of its rows is run on each. What the router
// infers beyond a statement's own values (from joins, from other statements of the transaction, by lookups) is not believed but looked up.
#pragma once

#include <string>

#include "core/sharding/router.h"
#include "core/workload/workload.h"

namespace foreshard::testapps {

struct RunOnShards {
    uint64_t transactions = 0;           // committed ones that touch a table
    uint64_t asPredicted = 0;            // fan-out as the router says
    uint64_t inferred = 0, witnessed = 0;   // accesses whose shard was inferred, and those of them whose rows are known
    uint64_t wrongShard = 0;             // accesses with a row on a shard that the router left out
    uint64_t multiShard = 0;
    std::string firstDifference;         // a statement, and where its rows lie
    double share() const { return transactions ? static_cast<double>(asPredicted) / static_cast<double>(transactions) : 0; }
};

// Transactions of `range` are counted; those before it make rows too.
RunOnShards runOnShards(const workload::Workload& workload, const TimeRange& range, const sharding::Design& design);

}  // namespace foreshard::testapps
