// Forecasts that add up. Series and their total are foreseen each by itself, then the difference is shared out so that the sum
// errs least, given how much each of them erred: weighted least squares with variance scaling (Hyndman, Lee and Wang, Computational
// Statistics & Data Analysis 97, 2016; MinT with a diagonal matrix: Wickramasuriya, Athanasopoulos and Hyndman, Journal of the
// American Statistical Association 114, 2019), which for one level has a closed form. Templates have shares of their series, which
// add up to it. Whether it is done is decided by the backtest. Pure; any thread.
#pragma once

#include <span>
#include <vector>

#include "core/models/backtest.h"
#include "core/models/forecast.h"

namespace foreshard::models {

// `parts` and `total`: expected counts of one step; variances: relative, such as a logMse. Changes the parts; none falls below 0.
void makeAddUp(std::span<double> parts, std::span<const double> variances, double total, double totalVariance);

// Of the chosen models of all series and of the total, over the backtest that all of them share. `logs` by series, `total` of their
// sum; fills reconciliation and totalRow.
void judgeTotal(TrainedModels& models, const std::vector<std::vector<double>>& logs, std::span<const double> total, const BacktestPlan& plan);

// Mean squared error of the chosen model, which makeAddUp() wants; 0 without a backtest.
double varianceOf(const SeriesModel& model);

}  // namespace foreshard::models
