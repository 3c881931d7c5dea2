// From workloads to a heat map: key buckets of the chosen columns by interval, observed and then predicted. Ordered keys
// are cut by traffic, never across a column's border; other keys go by their hash slot. Pure; any thread.
#pragma once

#include <optional>
#include <vector>

#include "core/workload/workload.h"
#include "ui/heatmap/heat_grid.h"

namespace foreshard::ui {

struct HeatOptions {
    std::vector<workload::ColumnId> columns;   // empty: the busiest ones
    size_t maxRows = 1536;
    size_t maxColumns = 6;                     // of the busiest ones
    std::optional<TimeRange> time;             // nothing: all
};

// `forecast` may be null; `observed` may be a forecast itself, shown alone.
HeatGrid heatGrid(const workload::Workload& observed, const workload::Workload* forecast, const HeatOptions& options);

// Key columns with any load, busiest first.
std::vector<workload::ColumnId> busiestColumns(const workload::Workload& workload);

}  // namespace foreshard::ui
