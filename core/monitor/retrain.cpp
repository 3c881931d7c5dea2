#include "core/monitor/retrain.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/models/series.h"

namespace foreshard::monitor {

namespace {

constexpr size_t leastHistory = 8;   // intervals

Result<TailError> scoreTail(const models::TrainedModels& models, const workload::Workload& past, const workload::Workload& history,
                            models::IntervalSpan tail, const models::TrainOptions& options, Job& job) {
    const Instant interval = history.rates.interval;
    FS_ASSIGN(const auto forecast, models::forecast(models, past, static_cast<Instant>(tail.size()) * interval, options.seed, job, options.events));
    TailError error;
    double absolute = 0, volume = 0;
    std::vector<double> actualTotal(tail.size(), 0.0), predictedTotal(tail.size(), 0.0);
    for (size_t id = 0; id < history.rates.templates.size(); ++id) {
        const auto actual = models::denseCalls(history.rates.templates[id], tail);
        const auto predicted = models::denseCalls(forecast.workload->rates.templates[id], tail);
        for (size_t i = 0; i < tail.size(); ++i) {
            absolute += std::abs(actual[i] - predicted[i]);
            volume += actual[i];
            actualTotal[i] += actual[i];
            predictedTotal[i] += predicted[i];
        }
    }
    for (size_t i = 0; i < tail.size(); ++i) {
        const double log = std::log1p(actualTotal[i]) - std::log1p(predictedTotal[i]);
        error.logMse += log * log / static_cast<double>(tail.size());
    }
    if (volume > 0) error.nd = absolute / volume;
    return error;
}

}  // namespace

Result<Retraining> retrainIfBetter(const workload::Workload& history, const models::TrainedModels& current, const models::TrainOptions& options, Job& job) {
    const models::IntervalSpan complete = models::completeIntervals(history);
    const Instant interval = history.rates.interval;
    if (!history.facts || complete.size() < leastHistory)
        return Error{ErrorCategory::usage, fmt::format("{} whole intervals of history are too few to compare models on.", complete.size()),
                     "Watch the log for longer.", {}};
    const auto day = static_cast<size_t>(std::max<Instant>(1, microsPerDay / interval));
    const models::IntervalSpan tail{complete.end - static_cast<int64_t>(std::min(day, complete.size() / 4)), complete.end};
    Retraining retraining;
    retraining.tail = {tail.first * interval, tail.end * interval};
    const auto past = workload::slice(history, {complete.first * interval, tail.first * interval});
    FS_ASSIGN(const auto candidate, models::train(past, options, job));
    FS_ASSIGN(retraining.current, scoreTail(current, past, history, tail, options, job));
    FS_ASSIGN(retraining.fresh, scoreTail(candidate, past, history, tail, options, job));
    if (!retraining.current.nd) {
        retraining.models = current;
        retraining.reason = "Nothing was called in the newest intervals, so models cannot be compared; the ones in force stay.";
        return retraining;
    }
    retraining.better = *retraining.fresh.nd < *retraining.current.nd * (1 - retrainMargin);
    retraining.reason = fmt::format("On the newest {} the new models are off by {} of the calls, those in force by {}; {}.",
                                    formatDuration(static_cast<double>(retraining.tail.length()) / microsPerSecond), formatShare(*retraining.fresh.nd),
                                    formatShare(*retraining.current.nd), retraining.better ? "the new ones are taken" : "those in force stay");
    retraining.models = current;
    if (retraining.better) {
        FS_ASSIGN(retraining.models, models::train(history, options, job));
    }
    return retraining;
}

}  // namespace foreshard::monitor
