#include "ui/pages/simulate/simulate_page.h"

#include <QAction>
#include <QBoxLayout>
#include <QComboBox>
#include <QLabel>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QSlider>
#include <QSpinBox>
#include <QSplitter>
#include <QTimer>

#include "ui/charts/chart_panel.h"
#include "ui/charts/small_multiples.h"
#include "ui/format/format.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/table_panel.h"

namespace foreshard::ui {

namespace {

bool same(const SimulateRequest& a, const SimulateRequest& b) {
    return a.time == b.time && std::equal(a.columns.begin(), a.columns.end(), b.columns.begin(), b.columns.end(), [](const auto& x, const auto& y) {
        return x.designId == y.designId && x.scenario.forecast == y.scenario.forecast && x.scenario.growth == y.scenario.growth && x.scenario.shards == y.scenario.shards;
    });
}

SimulateRequest requestOf(const ProjectionSet& set) {
    SimulateRequest out;
    out.time = set.time;
    for (const auto& column : set.columns) out.columns.push_back({column.designId, column.scenario});
    return out;
}

double factorOf(int growth) { return std::exp2(growth / 10.0); }

}  // namespace

SimulatePage::SimulatePage(Document& document, QWidget* parent) : PageView(PageId::simulate, document, parent), soon_(new QTimer(this)) {
    project_ = makeAction("play", tr("Compare"), [this] { ask(); });
    project_->setVisible(document.actions().simulate != nullptr);
    soon_->setSingleShot(true);
    soon_->setInterval(300);             // while a slider moves nothing is asked
    connect(soon_, &QTimer::timeout, this, &SimulatePage::ask);
    controls_ = buildControls();
    // The controls stay while there is nothing yet: they are what fills the page.
    static_cast<QVBoxLayout*>(layout())->insertWidget(1, controls_);
    setContent(buildContent());
    designs_ = makeAction("designs", tr("Find designs first"), [this] {
        if (contents().advice) ask();
        else Q_EMIT goTo(PageId::designs);
    });
    setEmptyState(new EmptyState("simulate", tr("Here designs will stand side by side under one scenario, with the load of each shard over time."), designs_));
    setRefreshAction(project_);
    follow(&Document::workloadChanged, &Document::forecastChanged, &Document::adviceChanged, &Document::projectionsChanged);
    connect(&document, &Document::projectChanged, this, [this] { asked_.reset(); });
    followContext();
    connect(&Theme::instance(), &Theme::changed, this, &SimulatePage::invalidate);   // deltas have colours
}

QWidget* SimulatePage::buildControls() {
    auto* box = new QWidget;
    auto* rows = new QVBoxLayout(box);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(metrics::gap);
    auto* row = new QHBoxLayout;
    row->setSpacing(metrics::gap);
    rows->addLayout(row);
    const auto combo = [&](const QString& name) {
        auto* out = new QComboBox;
        connect(out, &QComboBox::activated, this, [this, out] { chooseDesign(out); });
        out->setAccessibleName(name);
        out->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        out->setMinimumContentsLength(18);
        return out;
    };
    first_ = combo(tr("Baseline"));
    second_ = combo(tr("Second design"));
    third_ = combo(tr("Third design"));
    row->addWidget(new QLabel(tr("Baseline")));
    row->addWidget(first_, 1);
    row->addWidget(new QLabel(tr("against")));
    row->addWidget(second_, 1);
    row->addWidget(new QLabel(tr("and")));
    row->addWidget(third_, 1);
    row = new QHBoxLayout;
    row->setSpacing(metrics::gap);
    rows->addLayout(row);
    auto* under = new QLabel(tr("Scenario"));
    row->addWidget(under);
    shards_ = new QSpinBox;
    shards_->setRange(0, 1024);
    shards_->setSpecialValueText(tr("as designed"));
    shards_->setSuffix(tr(" shards"));
    shards_->setAccessibleName(tr("Number of shards"));
    shards_->setToolTip(tr("Deals the keys of every compared design to this many shards"));
    connect(shards_, &QSpinBox::valueChanged, this, [this](int shards) {
        changeComparison(tr("Project on %1").arg(shards_->text()), QStringLiteral("shards"), [shards](auto& c) { c.shards = static_cast<uint32_t>(shards); });
    });
    row->addWidget(shards_);
    growth_ = new QSlider(Qt::Horizontal);
    growth_->setRange(-10, 40);          // tenths of a factor of two: 0.5 × to 16 ×
    growth_->setMinimumWidth(160);
    growth_->setMaximumWidth(280);
    growth_->setPageStep(10);
    growth_->setAccessibleName(tr("Growth"));
    growthWords_ = new QLabel;
    growthWords_->setFixedWidth(fontMetrics().horizontalAdvance(QStringLiteral("Growth 16.00 ×")) + 8);
    connect(growth_, &QSlider::valueChanged, this, [this](int growth) {
        changeComparison(tr("Growth %1").arg(ratio(factorOf(growth))), QStringLiteral("growth"), [growth](auto& c) { c.growth = growth; });
    });
    row->addWidget(growthWords_);
    row->addWidget(growth_, 1);
    row->addStretch(1);
    row->addWidget(actionButton(project_, true));
    return box;
}

QWidget* SimulatePage::buildContent() {
    table_ = new TablePanel(tr("Projections side by side"), &model_);
    table_->setFilterVisible(false);
    table_->view()->setSortingEnabled(false);
    loads_ = new SmallMultiples;
    auto* scroll = new QScrollArea;
    scroll->setWidget(loads_);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    auto* below = new QWidget;
    auto* column = new QVBoxLayout(below);
    column->setContentsMargins(0, metrics::gap, 0, 0);
    column->setSpacing(metrics::inner);
    loadsHead_ = new Heading({});
    column->addWidget(loadsHead_);
    unknown_ = new QuietLabel;
    column->addWidget(unknown_);
    column->addWidget(scroll, 1);
    auto* splitter = new QSplitter(Qt::Vertical);
    splitter->addWidget(table_);
    splitter->addWidget(below);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 4);
    splitter->setChildrenCollapsible(false);
    splitter->setSizes({320, 340});
    return splitter;
}

