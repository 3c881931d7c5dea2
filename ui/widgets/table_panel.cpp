#include "ui/widgets/table_panel.h"

#include <QAction>
#include <QBoxLayout>
#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QSortFilterProxyModel>

#include "ui/format/format.h"
#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"
#include "ui/widgets/delegates.h"
#include "ui/widgets/rows_model.h"

namespace foreshard::ui {

class TablePanel::Proxy : public QSortFilterProxyModel {
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    void setWords(const QString& typed) {
        words_ = typed.simplified().split(QLatin1Char(' '), Qt::SkipEmptyParts);
        invalidateFilter();
    }
    void setAccept(std::function<bool(int)> accept) {
        accept_ = std::move(accept);
        invalidateFilter();
    }

protected:
    // Every word must occur in some column of the row.
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override {
        if (accept_ && !accept_(row)) return false;
        for (const auto& word : words_) {
            bool found = false;
            for (int c = 0; c < sourceModel()->columnCount() && !found; ++c) {
                found = sourceModel()->index(row, c, parent).data(filterTextRole).toString().contains(word, Qt::CaseInsensitive);
            }
            if (!found) return false;
        }
        return true;
    }
    // What is unknown comes last in either order.
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override {
        const auto a = left.data(sortValueRole), b = right.data(sortValueRole);
        if (!a.isValid() || !b.isValid()) return a.isValid() == (sortOrder() == Qt::AscendingOrder) && a.isValid() != b.isValid();
        if (a.typeId() == QMetaType::QString) return a.toString().compare(b.toString(), Qt::CaseInsensitive) < 0;
        return a.toDouble() < b.toDouble();
    }

private:
    QStringList words_;
    std::function<bool(int)> accept_;
};

TablePanel::TablePanel(const QString& name, RowsModelBase* model, QWidget* parent)
    : QWidget(parent), model_(model), proxy_(new Proxy(this)), view_(new QTableView), filter_(new QLineEdit), shown_(new QLabel), bar_(new QWidget) {
    proxy_->setSourceModel(model);
    proxy_->setDynamicSortFilter(true);
    buildView(name);

    filter_->setPlaceholderText(tr("Filter"));
    filter_->setAccessibleName(tr("Filter %1").arg(name));
    filter_->setClearButtonEnabled(true);
    filter_->setMaximumWidth(320);
    filter_->addAction(icon("filter"), QLineEdit::LeadingPosition);
    connect(filter_, &QLineEdit::textChanged, this, [this](const QString& typed) {
        proxy_->setWords(typed);
        tellCount();
    });
    shown_->setForegroundRole(QPalette::PlaceholderText);
    auto* top = new QHBoxLayout(bar_);
    top->setContentsMargins(0, 0, 0, 0);
    top->addWidget(filter_, 1);
    top->addWidget(shown_);
    top->addStretch(1);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(metrics::inner);
    all->addWidget(bar_);
    all->addWidget(view_, 1);

    connect(model, &QAbstractItemModel::modelReset, this, &TablePanel::tellCount);
    connect(view_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] { Q_EMIT currentRowChanged(currentRow()); });
    connect(view_, &QTableView::activated, this, [this] { Q_EMIT activatedRow(currentRow()); });
    tellCount();
}

void TablePanel::buildView(const QString& name) {
    view_->setModel(proxy_);
    view_->setItemDelegate(new CellDelegate(view_));
    view_->setAccessibleName(name);
    view_->setSelectionBehavior(QAbstractItemView::SelectRows);
    view_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    view_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    view_->setAlternatingRowColors(false);
    view_->setShowGrid(false);
    view_->setWordWrap(false);
    view_->setTabKeyNavigation(false);
    view_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    view_->verticalHeader()->hide();
    view_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    view_->verticalHeader()->setDefaultSectionSize(metrics::rowHeight);
    auto* header = view_->horizontalHeader();
    header->setHighlightSections(false);
    header->setSectionsMovable(true);
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setSortIndicator(-1, Qt::DescendingOrder);
    view_->setSortingEnabled(true);
    setWidths();
    connect(model_, &QAbstractItemModel::columnsInserted, this, &TablePanel::setWidths);
    addCopyActions();
}

