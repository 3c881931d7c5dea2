// Pictures of a report as inline SVG. Pure functions; same input, same bytes.
#pragma once

#include <string>

#include "core/report/report_data.h"

namespace foreshard::report {

std::string drawTimeChart(const TimeChart& chart, const std::string& zone);
std::string drawChartGrid(const ChartGrid& grid, const std::string& zone);
std::string drawHeatMap(const HeatMap& heat, const std::string& zone);

// How many steps the heat ramp has; classes h0 … h11 of the page's style.
constexpr int heatSteps = 12;

}  // namespace foreshard::report
