// Sizes around the cells of a heat map. Included by ui/heatmap alone.
#pragma once

#include <QFont>
#include <QFontMetrics>

namespace foreshard::ui::heat_layout {

constexpr int totalsHeight = 44;     // above: totals over keys
constexpr int totalsWidth = 64;      // right: totals over time
constexpr int axisHeight = 24;
constexpr int legendHeight = 32;
constexpr int groupWidth = 16;       // the upright strip with the group's colour

inline int namesWidth(const QFont& font) { return QFontMetrics(font).horizontalAdvance(QLatin1Char('m')) * 14; }

}  // namespace foreshard::ui::heat_layout
