// What the Monitor page shows: load per shard as measured beside what was predicted, and findings. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"

namespace foreshard::ui {

struct ShardMonitorView {
    uint32_t shard = 0;
    std::vector<Instant> times;
    std::vector<std::optional<double>> measured;             // accesses per second
    std::vector<std::optional<double>> predicted, p10, p90;  // parallel to times; empty: no prediction
};

enum class FindingAct : uint8_t { none, retrain, compareDesigns, planMove };

struct FindingView {
    std::string rule;
    std::string severity;              // "note", "warning", "critical"
    std::string what, evidence;
    Instant since = 0;
    std::optional<Instant> until;      // nothing: still so
    FindingAct act = FindingAct::none;
};

struct MonitorView {
    std::string design;                // in force
    std::vector<std::string> watching; // log files
    std::vector<ShardMonitorView> shards;
    std::optional<double> loadMaxOverMean, loadMaxOverMeanPredicted;
    std::optional<double> multiShardShare, multiShardSharePredicted;
    std::optional<double> modelError;  // rolling, ND
    std::vector<FindingView> findings; // newest first
    std::string rule;                  // when an alert begins, a sentence
    uint32_t telling = 0;              // intervals with accesses enough to tell skew from chance
    uint32_t aboveLimit = 0;           // of these, above the limit, alerted or not
    double limit = 0, highestAbove = 0;   // max/mean
    std::string listening;             // "http://127.0.0.1:9464/metrics"; empty: not listening
};

}  // namespace foreshard::ui
