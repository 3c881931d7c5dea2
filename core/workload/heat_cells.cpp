#include "core/workload/heat_cells.h"

#include <fmt/format.h>

#include "core/workload/ranges.h"

namespace foreshard::workload {

namespace {

std::string labelOf(const HeatRow& row, ValueType type) {
    const auto text = [&](int64_t number) {
        return type == ValueType::timestamp || type == ValueType::date ? formatRfc3339(number) : std::to_string(number);
    };
    if (row.byHash) return row.low == row.high ? fmt::format("hash slot {}", row.low) : fmt::format("hash slots {} – {}", row.low, row.high);
    return row.low == row.high ? text(row.low) : fmt::format("{} – {}", text(row.low), text(row.high));
}

}  // namespace

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

void assignRows(const std::vector<std::vector<Cell>*>& lists, size_t maxRows) {
    size_t all = 0;
    double low = 0, high = 0;
    for (const auto* cells : lists) {
        all += cells->size();
        for (const auto& cell : *cells) high += cell.total;
    }
    if (all <= maxRows) {
        for (auto* cells : lists)
            for (size_t i = 0; i < cells->size(); ++i) (*cells)[i].row = i;
        return;
    }
    const auto rows = [&](double share) {
        size_t sum = 0;
        for (auto* cells : lists) sum += split(*cells, share);
        return sum;
    };
    high *= 2;
    for (int step = 0; step < 60; ++step) {
        const double middle = (low + high) / 2;
        (rows(middle) > maxRows ? low : high) = middle;
    }
    rows(high);
}

std::vector<HeatRow> rowsOf(const std::vector<Cell>& cells, bool byHash, ValueType type) {
    std::vector<HeatRow> rows;
    for (const auto& cell : cells) {
        const int64_t low = byHash ? static_cast<int64_t>(cell.key) : rangeLow(cell.key);
        const int64_t high = byHash ? static_cast<int64_t>(cell.key) : rangeHigh(cell.key);
        if (cell.row == rows.size()) rows.push_back({{}, byHash, low, high, 0});
        rows.back().high = high;
        rows.back().total += cell.total;
    }
    for (auto& row : rows) row.label = labelOf(row, type);
    return rows;
}

bool rangesTellAll(const ColumnRates& rates) {
    if (rates.ranges.empty()) return false;
    Weight slots = 0, ranges = 0;
    for (const auto& count : rates.slots) slots += count.reads + count.writes;
    for (const auto& count : rates.ranges) ranges += count.reads + count.writes;
    return slots == 0 || static_cast<double>(ranges) >= 0.9 * static_cast<double>(slots);
}

}  // namespace foreshard::workload
