#include "core/workload/heat.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/workload/ranges.h"

namespace foreshard::workload {

namespace {

// One dyadic range or slot, its traffic, and the row it goes to.
struct Cell {
    uint64_t key = 0;
    double total = 0;
    size_t row = 0;
};

double weightOf(Weight reads, Weight writes) { return fromWeight(reads + writes); }

template <typename Counts, typename KeyOf>
std::vector<Cell> cellsOf(const Counts& counts, KeyOf keyOf) {
    std::map<uint64_t, Weight> sums;
    for (const auto& count : counts) sums[keyOf(count)] += count.reads + count.writes;
    std::vector<Cell> cells;
    for (const auto& [key, sum] : sums) cells.push_back({key, fromWeight(sum), 0});
    return cells;
}

// How many rows cells give when a row closes at `share` accesses. Fills Cell::row.
size_t split(std::vector<Cell>& cells, double share) {
    size_t row = 0;
    double sum = 0;
    for (size_t i = 0; i < cells.size(); ++i) {
        const bool alone = cells[i].total >= share;
        if (i > 0 && (alone || sum + cells[i].total > share)) {
            ++row;
            sum = 0;
        }
        cells[i].row = row;
        sum += alone ? share : cells[i].total;   // the next one starts a new row
    }
    return cells.empty() ? 0 : row + 1;
}

// The finest split with no more than `maxRows` rows.
void assignRows(std::vector<Cell>& cells, uint32_t maxRows) {
    if (cells.size() <= maxRows) {
        for (size_t i = 0; i < cells.size(); ++i) cells[i].row = i;
        return;
    }
    double low = 0, high = 0;
    for (const auto& cell : cells) high += cell.total;
    high *= 2;
    for (int step = 0; step < 60; ++step) {
        const double middle = (low + high) / 2;
        (split(cells, middle) > maxRows ? low : high) = middle;
    }
    split(cells, high);
}

std::string labelOf(const HeatRow& row, ValueType type) {
    const auto text = [&](int64_t number) {
        return type == ValueType::timestamp || type == ValueType::date ? formatRfc3339(number) : std::to_string(number);
    };
    if (row.byHash) return row.low == row.high ? fmt::format("hash slot {}", row.low) : fmt::format("hash slots {} – {}", row.low, row.high);
    return row.low == row.high ? text(row.low) : fmt::format("{} – {}", text(row.low), text(row.high));
}

void addRows(HeatMatrix& matrix, const std::vector<Cell>& cells, bool byHash, ValueType type) {
    for (const auto& cell : cells) {
        const int64_t low = byHash ? static_cast<int64_t>(cell.key) : rangeLow(cell.key);
        const int64_t high = byHash ? static_cast<int64_t>(cell.key) : rangeHigh(cell.key);
        if (cell.row == matrix.rows.size()) matrix.rows.push_back({{}, byHash, low, high, 0});
        matrix.rows.back().high = high;
        matrix.rows.back().total += cell.total;
    }
    for (auto& row : matrix.rows) row.label = labelOf(row, type);
}

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
    assignRows(cells, std::max(1u, maxRows));
    addRows(matrix, cells, byHash, type);
    matrix.values.assign(matrix.rows.size() * matrix.times.size(), 0);
    fill(matrix, counts, cells, keyOf);
    for (const double value : matrix.values) matrix.largest = std::max(matrix.largest, value);
}

// Range counts show the keys themselves, but only where they tell of (nearly) all that the slots count.
bool rangesTellAll(const ColumnRates& rates) {
    if (rates.ranges.empty()) return false;
    Weight slots = 0, ranges = 0;
    for (const auto& count : rates.slots) slots += count.reads + count.writes;
    for (const auto& count : rates.ranges) ranges += count.reads + count.writes;
    return slots == 0 || static_cast<double>(ranges) >= 0.9 * static_cast<double>(slots);
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
