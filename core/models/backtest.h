// Rolling-origin backtest: at each of a few origins a candidate sees the values before it and nothing else, and predicts the
// next `horizon`; a model is refitted at every origin. Origins lie `horizon` apart and end with the series, so that the
// residuals of one candidate form one unbroken series. Series are in ln(1+count). Pure functions; any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "core/base/job.h"
#include "core/models/forecast.h"

namespace foreshard::models {

struct BacktestPlan {
    uint32_t horizon = 0;                // steps predicted at each origin
    std::vector<size_t> origins;         // index of the first predicted value, ascending; empty: too short to test
    bool operator==(const BacktestPlan&) const = default;
};

// At most `maxOrigins` origins (two weeks of days: fewer choose by luck) over the later half of the series; a short series is looked ahead a quarter of its length.
BacktestPlan planBacktest(size_t length, uint32_t horizon, uint32_t maxOrigins = 14);

// Predicts `steps` values after `past`; nothing: the candidate drops out. Errors end the backtest (cancelled).
using Predictor = std::function<Result<std::optional<std::vector<double>>>(std::span<const double> past, uint32_t steps, size_t origin)>;

// Predictions, parallel to the values from the first origin on; empty where the candidate dropped out.
Result<std::vector<double>> runBacktest(std::span<const double> series, const BacktestPlan& plan, const Predictor& predictor, Job& job);

// Metrics of one run. `season` scales MASE. Skill stays empty: it compares candidates.
BacktestRow scoreBacktest(std::span<const double> series, const BacktestPlan& plan, std::span<const double> predicted,
                          VolumeModel model, uint32_t season);

// Share of residuals inside the band made from all other origins; nothing with fewer than two origins.
std::optional<double> crossCoverage(const std::vector<double>& residuals, const BacktestPlan& plan);

// Actual - predicted, in time order.
std::vector<double> residualsOf(std::span<const double> series, const BacktestPlan& plan, std::span<const double> predicted);

// What to add to a prediction for P10 and P90: quantiles of the sorted residuals at the ranks that cover future values with at
// least that probability (split conformal: the k-th of n with k = ceil((n+1) q)), and low <= 0 <= high, so that P50 lies
// between. Zeros without residuals.
struct Band {
    double low = 0, high = 0;
    bool contains(double residual) const { return residual >= low && residual <= high; }
};
// `low` and `high`: the share of residuals that shall lie above P10 and below P90.
Band bandOf(std::span<const double> sortedResiduals, double low = 0.9, double high = 0.9);

}  // namespace foreshard::models
