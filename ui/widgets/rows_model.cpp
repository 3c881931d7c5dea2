#include "ui/widgets/rows_model.h"

namespace foreshard::ui {

namespace {
Qt::Alignment alignmentOf(ColumnKind kind) {
    return (kind == ColumnKind::number || kind == ColumnKind::bar ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter;
}
}  // namespace

QVariant RowsModelBase::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount()) return {};
    const auto& h = head(section);
    switch (role) {
        case Qt::DisplayRole: return h.unit.isEmpty() ? h.title : h.title + QStringLiteral(" [") + h.unit + QLatin1Char(']');
        case Qt::ToolTipRole: return h.tip.isEmpty() ? QVariant() : QVariant(h.tip);
        case Qt::TextAlignmentRole: return static_cast<int>(alignmentOf(h.kind));
        default: return {};
    }
}

QVariant cellData(const Cell& cell, const ColumnHead& head, int role) {
    switch (role) {
        case Qt::DisplayRole: return cell.text;
        case Qt::ToolTipRole: return cell.tip.isEmpty() ? QVariant() : QVariant(cell.tip);
        case Qt::TextAlignmentRole: return static_cast<int>(alignmentOf(head.kind));
        case Qt::ForegroundRole: return cell.colour.isValid() ? QVariant(cell.colour) : QVariant();
        case Qt::AccessibleTextRole: return QString(head.title + QStringLiteral(": ") + cell.text);
        case sortValueRole: return cell.sort;
        case barRole: return cell.bar ? QVariant(*cell.bar) : QVariant();
        case sparkRole: return cell.spark.isEmpty() ? QVariant() : QVariant::fromValue(cell.spark);
        case filterTextRole: return cell.text;
        case emphasisRole: return cell.emphasis;
        default: return {};
    }
}

}  // namespace foreshard::ui
