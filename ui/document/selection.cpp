#include "ui/document/selection.h"

#include <QStringList>

#include "ui/format/format.h"

namespace foreshard::ui {

void Selection::set(SelectionValue value) {
    if (value == value_) return;
    value_ = std::move(value);
    Q_EMIT changed();
}

QStringList Selection::words() const {
    QStringList out;
    if (!value_.table.empty()) out << bareTable(value_.table);
    if (!value_.column.empty()) out << text(value_.column);
    if (!value_.keys.empty()) out << tr("keys %1").arg(text(value_.keys));
    if (value_.shard) out << tr("shard %1").arg(*value_.shard + 1);
    if (value_.time) out << timeRange(*value_.time);
    if (!value_.designId.empty()) out << tr("design %1").arg(text(value_.designId));
    return out;
}

}  // namespace foreshard::ui
