#include "app/verbs/hotspots.h"

#include "app/verbs/workload.h"
#include "core/models/forecast.h"
#include "core/project/project.h"

namespace foreshard::verbs {

Result<Hotspots> hotspots(const HotspotsOptions& options, Job& job) {
    FS_ASSIGN(const auto project, project::Project::open(options.project));
    Hotspots out;
    FS_ASSIGN(out.workload, requireWorkload(project));
    FS_ASSIGN(const auto forecast, project.forecast());
    const auto* ahead = forecast && forecast->workload && forecast->workload->facts->templates.size() == out.workload->facts->templates.size() ? forecast->workload.get() : nullptr;
    const auto staleness = project.staleness();
    const bool stale = !staleness.ok() || [&] {
        const auto found = staleness->find(project::Stage::forecast);
        return found != staleness->end() && found->second.freshness == project::Freshness::stale;
    }();
    if (stale) ahead = nullptr;
    out.forecast = ahead != nullptr;
    out.found = models::findHotspots(*out.workload, ahead);
    models::ComingOptions wanted;
    wanted.learned = options.learned;
    wanted.seed = options.seed;
    wanted.threads = options.threads;
    FS_ASSIGN(out.coming, models::comingHotspots(*out.workload, wanted, job));
    return out;
}

}  // namespace foreshard::verbs
