// What the next interval of a workload will find hot: for each key column worth a look, the keys (or ranges of them) that are
// predicted to be its hottest, by the predictors that served best on this workload's own last intervals, with how well they
// did there. The ranges' borders are those of the heat map, made from all of the workload; what is tested is their ranking.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/models/hot/voting.h"
#include "core/workload/workload.h"

namespace foreshard::models {

struct ComingOptions {
    size_t columns = 8;                    // those with most traffic
    uint32_t windows = 72;                 // intervals looked back on, those without traffic left out
    uint32_t ranges = 256;                 // of each column, at most
    double share = 0.05;                   // of the ranges that counts as hot; at least one
    bool learned = false;                  // networks and trees too: half a minute instead of a second
    uint64_t seed = 1;
    unsigned threads = 0;
};

struct ComingKeys {
    std::string label;                     // "17", "20 – 63", "from 204288"
    int64_t low = 0, high = 0;             // both included
    double lastShare = 0;                  // of the column's bound accesses in the last interval
};

struct ComingHotspots {
    workload::ColumnId column = 0;
    TimeRange time;                        // the interval behind the last one
    std::vector<ComingKeys> keys;          // the hottest first
    std::vector<std::string> models;       // that named them
    std::vector<workload::TemplateId> templates;   // that bind the column, most calls first, at most five
    double precision = 0, load = 0;        // of the portfolio in the intervals tested, as in HotspotRow
    double lastPrecision = 0, lastLoad = 0;    // of saying that what was hot last stays so
    uint32_t tested = 0;                   // intervals
    std::vector<HotspotRow> rows;          // every predictor
};

// Columns with too few accesses or intervals (16 with traffic, 20 accesses each on average) are left out. Same workload, seed
// and options, same answer. Errors: cancelled.
Result<std::vector<ComingHotspots>> comingHotspots(const workload::Workload& observed, const ComingOptions& options, Job& job);

}  // namespace foreshard::models
