// The verb evaluate: any data file through a whole portfolio of models by an honest protocol. No project is touched. Qt-free;
// any thread.
#pragma once

#include "app/verbs/options.h"
#include "core/base/job.h"
#include "core/models/cardinality/evaluate.h"
#include "core/models/hot/evaluate.h"
#include "core/models/portfolio/evaluate.h"

namespace foreshard::verbs {

struct EvaluateVolumeOptions {
    Path file;                                  // CSV: series,time,count
    std::vector<uint32_t> horizons = {1, 24};   // steps ahead
    size_t testLast = 0;                        // steps of each series; 0: a fifth of it
    std::string origins = "every";              // every, last
    uint32_t season = 0;                        // steps; 0: by the distance of the times
    Path events;                                // CSV: name,from,to[,like]; empty: none
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

struct EvaluateCardinalityOptions {
    Path file;                                  // what is trained on: CSV: sql,true_rows; or tables#joins#column,op,value#rows
    std::vector<Path> tests;                    // files of the same forms; none, and no testLast: a grouped cross-validation of `file`
    size_t testLast = 0;                        // queries at the end of `file` that are a test instead
    Path columns;                               // CSV: name,min,max,cardinality,num_unique_values; empty: column_min_max_vals.csv beside a file of the second form
    uint32_t folds = 5;
    uint64_t seed = 1;
    unsigned threads = 0;                       // 0: all cores
};

Result<models::VolumeEvaluation> evaluateVolume(const EvaluateVolumeOptions& options, Job& job);
Result<models::HotspotEvaluation> evaluateHotspots(const EvaluateHotspotOptions& options, Job& job);
// Samples are read from FILE.bitmaps beside FILE.csv, where there is one.
Result<models::CardinalityEvaluation> evaluateCardinality(const EvaluateCardinalityOptions& options, Job& job);

}  // namespace foreshard::verbs
