#include "ui/heatmap/heat_picture.h"

#include <cmath>

namespace foreshard::ui {

HeatPicture::HeatPicture(HeatGrid shown)
    : grid(std::move(shown)), scales{scaleOf(grid, false), scaleOf(grid, true)}, rasters{HeatRaster(grid, scales[0]), HeatRaster(grid, scales[1])},
      rowTotals(grid.rows.size(), 0), columnTotals(grid.columns, 0) {
    for (size_t r = 0; r < grid.rows.size(); ++r) {
        for (size_t c = 0; c < grid.columns; ++c) {
            const float v = grid.at(r, c);
            someUnknown |= std::isnan(v);
            if (!(v > 0)) continue;
            rowTotals[r] += v;
            columnTotals[c] += v;
        }
    }
}

}  // namespace foreshard::ui