void TablePanel::setWidths() {
    auto* header = view_->horizontalHeader();
    for (int c = 0; c < model_->columnCount(); ++c) {
        const auto& head = model_->head(c);
        const bool figure = head.kind == ColumnKind::number || head.kind == ColumnKind::bar;
        const int fallback = figure ? 88 : head.kind == ColumnKind::spark ? 96 : 160;
        const auto title = model_->headerData(c, Qt::Horizontal, Qt::DisplayRole).toString();
        const int needed = header->fontMetrics().horizontalAdvance(title) + 14;
        view_->setColumnWidth(c, std::max(head.width ? head.width : fallback, needed));
    }
}

void TablePanel::addCopyActions() {
    auto* copy = new QAction(icon("copy"), tr("Copy as CSV"), view_);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    connect(copy, &QAction::triggered, this, [this] { QGuiApplication::clipboard()->setText(csv(true)); });
    auto* copyAll = new QAction(tr("Copy all rows as CSV"), view_);
    connect(copyAll, &QAction::triggered, this, [this] { QGuiApplication::clipboard()->setText(csv(false)); });
    view_->addActions({copy, copyAll});
    view_->setContextMenuPolicy(Qt::ActionsContextMenu);
}

void TablePanel::setFilterVisible(bool visible) { bar_->setVisible(visible); }

void TablePanel::setStretchColumn(int column) { view_->horizontalHeader()->setSectionResizeMode(column, QHeaderView::Stretch); }

void TablePanel::setRowFilter(std::function<bool(int)> accept) {
    proxy_->setAccept(std::move(accept));
    tellCount();
}

void TablePanel::tellCount() {
    const int all = model_->rowCount(), shown = proxy_->rowCount();
    shown_->setText(shown == all ? plural(static_cast<uint64_t>(all), tr("row"), tr("rows")) : tr("%1 of %2 rows").arg(shown).arg(all));
}

QList<int> TablePanel::shownRows() const {
    QList<int> out;
    for (int r = 0; r < proxy_->rowCount(); ++r) out << proxy_->mapToSource(proxy_->index(r, 0)).row();
    return out;
}

int TablePanel::currentRow() const {
    const auto current = view_->currentIndex();
    return current.isValid() ? proxy_->mapToSource(current).row() : -1;
}

void TablePanel::selectRow(int sourceRow) {
    if (sourceRow == currentRow()) return;
    if (sourceRow < 0) {
        view_->selectionModel()->clear();
        return;
    }
    const auto at = proxy_->mapFromSource(model_->index(sourceRow, 0));
    if (!at.isValid()) return;
    view_->selectionModel()->setCurrentIndex(at, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    view_->scrollTo(at);
}

void TablePanel::selectById(const QVariant& id) {
    for (int r = 0; r < model_->rowCount(); ++r) {
        if (model_->index(r, 0).data(idRole) == id) return selectRow(r);
    }
    selectRow(-1);
}

QString TablePanel::csv(bool selectedOnly) const {
    QStringList lines;
    QStringList cells;
    for (int c = 0; c < model_->columnCount(); ++c) cells << csvCell(model_->headerData(c, Qt::Horizontal, Qt::DisplayRole).toString());
    lines << cells.join(QLatin1Char(','));
    const auto* selection = view_->selectionModel();
    const bool some = selectedOnly && selection->hasSelection();
    for (int r = 0; r < proxy_->rowCount(); ++r) {
        if (some && !selection->isRowSelected(r)) continue;
        cells.clear();
        for (int c = 0; c < model_->columnCount(); ++c) {
            const auto at = proxy_->index(r, c);
            const auto exact = at.data(sortValueRole);
            const bool figure = exact.typeId() == QMetaType::Double;
            cells << (figure ? QString::number(exact.toDouble(), 'g', 12) : csvCell(exact.isValid() ? at.data().toString() : QString()));
        }
        lines << cells.join(QLatin1Char(','));
    }
    return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

}  // namespace foreshard::ui
