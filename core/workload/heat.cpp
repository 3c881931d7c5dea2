#include "core/workload/heat.h"

#include <algorithm>

#include "core/workload/heat_cells.h"

namespace foreshard::workload {

namespace {

template <typename Counts, typename KeyOf>
void fill(HeatMatrix& matrix, const Counts& counts, const std::vector<Cell>& cells, KeyOf keyOf) {
    for (const auto& count : counts) {
        const int64_t at = count.interval - matrix.firstInterval;
        if (at < 0 || at >= static_cast<int64_t>(matrix.times.size())) continue;
        const auto cell = std::lower_bound(cells.begin(), cells.end(), keyOf(count), [](const Cell& c, uint64_t key) { return c.key < key; });
        const double value = weightOf(count.reads, count.writes);
        matrix.values[cell->row * matrix.times.size() + static_cast<size_t>(at)] += value;
        matrix.columnTotals[static_cast<size_t>(at)] += value;
    }
}

template <typename Counts, typename KeyOf>
void build(HeatMatrix& matrix, const Counts& counts, KeyOf keyOf, bool byHash, ValueType type, uint32_t maxRows) {
    auto cells = cellsOf(counts, keyOf);
    assignRows({&cells}, std::max(1u, maxRows));
    matrix.rows = rowsOf(cells, byHash, type);
    matrix.values.assign(matrix.rows.size() * matrix.times.size(), 0);
    fill(matrix, counts, cells, keyOf);
    for (const double value : matrix.values) matrix.largest = std::max(matrix.largest, value);
}

}  // namespace

HeatMatrix heat(const Workload& workload, ColumnId column, uint32_t maxRows) {
    HeatMatrix matrix;
    matrix.column = column;
    matrix.interval = workload.rates.interval;
    if (!workload.facts || column >= workload.rates.columns.size() || workload.rates.range.empty()) return matrix;
    matrix.firstInterval = workload.rates.firstInterval();
    for (int64_t i = matrix.firstInterval; i < workload.rates.endInterval(); ++i) matrix.times.push_back(i * matrix.interval);
    matrix.columnTotals.assign(matrix.times.size(), 0);
    matrix.unbound.assign(matrix.times.size(), 0);
    const auto& rates = workload.rates.columns[column];
    const ValueType type = workload.facts->columns[column].type;
    if (rangesTellAll(rates)) build(matrix, rates.ranges, [](const RangeCount& c) { return c.range; }, false, type, maxRows);
    else build(matrix, rates.slots, [](const SlotCount& c) { return uint64_t{c.slot}; }, true, type, maxRows);
    for (const auto& total : rates.totals) {
        const int64_t at = total.interval - matrix.firstInterval;
        if (at < 0 || at >= static_cast<int64_t>(matrix.times.size())) continue;
        matrix.unbound[static_cast<size_t>(at)] = weightOf(total.reads - total.boundReads, total.writes - total.boundWrites);
    }
    return matrix;
}

}  // namespace foreshard::workload
