#include "ui/heatmap/heat_thumbnail.h"

#include "ui/heatmap/heat_raster.h"

namespace foreshard::ui {

QImage heatThumbnail(const HeatGrid& grid, QSize size, ThemeMode mode, Ramp ramp) {
    const HeatRaster raster(grid, scaleOf(grid));
    auto image = raster.render(QRectF(0, 0, static_cast<double>(grid.columns), static_cast<double>(grid.rows.size())), size);
    image.setColorTable(heatColourTable(rampColours(ramp, mode), Theme::coloursFor(mode).raised.rgb()));
    return image.convertToFormat(QImage::Format_RGB32);
}

}  // namespace foreshard::ui
