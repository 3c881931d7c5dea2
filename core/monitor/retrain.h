// Retraining with a proof: new models are taken only where they forecast the newest data better than the ones in force. Both
// are given the history before a tail that neither sees, and are scored on that tail. Pure but for the Job; any thread.
#pragma once

#include <memory>
#include <optional>

#include "core/base/job.h"
#include "core/models/forecast.h"

namespace foreshard::monitor {

// Error of one set of models on the tail.
struct TailError {
    double logMse = 0;                   // of ln(1+calls) of all templates together
    std::optional<double> nd;            // over templates and intervals: sum of absolute errors / sum of calls
};

struct Retraining {
    bool better = false;                 // the new models are taken
    models::TrainedModels models;        // better: trained on all of the history; else as they were
    TimeRange tail;                      // scored on
    TailError current, fresh;
    std::string reason;                  // one sentence
};

// New models must be better by this share of nd.
constexpr double retrainMargin = 0.02;

// `history`: everything known up to now. The tail is a day, or a quarter of a shorter history. The models in force may have
// been trained on part of the tail; that favours them. Errors: usage, where the history is too short or the interval is not the
// models'; cancelled; what train() and forecast() say.
Result<Retraining> retrainIfBetter(const workload::Workload& history, const models::TrainedModels& current, const models::TrainOptions& options, Job& job);

}  // namespace foreshard::monitor
