// Bands of what has no model of its own: templates, which have a share of their series, and transaction classes, which go with the
// calls of their templates. Over the backtest each is foreseen by what its series was foreseen to have and by the shares of the
// last windows before each origin; the errors of that make its band and say how often it held. Pure but for the Job; any thread.
#pragma once

#include <vector>

#include "core/base/job.h"
#include "core/models/backtest.h"
#include "core/models/clusters.h"
#include "core/models/forecast.h"

namespace foreshard::models {

constexpr size_t mostBanded = 2000;      // templates, and as many classes: the busiest; others have the band of their series

// Fills SeriesModel::bands and TrainedModels::classes of chosen models. `clusters` parallel to models.series.
Status bandShares(TrainedModels& models, const std::vector<Cluster>& clusters, const workload::Workload& workload, IntervalSpan span, const BacktestPlan& plan, Job& job);

}  // namespace foreshard::models
