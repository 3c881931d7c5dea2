// The verb hotspots: what is hot, what is foreseen, and what the next interval will find hot. Qt-free; any thread; one Project
// object a call; changes nothing.
#pragma once

#include <memory>
#include <vector>

#include "app/verbs/options.h"
#include "core/base/job.h"
#include "core/models/hot/coming.h"
#include "core/models/hotspots.h"

namespace foreshard::verbs {

struct Hotspots {
    std::shared_ptr<const workload::Workload> workload;
    std::vector<models::Hotspot> found;            // their predicted shares from the project's forecast, where it has one of this workload
    std::vector<models::ComingHotspots> coming;
    bool forecast = false;                         // there is one
};

Result<Hotspots> hotspots(const HotspotsOptions& options, Job& job);

}  // namespace foreshard::verbs
