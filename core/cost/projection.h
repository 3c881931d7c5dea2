// Projection: what a design does to a workload, computed analytically: fan-out from the sampled transactions through the one
// router, load per shard and interval from the exact slot counts, storage from row counts. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/sharding/router.h"
#include "core/workload/workload.h"

namespace foreshard::cost {

struct ShardLoad {                       // accesses per second on one shard, by interval; an access that visits k shards loads each
    uint32_t shard = 0;
    std::vector<double> values;          // parallel to Projection::times
};

struct Projection {
    std::string design;                  // id
    std::string scenario;                // name
    uint32_t shards = 1;
    uint64_t transactions = 0;           // sampled ones behind the shares
    // Shares of all (weighted, committed) transactions, 0…1; nothing where coverage forbids a share.
    std::optional<double> multiShardShare;
    std::optional<double> multiShardWriteShare;
    std::optional<double> multiShardReadShare;      // multi-shard and read-only
    std::vector<double> fanOutMix;       // [k]: share of transactions touching k shards, k = 0…shards
    std::vector<Instant> times;          // begin of each interval
    std::vector<ShardLoad> load;         // expected (expected value over paths for a forecast); empty: unknown, see loadOrigin
    std::optional<double> loadMaxOverMean;          // of the whole range: hottest shard / mean
    std::optional<double> loadMaxOverMeanWorst;     // of the worst interval that carries ≥ 1 % of the range's accesses
    std::vector<double> peakP50, peakP90;// forecast: quantiles over paths of each shard's busiest interval, accesses/s
    std::optional<uint32_t> hottestShard;           // nothing where loads cannot be compared
    std::vector<std::optional<double>> storageBytes;// by shard; nothing where sizes are unknown
    std::vector<std::optional<double>> storageRows;
    std::optional<double> storageMaxOverMean;
    std::optional<double> bytesMoved;    // from the baseline of a comparison; filled by who compares
    std::string loadOrigin;              // "exact slot counts", "sample estimate", "lower bounds: …" or "unknown: …", for people
};

// True where what the log left out (a duration threshold, a kind of statement, literals) keeps us from saying shares.
bool sharesUnknown(const workload::Facts& facts);

// Pure; any thread. Cancellable through `job`.
Result<Projection> project(const workload::Workload& workload, const sharding::Design& design, Job& job);
// The same for several designs of one workload: the basis (evaluator.h) is made once and used by one thread at a time.
struct Basis;
Result<Projection> project(const workload::Workload& workload, const Basis& basis, const sharding::Design& design, Job& job);

}  // namespace foreshard::cost
