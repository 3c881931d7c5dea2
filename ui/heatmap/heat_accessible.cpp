#include "ui/heatmap/heat_accessible.h"

#include <QAccessible>
#include <QAccessibleWidget>
#include <QHash>

#include "ui/format/format.h"
#include "ui/heatmap/heat_view.h"

namespace foreshard::ui {

namespace {

class HeatTable;

class HeatCellInterface : public QAccessibleInterface, public QAccessibleTableCellInterface {
public:
    HeatCellInterface(HeatTable* table, int row, int column) : table_(table), row_(row), column_(column) {}

    bool isValid() const override;
    QObject* object() const override { return nullptr; }
    QAccessibleInterface* parent() const override;
    QAccessibleInterface* child(int) const override { return nullptr; }
    QAccessibleInterface* childAt(int, int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface*) const override { return -1; }
    QString text(QAccessible::Text kind) const override;
    void setText(QAccessible::Text, const QString&) override {}
    QRect rect() const override;
    QAccessible::Role role() const override { return QAccessible::Cell; }
    QAccessible::State state() const override;
    void* interface_cast(QAccessible::InterfaceType type) override {
        return type == QAccessible::TableCellInterface ? static_cast<QAccessibleTableCellInterface*>(this) : nullptr;
    }

    int columnExtent() const override { return 1; }
    int rowExtent() const override { return 1; }
    int columnIndex() const override { return column_; }
    int rowIndex() const override { return row_; }
    QList<QAccessibleInterface*> columnHeaderCells() const override { return {}; }
    QList<QAccessibleInterface*> rowHeaderCells() const override { return {}; }
    bool isSelected() const override;
    QAccessibleInterface* table() const override { return parent(); }

private:
    HeatMapView* view() const;
    HeatTable* table_;
    int row_, column_;
};

class HeatTable : public QAccessibleWidget, public QAccessibleTableInterface {
public:
    explicit HeatTable(QWidget* widget) : QAccessibleWidget(widget, QAccessible::Table) {}
    ~HeatTable() override {
        for (const auto id : std::as_const(cells_)) QAccessible::deleteAccessibleInterface(id);
    }

    HeatMapView* view() const { return static_cast<HeatMapView*>(widget()); }
    void* interface_cast(QAccessible::InterfaceType type) override {
        return type == QAccessible::TableInterface ? static_cast<QAccessibleTableInterface*>(this) : QAccessibleWidget::interface_cast(type);
    }
    int rowCount() const override { return view()->grid() ? static_cast<int>(view()->grid()->rows.size()) : 0; }
    int columnCount() const override { return view()->grid() ? static_cast<int>(view()->grid()->columns) : 0; }
    QAccessibleInterface* cellAt(int row, int column) const override {
        if (row < 0 || column < 0 || row >= rowCount() || column >= columnCount()) return nullptr;
        const qint64 key = static_cast<qint64>(row) * columnCount() + column;
        if (const auto known = cells_.constFind(key); known != cells_.constEnd()) return QAccessible::accessibleInterface(*known);
        auto* cell = new HeatCellInterface(const_cast<HeatTable*>(this), row, column);
        cells_.insert(key, QAccessible::registerAccessibleInterface(cell));
        return cell;
    }
    int childCount() const override { return rowCount() * columnCount(); }
    QAccessibleInterface* child(int index) const override { return columnCount() ? cellAt(index / columnCount(), index % columnCount()) : nullptr; }
    QAccessibleInterface* focusChild() const override {
        const auto at = view()->cursor();
        return at ? cellAt(at->row, at->column) : nullptr;
    }

    QAccessibleInterface* caption() const override { return nullptr; }
    QAccessibleInterface* summary() const override { return nullptr; }
    QString columnDescription(int column) const override {
        return view()->grid() && column >= 0 && column < columnCount() ? instant(view()->grid()->timeOf(static_cast<size_t>(column))) : QString();
    }
    QString rowDescription(int row) const override {
        if (!view()->grid() || row < 0 || row >= rowCount()) return {};
        const auto& r = view()->grid()->rows[static_cast<size_t>(row)];
        return bareTable(r.table) + QLatin1Char(' ') + foreshard::ui::text(r.column) + QLatin1Char(' ') + foreshard::ui::text(r.label);
    }
    int selectedCellCount() const override { return view()->selected() ? view()->selected()->width() * view()->selected()->height() : 0; }
    int selectedColumnCount() const override { return 0; }
    int selectedRowCount() const override { return 0; }
    QList<QAccessibleInterface*> selectedCells() const override { return {}; }
    QList<int> selectedColumns() const override { return {}; }
    QList<int> selectedRows() const override { return {}; }
    bool isColumnSelected(int) const override { return false; }
    bool isRowSelected(int) const override { return false; }
    bool selectRow(int) override { return false; }
    bool selectColumn(int) override { return false; }
    bool unselectRow(int) override { return false; }
    bool unselectColumn(int) override { return false; }
    void modelChange(QAccessibleTableModelChangeEvent*) override {}

private:
    mutable QHash<qint64, QAccessible::Id> cells_;   // only the cells that somebody asked for
};

HeatMapView* HeatCellInterface::view() const { return table_->view(); }
QAccessibleInterface* HeatCellInterface::parent() const { return table_; }
bool HeatCellInterface::isValid() const {
    return table_->isValid() && row_ < table_->rowCount() && column_ < table_->columnCount();
}
QString HeatCellInterface::text(QAccessible::Text kind) const {
    return kind == QAccessible::Name || kind == QAccessible::Value ? view()->wordsOf({row_, column_}).replace(QLatin1Char('\n'), QStringLiteral(", ")) : QString();
}
QRect HeatCellInterface::rect() const {
    const auto r = view()->rectOf({row_, column_}).toAlignedRect();
    return {view()->viewport()->mapToGlobal(r.topLeft()), r.size()};
}
bool HeatCellInterface::isSelected() const { return view()->selected() && view()->selected()->contains(column_, row_); }
QAccessible::State HeatCellInterface::state() const {
    QAccessible::State state;
    state.focusable = state.selectable = state.readOnly = true;
    state.focused = view()->cursor() == HeatCell{row_, column_};
    state.selected = isSelected();
    return state;
}

QAccessibleInterface* makeInterface(const QString&, QObject* object) {
    auto* view = qobject_cast<HeatMapView*>(object);
    return view ? new HeatTable(view) : nullptr;
}

}  // namespace

void installHeatAccessibility() {
    static const bool once = [] {
        QAccessible::installFactory(makeInterface);
        return true;
    }();
    Q_UNUSED(once);
}

void tellHeatFocus(HeatMapView* view) {
    if (!QAccessible::isActive()) return;
    auto* table = QAccessible::queryAccessibleInterface(view);
    auto* cell = table ? table->focusChild() : nullptr;
    if (!cell) return;
    QAccessibleEvent event(cell, QAccessible::Focus);
    QAccessible::updateAccessibility(&event);
}

}  // namespace foreshard::ui
