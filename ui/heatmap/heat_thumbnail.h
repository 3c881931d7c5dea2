// A small picture of a heat map for the list of recent projects and reports.
#pragma once

#include <QImage>

#include "ui/heatmap/heat_grid.h"
#include "ui/theme/ramps.h"

namespace foreshard::ui {

QImage heatThumbnail(const HeatGrid& grid, QSize size, ThemeMode mode = ThemeMode::dark, Ramp ramp = Ramp::ember);

}  // namespace foreshard::ui
