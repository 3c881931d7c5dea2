// How a table is accessed: by single keys, by ranges of keys, or by neither (a scan, or by columns that no statement gives values
// for), read and written. Follows from the templates and their volumes, exact like these; of observed workloads and forecasts
// alike. Pure; any thread.
#pragma once

#include "core/workload/workload.h"

namespace foreshard::workload {

enum class Reach : uint8_t {
    point,     // some column by equality or a list of values; every INSERT
    range,     // no column by equality, but one by <, <=, >, >=, BETWEEN or a prefix
    scan,
};
Reach reachOf(const TableAccess& access);

struct ReachCounts {
    Weight point = 0, range = 0, scan = 0;
    bool operator==(const ReachCounts&) const = default;
};
struct TableReach {            // accesses; a call that uses a table twice counts twice
    ReachCounts reads, writes;
    bool operator==(const TableReach&) const = default;
};

// By TableId.
std::vector<TableReach> tableReach(const Workload& workload);

}  // namespace foreshard::workload
