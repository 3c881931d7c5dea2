// Futures: what the sampled paths of a forecast make of each table's accesses. Quantiles are taken of what a design does
// under each path, never added. Plain values; pure.
#pragma once

#include <vector>

#include "core/workload/workload.h"

namespace foreshard::cost {

// How a path changes a table's accesses in each interval of the workload: its templates' factors, weighted by their expected calls.
std::vector<double> tableFactors(const workload::Workload& workload, const workload::Path& path, workload::TableId table, size_t intervals);

// The same by windows of `range` (whole intervals): [path][table × windows + window]. Of many paths every k-th, at most `most`. Empty
// without a forecast.
std::vector<std::vector<double>> windowFactors(const workload::Workload& workload, const TimeRange& range, size_t windows, size_t most);

}  // namespace foreshard::cost
