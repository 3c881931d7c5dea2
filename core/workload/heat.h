// Access heat of one key column for display: rows are key buckets split by traffic, columns are intervals, values are
// accesses. Ordered keys (integers, timestamps) give ranges made of neighbouring dyadic ranges; others, and workloads
// without range counts, give neighbouring slots of the key hash. Rows are chosen greedily so that each carries about the
// same traffic, and a bucket with more than its share stands alone (after the Key Visualizers of TiDB and Google). Used by
// the Hotspots page, the report and the monitor; observed and forecast workloads alike. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "core/workload/workload.h"

namespace foreshard::workload {

struct HeatRow {
    std::string label;                 // "17", "20 – 63", "hash slots 0 – 7"
    bool byHash = false;
    int64_t low = 0, high = 0;         // numbers of the keys, or counting slots; both included
    double total = 0;                  // accesses over all intervals
};

struct HeatMatrix {
    ColumnId column = 0;
    Instant interval = 0;
    int64_t firstInterval = 0;
    std::vector<Instant> times;        // begin of each interval
    std::vector<HeatRow> rows;         // in the order of keys
    std::vector<double> values;        // [row * times.size() + column], accesses (weighted calls)
    std::vector<double> columnTotals;
    std::vector<double> unbound;       // accesses of the table that bind no key of this column, by interval
    double largest = 0;
    double at(size_t row, size_t interval) const { return values[row * times.size() + interval]; }
    bool empty() const { return rows.empty() || times.empty(); }
};

// A bucket of one column's keys, over all intervals.
struct KeyBucket {
    ColumnId column = 0;
    HeatRow row;
    Weight reads = 0, writes = 0;
};

constexpr size_t mostBuckets = 1'536;

// The keys of all key columns in at most `maxBuckets` buckets of about equal traffic, so that hot columns get many and cold ones
// one. No bucket reaches over the border of a column, and so of a table. Sorted by column, then by key. Where there are more columns
// than buckets, the ones with least traffic are left out.
std::vector<KeyBucket> keyBuckets(const Workload& workload, size_t maxBuckets = mostBuckets);

// maxRows > 0. A column without counts gives a matrix without rows.
HeatMatrix heat(const Workload& workload, ColumnId column, uint32_t maxRows = 256);

}  // namespace foreshard::workload
