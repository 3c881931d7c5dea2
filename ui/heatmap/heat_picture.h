// HeatPicture: a grid with all that painting needs of it: rasters and scales (logarithmic and linear) and the totals along
// both edges. Made off the GUI thread, for a large grid takes longer than a frame; immutable and shared from then on.
#pragma once

#include <array>

#include "ui/heatmap/heat_grid.h"
#include "ui/heatmap/heat_raster.h"

namespace foreshard::ui {

struct HeatPicture {
    explicit HeatPicture(HeatGrid shown);

    const HeatScale& scale(bool logarithmic) const { return scales[logarithmic]; }
    const HeatRaster& raster(bool logarithmic) const { return rasters[logarithmic]; }

    HeatGrid grid;
    std::array<HeatScale, 2> scales;                 // linear, logarithmic
    std::array<HeatRaster, 2> rasters;
    std::vector<double> rowTotals, columnTotals;     // sums of known cells
    bool someUnknown = false;
};

}  // namespace foreshard::ui
