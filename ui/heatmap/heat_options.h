// The small popover of the heat map: palette, brightness, logarithmic or linear. GUI thread only.
#pragma once

#include <QMenu>

namespace foreshard::ui {

class HeatMapView;

// A menu that changes `view` as it is used.
QMenu* heatOptionsMenu(HeatMapView* view, QWidget* parent);

}  // namespace foreshard::ui
