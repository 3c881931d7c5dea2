// The verbs train and forecast. Qt-free; any thread; one Project object a call.
#pragma once

#include <memory>

#include "app/verbs/options.h"
#include "core/base/job.h"
#include "core/models/forecast.h"

namespace foreshard::verbs {

Result<std::shared_ptr<const models::TrainedModels>> train(const TrainOptions& options, Job& job);
// Uses the trained models; trains first where there are none or the workload has changed since.
Result<std::shared_ptr<const models::Forecast>> forecast(const ForecastOptions& options, Job& job);

}  // namespace foreshard::verbs
