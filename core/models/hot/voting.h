// The portfolio of hot-key predictors on a trace that is cut into windows: every predictor lists, window after window, what
// will be hot in it, from what came before; before each window up to three that served best on the windows before it are
// chosen, and vote by their lists (Borda's count). Used to measure predictors and to predict the window behind the last.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/models/hot/predictor.h"
#include "core/models/hot/snapshot.h"

namespace foreshard::models {

// Accesses to items (keys, or ranges of them), window by window.
struct WindowedItems {
    std::vector<uint32_t> accesses;
    std::vector<size_t> ends;                              // of each window: the number of accesses up to its end
    size_t count = 0;                                      // items
    std::vector<std::array<int64_t, 4>> neighbours;        // items beside each one, -1: none; empty: there are none
    std::vector<int64_t> values;                           // of keys that are numbers, by item; empty for ranges
};

struct VotingOptions {
    size_t hot = 1;                    // items to predict
    uint32_t testFrom = 30;            // index of the first window tested; below the number of windows
    uint32_t refitEvery = 6;           // windows
    bool learned = true;               // networks and trees too
    uint64_t seed = 1;
    unsigned threads = 0;              // predictors at once; 0: all cores
};

struct HotspotRow {
    std::string model;                 // a predictor's name, or "portfolio": what was chosen
    bool chosen = false;
    double precision = 0;              // share of the predicted items that are among the hottest; mean over test windows
    double load = 0;                   // accesses to the predicted items over those to the hottest; mean over test windows
    uint32_t timesChosen = 0;          // test windows in whose vote it was
    double seconds = 0;
};

// What the window behind the last one will bring.
struct ComingWindow {
    std::vector<uint32_t> items;       // the hottest first; a key that nobody has touched yet has a number behind all items
    std::vector<std::string> models;   // that voted
};

class HotspotVoting {
public:
    // Both references must outlive it.
    HotspotVoting(const WindowedItems& items, const VotingOptions& options, Job& job);
    ~HotspotVoting();

    // One row a predictor, the portfolio last. Once. Errors: cancelled.
    Result<std::vector<HotspotRow>> measure();
    // After measure(): by the predictors that served best up to the last window, learnt from all of them.
    Result<ComingWindow> next();

private:
    class Run;
    std::unique_ptr<Run> run_;
};

}  // namespace foreshard::models
