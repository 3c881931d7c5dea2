#include "ui/pages/monitor/monitor_page.h"

#include <QAction>
#include <QBoxLayout>
#include <QComboBox>
#include <QFileDialog>
#include <QPushButton>
#include <QSplitter>

#include "ui/charts/chart_panel.h"
#include "ui/charts/small_multiples.h"
#include "ui/format/format.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/table_panel.h"

namespace foreshard::ui {

namespace {
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

QList<double> listOf(const std::vector<std::optional<double>>& values, size_t size) {
    QList<double> out;
    for (size_t i = 0; i < size; ++i) out << (i < values.size() ? values[i].value_or(nan) : nan);
    return out;
}

// ", Sun 15 Nov": the ticks of a day are hours alone.
QString spanWords(const MonitorView& view) {
    for (const auto& shard : view.shards) {
        if (shard.times.size() < 2) continue;
        return QStringLiteral(", ") + timeRange({shard.times.front(), shard.times.back() + (shard.times[1] - shard.times[0])});
    }
    return {};
}

QString nothingFoundWords(const MonitorView& view) {
    if (view.telling == 0) return QObject::tr("Nothing has been found; of skew nothing can be told: no interval has accesses enough.");
    if (view.aboveLimit == 0) return QObject::tr("Nothing has been found: the load is where it was expected.");
    return QObject::tr("Nothing to alert of. %1 above the limit of %2 (the highest %3), not enough in a row.")
        .arg(plural(view.aboveLimit, QObject::tr("interval was"), QObject::tr("intervals were")), ratio(view.limit), ratio(view.highestAbove));
}
}  // namespace

void describeFindings(RowsModel<FindingView>& m) {
    m.addColumn({QObject::tr("Severity"), {}, {}, ColumnKind::text, 80}, [](const FindingView& f) {
        auto cell = Cell::words(text(f.severity));
        const auto& c = Theme::instance().colours();
        cell.colour = f.severity == "critical" ? c.error : f.severity == "warning" ? c.warning : QColor();
        return cell;
    });
    m.addColumn({QObject::tr("Finding"), {}, {}, ColumnKind::text, 220}, [](const FindingView& f) { return Cell::words(text(f.what), text(f.what)); });
    m.addColumn({QObject::tr("Evidence"), {}, {}, ColumnKind::text, 320}, [](const FindingView& f) { return Cell::words(text(f.evidence), text(f.evidence)); });
    m.addColumn({QObject::tr("Since"), {}, {}, ColumnKind::text, 130}, [](const FindingView& f) {
        return Cell{instant(f.since), QVariant(static_cast<double>(f.since)), {}};
    });
    m.addColumn({QObject::tr("Until"), {}, {}, ColumnKind::text, 130}, [](const FindingView& f) {
        return f.until ? Cell{instant(*f.until), QVariant(static_cast<double>(*f.until)), {}} : Cell{QObject::tr("still so"), {}, {}};
    });
}

QString monitorAnswer(const MonitorView& view) {
    const auto open = std::count_if(view.findings.begin(), view.findings.end(), [](const FindingView& f) { return !f.until; });
    QStringList parts;
    if (view.loadMaxOverMean) {
        auto words = QObject::tr("The hottest shard carries %1 the mean").arg(ratio(view.loadMaxOverMean));
        if (view.loadMaxOverMeanPredicted) words += QObject::tr(" (%1 predicted)").arg(ratio(view.loadMaxOverMeanPredicted));
        parts << words;
    }
    if (view.multiShardShare) {
        auto words = QObject::tr("%1 of transactions touch several shards").arg(share(view.multiShardShare));
        if (view.multiShardSharePredicted) words += QObject::tr(" (%1 predicted)").arg(share(view.multiShardSharePredicted));
        parts << words;
    }
    parts << (open == 0 ? QObject::tr("nothing needs you") : QObject::tr("%1 open").arg(plural(static_cast<uint64_t>(open), QObject::tr("finding is"), QObject::tr("findings are"))));
    auto words = parts.join(QStringLiteral("; ")) + QLatin1Char('.');
    words[0] = words[0].toUpper();
    return words;
}

QList<ChartData> monitorCharts(const MonitorView& view) {
    QList<ChartData> out;
    for (const auto& shard : view.shards) {
        ChartData chart;
        chart.name = QObject::tr("shard %1").arg(shard.shard);
        chart.yTitle = QObject::tr("accesses/s");
        chart.timeAxis = true;
        QList<double> times;
        for (const auto t : shard.times) times << static_cast<double>(t / 1000);
        if (!shard.predicted.empty()) {
            ChartSeries predicted{.name = QObject::tr("predicted"), .colour = neutralColour, .dashed = true, .x = times, .y = listOf(shard.predicted, shard.times.size())};
            if (!shard.p10.empty() && !shard.p90.empty()) {
                predicted.low = listOf(shard.p10, shard.times.size());
                predicted.high = listOf(shard.p90, shard.times.size());
            }
            chart.series << predicted;
        }
        chart.series << ChartSeries{.name = QObject::tr("measured"), .colour = static_cast<int>(shard.shard), .x = times, .y = listOf(shard.measured, shard.times.size())};
        out << chart;
    }
    return out;
}

MonitorPage::MonitorPage(Document& document, QWidget* parent) : PageView(PageId::monitor, document, parent) {
    describeFindings(model_);
    watch_ = makeAction("monitor", tr("Watch logs…"), [this] {
        std::vector<std::filesystem::path> logs;
        for (const auto& path : QFileDialog::getOpenFileNames(this, tr("Logs to watch"))) logs.emplace_back(path.toStdString());
        watch(logs);
    });
    layout_ = new QComboBox;
    layout_->setAccessibleName(tr("Layout that the load is measured under"));
    layout_->setToolTip(tr("Measures the load as it falls on the shards of this layout"));
    layout_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    layout_->setMaximumWidth(260);
    connect(layout_, &QComboBox::activated, this, [this] { layoutChosen_ = true; });
    stop_ = makeAction("stop", tr("Stop watching"), [this] { this->document().jobs().stopKey("monitor"); });
    watch_->setVisible(document.actions().monitor != nullptr);
    setContent(buildContent());
    setEmptyState(new EmptyState("monitor", tr("Here measured load will stand beside what was predicted, shard by shard, with what needs your attention."), watch_));
    setRefreshAction(watch_);
    addTopWidget(layout_);
    addTopAction(watch_);
    addTopAction(stop_);
    follow(&Document::monitorChanged, &Document::workloadChanged, &Document::adviceChanged);
}

void MonitorPage::watch(const std::vector<std::filesystem::path>& logs) {
    if (logs.empty()) return;
    MonitorRequest request;
    request.logs = logs;
    request.designId = layout_->currentData().toString().toStdString();
    document().monitor(request);
}

QWidget* MonitorPage::buildContent() {
    charts_ = new SmallMultiples;
    facts_ = new QuietLabel;
    table_ = new TablePanel(tr("Findings"), &model_);
    table_->setFilterVisible(false);
    table_->setStretchColumn(2);
    connect(table_, &TablePanel::currentRowChanged, this, &MonitorPage::showAct);
    act_ = new QPushButton;
    connect(act_, &QPushButton::clicked, this, &MonitorPage::act);
    auto* head = new QHBoxLayout;
    head->addWidget(new Heading(tr("Findings, newest first")), 1);
    head->addWidget(act_);
    auto* below = new QWidget;
    auto* column = new QVBoxLayout(below);
    column->setContentsMargins(0, metrics::gap, 0, 0);
    column->setSpacing(metrics::inner);
    none_ = new QuietLabel;
    rule_ = new QuietLabel;
    column->addLayout(head);
    column->addWidget(none_);
    column->addWidget(table_, 1);
    column->addWidget(rule_);
    column->addStretch();
    auto* above = new QWidget;
    auto* top = new QVBoxLayout(above);
    top->setContentsMargins(0, 0, 0, 0);
    top->setSpacing(metrics::inner);
    top->addWidget(facts_);
    chartsHead_ = new Heading({});
    top->addWidget(chartsHead_);
    top->addWidget(charts_, 1);
    waiting_ = new EmptyState("monitor", tr("No interval is complete yet under this layout: an hour is judged when the log has passed its end."), nullptr);
    top->addWidget(waiting_, 1);
    auto* splitter = new QSplitter(Qt::Vertical);
    splitter->addWidget(above);
    splitter->addWidget(below);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setChildrenCollapsible(false);
    splitter->setSizes({480, 230});
    return splitter;
}

void MonitorPage::fillLayouts() {
    // As it was chosen, else the layout that the load has been measured under so far.
    const auto& c = contents();
    const auto measured = c.monitor && (!c.today || c.monitor->design != c.today->id) ? text(c.monitor->design) : QString();
    const auto keep = layoutChosen_ ? layout_->currentData().toString() : measured;
    layout_->clear();
    layout_->addItem(tr("under today's layout"), QString());
    if (contents().advice) {
        for (const auto& ranked : contents().advice->designs) layout_->addItem(tr("as if under %1").arg(document().designName(ranked.design.id)), text(ranked.design.id));
    }
    layout_->setCurrentIndex(std::max(0, layout_->findData(keep)));
}

void MonitorPage::refresh() {
    const auto& c = contents();
    const bool running = document().stateOf(PageId::monitor) == PageState::running;
    watch_->setEnabled(c.workload && !document().reading() && !running);
    watch_->setToolTip(c.workload ? QString() : tr("Needs a workload: read logs first"));
    stop_->setVisible(running);
    fillLayouts();
    layout_->setVisible(c.workload && !running && watch_->isVisible());
    showContent(c.monitor != nullptr);
    if (!c.monitor) return;
    const auto& view = *c.monitor;
    setAnswer(monitorAnswer(view));
    const int columns = view.shards.size() <= 3 ? static_cast<int>(std::max<size_t>(1, view.shards.size())) : static_cast<int>(std::min<size_t>(4, (view.shards.size() + 1) / 2));
    auto charts = monitorCharts(view);
    chartsHead_->setText(tr("Load per shard%1: measured (line) and predicted (dashed, with its band), all on one scale [%2]").arg(spanWords(view), perHourWhereSmall(charts)));
    charts_->setCharts(charts, columns);
    const bool measured = std::any_of(view.shards.begin(), view.shards.end(), [](const ShardMonitorView& shard) { return !shard.times.empty(); });
    charts_->setVisible(measured);
    chartsHead_->setVisible(measured);
    waiting_->setVisible(!measured);
    QStringList facts;
    if (!view.design.empty()) facts << tr("measured under %1").arg(document().designName(view.design));
    for (const auto& log : view.watching) facts << tr("reading %1").arg(text(log));
    if (view.modelError) facts << tr("rolling error of the volume models %1 (ND)").arg(share(view.modelError));
    if (!view.listening.empty()) facts << tr("metrics at %1").arg(text(view.listening));
    facts_->setText(facts.join(QStringLiteral(" · ")));
    facts_->setVisible(!facts.isEmpty());
    auto rows = view.findings;
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.since > b.since; });
    model_.updateRows(std::move(rows));
    table_->setVisible(model_.rowCount() > 0);
    none_->setVisible(model_.rowCount() == 0);
    none_->setText(nothingFoundWords(view));
    rule_->setText(text(view.rule));
    rule_->setVisible(!view.rule.empty());
    if (table_->currentRow() < 0 && model_.rowCount() > 0) table_->selectRow(0);
    showAct();
}

void MonitorPage::showAct() {
    const int row = table_->currentRow();
    const auto wanted = row >= 0 && row < model_.rowCount() ? model_.row(row).act : FindingAct::none;
    act_->setVisible(wanted != FindingAct::none);
    act_->setText(wanted == FindingAct::retrain ? tr("Retrain the models") : wanted == FindingAct::compareDesigns ? tr("Compare designs") : tr("Plan a move"));
    act_->setEnabled(wanted != FindingAct::retrain || document().actions().train);
}

void MonitorPage::act() {
    const int row = table_->currentRow();
    if (row < 0) return;
    switch (model_.row(row).act) {
        case FindingAct::retrain:
            document().train();
            return Q_EMIT goTo(PageId::forecast);
        case FindingAct::compareDesigns: return Q_EMIT goTo(PageId::simulate);
        case FindingAct::planMove: return Q_EMIT goTo(PageId::migrate);
        case FindingAct::none: return;
    }
}

}  // namespace foreshard::ui
