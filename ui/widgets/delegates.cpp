#include "ui/widgets/delegates.h"

#include <QApplication>
#include <QPainter>
#include <QSortFilterProxyModel>

#include "ui/theme/colour_math.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"
#include "ui/widgets/rows_model.h"
#include "ui/widgets/sql_text.h"

namespace foreshard::ui {

namespace {
ColumnKind kindOf(const QModelIndex& index) {
    const auto* model = index.model();
    int column = index.column();
    while (const auto* proxy = qobject_cast<const QAbstractProxyModel*>(model)) model = proxy->sourceModel();
    const auto* rows = qobject_cast<const RowsModelBase*>(model);
    return rows && column < rows->columnCount() ? rows->head(column).kind : ColumnKind::text;
}
}  // namespace

QSize CellDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    auto size = QStyledItemDelegate::sizeHint(option, index);
    size.setHeight(metrics::rowHeight);
    return size;
}

void CellDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const auto kind = kindOf(index);
    if (kind == ColumnKind::text || kind == ColumnKind::number || kind == ColumnKind::chips) {
        QStyledItemDelegate::paint(painter, option, index);
        return;
    }
    QStyleOptionViewItem cell = option;
    initStyleOption(&cell, index);
    const auto words = cell.text;
    const auto bar = index.data(barRole);
    if (kind != ColumnKind::bar) cell.text.clear();
    if (kind == ColumnKind::bar && bar.isValid()) {
        // Background, bar, then the number over it.
        auto plain = cell;
        plain.text.clear();
        QApplication::style()->drawControl(QStyle::CE_ItemViewItem, &plain, painter, cell.widget);
        paintBar(*painter, cell, bar.toDouble());
        painter->save();
        painter->setPen(cell.palette.color(cell.state & QStyle::State_Selected ? QPalette::HighlightedText : QPalette::Text));
        painter->drawText(cell.rect.adjusted(4, 0, -6, 0), Qt::AlignRight | Qt::AlignVCenter, words);
        painter->restore();
        return;
    }
    QApplication::style()->drawControl(QStyle::CE_ItemViewItem, &cell, painter, cell.widget);
    if (kind == ColumnKind::spark) paintSpark(*painter, cell, index.data(sparkRole).value<QList<double>>());
    if (kind == ColumnKind::dot && bar.isValid()) paintDot(*painter, cell, bar.toDouble(), index.data(emphasisRole).toBool());
    if (kind == ColumnKind::sql) {
        drawSqlLine(*painter, cell.rect.adjusted(4, 0, -4, 0), words, cell.palette, cell.state & QStyle::State_Selected);
    }
}

void CellDelegate::paintBar(QPainter& painter, const QStyleOptionViewItem& option, double share) const {
    const auto area = QRectF(option.rect).adjusted(4, 5, -4, -5);
    const auto width = std::clamp(share, 0.0, 1.0) * area.width();
    const bool selected = option.state & QStyle::State_Selected;
    auto colour = selected ? option.palette.color(QPalette::HighlightedText) : Theme::instance().colours().accent;
    colour.setAlphaF(0.28f);
    painter.fillRect(QRectF(area.left(), area.top(), std::max(width, share > 0 ? 1.0 : 0.0), area.height()), colour);
}

void CellDelegate::paintDot(QPainter& painter, const QStyleOptionViewItem& option, double share, bool filled) const {
    const auto area = QRectF(option.rect).adjusted(10, 0, -10, 0);
    const bool selected = option.state & QStyle::State_Selected;
    const auto colour = option.palette.color(selected ? QPalette::HighlightedText : QPalette::Text);
    auto line = colour;
    line.setAlphaF(0.25f);
    const QPointF centre(area.left() + area.width() * std::clamp(share, 0.0, 1.0), area.center().y());
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(line, 1));
    painter.drawLine(QPointF(area.left(), centre.y()), QPointF(area.right(), centre.y()));
    painter.setPen(QPen(colour, 1.4));
    painter.setBrush(filled ? colour : option.palette.color(selected ? QPalette::Highlight : QPalette::Base));
    painter.drawEllipse(centre, 4.5, 4.5);
    painter.restore();
}

void CellDelegate::paintSpark(QPainter& painter, const QStyleOptionViewItem& option, const QList<double>& values) const {
    if (values.size() < 2) return;
    const auto area = QRectF(option.rect).adjusted(4, 5, -4, -5);
    const double top = std::max(1e-12, *std::max_element(values.begin(), values.end()));
    QPolygonF line;
    for (int i = 0; i < values.size(); ++i) {
        line << QPointF(area.left() + area.width() * i / (values.size() - 1), area.bottom() - area.height() * std::max(0.0, values[i]) / top);
    }
    const bool selected = option.state & QStyle::State_Selected;
    const auto colour = option.palette.color(selected ? QPalette::HighlightedText : QPalette::Text);
    auto fill = colour;
    fill.setAlphaF(0.12f);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    QPolygonF under = line;
    under << area.bottomRight() << area.bottomLeft();
    painter.setPen(Qt::NoPen);
    painter.setBrush(fill);
    painter.drawPolygon(under);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(colour, 1.1));
    painter.drawPolyline(line);
    painter.restore();
}

}  // namespace foreshard::ui
