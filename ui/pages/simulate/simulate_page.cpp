#include "ui/pages/simulate/simulate_page.h"

#include <QAction>
#include <QBoxLayout>
#include <QComboBox>
#include <QLabel>
#include <QScrollArea>
#include <QSlider>
#include <QSpinBox>
#include <QSplitter>

#include "ui/charts/chart_panel.h"
#include "ui/charts/small_multiples.h"
#include "ui/format/format.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/table_panel.h"

namespace foreshard::ui {

SimulatePage::SimulatePage(Document& document, QWidget* parent) : PageView(PageId::simulate, document, parent) {
    project_ = makeAction("play", tr("Compare"), [this] { this->document().simulate(request()); });
    project_->setVisible(document.actions().simulate != nullptr);
    controls_ = buildControls();
    // The controls stay while there is nothing yet: they are what fills the page.
    static_cast<QVBoxLayout*>(layout())->insertWidget(1, controls_);
    setContent(buildContent());
    auto* designs = makeAction("designs", tr("Find designs first"), [this] { Q_EMIT goTo(PageId::designs); });
    setEmptyState(new EmptyState("simulate", tr("Here designs will stand side by side under one scenario, with the load of each shard over time."), designs));
    setRefreshAction(project_);
    follow(&Document::workloadChanged, &Document::forecastChanged, &Document::adviceChanged, &Document::projectionsChanged);
    connect(&document.context(), &ViewContext::changed, this, &SimulatePage::invalidate);
}

QWidget* SimulatePage::buildControls() {
    auto* box = new QWidget;
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(metrics::gap);
    const auto combo = [&](const QString& name) {
        auto* out = new QComboBox;
        out->setAccessibleName(name);
        out->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        out->setMinimumContentsLength(14);
        return out;
    };
    first_ = combo(tr("Baseline"));
    second_ = combo(tr("Second design"));
    third_ = combo(tr("Third design"));
    row->addWidget(new QLabel(tr("Baseline")));
    row->addWidget(first_, 1);
    row->addWidget(new QLabel(tr("against")));
    row->addWidget(second_, 1);
    row->addWidget(third_, 1);
    row->addSpacing(metrics::gap);
    shards_ = new QSpinBox;
    shards_->setRange(0, 1024);
    shards_->setSpecialValueText(tr("as designed"));
    shards_->setSuffix(tr(" shards"));
    shards_->setAccessibleName(tr("Number of shards"));
    shards_->setToolTip(tr("Deals the keys of every compared design to this many shards"));
    row->addWidget(shards_);
    growth_ = new QSlider(Qt::Horizontal);
    growth_->setRange(-10, 40);          // tenths of a factor of two: 0.5 × to 16 ×
    growth_->setFixedWidth(120);
    growth_->setPageStep(10);
    growth_->setAccessibleName(tr("Growth"));
    growthWords_ = new QLabel;
    growthWords_->setFixedWidth(fontMetrics().horizontalAdvance(QStringLiteral("Growth 16.00 ×")) + 8);
    connect(growth_, &QSlider::valueChanged, this, [this] {
        growthWords_->setText(tr("Growth %1").arg(ratio(growth())));
        growth_->setAccessibleDescription(growthWords_->text());
    });
    growthWords_->setText(tr("Growth %1").arg(ratio(1.0)));
    row->addWidget(growthWords_);
    row->addWidget(growth_);
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
    column->addWidget(new Heading(tr("Load of each shard over time, all on one scale [accesses/s]")));
    column->addWidget(scroll, 1);
    auto* splitter = new QSplitter(Qt::Vertical);
    splitter->addWidget(table_);
    splitter->addWidget(below);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 4);
    splitter->setChildrenCollapsible(false);
    splitter->setSizes({300, 360});
    return splitter;
}

double SimulatePage::growth() const { return std::exp2(growth_->value() / 10.0); }

void SimulatePage::fillDesigns() {
    const auto& c = contents();
    for (auto* box : {first_, second_, third_}) {
        const auto keep = box->currentData();
        const bool fresh = box->count() == 0;
        box->clear();
        if (box == third_) box->addItem(tr("nothing else"), QStringLiteral("-"));
        box->addItem(tr("today's layout"), QString());
        if (c.advice) {
            for (const auto& ranked : c.advice->designs) box->addItem(document().designName(ranked.design.id), text(ranked.design.id));
        }
        const int found = fresh ? -1 : box->findData(keep);
        const int wished = box == first_ ? box->findData(text(document().context().value().compareWith)) : box == second_ && box->count() > 1 ? 1 : 0;
        box->setCurrentIndex(found >= 0 ? found : std::max(0, wished));
    }
}

SimulateRequest SimulatePage::request() const {
    SimulateRequest out;
    for (const auto* box : {first_, second_, third_}) {
        const auto id = box->currentData().toString();
        if (id == QLatin1String("-")) continue;
        simulation::Scenario scenario;
        scenario.forecast = const_cast<SimulatePage*>(this)->document().context().value().workload == WorkloadChoice::forecast;
        scenario.growth = growth();
        if (shards_->value() > 0 && !id.isEmpty()) scenario.shards = static_cast<uint32_t>(shards_->value());
        scenario.name = scenario.forecast ? "forecast" : "observed";
        out.columns.push_back({id.toStdString(), scenario});
    }
    return out;
}

void SimulatePage::refresh() {
    const auto& c = contents();
    const bool running = document().stateOf(PageId::simulate) == PageState::running;
    fillDesigns();
    controls_->setVisible(c.workload && c.advice && document().actions().simulate);
    project_->setEnabled(c.workload && c.advice && !running);
    showContent(c.projections != nullptr);
    if (!c.projections) return;
    setAnswer(projectionAnswer(*c.projections));
    describeProjections(model_, *c.projections);
    model_.setRows(projectionRows(*c.projections));
    table_->view()->resizeColumnToContents(0);
    showLoads();
}

void SimulatePage::showLoads() {
    QList<ChartData> charts;
    size_t widest = 1;
    // A row of charts for each design, so that shards of one design stand beside each other.
    for (const auto& column : contents().projections->columns) widest = std::max(widest, std::min<size_t>(column.projection.load.size(), 8));
    for (const auto& column : contents().projections->columns) {
        auto own = loadCharts(column);
        const int shown = static_cast<int>(std::min<qsizetype>(own.size(), 16));
        for (int i = 0; i < shown; ++i) {
            own[i].name = shortened(text(column.designName), 22) + QStringLiteral(", ") + own[i].name;
            charts << own[i];
        }
        while (charts.size() % static_cast<int>(widest) != 0) charts << ChartData{};
    }
    loads_->setCharts(charts, static_cast<int>(widest));
}

}  // namespace foreshard::ui
