// The heat map as a table for screen readers: rows are key buckets, columns intervals, cells say their value with its unit.
#pragma once

namespace foreshard::ui {

class HeatMapView;

// Registers the interface with QAccessible; may be called any number of times.
void installHeatAccessibility();
// The cell cursor has moved.
void tellHeatFocus(HeatMapView* view);

}  // namespace foreshard::ui
