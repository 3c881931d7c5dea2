// How ChartData becomes Qt Charts objects.
#include <QAreaSeries>
#include <QBarSeries>
#include <QBarSet>
#include <QCategoryAxis>
#include <QChart>
#include <QGraphicsLayout>
#include <QLegend>
#include <QLegendMarker>
#include <QLineSeries>
#include <QRegularExpression>
#include <QScatterSeries>
#include <QSet>
#include <QValueAxis>

#include "ui/charts/chart_drawing.h"
#include "ui/format/format.h"
#include "ui/theme/colour_math.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"

namespace foreshard::ui {

namespace {

QColor colourOf(const ChartSeries& series) {
    const auto& theme = Theme::instance();
    const auto colour = series.colour == neutralColour ? theme.colours().secondary : theme.series(series.colour);
    return series.dimmed ? mix(theme.colours().surface, colour, 0.45) : colour;
}

QPen penOf(const ChartSeries& series) {
    QPen pen(colourOf(series), 1.6);
    pen.setStyle(series.dashed ? Qt::DashLine : series.colour >= 0 ? Theme::seriesPen(series.colour) : Qt::SolidLine);
    pen.setCosmetic(true);
    return pen;
}

QList<QPointF> points(const QList<double>& xs, const QList<double>& ys) {
    QList<QPointF> out;
    out.reserve(xs.size());
    for (int i = 0; i < xs.size() && i < ys.size(); ++i) {
        if (std::isfinite(ys[i])) out.append({xs[i], ys[i]});
    }
    return out;
}

// A category axis shows exactly the ticks it is given; its labels must differ, so equal ones get invisible tails.
QCategoryAxis* tickAxis(Range range, const QList<Tick>& ticks) {
    auto* axis = new QCategoryAxis;
    axis->setLabelsPosition(QCategoryAxis::AxisLabelsPositionOnValue);
    axis->setStartValue(range.low);
    QSet<QString> used;
    for (const auto& tick : ticks) {
        auto label = tick.text;
        while (used.contains(label)) label += QChar(0x200b);
        used.insert(label);
        axis->append(label, tick.at);
    }
    axis->setRange(range.low, range.high);
    axis->setTruncateLabels(false);
    return axis;
}

void dress(QAbstractAxis* axis, const QString& title, bool compact, bool grid) {
    const auto& c = Theme::instance().colours();
    axis->setLabelsColor(c.secondary);
    axis->setLabelsFont(scaledFont(compact ? 0.75 : 0.85));
    axis->setLinePen(QPen(c.line, 1));
    axis->setGridLinePen(QPen(mix(c.surface, c.line, 0.7), 1));
    axis->setGridLineVisible(grid);
    axis->setShadesVisible(false);
    if (title.isEmpty() || compact) return;
    axis->setTitleText(title);
    axis->setTitleFont(scaledFont(0.85));
    axis->setTitleBrush(c.secondary);
}

}  // namespace

void ChartPanel::rebuild() {
    const auto& c = Theme::instance().colours();
    auto* chart = new QChart;
    chart->setBackgroundVisible(true);
    chart->setBackgroundBrush(c.surface);
    chart->setBackgroundPen(Qt::NoPen);
    chart->setBackgroundRoundness(0);
    chart->setMargins(compact_ ? QMargins(2, 2, 2, 2) : QMargins(4, 4, metrics::smallIcon + 10, 4));
    chart->layout()->setContentsMargins(0, 0, 0, 0);
    chart->setAnimationOptions(QChart::NoAnimation);
    if (!caption_.isEmpty()) {
        chart->setTitle(caption_.toHtmlEscaped());
        chart->setTitleFont(scaledFont(compact_ ? 0.85 : 0.95, true));
        chart->setTitleBrush(c.text);
    }
    auto* old = drawing_->view->chart();
    drawing_->view->setChart(chart);
    delete old;
    drawing_->anchor = nullptr;

    addSpans();
    QList<double> floor;
    for (int i = 0; i < data_.series.size(); ++i) {
        const auto shape = data_.series[i].shape;
        if (shape == Shape::stacked) addStack(i, floor);
        if (shape == Shape::line) addLine(i);
        if (shape == Shape::points) addPoints(i);
    }
    addBars();
    addMarks();
    addAxes();
    auto* legend = chart->legend();
    legend->setVisible(legend_ && !compact_ && data_.series.size() > 1);
    legend->setAlignment(Qt::AlignTop);
    legend->setLabelColor(c.text);
    legend->setFont(scaledFont(0.85));
    legend->setMarkerShape(QLegend::MarkerShapeRectangle);
    legend->setShowToolTips(true);
    for (auto* marker : legend->markers()) {
        connect(marker, &QLegendMarker::clicked, this, [this, marker] { legendClicked(marker->series()->name()); });
    }
    chart->layout()->activate();         // axes stand where they belong at once, not after another turn of the event loop
    export_->setVisible(!compact_);
    export_->setAccessibleName(tr("Export chart %1").arg(data_.name));
    ticksFor_ = size();
    setAccessibleName(data_.name);
    setAccessibleDescription(chartSummary(data_));
    drawing_->view->setAccessibleName(data_.name);
    drawing_->view->setAccessibleDescription(chartSummary(data_));
}

void ChartPanel::legendClicked(const QString& name) {
    for (int i = 0; i < data_.series.size(); ++i) {
        if (data_.series[i].name == name) return Q_EMIT seriesClicked(i);
    }
}

void ChartPanel::addBand(const ChartSeries& series, const QColor& colour) {
    auto* upper = new QLineSeries;
    auto* lower = new QLineSeries;
    upper->replace(points(series.x, series.high));
    lower->replace(points(series.x, series.low));
    auto* band = new QAreaSeries(upper, lower);
    upper->setParent(band);
    lower->setParent(band);
    auto fill = colour;
    fill.setAlphaF(0.20f);
    band->setBrush(fill);
    band->setPen(Qt::NoPen);
    band->setName(QStringLiteral("P10–P90"));
    drawing_->view->chart()->addSeries(band);
}

void ChartPanel::addLine(int index) {
    const auto& series = data_.series[index];
    if (!series.low.isEmpty() && !series.high.isEmpty()) addBand(series, colourOf(series));
    // A gap parts the line; only its first part stands in the legend.
    QList<QPointF> part;
    bool first = true;
    const auto flush = [&] {
        if (part.isEmpty()) return;
        auto* line = new QLineSeries;
        line->setName(series.name);
        line->setPen(penOf(series));
        line->replace(part);
        drawing_->view->chart()->addSeries(line);
        if (!first) {
            for (auto* marker : drawing_->view->chart()->legend()->markers(line)) marker->setVisible(false);
        }
        first = false;
        if (!drawing_->anchor) drawing_->anchor = line;
        part.clear();
    };
    for (int i = 0; i < series.x.size(); ++i) {
        if (std::isfinite(series.y[i])) part.append({series.x[i], series.y[i]});
        else flush();
    }
    flush();
}

void ChartPanel::addStack(int index, QList<double>& floor) {
    const auto& series = data_.series[index];
    floor.resize(series.x.size(), 0.0);
    auto* lower = new QLineSeries;
    lower->replace(points(series.x, floor));
    for (int i = 0; i < series.y.size(); ++i) floor[i] += std::isfinite(series.y[i]) ? series.y[i] : 0;
    auto* upper = new QLineSeries;
    upper->replace(points(series.x, floor));
    auto* area = new QAreaSeries(upper, lower);
    upper->setParent(area);
    lower->setParent(area);
    area->setName(series.name);
    auto fill = mix(colourOf(series), Theme::instance().colours().surface, 0.18);
    area->setBrush(QBrush(fill, series.colour >= 0 ? Theme::seriesBrush(series.colour) : Qt::SolidPattern));
    area->setPen(QPen(Theme::instance().colours().surface, 0.6));
    drawing_->view->chart()->addSeries(area);
    if (!drawing_->anchor) drawing_->anchor = area;
}

void ChartPanel::addPoints(int index) {
    const auto& series = data_.series[index];
    auto* dots = new QScatterSeries;
    dots->setName(series.name);
    dots->setMarkerSize(series.filled ? 11 : 17);
    dots->setColor(series.filled ? colourOf(series) : QColor(Qt::transparent));
    dots->setBorderColor(colourOf(series));
    dots->replace(points(series.x, series.y));
    if (!series.mark.isEmpty() && series.filled) {
        dots->setPointLabelsFormat(series.mark);
        dots->setPointLabelsFont(scaledFont(0.85));
        dots->setPointLabelsColor(series.dimmed ? Theme::instance().colours().secondary : Theme::instance().colours().text);
        dots->setPointLabelsVisible(true);
        dots->setPointLabelsClipping(false);
    }
    drawing_->view->chart()->addSeries(dots);
    if (!drawing_->anchor) drawing_->anchor = dots;
}

void ChartPanel::addBars() {
    auto* bars = new QBarSeries;
    bars->setBarWidth(0.7);
    for (const auto& series : data_.series) {
        if (series.shape != Shape::bars) continue;
        auto* set = new QBarSet(series.name);
        set->setBrush(QBrush(colourOf(series), series.colour >= 0 ? Theme::seriesBrush(series.colour) : Qt::SolidPattern));
        set->setPen(Qt::NoPen);
        for (const double v : series.y) set->append(std::isfinite(v) ? v : 0);
        bars->append(set);
    }
    if (bars->count() == 0) {
        delete bars;
        return;
    }
    drawing_->view->chart()->addSeries(bars);
    if (!drawing_->anchor) drawing_->anchor = bars;
}

void ChartPanel::addMarks() {
    const auto range = yRange(data_);
    for (const auto& mark : data_.marks) {
        auto* line = new QLineSeries;
        line->setName(mark.label);
        line->setPen(QPen(Theme::instance().colours().text, 1, Qt::DotLine));
        line->append(mark.x, range.low);
        line->append(mark.x, range.high);
        drawing_->view->chart()->addSeries(line);
        for (auto* marker : drawing_->view->chart()->legend()->markers(line)) marker->setVisible(false);
        if (!drawing_->anchor) drawing_->anchor = line;
    }
}

// Not said by colour alone: hatched, and with their names where there is room.
void ChartPanel::addSpans() {
    const auto xs = xRange(data_), ys = yRange(data_);
    auto* chart = drawing_->view->chart();
    bool first = true;
    for (const auto& span : data_.spans) {
        if (span.high <= xs.low || span.low >= xs.high) continue;
        const ChartSpan seen{std::max(span.low, xs.low), std::min(span.high, xs.high), span.label};
        auto *upper = new QLineSeries, *lower = new QLineSeries;
        upper->replace(QList<QPointF>{{seen.low, ys.high}, {seen.high, ys.high}});
        lower->replace(QList<QPointF>{{seen.low, ys.low}, {seen.high, ys.low}});
        auto* area = new QAreaSeries(upper, lower);
        upper->setParent(area);
        lower->setParent(area);
        area->setName(tr("Marked event"));
        const auto& c = Theme::instance().colours();
        area->setBrush(QBrush(mix(c.surface, c.secondary, 0.4), Qt::BDiagPattern));
        area->setPen(QPen(mix(c.surface, c.secondary, 0.5), 1));
        chart->addSeries(area);
        if (!std::exchange(first, false))
            for (auto* marker : chart->legend()->markers(area)) marker->setVisible(false);
        if (!compact_) addSpanLabel(seen, xs, ys);
    }
}

// A point without a mark that has the name for its label.
void ChartPanel::addSpanLabel(const ChartSpan& span, Range xs, Range ys) {
    constexpr double leastShare = 0.02, height = 0.93;
    if (span.high - span.low < leastShare * (xs.high - xs.low)) return;
    auto* point = new QScatterSeries;
    point->append((span.low + span.high) / 2, ys.low + height * (ys.high - ys.low));
    point->setMarkerSize(1);
    point->setColor(Qt::transparent);
    point->setBorderColor(Qt::transparent);
    point->setPointLabelsFormat(QString(span.label).remove(QLatin1Char('@')));   // begins a place holder
    point->setPointLabelsFont(scaledFont(0.85));
    point->setPointLabelsColor(Theme::instance().colours().text);
    point->setPointLabelsVisible(true);
    point->setPointLabelsClipping(false);
    drawing_->view->chart()->addSeries(point);
    for (auto* marker : drawing_->view->chart()->legend()->markers(point)) marker->setVisible(false);
}

void ChartPanel::addAxes() {
    auto* chart = drawing_->view->chart();
    const auto xs = xRange(data_), ys = yRange(data_);
    QList<Tick> ticks;
    const int wantedX = compact_ ? std::clamp(width() / 110, 3, 8) : std::clamp(width() / 110, 3, 12);
    if (!data_.categories.isEmpty()) {
        for (int i = 0; i < data_.categories.size(); ++i) ticks.append({static_cast<double>(i), data_.categories[i]});
    } else {
        ticks = data_.timeAxis ? timeTicks(xs, wantedX) : numberTicks(xs, wantedX, data_.xText);
    }
    if (compact_ && data_.timeAxis) {
        // "Sun 15 Nov" under the left edge would have no room, and Qt leaves such a label out.
        static const QRegularExpression weekday(QStringLiteral("^[A-Z][a-z]{2} (?=\\d)"));
        for (auto& tick : ticks) tick.text.remove(weekday);
    }
    auto* x = tickAxis(xs, ticks);
    auto* y = tickAxis(ys, numberTicks(ys, compact_ ? std::clamp(height() / 60, 2, 5) : 5, data_.yText));
    dress(x, data_.xTitle, compact_, false);
    dress(y, data_.yTitle, compact_, true);
    chart->addAxis(x, Qt::AlignBottom);
    chart->addAxis(y, Qt::AlignLeft);
    for (auto* series : chart->series()) {
        series->attachAxis(x);
        series->attachAxis(y);
    }
}

}  // namespace foreshard::ui
