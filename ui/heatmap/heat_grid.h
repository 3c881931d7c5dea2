// HeatGrid: what the heat map draws: rows of key buckets grouped table → column → range, columns of equal intervals, and in
// each cell the accesses per second or, where those are few, per hour (NaN: unknown). Built once, then shared immutable. Plain value.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "core/base/time.h"

namespace foreshard::ui {

struct HeatRow {
    std::string table, column;     // the group: rows of one group stand together
    std::string label;             // keys of the bucket: "0–999", "17"
    int64_t low = 0, high = -1;    // numbers of its keys, both included; empty: no numbers
};

struct HeatGrid {
    std::vector<HeatRow> rows;
    Instant begin = 0;
    Instant interval = microsPerHour;
    size_t columns = 0;
    size_t predictedFrom = 0;      // first predicted column; equals `columns` where nothing is predicted
    std::vector<float> cells;      // row-major; in `unit`
    std::string unit = "accesses/s";
    std::string basis;             // how predicted cells were made; empty: nothing to say

    float at(size_t row, size_t column) const { return cells[row * columns + column]; }
    bool empty() const { return rows.empty() || columns == 0; }
    Instant timeOf(size_t column) const { return begin + static_cast<Instant>(column) * interval; }
    bool startsGroup(size_t row) const {
        return row == 0 || rows[row].table != rows[row - 1].table || rows[row].column != rows[row - 1].column;
    }
};

// What the colours mean: from the least value told apart to the most.
struct HeatScale {
    float least = 0, most = 0;
    bool logarithmic = true;
};
HeatScale scaleOf(const HeatGrid& grid, bool logarithmic = true);
// 0…1 along the ramp; 0 for nothing. Negative for unknown.
float shareOf(const HeatScale& scale, float value);
float valueAt(const HeatScale& scale, float share);    // the inverse, for the legend

}  // namespace foreshard::ui
