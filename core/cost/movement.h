// Movement: how much of each table must be brought to another shard when today's layout gives way to a design. By the
// distinct keys that the sample saw; keys are taken to have equally many rows. Immutable but for the sample's cache.
#pragma once

#include <optional>
#include <vector>

#include "core/cost/sample.h"

namespace foreshard::cost {

class Movement {
public:
    // `today` may have another number of shards than what is to come.
    Movement(const Sample& sample, const sharding::Design& today);

    // Of a table's rows, those that have to be sent, 0…1; a copy for k more shards counts k. `shares`: of its rows on each
    // shard to come, nothing where not known (then taken to be even).
    double moved(workload::TableId table, const sharding::TableDesign& design, const sharding::KeyPlacement* placement, const std::optional<std::vector<double>>& shares, uint32_t shards) const;

private:
    struct Old {
        sharding::TableDesign design;
        std::vector<sharding::ShardId> points;   // shard of each distinct key, where the key is one candidate column
        std::vector<double> shares;              // of the rows, by shard
    };
    const Sample& sample_;
    std::vector<Old> tables_;                    // by TableId
    uint32_t shards_;
};

}  // namespace foreshard::cost
