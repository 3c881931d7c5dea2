#include "ui/widgets/table_panel.h"

#include <QAction>
#include <QBoxLayout>
#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QSortFilterProxyModel>

#include <map>

#include "ui/format/format.h"
#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"
#include "ui/widgets/delegates.h"
#include "ui/widgets/export_file.h"
#include "ui/widgets/notice.h"
#include "ui/widgets/rows_model.h"
#include "ui/widgets/view_actions.h"

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
    : QWidget(parent), model_(model), proxy_(new Proxy(this)), view_(new QTableView), filter_(new QLineEdit), shown_(new QLabel), bar_(new QWidget), notice_(new Notice) {
    proxy_->setSourceModel(model);
    proxy_->setDynamicSortFilter(true);
    buildView(name);

    filter_->setPlaceholderText(tr("Filter"));
    filter_->setAccessibleName(tr("Filter %1").arg(name));
    filter_->setClearButtonEnabled(true);
    filter_->setMaximumWidth(320);
    filter_->addAction(icon("filter"), QLineEdit::LeadingPosition);
    connect(filter_, &QLineEdit::textChanged, this, [this](const QString& typed) { filterAnew([&] { proxy_->setWords(typed); }); });
    shown_->setForegroundRole(QPalette::PlaceholderText);
    auto* top = new QHBoxLayout(bar_);
    top->setContentsMargins(0, 0, 0, 0);
    top->addWidget(filter_, 1);
    top->addWidget(shown_);
    top->addStretch(1);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(metrics::inner);
    notice_->setDismissable(true);
    all->addWidget(bar_);
    all->addWidget(notice_);
    all->addWidget(view_, 1);

    connect(model, &QAbstractItemModel::modelReset, this, &TablePanel::tellCount);
    connect(model, &QAbstractItemModel::modelReset, this, &TablePanel::fitColumns);
    connect(model, &QAbstractItemModel::dataChanged, this, &TablePanel::fitColumns);
    view_->viewport()->installEventFilter(this);
    connect(view_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] {
        if (!filtering_) Q_EMIT currentRowChanged(currentRow());
    });
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
    view_->verticalHeader()->setMinimumSectionSize(metrics::rowHeight);
    view_->verticalHeader()->setDefaultSectionSize(metrics::rowHeight);
    auto* header = view_->horizontalHeader();
    header->setHighlightSections(false);
    header->setTextElideMode(Qt::ElideMiddle);
    header->setSectionsMovable(true);
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setSortIndicator(-1, Qt::DescendingOrder);
    view_->setSortingEnabled(true);
    connect(header, &QHeaderView::sectionResized, this, [this] { sized_ |= !fitting_ && view_->isVisible() && QGuiApplication::mouseButtons() != Qt::NoButton; });
    setWidths();
    connect(model_, &QAbstractItemModel::columnsInserted, this, &TablePanel::setWidths);
    addCopyActions();
}

namespace {
constexpr int leastText = 72;         // columns of words give way down to this
constexpr int widestColumn = 600;
constexpr int rowsMeasured = 200;
}  // namespace

// Before there are rows: what each column asks for.
void TablePanel::setWidths() {
    fitting_ = true;
    for (int c = 0; c < model_->columnCount(); ++c) {
        const auto& head = model_->head(c);
        const bool figure = head.kind == ColumnKind::number || head.kind == ColumnKind::bar;
        const int fallback = figure ? 72 : head.kind == ColumnKind::spark ? 96 : 160;
        view_->setColumnWidth(c, std::max(head.width ? head.width : fallback, headerWidth(c)));
    }
    fitting_ = false;
}

int TablePanel::headerWidth(int column) const {
    const auto title = model_->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
    constexpr int room = 26;          // margins and the sort arrow
    return view_->horizontalHeader()->fontMetrics().horizontalAdvance(title) + room;
}

int TablePanel::cellsWidth(int column) const {
    const auto& head = model_->head(column);
    const int rows = std::min(rowsMeasured, proxy_->rowCount());
    int width = 0;
    const bool drawn = head.kind == ColumnKind::spark || head.kind == ColumnKind::dot || head.kind == ColumnKind::sql;
    const auto metrics = view_->fontMetrics();
    constexpr int cellMargins = 18;
    for (int r = 0; r < rows && !drawn; ++r) width = std::max(width, metrics.horizontalAdvance(proxy_->index(r, column).data().toString()) + cellMargins);
    if (drawn || head.kind == ColumnKind::bar) width = std::max(width, head.width ? head.width : 92);
    // Beside statements, which can never have room enough, words take no more than they ask for.
    const bool besideStatements = stretch_ >= 0 && stretch_ < model_->columnCount() && model_->head(stretch_).kind == ColumnKind::sql;
    if (besideStatements && head.kind == ColumnKind::text && head.width > 0) width = std::min(width, head.width);
    return std::min(width, widestColumn);
}

