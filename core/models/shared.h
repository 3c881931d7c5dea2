// The candidates of the portfolio that look at all series of a workload at once (core/models/portfolio), as train and forecast
// use them: their rolling-origin backtest, their last fit on everything, and what they foresee. Pure but for the Job; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/models/backtest.h"
#include "core/models/forecast.h"
#include "core/models/portfolio/candidate.h"
#include "core/models/series.h"

namespace foreshard::models {

struct SharedOptions {
    uint64_t seed = 1;
    HyperParameters hyper;
    std::string device = "auto";                  // of the network
    std::optional<std::chrono::steady_clock::time_point> deadline;
    uint32_t fits = 4;                            // of a learned candidate over a backtest
    std::optional<uint32_t> mostEpochs;           // of the network; rounds of the trees
    Checkpoints* checkpoints = nullptr;           // finished fits are found there and kept there
    EpochTally* tally = nullptr;
};

// `calls` by series, all over `span`, as a panel. `seasons`: those of panelSeasons. `events`: marked in all of them.
Panel panelOf(const std::vector<std::string>& names, const std::vector<std::vector<double>>& calls, IntervalSpan span, Instant interval, std::vector<uint32_t> seasons,
              const EventCalendar& events = {});
// A day and a week, each where the history is long enough for it; {1} where it is too short for any.
std::vector<uint32_t> panelSeasons(Instant interval, size_t length);

// One candidate over the backtest. Learned ones are fitted anew at some of the origins, and answer for those up to the next
// fit with what they knew at the last one.
struct SharedRun {
    VolumeModel model = VolumeModel::phaseMean;
    uint32_t season = 1;
    std::vector<std::vector<double>> predicted;   // by series, as runBacktest gives them, without effects of marked events; empty: it dropped out
    std::string why;                              // it did: the end of a sentence
};

// Which candidates make sense for such a panel, simplest first.
std::vector<VolumeModel> sharedModels(const Panel& panel);

// One candidate over the backtest, on this thread. Errors: cancelled, internal.
Result<SharedRun> backtestOne(VolumeModel model, const Panel& panel, const BacktestPlan& plan, const SharedOptions& options, Job& job);
// Every candidate of `models` on a thread of its own. All series are as long as the plan. Errors: cancelled, internal.
Result<std::vector<SharedRun>> backtestShared(const Panel& panel, const BacktestPlan& plan, const std::vector<VolumeModel>& models, const SharedOptions& options, Job& job);

// Fits on all that the panel holds, for leads up to `horizon`. Models that drop out are left out, and `dropped` says why.
Result<std::vector<SharedModel>> fitShared(const Panel& panel, uint32_t horizon, const std::vector<VolumeModel>& models, const SharedOptions& options,
                                           std::map<VolumeModel, std::string>& dropped, Job& job);

// paths[series][step] in ln(1+count), `steps` after the end of the panel: never below 0 nor above eight times the largest count
// seen. Beyond the horizon it was fitted for, a learned model is fed its own answers. Effects of marked events are left out. Errors: format, version (the checkpoint).
Result<std::vector<std::vector<double>>> predictShared(const SharedModel& model, Panel panel, uint32_t steps, Job& job);

}  // namespace foreshard::models
