// Storage by shard: row counts and sizes of the schema, spread by the distinct keys that the sample saw. A table whose
// size is unknown makes the sum unknown, never 0. Pure functions; any thread.
#pragma once

#include <optional>
#include <vector>

#include "core/cost/sample.h"
#include "core/schema/schema.h"

namespace foreshard::cost {

struct StorageByShard {
    // Parallel to shards; nothing where a table's rows (bytes) are not known.
    std::vector<std::optional<double>> rows, bytes;
    // Of the tables whose rows are known, and how many those are: for comparing designs where not all are.
    std::vector<double> knownRows;
    uint32_t knownTables = 0;
};

// Share of a table's rows on each shard; sums to 1 for keyed tables, to `shards` for replicated ones. Keys are taken to have
// equally many rows; without a sampled key, hashes are taken to be even, and anything else is nothing.
std::optional<std::vector<double>> rowShares(const sharding::TableDesign& design, const KeyUse* use, const sharding::KeyPlacement* placement, uint32_t shards);

StorageByShard storageOf(const schema::Schema& schema, const std::vector<std::optional<std::vector<double>>>& shares, uint32_t shards);

// Largest over mean; nothing without a positive sum.
std::optional<double> maxOverMean(const std::vector<double>& values);

}  // namespace foreshard::cost
