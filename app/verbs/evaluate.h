// The verb evaluate: any data file through a whole portfolio of models by an honest protocol. No project is touched. Qt-free;
// any thread.
#pragma once

#include "app/verbs/options.h"
#include "core/base/job.h"
#include "core/models/hot/evaluate.h"
#include "core/models/portfolio/evaluate.h"

namespace foreshard::verbs {

struct EvaluateVolumeOptions {
    Path file;                                  // CSV: series,time,count
    std::vector<uint32_t> horizons = {1, 24};   // steps ahead
    size_t testLast = 0;                        // steps of each series; 0: a fifth of it
    std::string origins = "every";              // every, last
    uint32_t season = 0;                        // steps; 0: by the distance of the times
    double budgetSeconds = 0;                   // 0: none
    uint64_t seed = 1;
    unsigned threads = 0;                       // 0: all cores
};

struct EvaluateHotspotOptions {
    Path file;                                  // CSV: time,key or key; or a trace (core/models/hot/trace.h)
    bool ranges = false;                        // of keys instead of keys
    size_t first = 0;                           // accesses to read; 0: all
    double share = 0;                           // of the items that is predicted; 0: 1 % of keys, 5 % of ranges
    uint64_t seed = 1;
    unsigned threads = 0;                       // 0: all cores
};

Result<models::VolumeEvaluation> evaluateVolume(const EvaluateVolumeOptions& options, Job& job);
Result<models::HotspotEvaluation> evaluateHotspots(const EvaluateHotspotOptions& options, Job& job);

}  // namespace foreshard::verbs
