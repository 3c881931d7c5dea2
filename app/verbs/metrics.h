// Metrics that a server counted by itself (exports of pg_stat_statements), read by the verb profile and kept beside the workload.
// Qt-free; any thread.
#pragma once

#include <vector>

#include "app/verbs/options.h"
#include "core/base/job.h"
#include "core/project/project.h"
#include "core/workload/metrics.h"

namespace foreshard::verbs {

struct NamedMetrics {
    std::vector<Path> paths;
    workload::Metrics metrics;         // of all of them
    bool contains(const Path& path) const;
};

// The exports among the logs, by their content; they are taken out of `logs`.
Result<NamedMetrics> takeMetrics(std::vector<Path>& logs, Job& job);

// The project's metrics; an error of category notFound that names the verb to run where there are none.
Result<std::shared_ptr<const workload::Metrics>> requireMetrics(const project::Project& project);

}  // namespace foreshard::verbs
