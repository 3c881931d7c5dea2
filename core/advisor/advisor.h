// Advisor: ranked whole-schema designs from a workload. Candidates, split points, search and ranking use the earlier half
// of the workload alone; the later half is only reported (heldOut). Same workload, seed and number of evaluations: same
// answer, to the byte (a time limit alone can change that). Pure but for the Job; any thread. The objective and its weights
// stand in objective.h.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/sharding/design.h"
#include "core/workload/workload.h"

namespace foreshard::advisor {

struct Options {
    uint32_t shards = 2;
    uint64_t seed = 1;
    uint32_t maxDesigns = 5;
    uint64_t maxEvaluations = 20'000;
    double timeLimitSeconds = 0;         // 0: none; only truncates
    std::map<std::string, std::string> pins;   // table → key column, or "reference"/"unsharded"
};

struct Scores {                          // shares of all transactions; nothing where coverage forbids it
    std::optional<double> multiShardShare;
    std::optional<double> multiShardWriteShare;
    std::optional<double> loadMaxOverMean;
    std::optional<double> storageMaxOverMean;
    bool operator==(const Scores&) const = default;
};

struct RankedDesign {
    sharding::Design design;
    uint32_t rank = 1;
    double objective = 0;                // lower is better
    Scores scores;                       // on the earlier half
    Scores heldOut;                      // on the later half
    std::map<std::string, std::vector<std::string>> why;   // table → reasons, best first
    std::string reason;                  // one line
    std::vector<std::string> risks;
};

struct Advice {
    static constexpr uint32_t formatVersion = 1;
    std::vector<RankedDesign> designs;   // best first
    std::vector<std::string> limits;     // what coverage or the log keeps us from saying
    TimeRange searched, heldOut;
    uint64_t workloadFingerprint = 0;
    uint64_t evaluations = 0;
    double secondsToBest = 0;            // not part of what is the same each time
};

// Errors: usage for no transactions, no shards, or a pin that names nothing; cancelled.
Result<Advice> advise(const workload::Workload& workload, const Options& options, Job& job);

std::string writeAdvice(const Advice& advice);
Result<Advice> readAdvice(std::string_view bytes);

}  // namespace foreshard::advisor
