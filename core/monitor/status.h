// What the monitor has to say: load per shard as measured beside what was forecast, the volume models' rolling error, and
// findings. Plain values. What is not measured or not forecast is nothing, never 0.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"

namespace foreshard::monitor {

enum class Level : uint8_t { note, warning, critical };
const char* toString(Level level);

enum class Act : uint8_t { none, retrain, compareDesigns, planMove };   // the one thing that helps

// One thing that was found, from its begin to its end.
struct Finding {
    std::string rule;                  // "skew", "drift": stable, machine-readable
    Level level = Level::warning;
    std::string what;                  // one sentence
    std::string evidence;              // what was measured: shard, key bucket, template, series
    Instant since = 0;
    std::optional<Instant> until;      // nothing: still so
    Act act = Act::none;
    bool active() const { return !until; }
    bool operator==(const Finding&) const = default;
};

struct ShardStatus {
    uint32_t shard = 0;
    std::vector<std::optional<double>> measured;              // accesses per second, parallel to Snapshot::times
    std::vector<std::optional<double>> predicted, p10, p90;   // parallel to Snapshot::times
};

// Error of a forecast series over the last closed intervals that were forecast.
struct SeriesError {
    std::string name;
    std::optional<double> logMse;      // of ln(1+count)
    std::optional<double> nd;          // sum of absolute errors / sum of counts
    uint32_t intervals = 0;
};

struct Snapshot {
    std::string design;                // id of the design in force
    uint32_t shards = 1;
    Instant interval = 0;              // µs; 0: nothing observed yet
    std::vector<Instant> times;        // begin of each closed interval that is remembered, then of those forecast and to come
    std::vector<ShardStatus> loads;    // by shard
    std::optional<double> loadMaxOverMean, loadMaxOverMeanPredicted;     // hottest shard / mean, over the closed ones
    std::optional<double> newestMaxOverMean;                             // of the newest closed interval
    std::optional<double> multiShardShare, multiShardSharePredicted;     // of committed transactions, likewise
    SeriesError total;
    std::vector<SeriesError> series;
    bool retrainingOffered = false;    // drift is active
    double skewLimit = 0;              // that intervals are judged by
    std::string skewRule;              // when an alert begins, a sentence
    uint32_t telling = 0;              // remembered intervals with accesses enough to tell skew from chance
    uint32_t aboveLimit = 0;           // of these, above the limit
    double highestAbove = 0;           // the highest max/mean of these
    std::vector<Finding> findings;     // newest first
    uint64_t intervalsClosed = 0;      // since the state was made
    double calls = 0;                  // in closed intervals, since the state was made
    std::vector<double> accesses;      // likewise, by shard
};

}  // namespace foreshard::monitor
