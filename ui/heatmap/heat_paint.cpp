// How the heat map is painted. Geometry and input: heat_view.cpp.
#include <QPaintEvent>
#include <QPainter>
#include <QPainterPath>

#include "ui/charts/chart_data.h"
#include "ui/format/format.h"
#include "ui/heatmap/heat_layout.h"
#include "ui/heatmap/heat_view.h"
#include "ui/heatmap/row_names.h"
#include "ui/theme/colour_math.h"
#include "ui/theme/theme.h"

namespace foreshard::ui {

using namespace heat_layout;

void HeatMapView::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    if (!grid_) {
        painter.setPen(Theme::instance().colours().secondary);
        painter.drawText(viewport()->rect(), Qt::AlignCenter, waiting_);
        return;
    }
    painter.setFont(scaledFont(0.85));
    paintCells(painter);
    paintPrediction(painter);
    paintGroups(painter);
    paintRowNames(painter);
    paintTimeAxis(painter);
    paintTotals(painter);
    paintLegend(painter);
    paintSplits(painter);
    paintSpots(painter);
    paintCursor(painter);
    paintTip(painter);
}

void HeatMapView::paintCells(QPainter& painter) {
    const auto plot = plotArea();
    if (plot.isEmpty()) return;
    const double ratio = viewport()->devicePixelRatioF();
    if (image_.isNull() || imageOf_ != viewport_.shown()) {
        image_ = picture_->raster(logarithmic_).render(viewport_.shown(), plot.size() * ratio);
        image_.setColorTable(colours_);
        imageOf_ = viewport_.shown();
    }
    painter.drawImage(plot, image_);
}

void HeatMapView::paintPrediction(QPainter& painter) {
    if (grid_->predictedFrom >= grid_->columns) return;
    const auto plot = plotArea();
    const double x = xOf(static_cast<double>(grid_->predictedFrom));
    if (x >= plot.right()) return;
    const auto& c = Theme::instance().colours();
    auto hatch = c.text;
    hatch.setAlphaF(0.16f);
    painter.save();
    painter.setClipRect(plot);
    painter.fillRect(QRectF(QPointF(std::max<double>(x, plot.left()), plot.top()), QPointF(plot.right() + 1, plot.bottom() + 1)), QBrush(hatch, Qt::BDiagPattern));
    painter.restore();
    if (x < plot.left() || grid_->predictedFrom == 0) return;
    painter.setPen(QPen(c.text, 1));
    painter.drawLine(QPointF(x, plot.top() - totalsHeight + 4), QPointF(x, plot.bottom()));
    painter.setPen(c.secondary);
    // Above the totals; "predicted" only where it has room.
    const auto now = tr("now"), predicted = tr("predicted");
    const double baseline = plot.top() - totalsHeight + painter.fontMetrics().ascent() + 2;
    const int width = painter.fontMetrics().horizontalAdvance(now);
    painter.drawText(QPointF(x - width - 4, baseline), now);
    if (x + 4 + painter.fontMetrics().horizontalAdvance(predicted) < viewport()->width()) painter.drawText(QPointF(x + 4, baseline), predicted);
}

void HeatMapView::paintGroups(QPainter& painter) {
    const auto plot = plotArea();
    painter.setPen(QPen(Theme::instance().colours().line, 1));
    const int from = static_cast<int>(viewport_.shown().top()), to = static_cast<int>(std::ceil(viewport_.shown().bottom()));
    for (int r = from; r < to; ++r) {
        if (r == 0 || !grid_->startsGroup(static_cast<size_t>(r))) continue;
        const double y = yOf(r);
        if (y > plot.top()) painter.drawLine(QPointF(0, y), QPointF(plot.right() + totalsWidth, y));
    }
    painter.drawRect(QRectF(plot).adjusted(-0.5, -0.5, 0.5, 0.5));
}

void HeatMapView::paintRowNames(QPainter& painter) {
    const auto plot = plotArea();
    const int rows = static_cast<int>(grid_->rows.size());
    const int from = static_cast<int>(viewport_.shown().top()), to = std::min(rows, static_cast<int>(std::ceil(viewport_.shown().bottom())));
    painter.save();
    painter.setClipRect(QRect(0, plot.top(), plot.left(), plot.height()));
    for (int begin = from; begin < to;) {
        int end = begin + 1;
        while (end < to && !grid_->startsGroup(static_cast<size_t>(end))) ++end;
        paintGroupNames(painter, begin, end);
        begin = end;
    }
    painter.restore();
}