// Figures are never cut, their titles may be; words keep enough to be told apart.
int TablePanel::leastWidth(int column, int cells) const {
    const auto kind = model_->head(column).kind;
    const bool words = kind == ColumnKind::text || kind == ColumnKind::chips || kind == ColumnKind::sql;
    constexpr int leastFigure = 56;
    return words ? std::max(leastText, std::min(cells, headerWidth(column))) : std::max(leastFigure, cells);
}

// Every column as wide as what it says. Where the view is too narrow, columns give way, the widest first; what is left over
// goes to the stretching column, or to all where none stretches.
void TablePanel::fitColumns() {
    if (sized_ || model_->rowCount() == 0) return;
    hideUnknown();
    std::map<int, int> widths, least;
    int sum = 0;
    for (int c = 0; c < model_->columnCount(); ++c) {
        if (view_->isColumnHidden(c)) continue;
        const int cells = cellsWidth(c);
        sum += widths[c] = std::max(cells, headerWidth(c));
        least[c] = leastWidth(c, cells);
    }
    const int room = view_->viewport()->width();
    while (sum > room) {
        auto widest = widths.end();
        for (auto w = widths.begin(); w != widths.end(); ++w) {
            if (w->second > least[w->first] && (widest == widths.end() || w->second > widest->second)) widest = w;
        }
        if (widest == widths.end()) break;        // the view scrolls
        constexpr int step = 8;
        const int cut = std::min({sum - room, step, widest->second - least[widest->first]});
        widest->second -= cut;
        sum -= cut;
    }
    if (const int over = room - sum; over > 0 && !widths.empty()) {
        if (widths.contains(stretch_)) widths[stretch_] += over;
        else for (auto& [column, width] : widths) width += over / static_cast<int>(widths.size());
    }
    fitting_ = true;
    for (const auto& [column, width] : widths) view_->setColumnWidth(column, width);
    fitting_ = false;
}

// A column of figures of which none is known says nothing.
void TablePanel::hideUnknown() {
    for (int c = 0; c < model_->columnCount(); ++c) {
        const auto kind = model_->head(c).kind;
        if (kind != ColumnKind::number && kind != ColumnKind::bar) continue;
        bool known = false;
        for (int r = 0; r < model_->rowCount() && !known; ++r) known = model_->index(r, c).data(sortValueRole).isValid();
        view_->setColumnHidden(c, !known);
    }
}

bool TablePanel::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Resize) QMetaObject::invokeMethod(this, &TablePanel::fitColumns, Qt::QueuedConnection);
    return QWidget::eventFilter(watched, event);
}

void TablePanel::addCopyActions() {
    auto* copy = new QAction(icon("copy"), tr("Copy as CSV"), view_);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    connect(copy, &QAction::triggered, this, [this] { QGuiApplication::clipboard()->setText(csv(true)); });
    auto* copyAll = new QAction(tr("Copy all rows as CSV"), view_);
    connect(copyAll, &QAction::triggered, this, [this] { QGuiApplication::clipboard()->setText(csv(false)); });
    auto* save = new QAction(icon("export"), tr("Export table…"), view_);
    connect(save, &QAction::triggered, this, &TablePanel::askExport);
    for (auto* action : {copy, copyAll, save}) markOfView(action);
    view_->addActions({copy, copyAll, save});
    view_->setContextMenuPolicy(Qt::ActionsContextMenu);
}

void TablePanel::setFilterVisible(bool visible) { bar_->setVisible(visible); }

void TablePanel::setStretchColumn(int column) { stretch_ = column; }

void TablePanel::setRowFilter(std::function<bool(int)> accept) { filterAnew([&] { proxy_->setAccept(std::move(accept)); }); }

// A row that goes may be the current one. Its listeners hear of it when the proxy is whole again: in the middle of a removal
// nobody may touch the model.
void TablePanel::filterAnew(const std::function<void()>& change) {
    const int before = currentRow();
    filtering_ = true;
    change();
    filtering_ = false;
    tellCount();
    if (currentRow() != before) Q_EMIT currentRowChanged(currentRow());
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

void TablePanel::exportOrTell(const QString& path) {
    if (const auto written = writeExport(path, csv(false).toUtf8()); written.ok()) notice_->hide();
    else notice_->showError(written.error());
}

void TablePanel::askExport() {
    const auto name = view_->accessibleName().simplified().toLower().replace(QLatin1Char(' '), QLatin1Char('-'));
    const auto path = QFileDialog::getSaveFileName(this, tr("Export table"), name + QStringLiteral(".csv"), tr("CSV (*.csv)"));
    if (!path.isEmpty()) exportOrTell(path);
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
