// Volume of each series over the coming intervals, and sampled futures of it. Pure but for the Job; any thread.
#pragma once

#include <cmath>
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
    std::vector<float> eventSpread;              // by step, in logs: standard deviation of the effect of a marked event; empty: none is marked

    double expected(size_t step) const { return fromLog(logs[step]); }
    // Errors of seasonal naive and of a model fed with itself grow with each horizon passed: by its square root.
    double widening(size_t step) const;
    double spread(size_t step) const { return step < eventSpread.size() ? static_cast<double>(eventSpread[step]) : 0.0; }
    // Errors of the model and of an event's effect have nothing to do with each other: their squares add up.
    double quantileLow(size_t step) const { return fromLog(logs[step] - std::hypot(band.low * widening(step), normalP90 * spread(step))); }
    double quantileHigh(size_t step) const { return fromLog(logs[step] + std::hypot(band.high * widening(step), normalP90 * spread(step))); }

    static constexpr double normalP90 = 1.2815515655446004;   // of a standard normal
};

// Where nothing is known of an event's effect, one may double the calls or halve them, or worse, one time in five.
constexpr double unknownEventSpread = 0.6931471805599453 / SeriesVolume::normalP90;   // ln 2 at P90

struct Volumes {
    std::vector<SeriesVolume> series;
    std::vector<EventForecast> events;           // marked inside the steps
};

// Predicts `steps` intervals after the last one of `observed`, from the intervals that the log covers whole. A template that came
// after the training joins the series whose calls it rises and falls with (cosine at least rho since it came, as in clusters.h);
// others share one seasonal naive series "new since training". A diagnostic says so. Where the models say so, series are made to add up
// to the total that is foreseen by itself. Errors: cancelled; a damaged checkpoint.
Result<Volumes> predictVolumes(const TrainedModels& models, const workload::Workload& observed, IntervalSpan complete, uint32_t steps,
                               const std::vector<CalendarEvent>& events, Job& job);

// factors[series][step] on expected(step): moving blocks of the backtest's residuals, drawn at the same places for all series,
// so that what errs together stays together and errors keep their rhythm; the effect of a marked event errs alike in all series of a
// path. A series without residuals or marked events keeps 1.
std::vector<std::vector<float>> samplePath(const std::vector<SeriesVolume>& volumes, uint32_t steps, Random& random);

}  // namespace foreshard::models
