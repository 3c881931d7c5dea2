// Split lines over the heat map: where the ranges of a key are cut. They are dragged by the mouse, or moved by Ctrl and the
// upright arrows; Ctrl and the others choose a line, Insert adds one at the cell cursor, Delete takes the chosen one away.
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include "ui/heatmap/heat_view.h"
#include "ui/theme/colour_math.h"
#include "ui/theme/theme.h"

namespace foreshard::ui {

namespace {
constexpr double grip = 5;             // pixels around a line that take hold of it
}

void HeatMapView::setSplits(std::optional<HeatSplits> splits) {
    splits_ = std::move(splits);
    const int last = splits_ ? static_cast<int>(splits_->rows.size()) - 1 : -1;
    activeSplit_ = std::clamp(activeSplit_, last < 0 ? -1 : 0, last);
    if (drag_ == Drag::split && (!splits_ || activeSplit_ < 0)) drag_ = Drag::none;
    viewport()->update();
}

int HeatMapView::splitNear(const QPoint& at) const {
    int best = -1;
    double bestAway = grip;
    for (size_t i = 0; splits_ && i < splits_->rows.size(); ++i) {
        const double away = std::fabs(yOf(splits_->rows[i]) - at.y());
        if (away > bestAway) continue;
        bestAway = away;
        best = static_cast<int>(i);
    }
    return inPlot(at) ? best : -1;
}

bool HeatMapView::pressSplit(const QMouseEvent& event) {
    const int split = event.modifiers() & Qt::ControlModifier ? -1 : splitNear(event.pos());
    if (split < 0) return false;
    activeSplit_ = split;
    drag_ = Drag::split;
    viewport()->setCursor(Qt::SizeVerCursor);
    viewport()->update();
    return true;
}

// Between its neighbours, at the edge of a row.
void HeatMapView::moveSplit(double row, bool done) {
    const auto& rows = splits_->rows;
    const auto at = static_cast<size_t>(activeSplit_);
    const double low = at > 0 ? std::floor(rows[at - 1]) + 1 : 1, high = at + 1 < rows.size() ? std::ceil(rows[at + 1]) - 1 : static_cast<double>(grid_->rows.size()) - 1;
    if (low > high) return;
    Q_EMIT splitMoved(activeSplit_, static_cast<int>(std::clamp(std::round(row), low, high)), done);
}

bool HeatMapView::keySplit(const QKeyEvent& event) {
    if (!splits_) return false;
    if (event.key() == Qt::Key_Insert && cursor_) {
        Q_EMIT splitAdded(cursor_->row);
        return true;
    }
    if (splits_->rows.empty() || activeSplit_ < 0) return false;
    if (event.key() == Qt::Key_Delete) {
        Q_EMIT splitRemoved(activeSplit_);
        return true;
    }
    if (!(event.modifiers() & Qt::ControlModifier)) return false;
    const double row = splits_->rows[static_cast<size_t>(activeSplit_)];
    switch (event.key()) {
        case Qt::Key_Up: moveSplit(std::ceil(row) - 1, true); return true;
        case Qt::Key_Down: moveSplit(std::floor(row) + 1, true); return true;
        case Qt::Key_Left:
        case Qt::Key_Right:
            activeSplit_ = std::clamp(activeSplit_ + (event.key() == Qt::Key_Left ? -1 : 1), 0, static_cast<int>(splits_->rows.size()) - 1);
            viewport()->update();
            return true;
        default: return false;
    }
}

void HeatMapView::paintSplits(QPainter& painter) {
    if (!splits_) return;
    const auto plot = plotArea();
    const auto& theme = Theme::instance();
    const auto& c = theme.colours();
    painter.save();
    painter.setClipRect(plot.adjusted(-1, -8, 1, 8));
    const int line = painter.fontMetrics().height();
    for (size_t part = 0; part <= splits_->rows.size(); ++part) {
        // The range between two lines: an upright stripe in its shard's colour, and its words where they have room.
        const double top = std::max<double>(part > 0 ? yOf(splits_->rows[part - 1]) : yOf(0), plot.top());
        const double bottom = std::min<double>(part < splits_->rows.size() ? yOf(splits_->rows[part]) : yOf(static_cast<double>(grid_->rows.size())), plot.bottom() + 1);
        if (bottom <= top) continue;
        const auto shard = part < splits_->shards.size() ? splits_->shards[part] : 0;
        painter.fillRect(QRectF(plot.right() - 7, top, 8, bottom - top), theme.series(static_cast<int>(shard)));
        if (bottom - top < line + 4 || static_cast<qsizetype>(part) >= splits_->words.size()) continue;
        const auto& words = splits_->words[part];
        const QRectF box(plot.right() - 14 - painter.fontMetrics().horizontalAdvance(words), (top + bottom - line) / 2, painter.fontMetrics().horizontalAdvance(words) + 6, line);
        auto halo = c.surface;
        halo.setAlphaF(0.85f);
        painter.fillRect(box, halo);
        painter.setPen(c.text);
        painter.drawText(box, Qt::AlignCenter, words);
    }
    for (size_t i = 0; i < splits_->rows.size(); ++i) {
        const double y = yOf(splits_->rows[i]);
        const bool active = static_cast<int>(i) == activeSplit_;
        painter.setPen(QPen(c.surface, active ? 5 : 4));
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y));
        painter.setPen(QPen(active ? c.accent : c.text, active ? 3 : 2));
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y));
    }
    painter.restore();
}

}  // namespace foreshard::ui
