// Diff: which rows have to change shards between two layouts, measured on the databases themselves. Reads only.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/cluster/cluster.h"
#include "core/cluster/placement.h"

namespace foreshard::migration {

struct Amount {
    uint64_t rows = 0;
    uint64_t bytes = 0;                // of the cells, without the engine's overhead
    bool operator==(const Amount&) const = default;
};

struct MeasuredChunk {
    cluster::Chunk chunk;
    Amount amount;
};

struct Diff {
    std::shared_ptr<const cluster::Placement> placement;
    std::vector<MeasuredChunk> chunks;             // every (group, from, to) that a row can fall into, empty ones too
    std::map<std::string, Amount> tables;          // rows on their owners, by table
    std::map<std::string, uint64_t> misplaced;     // rows on shards that do not own them under the old layout
    std::map<std::string, uint64_t> nullKeys;      // rows with NULL in their new sharding key
};

// Splits what moves into chunks of about `chunkRows` rows, cut at counting slots of the moving key's hash.
Result<Diff> measure(const cluster::Cluster& cluster, std::shared_ptr<const cluster::Placement> placement, uint64_t chunkRows, Job& job);

// "slots 0–511 of customer, orders", or just the tables where the chunk is all of them.
std::string describe(const cluster::Placement& placement, const cluster::Chunk& chunk);

}  // namespace foreshard::migration
