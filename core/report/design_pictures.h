// Pictures of the designs section: designs against each other, and which tables are used together. Pure functions.
#pragma once

#include "core/advisor/advisor.h"
#include "core/report/report_data.h"

namespace foreshard::report {

// Multi-shard reads and multi-shard writes against the hottest shard, one chart each; those on the front are filled, as in the workbench.
// Empty where no design has scores.
std::vector<ScatterChart> paretoCharts(const advisor::Advice& advice);

// The co-access graph under the design; without edges where no transaction touches two tables.
TableGraph tableGraph(const workload::Workload& workload, const sharding::Design& design);

std::string drawScatter(const ScatterChart& chart);
std::string drawTableGraph(const TableGraph& graph);

}  // namespace foreshard::report
