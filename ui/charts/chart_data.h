// What a chart shows, apart from the library that draws it: series over time or numbers, bands, stacked areas, bars, points.
// The one form that drawing, tooltips, CSV and a screen reader's summary are made from. Plain values.
#pragma once

#include <QList>
#include <QString>
#include <QStringList>

#include <functional>
#include <optional>

namespace foreshard::ui {

enum class Shape : uint8_t { line, stacked, bars, points };

struct ChartSeries {
    QString name;
    Shape shape = Shape::line;
    int colour = 0;                // index of Theme::series; neutralColour: the neutral line of history
    bool dashed = false;
    bool filled = true;            // points
    bool dimmed = false;           // stands back behind the others
    QList<double> x, y;            // parallel; NaN: a gap. bars: x is the index of the category
    QList<double> low, high;       // band around the line, parallel to x; empty: none
    QStringList labels;            // points: what each one is
    QString mark;                  // points: written beside them
};
constexpr int neutralColour = -1;

struct ChartMark {                 // a thin vertical line: "now"
    double x = 0;
    QString label;
};

struct ChartSpan {                 // a part of x that stands out: "sale"; shaded behind what is shown
    double low = 0, high = 0;
    QString label;
};

struct ChartData {
    QString name;                  // for screen readers and file names: "Calls per hour"
    QString xTitle, yTitle;        // with units
    bool timeAxis = false;         // x in milliseconds since 1970 UTC, shown in the reader's zone
    QStringList categories;        // of bars
    QList<ChartSeries> series;
    QList<ChartMark> marks;
    QList<ChartSpan> spans;        // do not widen the axes
    std::optional<double> yMax;    // one scale over several charts
    bool yFromZero = true;
    std::function<QString(double)> yText;   // "1.2 M"; default: core's counts
    std::function<QString(double)> xText;   // of a number axis
    std::optional<double> xLow, xHigh;      // shown part; nothing: all
};

struct Range {
    double low = 0, high = 1;
};
Range xRange(const ChartData& data);
Range yRange(const ChartData& data);             // with stacks added up; at least a little high
QString chartCsv(const ChartData& data);         // x, then one column a series (and its band)
QString chartSummary(const ChartData& data);     // a sentence a screen reader can say

// "12 accesses/h" is a figure, "0.0033 accesses/s" a riddle: charts of rates per second, all on one scale, are given per hour
// where all of them, and `most`, are small. Gives the unit that they have then.
QString perHourWhereSmall(QList<ChartData>& charts, double most = 0);

struct Tick {
    double at = 0;
    QString text;
};
// Round steps (1, 2, 5 × 10^n), about `wanted` of them.
QList<Tick> numberTicks(Range range, int wanted, const std::function<QString(double)>& text);
// Hours, midnights or weeks of the reader's zone.
QList<Tick> timeTicks(Range range, int wanted);

}  // namespace foreshard::ui
