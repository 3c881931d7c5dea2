#include "app/verbs/metrics.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/ingest/statement_metrics.h"

namespace foreshard::verbs {

bool NamedMetrics::contains(const Path& path) const { return std::find(paths.begin(), paths.end(), path) != paths.end(); }

Result<NamedMetrics> takeMetrics(std::vector<Path>& logs, Job& job) {
    NamedMetrics named;
    std::vector<Path> others;
    for (const auto& path : logs) (ingest::isStatementMetrics(path.string()) ? named.paths : others).push_back(path);
    for (const auto& path : named.paths) {
        FS_TRY(job.checkpoint());
        FS_ASSIGN(const auto metrics, ingest::readStatementMetricsFile(path.string(), job));
        named.metrics.merge(metrics);
    }
    logs = std::move(others);
    return named;
}

Result<std::shared_ptr<const workload::Metrics>> requireMetrics(const project::Project& project) {
    FS_ASSIGN(auto metrics, project.metrics());
    if (metrics) return metrics;
    return Error{ErrorCategory::notFound, fmt::format("{} holds no metrics yet.", project.file().string()),
                 fmt::format("Export them with psql --csv -c \"SELECT now() AS captured_at, * FROM pg_stat_statements\" > FILE, then run: foreshard profile {} --log FILE", project.file().string()), {}};
}

}  // namespace foreshard::verbs
