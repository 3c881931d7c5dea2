// Hotspots of the kind scan: tables that statements read or change without binding any of their keys, so that every shard of
// them has to answer. Rows that are found by the bound keys of a joined table are not scanned. Pure; any thread.
#pragma once

#include <vector>

#include "core/models/hotspots.h"

namespace foreshard::models {

// One a table at most, of tables that have a key column; INSERTs count nowhere here. Largest share first.
std::vector<Hotspot> scanHotspots(const workload::Workload& observed, const HotspotRules& rules);

}  // namespace foreshard::models
