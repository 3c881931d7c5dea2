#include "ui/pages/hotspots/hotspots_page.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QFileDialog>
#include <QLabel>
#include <QMenu>
#include <QSaveFile>
#include <QSplitter>
#include <QToolButton>

#include "ui/format/format.h"
#include "ui/heatmap/heat_options.h"
#include "ui/heatmap/heat_source.h"
#include "ui/pages/workload/template_rows.h"
#include "ui/settings/settings.h"
#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/table_panel.h"

namespace foreshard::ui {

void describeHotspots(RowsModel<HotspotView>& m) {
    m.addColumn({QObject::tr("Kind"), {}, {}, ColumnKind::text, 92}, [](const HotspotView& h) { return Cell::words(text(h.kind)); });
    m.addColumn({QObject::tr("Where"), {}, {}, ColumnKind::text, 150},
                [](const HotspotView& h) { return Cell::words(bareTable(h.table) + QStringLiteral(" · ") + text(h.column)); });
    m.addColumn({QObject::tr("Keys"), {}, {}, ColumnKind::text, 90}, [](const HotspotView& h) { return Cell::words(text(h.keys)); });
    m.addColumn({QObject::tr("Share"), {}, QObject::tr("Accesses of these keys / accesses of the column"), ColumnKind::bar},
                [](const HotspotView& h) { return Cell::share(h.share, share(h.share)); });
    m.addColumn({QObject::tr("Predicted"), {}, QObject::tr("The same share in the forecast"), ColumnKind::bar},
                [](const HotspotView& h) { return Cell::share(h.predictedShare, share(h.predictedShare)); });
    m.addColumn({QObject::tr("What"), {}, {}, ColumnKind::text, 240}, [](const HotspotView& h) { return Cell::words(text(h.what), text(h.what)); });
    m.addColumn({QObject::tr("Remedy"), {}, {}, ColumnKind::text, 220}, [](const HotspotView& h) { return Cell::words(text(h.remedy), text(h.remedy)); });
}

QString hotspotAnswer(const std::vector<HotspotView>* hotspots, const HeatGrid& grid) {
    if (hotspots && !hotspots->empty()) {
        const auto& first = hotspots->front();
        auto words = QObject::tr("%1 of %2").arg(text(first.keys), bareTable(first.table) + QLatin1Char('.') + text(first.column));
        words += first.share ? QObject::tr(" takes %1 of its load").arg(roughShare(*first.share)) : QObject::tr(" is hot");
        if (!first.what.empty()) words += QStringLiteral(" (%1)").arg(text(first.what));
        if (hotspots->size() > 1) words += QObject::tr("; %1 in all").arg(plural(hotspots->size(), QObject::tr("hotspot"), QObject::tr("hotspots")));
        words[0] = words[0].toUpper();
        return words + QLatin1Char('.');
    }
    // Without findings: the busiest bucket, as a plain fact.
    std::vector<double> totals(grid.rows.size(), 0);
    std::map<std::pair<std::string, std::string>, double> groups;
    for (size_t r = 0; r < grid.rows.size(); ++r) {
        for (size_t c = 0; c < std::min(grid.predictedFrom, grid.columns); ++c) {
            const float v = grid.at(r, c);
            if (v > 0) totals[r] += v;
        }
        groups[{grid.rows[r].table, grid.rows[r].column}] += totals[r];
    }
    const auto most = std::max_element(totals.begin(), totals.end());
    if (most == totals.end() || *most <= 0) return QObject::tr("No call of this workload binds a key.");
    const auto& row = grid.rows[static_cast<size_t>(most - totals.begin())];
    const double part = *most / groups[{row.table, row.column}];
    return QObject::tr("The busiest keys are %1 of %2, with %3 of that column's load.")
        .arg(text(row.label), bareTable(row.table) + QLatin1Char('.') + text(row.column), roughShare(part));
}

namespace {
// "tenant 17" and "1,024" name a bucket by the number at their end.
std::optional<int64_t> lastNumber(const std::string& keys) {
    auto digits = text(keys).section(QLatin1Char(' '), -1).remove(QLatin1Char(','));
    bool ok = false;
    const auto number = digits.toLongLong(&ok);
    return ok ? std::optional<int64_t>(number) : std::nullopt;
}
}  // namespace

HotspotsPage::HotspotsPage(Document& document, Settings& settings, QWidget* parent) : PageView(PageId::hotspots, document, parent), settings_(settings) {
    describeHotspots(model_);
    setContent(buildContent());
    auto* start = makeAction("start", tr("Read logs first"), [this] { Q_EMIT goTo(PageId::start); });
    setEmptyState(new EmptyState("hotspots", tr("Here a heat map of your keys over time will be, with the predicted part at its right."), start));
    addTopWidget(columns_);
    auto* options = new QToolButton;
    options->setIcon(icon("palette"));
    options->setToolTip(tr("Palette and brightness"));
    options->setAccessibleName(tr("Palette and brightness"));
    options->setPopupMode(QToolButton::InstantPopup);
    options->setAutoRaise(true);
    map_->setRamp(settings.heatRamp());
    map_->setBrightness(settings.heatBrightness());
    auto* menu = heatOptionsMenu(map_, options);
    connect(menu, &QMenu::aboutToHide, this, [this] {
        settings_.setHeatRamp(map_->ramp());
        settings_.setHeatBrightness(map_->brightness());
    });
    options->setMenu(menu);
    addTopWidget(options);
    auto* all = new QToolButton;
    all->setDefaultAction(makeAction("fit", tr("Show the whole heat map"), [this] { map_->showAll(); }));
    all->setAutoRaise(true);
    addTopWidget(all);
    auto* save = new QToolButton;
    save->setDefaultAction(makeAction("export", tr("Export heat map…"), [this] { savePicture(); }));
    save->setAutoRaise(true);
    addTopWidget(save);
    follow(&Document::workloadChanged, &Document::forecastChanged, &Document::hotspotsChanged);
    connect(&document.context(), &ViewContext::changed, this, &HotspotsPage::invalidate);
    followSelection();
}

QWidget* HotspotsPage::buildContent() {
    map_ = new HeatMapView;
    columns_ = new QComboBox;
    columns_->setAccessibleName(tr("Key columns"));
    columns_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    connect(columns_, &QComboBox::activated, this, [this] { rebuildGrid(); });
    connect(map_, &HeatMapView::selectionChanged, this, [this](std::optional<QRect> cells) { if (cells) selectCells(*cells); });
    connect(map_, &HeatMapView::cursorMoved, this, [this](HeatCell cell) {
        if (!map_->selected()) selectCells(QRect(cell.column, cell.row, 1, 1));
    });
    table_ = new TablePanel(tr("Hotspots"), &model_);
    table_->setFilterVisible(false);
    table_->setStretchColumn(5);
    connect(table_, &TablePanel::currentRowChanged, this, &HotspotsPage::showHotspot);
    auto* splitter = new QSplitter(Qt::Vertical);
    splitter->addWidget(map_);
    splitter->addWidget(table_);
    splitter->setStretchFactor(0, 1);
    splitter->setChildrenCollapsible(false);
    splitter->setSizes({620, 112});
    return splitter;
}

void HotspotsPage::fillColumns() {
    const auto& workload = *contents().workload;
    const auto chosen = columns_->currentData();
    columns_->clear();
    columns_->addItem(tr("busiest key columns"), -1);
    for (const auto column : busiestColumns(workload)) columns_->addItem(columnName(*workload.facts, column), static_cast<int>(column));
    columns_->setCurrentIndex(std::max(0, columns_->findData(chosen)));
}

void HotspotsPage::refresh() {
    const auto& c = contents();
    showContent(c.workload != nullptr);
    if (!c.workload) {
        gridOf_ = nullptr;
        map_->setGrid(nullptr);
        return;
    }
    if (gridOf_ != c.workload.get()) fillColumns();
    rebuildGrid();
    model_.updateRows(c.hotspots ? *c.hotspots : std::vector<HotspotView>());
    table_->setVisible(model_.rowCount() > 0);
    placeSpots();
    setAnswer(map_->grid() ? hotspotAnswer(c.hotspots.get(), *map_->grid()) : tr("No call of this workload binds a key."));
}

void HotspotsPage::rebuildGrid() {
    const auto& c = contents();
    const int column = columns_->currentData().toInt();
    const auto* forecast = c.forecast ? c.forecast->workload.get() : nullptr;
    const auto time = document().context().value().time;
    if (gridOf_ == c.workload.get() && forecastOf_ == forecast && columnOf_ == column && timeOf_ == time) return;
    gridOf_ = c.workload.get();
    forecastOf_ = forecast;
    columnOf_ = column;
    timeOf_ = time;
    HeatOptions options;
    if (column >= 0) options.columns = {static_cast<workload::ColumnId>(column)};
    options.maxRows = column >= 0 ? 512 : 384;
    options.time = time;
    map_->setGrid(std::make_shared<const HeatGrid>(heatGrid(*c.workload, forecast, options)));
    placeSpots();
}

std::optional<HeatCell> HotspotsPage::cellOf(const HotspotView& hotspot) const {
    const auto* grid = map_->grid();
    if (!grid) return std::nullopt;
    const auto key = lastNumber(hotspot.keys);
    for (size_t r = 0; r < grid->rows.size(); ++r) {
        const auto& row = grid->rows[r];
        if (row.table != hotspot.table || row.column != hotspot.column) continue;
        const bool named = hotspot.keys == row.label || (key && *key >= row.low && *key <= row.high);
        if (!named) continue;
        size_t best = 0;
        for (size_t c = 0; c < grid->columns; ++c) {
            const bool inside = !hotspot.time || hotspot.time->contains(grid->timeOf(c));
            if (inside && !(grid->at(r, best) > grid->at(r, c))) best = c;
        }
        return HeatCell{static_cast<int>(r), static_cast<int>(best)};
    }
    return std::nullopt;
}

void HotspotsPage::placeSpots() {
    std::vector<HeatMarkerSpot> spots;
    int number = 0;
    for (const auto& hotspot : model_.rows()) {
        ++number;
        if (const auto cell = cellOf(hotspot)) spots.push_back({cell->row, cell->column, number, text(hotspot.what)});
    }
    map_->setSpots(std::move(spots));
}

void HotspotsPage::showHotspot(int row) {
    if (row < 0) return;
    if (const auto cell = cellOf(model_.row(row))) {
        map_->setSelected(std::nullopt);
        map_->setCursorCell(*cell);
    }
}

void HotspotsPage::selectCells(const QRect& cells) {
    const auto* grid = map_->grid();
    if (!grid) return;
    const auto first = static_cast<size_t>(cells.top()), last = static_cast<size_t>(cells.bottom());
    SelectionValue value;
    value.table = grid->rows[first].table;
    value.column = grid->rows[first].column;
    value.keys = first == last ? grid->rows[first].label : grid->rows[first].label + " … " + grid->rows[last].label;
    value.bucket = cells.top();
    value.time = TimeRange{grid->timeOf(static_cast<size_t>(cells.left())), grid->timeOf(static_cast<size_t>(cells.right()) + 1)};
    double sum = 0, all = 0;
    for (size_t r = 0; r < grid->rows.size(); ++r) {
        const bool group = grid->rows[r].table == value.table && grid->rows[r].column == value.column;
        for (int c = cells.left(); c <= cells.right() && group; ++c) {
            const float v = grid->at(r, static_cast<size_t>(c));
            if (!(v > 0)) continue;
            all += v;
            if (r >= first && r <= last) sum += v;
        }
    }
    const auto add = [&](const QString& name, const QString& figure) { value.numbers.emplace_back(name.toStdString(), figure.toStdString()); };
    add(tr("Load"), count(sum / cells.width()) + QLatin1Char(' ') + text(grid->unit));
    if (all > 0) add(tr("Share of the column's load"), share(sum / all));
    if (static_cast<size_t>(cells.right()) >= grid->predictedFrom) add(tr("Basis"), grid->basis.empty() ? tr("predicted") : text(grid->basis));
    document().selection().set(std::move(value));
}

void HotspotsPage::savePicture() {
    const auto path = QFileDialog::getSaveFileName(this, tr("Export heat map"), tr("heat-map.png"), tr("PNG (*.png);;CSV (*.csv)"));
    if (path.isEmpty() || !map_->grid()) return;
    if (path.endsWith(".csv", Qt::CaseInsensitive)) {
        QSaveFile file(path);
        const QRect all(0, 0, static_cast<int>(map_->grid()->columns), static_cast<int>(map_->grid()->rows.size()));
        if (file.open(QIODevice::WriteOnly)) {
            file.write(map_->csv(all).toUtf8());
            file.commit();
        }
        return;
    }
    map_->viewport()->grab().save(path);
}

}  // namespace foreshard::ui
