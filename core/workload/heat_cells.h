// Key buckets of one column split by traffic: what heat() and keyBuckets() share. Pure functions.
#pragma once

#include <map>
#include <vector>

#include "core/workload/heat.h"

namespace foreshard::workload {

// One dyadic range or slot, its traffic, and the row it goes to.
struct Cell {
    uint64_t key = 0;
    Weight reads = 0, writes = 0;
    double total = 0;
    size_t row = 0;
};

inline double weightOf(Weight reads, Weight writes) { return fromWeight(reads + writes); }

template <typename Counts, typename KeyOf>
std::vector<Cell> cellsOf(const Counts& counts, KeyOf keyOf) {
    std::map<uint64_t, Cell> sums;
    for (const auto& count : counts) {
        auto& cell = sums[keyOf(count)];
        cell.reads += count.reads;
        cell.writes += count.writes;
    }
    std::vector<Cell> cells;
    for (const auto& [key, sum] : sums) cells.push_back({key, sum.reads, sum.writes, weightOf(sum.reads, sum.writes), 0});
    return cells;
}

// How many rows cells give when a row closes at `share` accesses; a cell with that much stands alone. Fills Cell::row.
size_t split(std::vector<Cell>& cells, double share);
// The finest split of all lists together with no more than `maxRows` rows; each list with cells has one at least. Lists that fit as
// they are keep a row a cell.
void assignRows(const std::vector<std::vector<Cell>*>& lists, size_t maxRows);
// The rows that the cells are assigned to.
std::vector<HeatRow> rowsOf(const std::vector<Cell>& cells, bool byHash, ValueType type);
// Range counts show the keys themselves, but only where they tell of (nearly) all that the slots count.
bool rangesTellAll(const ColumnRates& rates);

}  // namespace foreshard::workload