void SimulatePage::fillDesigns() {
    const auto& c = contents();
    for (auto* box : {first_, second_, third_}) {
        const QSignalBlocker quiet(box);
        box->clear();
        if (box == third_) box->addItem(tr("nothing else"), QStringLiteral("-"));
        box->addItem(tr("today's layout"), QString());
        for (const auto& ranked : c.advice ? c.advice->designs : std::vector<advisor::RankedDesign>()) box->addItem(document().designName(ranked.design.id), text(ranked.design.id));
    }
}

// The controls say what the context holds; a design that is gone counts as not chosen.
void SimulatePage::showChoices() {
    const auto& choice = document().context().value().comparison;
    const auto baseline = document().baseline();
    const auto show = [](QComboBox* box, const QString& id, int fallback) {
        const QSignalBlocker quiet(box);
        const int at = box->findData(id);
        box->setCurrentIndex(at >= 0 ? at : std::min(fallback, box->count() - 1));
    };
    show(first_, text(baseline), 0);
    // Unless chosen, the best ranked design that is not the baseline: neither by its name nor as what is in force today.
    const auto& today = contents().today;
    int best = 1;
    const auto same = [&](const QString& id) { return id == text(baseline) || (baseline.empty() && today && id == text(today->id)); };
    while (best + 1 < second_->count() && same(second_->itemData(best).toString())) ++best;
    show(second_, choice.second ? text(*choice.second) : QStringLiteral("-"), best);
    show(third_, choice.third ? text(*choice.third) : QStringLiteral("-"), 0);
    const QSignalBlocker quietShards(shards_), quietGrowth(growth_);
    shards_->setValue(static_cast<int>(choice.shards));
    growth_->setValue(choice.growth);
    growthWords_->setText(tr("Growth %1").arg(ratio(factorOf(choice.growth))));
    growth_->setAccessibleDescription(growthWords_->text());
}

