#include "core/report/pictures.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/base/time_ticks.h"
#include "core/base/units.h"
#include "core/report/svg.h"

namespace foreshard::report {

namespace {

// A scale from zero whose lines have labels of few digits.
struct Scale {
    double maximum = 1;
    int lines = 1;
};

struct Frame {
    double left, top, width, height;  // of the plot inside the picture
    Scale scale;                      // of the value axis
    size_t count;                     // intervals

    double x(double index) const { return left + width * index / static_cast<double>(std::max<size_t>(count, 1)); }
    double y(double value) const { return top + height * (1 - std::clamp(value / scale.maximum, 0.0, 1.0)); }
};

double highest(const TimeChart& chart) {
    double out = 0;
    for (const Line& line : chart.lines) {
        for (const auto& value : line.values)
            if (value && std::isfinite(*value)) out = std::max(out, *value);
        for (const double value : line.high)
            if (std::isfinite(value)) out = std::max(out, value);
    }
    return out;
}

Scale scaleFor(double highest, int wanted) {
    if (!(highest > 0)) return {};
    const double raw = highest / wanted, power = std::pow(10.0, std::floor(std::log10(raw)));
    double step = 10 * power;
    for (const double each : {5.0, 2.0, 1.0})
        if (raw <= each * power * 1.0000001) step = each * power;
    const int lines = std::max(1, static_cast<int>(std::ceil(highest / step - 1e-7)));
    return {step * lines, lines};
}

void drawTimeAxis(Svg& svg, const Frame& frame, const std::vector<Instant>& times, const std::string& zone,
                  size_t ticks) {
    if (times.empty()) return;
    const Instant width = times.size() > 1 ? times[1] - times[0] : microsPerHour;
    const TimeRange range{times.front(), times.back() + width};
    const double right = frame.left + frame.width;
    for (const TimeTick& tick : timeTicks(range, ticks, zone)) {
        const double share = static_cast<double>(tick.at - range.begin) / static_cast<double>(range.length());
        const double x = frame.left + frame.width * share;
        svg.line(x, frame.top + frame.height, x, frame.top + frame.height + 4, "axis");
        const bool last = x + 5.5 * static_cast<double>(tick.text.size()) > right;
        svg.text(x, frame.top + frame.height + 16, tick.text, last ? "end" : "start", "tick");
    }
}

void drawValueAxis(Svg& svg, const Frame& frame) {
    for (int i = 0; i <= frame.scale.lines; ++i) {
        const double value = frame.scale.maximum * i / frame.scale.lines, y = frame.y(value);
        svg.line(frame.left, y, frame.left + frame.width, y, i == 0 ? "axis" : "grid");
        svg.text(frame.left - 6, y + 4, formatCount(value), "end", "tick");
    }
}

// Values hold for a whole interval: steps where there are few, a line through their middles otherwise. Gaps stay gaps.
void drawLine(Svg& svg, const Frame& frame, const Line& line, const std::string& classes) {
    Svg::Points points;
    for (size_t i = 0; i < line.values.size() && i < frame.count; ++i) {
        if (line.values[i] && std::isfinite(*line.values[i])) {
            points.emplace_back(frame.x(static_cast<double>(i) + 0.5), frame.y(*line.values[i]));
        } else {
            svg.polyline(points, classes);
            points.clear();
        }
    }
    if (points.size() == 1) points.emplace_back(points[0].first + 2, points[0].second);
    svg.polyline(points, classes);
}

void drawBand(Svg& svg, const Frame& frame, const Line& line, const std::string& classes) {
    Svg::Points upper, lower;
    for (size_t i = 0; i < line.high.size() && i < line.low.size() && i < frame.count; ++i) {
        if (!std::isfinite(line.low[i]) || !std::isfinite(line.high[i])) continue;
        upper.emplace_back(frame.x(static_cast<double>(i) + 0.5), frame.y(line.high[i]));
        lower.emplace_back(frame.x(static_cast<double>(i) + 0.5), frame.y(line.low[i]));
    }
    if (upper.empty()) return;
    upper.insert(upper.end(), lower.rbegin(), lower.rend());
    svg.polygon(upper, classes);
}

void drawNow(Svg& svg, const Frame& frame, const std::vector<Instant>& times, const std::optional<Instant>& now) {
    if (!now) return;
    const auto index = std::lower_bound(times.begin(), times.end(), *now) - times.begin();
    const double x = frame.x(static_cast<double>(index));
    svg.line(x, frame.top, x, frame.top + frame.height, "now");
    const bool room = x + 60 < frame.left + frame.width;
    svg.text(room ? x + 4 : x - 4, frame.top + 10, room ? "predicted" : "predicted from here", room ? "start" : "end", "tick");
}

void drawPlot(Svg& svg, const Frame& frame, const TimeChart& chart) {
    for (size_t i = 0; i < chart.lines.size(); ++i) {
        const int colour = (chart.colour + (chart.lines.size() > 1 ? 0 : static_cast<int>(i))) % 8;
        const std::string dash = i % 2 ? " dashed" : "";
        drawBand(svg, frame, chart.lines[i], fmt::format("band s{}", colour));
        drawLine(svg, frame, chart.lines[i], fmt::format("line s{}{}", colour, dash));
    }
    drawNow(svg, frame, chart.times, chart.now);
}

std::string legend(const std::vector<Line>& lines) {
    std::string out;
    for (size_t i = 0; i < lines.size(); ++i)
        out += fmt::format("{}{}{}", i ? "; " : "", i % 2 ? "dashed: " : "solid: ", lines[i].name);
    return out;
}

}  // namespace

std::string drawTimeChart(const TimeChart& chart, const std::string& zone) {
    constexpr double width = 960, height = 260;
    Svg svg(width, height, fmt::format("{}, {}", chart.title, chart.unit));
    const Frame frame{64, 24, width - 72, height - 64, scaleFor(highest(chart), 4), chart.times.size()};
    svg.text(0, 12, chart.unit, "start", "tick");
    svg.text(width, 12, legend(chart.lines), "end", "tick");
    drawValueAxis(svg, frame);
    drawTimeAxis(svg, frame, chart.times, zone, 6);
    drawPlot(svg, frame, chart);
    return svg.finish();
}

std::string drawChartGrid(const ChartGrid& grid, const std::string& zone) {
    if (grid.charts.empty()) return {};
    constexpr double width = 960, cellHeight = 150, gap = 12;
    const size_t columns = std::min<size_t>(grid.charts.size(), 3);
    const double cellWidth = (width - gap * static_cast<double>(columns - 1)) / static_cast<double>(columns);
    const size_t rows = (grid.charts.size() + columns - 1) / columns;
    double maximum = 0;
    for (const TimeChart& chart : grid.charts) maximum = std::max(maximum, highest(chart));
    Svg svg(width, 20 + static_cast<double>(rows) * cellHeight, fmt::format("{}, {}", grid.title, grid.unit));
    svg.text(0, 12, grid.unit + (grid.oneScale ? ", one scale for all" : ", each on its own scale"), "start", "tick");
    svg.text(width, 12, legend(grid.charts.front().lines), "end", "tick");
    for (size_t i = 0; i < grid.charts.size(); ++i) {
        const TimeChart& chart = grid.charts[i];
        const double left = static_cast<double>(i % columns) * (cellWidth + gap),
                     top = 20 + static_cast<double>(i / columns) * cellHeight;
        const Frame frame{left + 52, top + 22, cellWidth - 52, cellHeight - 56, scaleFor(grid.oneScale ? maximum : highest(chart), 2), chart.times.size()};
        svg.text(left + 52, top + 14, chart.title, "start", "name", chart.title);
        drawValueAxis(svg, frame);
        drawTimeAxis(svg, frame, chart.times, zone, columns > 1 ? 2 : 6);
        drawPlot(svg, frame, chart);
    }
    return svg.finish();
}

namespace {

// Load is spread over orders of magnitude: the ramp is logarithmic. -1: nothing there.
int heatStep(double value, double maximum) {
    if (!(value > 0) || !(maximum > 0)) return -1;
    const double share = std::log1p(value) / std::log1p(maximum);
    return std::clamp(static_cast<int>(share * heatSteps), 0, heatSteps - 1);
}

// One path for each step of the ramp, equal neighbours joined: a large map stays small.
std::array<std::string, heatSteps> heatPaths(const HeatMap& heat, const std::vector<double>& tops, double left,
                                             double cell, double rowHeight, double maximum) {
    std::array<std::string, heatSteps> paths;
    for (size_t row = 0; row < heat.rows.size(); ++row) {
        const auto& values = heat.rows[row].values;
        for (size_t begin = 0; begin < values.size();) {
            const int step = heatStep(values[begin], maximum);
            size_t end = begin + 1;
            while (end < values.size() && heatStep(values[end], maximum) == step) ++end;
            if (step >= 0)
                paths[static_cast<size_t>(step)] +=
                    fmt::format("M{} {}h{}v{}h-{}z", number(left + cell * static_cast<double>(begin)),
                                number(tops[row]), number(cell * static_cast<double>(end - begin)), number(rowHeight),
                                number(cell * static_cast<double>(end - begin)));
            begin = end;
        }
    }
    return paths;
}

}  // namespace

std::string drawHeatMap(const HeatMap& heat, const std::string& zone) {
    constexpr double width = 960, left = 210, rowHeight = 12, groupGap = 20;
    std::vector<double> tops;
    double y = 8, maximum = 0;
    for (size_t row = 0; row < heat.rows.size(); ++row) {
        if (row == 0 || heat.rows[row].group != heat.rows[row - 1].group) y += groupGap;
        tops.push_back(y);
        y += rowHeight;
        for (const double value : heat.rows[row].values) maximum = std::max(maximum, value);
    }
    Svg svg(width, y + 44, fmt::format("{}, {}", heat.title, heat.unit));
    const double cell = heat.times.empty() ? 0 : (width - left) / static_cast<double>(heat.times.size());
    for (size_t row = 0; row < heat.rows.size(); ++row) {
        const HeatRow& one = heat.rows[row];
        if (row == 0 || one.group != heat.rows[row - 1].group) svg.text(0, tops[row] - 5, one.group, "start", "name");
        svg.text(left - 6, tops[row] + rowHeight - 2.5, one.label, "end", "tick small", one.label);
    }
    const auto paths = heatPaths(heat, tops, left, cell, rowHeight, maximum);
    for (size_t step = 0; step < paths.size(); ++step) svg.path(paths[step], fmt::format("h{}", step));
    const Frame frame{left, 8, width - left, y - 8, {}, heat.times.size()};
    drawTimeAxis(svg, frame, heat.times, zone, 6);
    drawNow(svg, frame, heat.times, heat.now);
    for (int step = 0; step < heatSteps; ++step)
        svg.rectangle(left + step * 16, y + 28, 16, 8, fmt::format("h{}", step));
    svg.text(left + heatSteps * 16 + 8, y + 36,
             fmt::format("up to {} {}, logarithmic", formatCount(maximum), heat.unit), "start", "tick");
    return svg.finish();
}

}  // namespace foreshard::report