// A group's own name, and beside its rows those that have room, marked hotspots first. In a group of a single line both share it.
void HeatMapView::paintGroupNames(QPainter& painter, int begin, int end) {
    const auto plot = plotArea();
    const auto& c = Theme::instance().colours();
    const auto small = scaledFont(0.85), strong = scaledFont(0.85, true), tiny = scaledFont(0.7, true);
    const int line = QFontMetrics(small).height(), leastLine = QFontMetrics(tiny).ascent(), width = plot.left() - 12;
    const double top = std::max<double>(yOf(begin), plot.top()), bottom = std::min<double>(yOf(end), plot.bottom() + 1);
    const bool roomy = bottom - top >= line + 2;
    const bool headed = roomy || bottom - top >= leastLine;  // a group of a row or two has a name too
    const double oneLine = roomy ? line : bottom - top;
    std::vector<int> marked;
    for (const auto& spot : spots_) marked.push_back(spot.row);
    const NameRoom room{.top = top + roomy, .bottom = bottom, .othersTop = headed ? top + oneLine + 1 : top, .line = std::min<double>(line, std::max(oneLine, 1.0))};
    const auto names = headed ? placeRowNames(begin, end, marked, [this](int row) { return (yOf(row) + yOf(row + 1)) / 2; }, room) : std::vector<RowName>();
    const auto& nameFont = roomy ? small : tiny;
    const auto labelOf = [&](const RowName& name) { return text(grid_->rows[static_cast<size_t>(name.row)].label); };
    const bool shared = !names.empty() && names.front().top < room.othersTop;
    const int taken = shared ? std::min(width / 2, QFontMetrics(nameFont).horizontalAdvance(labelOf(names.front())) + 8) : 0;
    if (headed) {
        const auto& head = grid_->rows[static_cast<size_t>(begin)];
        painter.setFont(roomy ? strong : tiny);
        painter.setPen(c.text);
        const auto words = bareTable(head.table) + QStringLiteral(" · ") + text(head.column);
        painter.drawText(QRectF(6, top + roomy, width - taken, oneLine), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, painter.fontMetrics().elidedText(words, Qt::ElideMiddle, width - taken));
    }
    painter.setFont(nameFont);
    for (const auto& name : names) {
        painter.setPen(name.marked ? c.text : c.secondary);
        painter.drawText(QRectF(6, name.top, width, room.line), Qt::AlignRight | Qt::AlignVCenter | Qt::TextDontClip,
                         painter.fontMetrics().elidedText(labelOf(name), Qt::ElideRight, shared && &name == &names.front() ? taken : width - 6));
    }
}

void HeatMapView::paintTimeAxis(QPainter& painter) {
    const auto plot = plotArea();
    const auto& c = Theme::instance().colours();
    const auto& r = viewport_.shown();
    const auto msAt = [this](double column) { return (static_cast<double>(grid_->begin) + column * static_cast<double>(grid_->interval)) / 1000; };
    painter.setPen(c.secondary);
    double free = plot.left();
    for (const auto& tick : timeTicks({msAt(r.left()), msAt(r.right())}, std::max(2, plot.width() / 110))) {
        const double column = (tick.at * 1000 - static_cast<double>(grid_->begin)) / static_cast<double>(grid_->interval);
        const double x = xOf(column);
        painter.drawLine(QPointF(x, plot.bottom() + 1), QPointF(x, plot.bottom() + 5));
        const double width = painter.fontMetrics().horizontalAdvance(tick.text);
        const double left = std::clamp(x - width / 2, static_cast<double>(plot.left()), plot.right() - width);
        if (left < free) continue;
        painter.drawText(QRectF(left, plot.bottom() + 5, width + 2, axisHeight - 6), Qt::AlignLeft | Qt::AlignVCenter, tick.text);
        free = left + width + 10;
    }
}

// Totals over the whole grid, so that zooming does not change what a bar means.
void HeatMapView::paintTotals(QPainter& painter) {
    const auto plot = plotArea();
    const auto& columnTotals = picture_->columnTotals;
    const auto& rowTotals = picture_->rowTotals;
    auto fill = Theme::instance().colours().secondary;
    fill.setAlphaF(0.55f);
    painter.setPen(Qt::NoPen);
    const auto peak = [](const std::vector<double>& v) { return std::max(1e-12, *std::max_element(v.begin(), v.end())); };
    const double columnPeak = peak(columnTotals), rowPeak = peak(rowTotals);
    const int room = totalsHeight - 20;
    for (int x = plot.left(); x <= plot.right(); ++x) {
        const auto a = cellAt({x, plot.top()}).column;
        const auto b = std::max(a + 1, cellAt({x + 1, plot.top()}).column);
        const double most = *std::max_element(columnTotals.begin() + a, columnTotals.begin() + std::min<int>(b, static_cast<int>(grid_->columns)));
        const double height = most / columnPeak * room;
        painter.fillRect(QRectF(x, plot.top() - 3 - height, 1, height), fill);
    }
    for (int y = plot.top(); y <= plot.bottom(); ++y) {
        const auto a = cellAt({plot.left(), y}).row;
        const auto b = std::max(a + 1, cellAt({plot.left(), y + 1}).row);
        const double most = *std::max_element(rowTotals.begin() + a, rowTotals.begin() + std::min<int>(b, static_cast<int>(grid_->rows.size())));
        painter.fillRect(QRectF(plot.right() + 5, y, most / rowPeak * (totalsWidth - 14), 1), fill);
    }
    painter.setPen(Theme::instance().colours().secondary);
    painter.drawText(QRect(6, 0, plot.left() - 12, totalsHeight - 4), Qt::AlignRight | Qt::AlignBottom, tr("total over keys"));
    painter.drawText(QRect(plot.right() + 3, 0, totalsWidth - 4, totalsHeight - 4), Qt::AlignLeft | Qt::AlignBottom, tr("over time"));
}