void SimulatePage::chooseDesign(QComboBox* box) {
    const auto id = box->currentData().toString().toStdString();
    auto value = document().context().value();
    if (box == first_) value.compareWith = id;
    if (box == second_) value.comparison.second = id;
    if (box == third_) value.comparison.third = id == "-" ? std::nullopt : std::optional(id);
    document().context().change(value, tr("Compare %1").arg(box->currentText()));
}

void SimulatePage::changeComparison(const QString& words, const QString& joined, const std::function<void(ComparisonChoice&)>& change) {
    auto value = document().context().value();
    change(value.comparison);
    document().context().change(value, words, joined);
}

SimulateRequest SimulatePage::request() const {
    const auto& context = document().context().value();
    const bool forecast = context.workload == WorkloadChoice::forecast && contents().forecast;
    SimulateRequest out;
    out.time = context.time;
    for (const auto* box : {first_, second_, third_}) {
        const auto id = box->currentData().toString();
        if (id == QLatin1String("-")) continue;
        simulation::Scenario scenario;
        scenario.forecast = forecast;
        scenario.growth = factorOf(context.comparison.growth);
        if (context.comparison.shards > 0 && !id.isEmpty()) scenario.shards = context.comparison.shards;
        scenario.name = forecast ? "forecast" : "observed";
        out.columns.push_back({id.toStdString(), scenario});
    }
    return out;
}

void SimulatePage::ask() {
    asked_ = request();
    document().simulate(*asked_);
}

// What is shown follows the choices; the first time somebody asks for it.
void SimulatePage::askSoon() {
    const auto& c = contents();
    if (!c.projections || !c.workload || !c.advice || !document().actions().simulate) return;
    if (!asked_) asked_ = requestOf(*c.projections);
    if (!same(*asked_, request())) soon_->start();
}

bool SimulatePage::waiting() const { return soon_->isActive(); }

void SimulatePage::refresh() {
    const auto& c = contents();
    const bool running = document().stateOf(PageId::simulate) == PageState::running;
    fillDesigns();
    showChoices();
    controls_->setVisible(c.workload && c.advice && document().actions().simulate);
    project_->setEnabled(c.workload && c.advice && !running);
    designs_->setText(c.advice ? tr("Compare") : tr("Find designs first"));
    showContent(c.projections != nullptr);
    askSoon();
    if (!c.projections) return;
    shown_ = *c.projections;
    for (auto& column : shown_.columns) column.designName = document().designName(column.designId).toStdString();
    setAnswer(projectionAnswer(shown_));
    describeProjections(model_, shown_);
    model_.setRows(projectionRows(shown_));
    showLoads();
}

QString SimulatePage::unknownWords() const { return unknown_->text(); }

void SimulatePage::showLoads() {
    QList<ChartData> charts;
    size_t widest = 1;
    // A row of charts for each design, so that shards of one design stand beside each other.
    for (const auto& column : shown_.columns) widest = std::max(widest, std::min<size_t>(column.projection.load.size(), 8));
    for (const auto& column : shown_.columns) {
        auto own = loadCharts(column);
        const int shown = static_cast<int>(std::min<qsizetype>(own.size(), 16));
        for (int i = 0; i < shown; ++i) {
            own[i].name = shortened(text(column.designName), 22) + QStringLiteral(", ") + own[i].name;
            charts << own[i];
        }
        while (charts.size() % static_cast<int>(widest) != 0) charts << ChartData{};
    }
    const auto unit = perHourWhereSmall(charts, busiestInterval(shown_));
    loadsHead_->setText(charts.isEmpty() ? tr("Load of each shard over time") : tr("Load of each shard over time, all on one scale [%1]").arg(unit));
    unknown_->setText(unknownLoads(shown_));
    unknown_->setVisible(!unknown_->text().isEmpty());
    loads_->setCharts(charts, static_cast<int>(widest));
}

}  // namespace foreshard::ui
