#include "app/verbs/models.h"

#include "app/verbs/workload.h"

namespace foreshard::verbs {

Result<std::shared_ptr<const models::TrainedModels>> train(const TrainOptions& options, Job& job) {
    FS_ASSIGN(auto project, project::Project::open(options.project));
    FS_ASSIGN(const auto workload, requireWorkload(project));
    models::TrainOptions wanted;
    wanted.seed = options.seed;
    wanted.device = options.device;
    wanted.budgetSeconds = options.budgetSeconds;
    FS_ASSIGN(auto trained, models::train(*workload, wanted, job));
    FS_TRY(project.saveModels(trained));
    return std::make_shared<const models::TrainedModels>(std::move(trained));
}

Result<std::shared_ptr<const models::Forecast>> forecast(const ForecastOptions& options, Job& job) {
    FS_ASSIGN(auto project, project::Project::open(options.project));
    FS_ASSIGN(const auto workload, requireWorkload(project));
    FS_ASSIGN(auto trained, project.models());
    if (!trained || trained->workloadFingerprint != workload->fingerprint()) {
        TrainOptions first;
        first.project = options.project;
        first.seed = options.seed;
        FS_ASSIGN(trained, train(first, job));
    }
    FS_ASSIGN(auto made, models::forecast(*trained, *workload, options.horizon, options.seed, job));
    FS_TRY(project.saveForecast(made));
    return std::make_shared<const models::Forecast>(std::move(made));
}

}  // namespace foreshard::verbs
