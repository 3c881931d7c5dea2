// `evaluate hotspot`: predicts the hot keys (or ranges) of the next window, window after window, from what came before. The
// trace is cut into windows of equally many accesses; the later half is the test part. Predictors are fitted anew every few
// windows; before each window up to three that served best on the windows before it are chosen, and vote by their lists.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/models/hot/trace.h"
#include "core/models/hot/voting.h"

namespace foreshard::models {

struct HotspotProtocol {
    uint32_t windows = 60;
    uint32_t testFrom = 30;          // index of the first window tested
    uint32_t refitEvery = 6;         // windows
    bool ranges = false;             // of keys instead of keys
    uint32_t rangeCount = 512;       // borders: equally many accesses of the first half in each
    double share = 0;                // of the items that counts as hot; 0: 1 % of the keys, or 5 % of the ranges
    uint64_t seed = 1;
    unsigned threads = 0;            // predictors at once; 0: all cores
};

struct HotspotEvaluation {
    std::vector<HotspotRow> rows;    // the portfolio last
    size_t accesses = 0, items = 0, hot = 0;   // items: keys seen in the first half, or ranges; hot: how many are predicted
    double seconds = 0;
};

// Errors: usage (windows or test part senseless), format (too few accesses, ranges of keys that are no numbers), cancelled.
Result<HotspotEvaluation> evaluateHotspots(const Trace& trace, const HotspotProtocol& protocol, Job& job);

}  // namespace foreshard::models
