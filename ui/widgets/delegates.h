// One delegate for all tables: draws a cell by the kind of its column (bar in the cell, spark line, dot, SQL). GUI thread only.
#pragma once

#include <QStyledItemDelegate>

namespace foreshard::ui {

class CellDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    void paintBar(QPainter& painter, const QStyleOptionViewItem& option, double share) const;
    void paintDot(QPainter& painter, const QStyleOptionViewItem& option, double share, bool filled) const;
    void paintSpark(QPainter& painter, const QStyleOptionViewItem& option, const QList<double>& values) const;
};

}  // namespace foreshard::ui
