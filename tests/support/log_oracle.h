// The slow oracle for whole logs: each statement of each transaction is taken by itself. Where it names the key's values, a row
// of each is laid out and its owners are visited; where it does not, every shard has to be asked. Shares nothing with the
// evaluator, and asks the router for nothing but the shards that own a row.
#pragma once

#include "core/sharding/router.h"
#include "core/workload/workload.h"

namespace foreshard::testing {

struct Laid {
    uint64_t transactions = 0, multiShard = 0;
    std::vector<double> load;            // accesses by shard
    double share() const { return transactions ? static_cast<double>(multiShard) / static_cast<double>(transactions) : 0; }
    double loadMaxOverMean() const;
};

// Of the committed transactions in `range` that the workload's sample holds. Tables are to have keys of one part, and no lookups.
Laid layOut(const workload::Workload& workload, const TimeRange& range, const sharding::Design& design);

}  // namespace foreshard::testing
