// Advisor: ranked whole-schema designs from a workload. Candidates, split points, search and ranking use the earlier half
// of the workload alone; the later half is only reported (heldOut). Same workload, seed and number of evaluations: same
// answer, to the byte (a time limit alone can change that). Pure but for the Job; any thread. The objective stands in
// objective.h, its weights in weights.h.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/advisor/constraints.h"
#include "core/advisor/row_evidence.h"
#include "core/advisor/weights.h"
#include "core/base/job.h"
#include "core/sharding/design.h"
#include "core/workload/workload.h"

namespace foreshard::advisor {

// Most shards that advice is given for. Past `countingSlots` the search works with that many, and load is not known.
constexpr uint32_t mostShards = 10'000;

// Table → key column, two of them ("warehouse+district": a composite key), "reference", "unsharded", or how its key is placed: "hash", "range",
// "ring" (consistent hash), "directory" (heavy keys by name). A column of such a name stands in double quotes. A table may be pinned to a key and to a
// placement; pinned to two of one kind it is left to the search, and the advice's limits say so.
using Pins = std::multimap<std::string, std::string>;

struct BestSoFar;

struct Options {
    uint32_t shards = 2;
    uint32_t shardsUpTo = 0;             // more than `shards`: each number from that to this one is searched for, see shard_range.h
    uint64_t seed = 1;
    uint32_t maxDesigns = 5;
    uint64_t maxEvaluations = 20'000;
    double timeLimitSeconds = 0;         // 0: none; only truncates
    Pins pins;
    ObjectiveWeights weights;
    Pins forbidden;                      // the same, and "composite": a key of two parts
    std::vector<std::vector<std::string>> together;   // tables that must lie together: one key, or copied
    std::vector<std::vector<std::string>> apart;      // tables that must not share their shards
    std::set<std::string> locked;        // tables that keep the layout they have in `today`
    std::optional<sharding::Design> today;            // what lies where: what moves is counted from it, and the search starts from it too
    std::vector<double> expectedRows;    // of a call of each template (negative: not known): what joins send between shards; empty: the log's means
    std::shared_ptr<const Rows> rows;    // of the database, evidence for derived keys; null: the log alone
    std::vector<sharding::Design> drawn; // by hand: judged, and listed behind those that are found
    // Told of each better plan while the search runs, on the thread that advises; must return quickly.
    std::function<void(const BestSoFar&)> better;
    // A stop that is asked for once a plan is found ends the search alone: the best so far is ranked, explained and given.
    bool keepWhenStopped = false;
};

struct Scores {                          // shares of all transactions; nothing where coverage forbids it
    std::optional<double> multiShardShare;
    std::optional<double> multiShardWriteShare;
    std::optional<double> loadMaxOverMean;
    std::optional<double> storageMaxOverMean;
    bool operator==(const Scores&) const = default;
};

// The best plan while the search runs, on what it is searched on.
struct BestSoFar {
    sharding::Design design;
    Scores scores;
    double objective = 0;
    double seconds = 0;                  // from the begin of the search
    uint64_t evaluations = 0;
};

// One kind of transactions (a class of the workload) that stays on several shards.
struct Crossing {
    std::vector<std::string> statements; // templates of the class
    double share = 0;                    // of all transactions: those of this kind on several shards
    double fanOut = 0;                   // shards that these visit, in the mean
    std::string why;                     // what makes them cross
    std::string fix;                     // what would save them; empty: nothing known
    std::optional<double> shareAfter;    // tried on the sample
    std::optional<double> fanOutAfter;
    bool operator==(const Crossing&) const = default;
};

// What would keep more transactions on one shard than the keys that the tables have; not made by any plan yet.
struct Offer {
    // "lookup": the table has the key, and a table of its own finds it from another column. "parent lookup": the table has no
    // column of the key and gets one, filled from the table that has it, and both are found by that one's lookup. "column": it gets
    // the column, and statements name it.
    std::string kind;
    std::string table;                   // qualified
    std::string from, key;               // columns: what statements name, and what is found
    std::string parent;                  // where the key comes from; empty for "lookup"
    sharding::Design design;             // the ranked one with it; routes as promised where a LookupSource knows the lookup's content
    double shareBefore = 0, shareAfter = 0;   // of transactions, on several shards; without what the upkeep adds
    double upkeep = 0;                   // share of transactions that have to keep the lookup or column
    double shareWithUpkeep = 0;          // of transactions on several shards, reads and writes of the lookup among their visits
    std::string why;                     // one sentence
    std::string ddl;
    bool operator==(const Offer&) const = default;
};

struct RankedDesign {
    sharding::Design design;
    uint32_t rank = 1;
    double objective = 0;                // lower is better
    Scores scores;                       // on the earlier half
    Scores heldOut;                      // on the later half
    std::map<std::string, std::vector<std::string>> why;   // table → reasons, best first
    std::string reason;                  // one line
    std::string beatenBy;                // a runner-up: id of the design that is at least as good in every respect
    std::vector<std::string> risks;
    std::vector<Crossing> crossings;     // worst first
    std::vector<ConstraintFate> constraints;
    bool onFront = false;                // no other listed design is as good in multi-shard reads, multi-shard writes and load, and clearly better in one
    // Most that it loses to the best listed design (in the objective) where the mix shifts by a fifth, volumes grow as the forecast's
    // P90 has it, or there are two shards more or fewer. Nothing where load is not known.
    std::optional<double> regret;
    std::vector<Offer> offers;           // the largest saving first
    std::vector<double> parts;           // of the objective: what each weight adds, in the order of namedWeights(); empty without load
    double shippedRows = 0;              // of joins, sent between shards, for each transaction
    std::optional<double> movedShare;    // of all bytes (rows where bytes are not known) that have to be sent from today's layout; a copy for k more shards counts k
};

// What would have to change in the load for another design than the first one to win.
struct TurningPoint {
    std::string change;                  // one sentence
    std::string winner;                  // id
    double loss = 0;                     // of the first design against it, in the objective; 0 where it only draws level
    bool likely = false;                 // a shift by a fifth, the forecast's P90 or two shards more or fewer do it
    bool operator==(const TurningPoint&) const = default;
};

struct Advice {
    // 2: crossings and constraints; 3: runner-ups; 4: weights, front, regret; 5: offers, parts of the objective, shipped rows, moved bytes;
    // 6: two weights more
    static constexpr uint32_t formatVersion = 6;
    std::vector<RankedDesign> designs;   // best first
    std::vector<std::string> limits;     // what coverage or the log keeps us from saying
    TimeRange searched, heldOut;
    uint64_t workloadFingerprint = 0;
    uint64_t evaluations = 0;
    double secondsToBest = 0;            // not part of what is the same each time
    ObjectiveWeights weights;            // that the designs were ranked by
    std::vector<TurningPoint> turningPoints;   // likely ones first, then the nearest
};

// Without a committed transaction the designs follow from the schema's keys alone, and the limits say so. Errors: usage for
// neither tables nor transactions, no shards or too many, or a pin that names nothing; cancelled.
Result<Advice> advise(const workload::Workload& workload, const Options& options, Job& job);

std::string writeAdvice(const Advice& advice);
Result<Advice> readAdvice(std::string_view bytes);

}  // namespace foreshard::advisor
