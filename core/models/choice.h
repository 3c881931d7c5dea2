// One series through the portfolio: seasonal naive with every season worth trying, NLinear on the best of these, the models of
// all series, and the average of them; the choice is made on the backtest alone. Pure but for the Job; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/base/job.h"
#include "core/models/forecast.h"
#include "core/models/shared.h"

namespace foreshard::models {

struct ChoiceOptions {
    TrainOptions train;
    Instant interval = microsPerHour;
    bool tryLinear = true;
    std::optional<std::chrono::steady_clock::time_point> deadline;
    Checkpoints* checkpoints = nullptr;  // finished fits are found there and kept there
    EpochTally* tally = nullptr;
};

// A more complex candidate must be better by this share of logMse to be chosen.
constexpr double choiceMargin = 0.02;

// `logs`: ln(1+count) by interval. `shared`: backtests of the models of all series, in which this one has the number `index`. Fills everything of a SeriesModel but name, templates and shares. A series too short,
// empty, constant or all zero gets seasonal naive and, where people should know, a diagnostic under `name`.
// `marked`: the same series where events are marked, else null; models then see it cleaned, and are judged with the effects as they
// were known at each origin. Errors: cancelled; unsupported or internal from LibTorch.
Result<SeriesModel> chooseModel(const std::string& name, std::span<const double> logs, const ChoiceOptions& options, Job& job,
                                std::span<const SharedRun> shared = {}, size_t index = 0, const MarkedSeries* marked = nullptr);

// What the models of all series foresee: paths[series][step].
using SharedPaths = std::map<VolumeModel, std::vector<std::vector<double>>>;

// `steps` values after `logs` (cleaned, where events are marked) by a trained model, without effects of events; seasonal naive where the checkpoint asks for more history than there is.
// `shared`: paths of at least `steps` steps, in which this series has the number `index`. Errors: a damaged checkpoint; format,
// where a model of all series is missing.
Result<std::vector<double>> predictLogs(const SeriesModel& model, std::span<const double> logs, uint32_t steps, const SharedPaths& shared = {}, size_t index = 0);

// Whether the series is forecast by this model, or by an average that it is part of.
bool uses(const SeriesModel& series, VolumeModel model);

}  // namespace foreshard::models
