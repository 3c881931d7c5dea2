// Hotspots of a workload as the pages show them. Pure; any thread.
#pragma once

#include <vector>

#include "ui/document/contents.h"

namespace foreshard::ui {

// Largest share first. `forecast` may be null; its facts must be those of `observed`.
std::vector<HotspotView> hotspotViews(const workload::Workload& observed, const workload::Workload* forecast);

}  // namespace foreshard::ui
