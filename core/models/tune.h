// Tunes the hyper-parameters of the trained volume models of a workload: Bayesian optimisation (core/models/tuner) of the
// rolling-origin backtest's error over that of seasonal naive, mean over series. Only the older half of the origins is looked
// at; on the newer half, which no trial has seen, tuned hyper-parameters must be better than those they would replace, or they
// are not taken. Trials run side by side; the outcome does not depend on how many.
#pragma once

#include <functional>
#include <vector>

#include "core/models/forecast.h"
#include "core/models/tuner/tuner.h"

namespace foreshard::models {

struct TuneModelsOptions {
    TrainOptions train;                   // its hyper-parameters are where tuning starts; its budget is for all of the tuning
    uint32_t trials = 30;                 // of each model
    std::vector<Study> earlier;           // one of the same name, space, seed, trials by epochs and workload is gone on with; others give a warm start
    std::function<Status(const Study&)> saved;   // after each batch of trials
};

struct TunedModels {
    HyperParameters hyper;
    std::vector<Study> studies;           // of NLinear, network and trees, as far as there was enough history and time
};

// Says by a diagnostic of each model what came of it. Errors: cancelled, unsupported or internal from LibTorch, what `saved` said.
Result<TunedModels> tuneModels(const workload::Workload& workload, const TuneModelsOptions& options, Job& job);

}  // namespace foreshard::models
