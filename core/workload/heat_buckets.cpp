// Key buckets of all key columns within one number of rows.
#include <algorithm>

#include "core/workload/heat_cells.h"

namespace foreshard::workload {

namespace {

struct ColumnCells {
    ColumnId column = 0;
    bool byHash = false;
    std::vector<Cell> cells;
    double total = 0;
};

ColumnCells cellsOfColumn(const ColumnRates& rates, ColumnId column) {
    ColumnCells out{column, !rangesTellAll(rates), {}, 0};
    out.cells = out.byHash ? cellsOf(rates.slots, [](const SlotCount& c) { return uint64_t{c.slot}; }) : cellsOf(rates.ranges, [](const RangeCount& c) { return c.range; });
    for (const auto& cell : out.cells) out.total += cell.total;
    return out;
}

void addBuckets(std::vector<KeyBucket>& buckets, const ColumnCells& from, ValueType type) {
    const size_t first = buckets.size();
    for (auto& row : rowsOf(from.cells, from.byHash, type)) buckets.push_back({from.column, std::move(row), 0, 0});
    for (const auto& cell : from.cells) {
        buckets[first + cell.row].reads += cell.reads;
        buckets[first + cell.row].writes += cell.writes;
    }
}

}  // namespace

std::vector<KeyBucket> keyBuckets(const Workload& workload, size_t maxBuckets) {
    std::vector<ColumnCells> columns;
    if (!workload.facts) return {};
    for (ColumnId column = 0; column < workload.rates.columns.size(); ++column) {
        auto found = cellsOfColumn(workload.rates.columns[column], column);
        if (!found.cells.empty()) columns.push_back(std::move(found));
    }
    if (columns.size() > maxBuckets) {   // one bucket each is too many already
        std::stable_sort(columns.begin(), columns.end(), [](const ColumnCells& a, const ColumnCells& b) { return a.total > b.total; });
        columns.resize(maxBuckets);
        std::sort(columns.begin(), columns.end(), [](const ColumnCells& a, const ColumnCells& b) { return a.column < b.column; });
    }
    std::vector<std::vector<Cell>*> lists;
    for (auto& column : columns) lists.push_back(&column.cells);
    assignRows(lists, maxBuckets);
    std::vector<KeyBucket> buckets;
    for (const auto& column : columns) addBuckets(buckets, column, workload.facts->columns[column.column].type);
    return buckets;
}

}  // namespace foreshard::workload