void HeatMapView::paintLegend(QPainter& painter) {
    const auto plot = plotArea();
    const auto& c = Theme::instance().colours();
    const int width = std::min(220, plot.width() / 3);
    const QRect bar(plot.left(), viewport()->height() - legendHeight + 8, width, 10);
    for (int x = 0; x < bar.width(); ++x) {
        const int index = HeatRaster::first + x * (HeatRaster::last - HeatRaster::first) / std::max(1, bar.width() - 1);
        painter.fillRect(QRect(bar.left() + x, bar.top(), 1, bar.height()), QColor(colours_[index]));
    }
    painter.setPen(c.line);
    painter.drawRect(bar.adjusted(-1, -1, 0, 0));
    painter.setPen(c.secondary);
    auto words = QStringLiteral("%1 – %2 %3").arg(count(scale().logarithmic ? scale().least : 0), count(scale().most), text(grid_->unit));
    words += scale().logarithmic ? tr(", logarithmic") : tr(", linear");
    if (picture_->someUnknown) words += tr(" · plain grey: not known");
    words += QStringLiteral(" · ") + tr("times in %1").arg(zone());
    painter.drawText(QRect(bar.right() + 8, bar.top() - 5, plot.right() - bar.right(), 20), Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(words, Qt::ElideRight, plot.right() - bar.right() + totalsWidth - 12));
}

void HeatMapView::paintSpots(QPainter& painter) {
    const auto plot = plotArea();
    const auto& c = Theme::instance().colours();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    for (const auto& spot : spots_) {
        const auto centre = rectOf({spot.row, spot.column}).center();
        if (!QRectF(plot).contains(centre)) continue;
        const QRectF ring(centre.x() - 8, centre.y() - 8, 16, 16);
        painter.setPen(QPen(c.text, 1.4));
        painter.setBrush(c.surface);
        painter.drawEllipse(ring);
        painter.drawText(ring, Qt::AlignCenter, QString::number(spot.number));
    }
    painter.restore();
}

void HeatMapView::paintCursor(QPainter& painter) {
    const auto& c = Theme::instance().colours();
    painter.save();
    painter.setClipRect(plotArea().adjusted(-2, -2, 2, 2));
    const auto outline = [&](const QRectF& r, const QColor& colour, double width) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(c.surface, width + 2));
        painter.drawRect(r);
        painter.setPen(QPen(colour, width));
        painter.drawRect(r);
    };
    if (selected_) {
        const auto area = QRectF(QPointF(xOf(selected_->left()), yOf(selected_->top())), QPointF(xOf(selected_->right() + 1), yOf(selected_->bottom() + 1)));
        auto fill = c.accent;
        fill.setAlphaF(0.12f);
        painter.fillRect(area, fill);
        outline(area, c.accent, 1.5);
    }
    if (cursor_) {
        auto r = rectOf(*cursor_);
        if (r.width() < 5) r.adjust(-(5 - r.width()) / 2, 0, (5 - r.width()) / 2, 0);
        if (r.height() < 5) r.adjust(0, -(5 - r.height()) / 2, 0, (5 - r.height()) / 2);
        outline(r, hasFocus() ? c.accent : c.text, hasFocus() ? 2 : 1);
    }
    painter.restore();
}

void HeatMapView::paintTip(QPainter& painter) {
    const auto cell = pinned_ ? pinned_ : drag_ == Drag::none ? hover_ : std::nullopt;
    if (!cell) return;
    const auto& c = Theme::instance().colours();
    const auto words = wordsOf(*cell);
    const auto bounds = painter.fontMetrics().boundingRect(QRect(0, 0, 360, 200), Qt::AlignLeft | Qt::TextWordWrap, words);
    const auto at = rectOf(*cell);
    QRectF box(at.right() + 10, at.top() + 10, bounds.width() + 16, bounds.height() + 12);
    if (box.right() > viewport()->width() - 4) box.moveRight(at.left() - 10);
    if (box.bottom() > viewport()->height() - 4) box.moveBottom(at.top() - 10);
    box.moveLeft(std::max(4.0, box.left()));
    box.moveTop(std::max(4.0, box.top()));
    painter.setPen(QPen(pinned_ ? c.accent : c.line, 1));
    painter.setBrush(c.raised);
    painter.drawRect(box);
    painter.setPen(c.text);
    painter.drawText(box.adjusted(8, 6, -6, -4), Qt::AlignLeft | Qt::TextWordWrap, words);
}

}  // namespace foreshard::ui
