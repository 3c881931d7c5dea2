#include "ui/pages/hotspots/hotspots_page.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QFileDialog>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QSplitter>
#include <QTabBar>
#include <QTabWidget>
#include <QToolButton>

#include "ui/document/hotspot_views.h"
#include "ui/format/format.h"
#include "ui/heatmap/heat_options.h"
#include "ui/heatmap/heat_source.h"
#include "ui/pages/hotspots/hotspot_splits.h"
#include "ui/pages/hotspots/split_editor.h"
#include "ui/pages/workload/template_rows.h"
#include "ui/settings/settings.h"
#include "ui/theme/icons.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/export_file.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/table_panel.h"

namespace foreshard::ui {

namespace {

QString unknownKeysWords() {
    return QObject::tr("Of no call it is known which keys it touched: the statements name none, or the log holds no values. PostgreSQL writes them with log_parameter_max_length = -1.");
}

// Its share is not of the column's load.
bool saysItself(const HotspotView& hotspot) { return hotspot.kind == "monotonic edge" || hotspot.kind == "scan"; }
QString whereOf(const HotspotView& hotspot, const QString& between) {
    return hotspot.column.empty() ? bareTable(hotspot.table) : bareTable(hotspot.table) + between + text(hotspot.column);
}
}  // namespace

void describeHotspots(RowsModel<HotspotView>& m) {
    m.addColumn({QObject::tr("Kind"), {}, {}, ColumnKind::text, 92}, [](const HotspotView& h) { return Cell::words(text(h.kind)); });
    m.addColumn({QObject::tr("Where"), {}, {}, ColumnKind::text, 150},
                [](const HotspotView& h) { return Cell::words(whereOf(h, QStringLiteral(" · "))); });
    m.addColumn({QObject::tr("Keys"), {}, {}, ColumnKind::text, 90}, [](const HotspotView& h) { return Cell::words(text(h.keys)); });
    m.addColumn({QObject::tr("Share"), {}, QObject::tr("Accesses of these keys / accesses of the column; of a monotonic edge, whose keys are others at every time, the accesses that met the newest keys; of a scan, those of the table that bind no key"), ColumnKind::bar},
                [](const HotspotView& h) {
                    auto cell = Cell::share(h.share, shareInTable(h.share));
                    cell.tip = h.what.empty() || !saysItself(h) ? QString() : text(h.what);
                    return cell;
                });
    m.addColumn({QObject::tr("Predicted"), {}, QObject::tr("The same share in the forecast"), ColumnKind::bar},
                [](const HotspotView& h) { return Cell::share(h.predictedShare, shareInTable(h.predictedShare)); });
    m.addColumn({QObject::tr("What"), {}, {}, ColumnKind::text, 240}, [](const HotspotView& h) { return Cell::words(text(h.what), text(h.what)); });
    m.addColumn({QObject::tr("Remedy"), {}, {}, ColumnKind::text, 220}, [](const HotspotView& h) { return Cell::words(text(h.remedy), text(h.remedy)); });
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

QString hotspotAnswer(const std::vector<HotspotView>& hotspots, const HeatGrid& grid) {
    if (!hotspots.empty()) {
        const auto& first = hotspots.front();
        const auto where = whereOf(first, QStringLiteral("."));
        const bool bareTenant = first.kind == "tenant" && lastNumber(first.keys) && !text(first.keys).contains(QLatin1Char(' '));
        auto words = bareTenant ? QObject::tr("Tenant %1 (%2)").arg(text(first.keys), where) : QObject::tr("%1 of %2").arg(text(first.keys), where);
        words += !first.share || saysItself(first) ? QObject::tr(" is hot") : QObject::tr(" takes %1 of its load").arg(roughShare(*first.share));
        if (!first.what.empty()) words += QStringLiteral(" (%1)").arg(text(first.what));
        if (hotspots.size() > 1) words += QObject::tr("; %1").arg(plural(hotspots.size(), QObject::tr("hotspot"), QObject::tr("hotspots")));
        words[0] = words[0].toUpper();
        return words + QLatin1Char('.');
    }
    // Without findings: the busiest bucket, as a plain fact.
    std::vector<double> totals(grid.rows.size(), 0);
    struct Group { double total = 0, rows = 0; };
    std::map<std::pair<std::string, std::string>, Group> groups;
    for (size_t r = 0; r < grid.rows.size(); ++r) {
        for (size_t c = 0; c < std::min(grid.predictedFrom, grid.columns); ++c) {
            const float v = grid.at(r, c);
            if (v > 0) totals[r] += v;
        }
        auto& group = groups[{grid.rows[r].table, grid.rows[r].column}];
        group.total += totals[r];
        ++group.rows;
    }
    const auto most = std::max_element(totals.begin(), totals.end());
    if (most == totals.end() || *most <= 0) return unknownKeysWords();
    const auto& row = grid.rows[static_cast<size_t>(most - totals.begin())];
    const auto evenShares = [&](size_t r) {
        const auto& group = groups[{grid.rows[r].table, grid.rows[r].column}];
        return group.total > 0 ? totals[r] / group.total * group.rows : 0;
    };
    bool even = true;
    for (size_t r = 0; r < grid.rows.size() && even; ++r) even = evenShares(r) < 1.05;
    if (even) return QObject::tr("No keys carry more than an even share of their column's load.");
    const double part = *most / groups[{row.table, row.column}].total;
    return QObject::tr("The busiest keys are %1 of %2, with %3 of that column's load.")
        .arg(text(row.label), bareTable(row.table) + QLatin1Char('.') + text(row.column), roughShare(part));
}

HotspotsPage::HotspotsPage(Document& document, Settings& settings, QWidget* parent) : PageView(PageId::hotspots, document, parent), settings_(settings) {
    describeHotspots(model_);
    setContent(buildContent());
    auto* start = makeAction("start", tr("Read logs first"), [this] { Q_EMIT goTo(PageId::start); });
    setEmptyState(new EmptyState("hotspots", tr("Here a heat map of your keys over time will be, with the predicted part at its right."), start));
    buildTools();
    connectSplits();
    follow(&Document::adviceChanged);
    follow(&Document::workloadChanged, &Document::forecastChanged, &Document::hotspotsChanged);
    followContext();
    followSelection();
}

void HotspotsPage::buildTools() {
    addTopWidget(columns_);
    split_ = makeAction({}, tr("Draw ranges…"), [this] { splits_->active() || splitsWanted_ ? endSplits() : beginSplits(); });
    split_->setCheckable(true);
    split_->setVisible(document().actions().decide && document().actions().advise);
    addTopAction(split_);
    auto* options = new QToolButton;
    options->setIcon(icon("palette"));
    options->setToolTip(tr("Palette and brightness"));
    options->setAccessibleName(tr("Palette and brightness"));
    options->setPopupMode(QToolButton::InstantPopup);
    options->setAutoRaise(true);
    map_->setRamp(settings_.heatRamp());
    map_->setBrightness(settings_.heatBrightness());
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
}

QWidget* HotspotsPage::buildContent() {
    map_ = new HeatMapView;
    columns_ = new QComboBox;
    columns_->setAccessibleName(tr("Key columns"));
    columns_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    connect(columns_, &QComboBox::activated, this, &HotspotsPage::prepareShown);
    connect(map_, &HeatMapView::selectionChanged, this, [this](std::optional<QRect> cells) { if (cells) selectCells(*cells); });
    connect(map_, &HeatMapView::cursorMoved, this, [this](HeatCell cell) {
        if (!map_->selected()) selectCells(QRect(cell.column, cell.row, 1, 1));
    });
    table_ = new TablePanel(tr("Hotspots"), &model_);
    table_->setFilterVisible(false);
    table_->setStretchColumn(6);
    connect(table_, &TablePanel::currentRowChanged, this, [this](int row) { if (row >= 0) showOnMap(model_.row(row)); });
    tabs_ = new QTabWidget;
    tabs_->setDocumentMode(true);
    tabs_->addTab(table_, tr("Found in the log"));
    tabs_->insertTab(comingTab, buildComing(), tr("Next interval"));
    connect(tabs_, &QTabWidget::currentChanged, this, &HotspotsPage::prepareComing);
    splits_ = new SplitEditor(*map_, document().undoStack());
    auto* top = new QWidget;
    auto* column = new QVBoxLayout(top);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(map_, 1);
    column->addWidget(splits_);
    splitter_ = new QSplitter(Qt::Vertical);
    auto* splitter = splitter_;
    splitter->addWidget(top);
    splitter->addWidget(tabs_);
    splitter->setStretchFactor(0, 1);
    splitter->setChildrenCollapsible(false);
    return splitter;
}

void HotspotsPage::fillColumns(const workload::Workload& workload) {
    if (columnsOf_ == &workload) return;
    columnsOf_ = &workload;
    const auto chosen = columns_->currentData();
    columns_->clear();
    columns_->addItem(tr("busiest key columns"), -1);
    for (const auto column : busiestColumns(workload)) columns_->addItem(columnName(*workload.facts, column), static_cast<int>(column));
    columns_->setCurrentIndex(std::max(0, columns_->findData(chosen)));
}

void HotspotsPage::refresh() {
    const auto workload = document().shownWorkload();
    showContent(workload != nullptr);
    if (!workload) {
        inputs_ = {};
        columnsOf_ = nullptr;
        comingOf_ = nullptr;
        return showMade({});
    }
    fillColumns(*workload);
    split_->setEnabled(splitBase() != nullptr);
    split_->setToolTip(split_->isEnabled() ? tr("Ranges of a key by hand: lines over the map that can be moved, with what they would do") : tr("Needs a design to begin with: find designs first"));
    if (splits_->active() && basis_ && basis_->workload != contents().workload) endSplits();
    prepareShown();
    prepareComing();
}

HotspotsPage::Shown HotspotsPage::make(const Inputs& inputs) {
    HeatOptions options;
    if (inputs.column >= 0) options.columns = {static_cast<workload::ColumnId>(inputs.column)};
    options.maxRows = inputs.column >= 0 ? 512 : 384;
    options.time = inputs.time;
    Shown out;
    out.picture = std::make_shared<const HeatPicture>(heatGrid(*inputs.shown, inputs.forecast.get(), options));
    const bool sameFacts = inputs.forecast && inputs.forecast->facts == inputs.shown->facts;
    const auto* ahead = sameFacts ? inputs.forecast.get() : nullptr;
    out.hotspots = inputs.time ? hotspotViews(workload::slice(*inputs.shown, *inputs.time), ahead) : hotspotViews(*inputs.shown, ahead);
    return out;
}

void HotspotsPage::prepareShown() {
    const auto& c = contents();
    Inputs wanted{document().shownWorkload(), nullptr, columns_->currentData().toInt(), document().context().value().time};
    if (!wanted.shown) return;
    if (splits_->active() && wanted.column != static_cast<int>(splits_->column())) endSplits();
    if (c.forecast && wanted.shown == c.workload) wanted.forecast = c.forecast->workload;
    if (wanted == inputs_) return;
    inputs_ = wanted;
    map_->setWaiting(tr("Preparing the heat map…"));
    prepare<Shown>(QStringLiteral("heat map"), [wanted] { return make(wanted); }, [this](Shown made) { showMade(std::move(made)); });
}

void HotspotsPage::showMade(Shown made) {
    map_->setWaiting({});
    map_->setPicture(std::move(made.picture));
    model_.updateRows(std::move(made.hotspots));
    showTable();
    placeSpots();
    splits_->placeLines();
    splitsReady();
    if (contents().workload) setAnswer(map_->grid() ? hotspotAnswer(model_.rows(), *map_->grid()) : unknownKeysWords());
}

// Whole rows, up to five; the map has the rest.
void HotspotsPage::showTable() {
    constexpr int least = 3, most = 5;
    const int rows = model_.rowCount();
    if (rows == shownRows_) return;
    shownRows_ = rows;
    const int height = tabs_->tabBar()->sizeHint().height() + table_->view()->horizontalHeader()->sizeHint().height() + std::clamp(rows, least, most) * metrics::rowHeight + 2 * table_->view()->frameWidth();
    tabs_->setMinimumHeight(height);
    splitter_->setSizes({std::max(200, splitter_->height() - height), height});
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

void HotspotsPage::showOnMap(const HotspotView& hotspot) {
    if (const auto cell = cellOf(hotspot)) {
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
    const auto place = QStringLiteral("heat ") + text(value.table + "." + value.column);
    document().selection().choose(std::move(value), place);
}

void HotspotsPage::savePicture() {
    const auto path = QFileDialog::getSaveFileName(this, tr("Export heat map"), tr("heat-map.png"), tr("PNG (*.png);;CSV (*.csv)"));
    if (!path.isEmpty()) exportTo(path);
}

void HotspotsPage::exportTo(const QString& path) {
    if (!map_->grid()) return;
    const QRect all(0, 0, static_cast<int>(map_->grid()->columns), static_cast<int>(map_->grid()->rows.size()));
    const bool csv = path.endsWith(".csv", Qt::CaseInsensitive);
    if (const auto written = csv ? writeExport(path, map_->csv(all).toUtf8()) : writeExport(path, map_->viewport()->grab().toImage()); !written.ok()) tellError(written.error());
}

}  // namespace foreshard::ui
