// HeatRaster: a grid as one byte a cell with a pyramid of maxima over time, so that any part of it can be drawn at any size
// in a few milliseconds and a single hot cell is never lost between pixels (as Sonic Visualiser does for spectrograms).
// Byte 0: unknown; 1: nothing; 2…255: along the ramp. Immutable once built; any thread.
#pragma once

#include <QImage>
#include <QRectF>

#include <cstdint>
#include <vector>

#include "ui/heatmap/heat_grid.h"

namespace foreshard::ui {

class HeatRaster {
public:
    static constexpr uint8_t unknown = 0, nothing = 1, first = 2, last = 255;

    HeatRaster() = default;
    HeatRaster(const HeatGrid& grid, const HeatScale& scale);

    size_t rows() const { return rows_; }
    size_t columns() const { return columns_; }
    uint8_t at(size_t row, size_t column) const { return levels_[0].bytes[row * columns_ + column]; }
    // The part `shown` (x: columns, y: rows) as an Indexed8 image without a colour table; each pixel is the maximum of the
    // cells that it covers.
    QImage render(const QRectF& shown, QSize size) const;

private:
    struct Level {
        size_t columns = 0;        // each holds the maximum of 2^level columns of the grid
        std::vector<uint8_t> bytes;
    };
    size_t rows_ = 0, columns_ = 0;
    std::vector<Level> levels_;
};

// Colours for the bytes of a raster: unknown, nothing, then the ramp.
QList<QRgb> heatColourTable(const QList<QRgb>& ramp, QRgb unknownColour);

}  // namespace foreshard::ui
