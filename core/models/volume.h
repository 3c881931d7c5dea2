// Volume of each series over the coming intervals, and sampled futures of it. Pure but for the Job; any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/hash.h"
#include "core/base/job.h"
#include "core/models/backtest.h"
#include "core/models/forecast.h"
#include "core/models/series.h"

namespace foreshard::models {

struct SeriesVolume {
    SeriesModel model;
    std::vector<workload::TemplateId> members;   // that the workload has; parallel to shares
    std::vector<double> shares;
    std::vector<double> logs;                    // predicted ln(1+count), by step: P50
    Band band;                                   // one backtest horizon ahead

    double expected(size_t step) const { return fromLog(logs[step]); }
    // Errors of seasonal naive and of a model fed with itself grow with each horizon passed: by its square root.
    double widening(size_t step) const;
    double quantileLow(size_t step) const { return fromLog(logs[step] + band.low * widening(step)); }
    double quantileHigh(size_t step) const { return fromLog(logs[step] + band.high * widening(step)); }
};

// Predicts `steps` intervals after the last one of `observed`, from the intervals that the log covers whole. Templates that
// came after the training share one seasonal naive series "new since training", and a diagnostic says so.
// Errors: cancelled; a damaged checkpoint.
Result<std::vector<SeriesVolume>> predictVolumes(const TrainedModels& models, const workload::Workload& observed, IntervalSpan complete,
                                                 uint32_t steps, Job& job);

// factors[series][step] on expected(step): moving blocks of the backtest's residuals, drawn at the same places for all series,
// so that what errs together stays together and errors keep their rhythm. A series without residuals keeps 1.
std::vector<std::vector<float>> samplePath(const std::vector<SeriesVolume>& volumes, uint32_t steps, Random& random);

}  // namespace foreshard::models
