#include "ui/pages/forecast/forecast_page.h"

#include <QAction>
#include <QBoxLayout>
#include <QComboBox>
#include <QSplitter>
#include <QTabWidget>

#include "ui/charts/chart_panel.h"
#include "ui/format/format.h"
#include "ui/pages/forecast/events_tab.h"
#include "ui/pages/forecast/models_tab.h"
#include "ui/pages/workload/template_rows.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/table_panel.h"

namespace foreshard::ui {

ForecastPage::ForecastPage(Document& document, QWidget* parent) : PageView(PageId::forecast, document, parent) {
    describeSeries(seriesModel_);
    describeLeaders(leaderModel_);
    setContent(buildContent());
    buildActions();
    setEmptyState(new EmptyState("forecast", tr("Here the expected volume of each group of templates will be, with its band and with how well the models did on the past."), train_));
    addTopWidget(horizon_);
    addTopAction(forecast_, true);
    addTopAction(train_);
    setRefreshAction(forecast_);           // it trains first where the models are old
    follow(&Document::workloadChanged, &Document::modelsChanged, &Document::forecastChanged, &Document::eventsChanged);
    followContext();
    connect(&document.jobs(), &JobRunner::sampled, this, &ForecastPage::addLoss);
}

void ForecastPage::buildActions() {
    horizon_ = new QComboBox;
    horizon_->setAccessibleName(tr("How far to look ahead"));
    for (const auto& [words, hours] : {std::pair(tr("next 6 h"), 6), {tr("next 24 h"), 24}, {tr("next 3 d"), 72}, {tr("next 7 d"), 168}}) {
        horizon_->addItem(words, static_cast<qlonglong>(hours * microsPerHour));
    }
    horizon_->setCurrentIndex(1);
    train_ = makeAction("play", tr("Train models"), [this] { document().train(); });
    forecast_ = makeAction("forecast", tr("Make a forecast"), [this] { document().forecast({.horizon = horizon_->currentData().toLongLong()}); });
    train_->setVisible(document().actions().train != nullptr);
    forecast_->setVisible(document().actions().forecast != nullptr);
    horizon_->setVisible(forecast_->isVisible());
}

QWidget* ForecastPage::buildContent() {
    events_ = new EventsTab(document());
    models_ = new ModelsTab(document());
    tabs_ = new QTabWidget;
    tabs_->setDocumentMode(true);
    tabs_->addTab(buildForecast(), tr("Volumes"));
    tabs_->addTab(events_, tr("Events"));
    tabs_->addTab(models_, tr("Models"));
    return tabs_;
}

QWidget* ForecastPage::buildForecast() {
    seriesTable_ = new TablePanel(tr("Series"), &seriesModel_);
    seriesTable_->setStretchColumn(0);
    connect(seriesTable_, &TablePanel::currentRowChanged, this, &ForecastPage::showSeries);
    chart_ = new ChartPanel;
    chart_->setMinimumHeight(220);
    leaderTable_ = new TablePanel(tr("Backtest of the candidate models"), &leaderModel_);
    leaderTable_->setFilterVisible(false);
    leaderTable_->setStretchColumn(0);
    calibration_ = new QuietLabel;
    basis_ = new QuietLabel;
    loss_ = new ChartPanel;
    loss_->setMinimumHeight(150);
    lossBox_ = new QWidget;
    auto* lossColumn = new QVBoxLayout(lossBox_);
    lossColumn->setContentsMargins(0, 0, 0, 0);
    lossColumn->addWidget(new Heading(tr("Training loss")));
    lossColumn->addWidget(loss_, 1);
    lossBox_->hide();

    auto* right = new QWidget;
    auto* column = new QVBoxLayout(right);
    column->setContentsMargins(metrics::gap, 0, 0, 0);
    column->setSpacing(metrics::gap);
    column->addWidget(chart_, 5);
    column->addWidget(basis_);
    leaderHead_ = new Heading({});
    column->addWidget(leaderHead_);
    column->addWidget(calibration_);
    column->addWidget(leaderTable_, 2);
    column->addWidget(lossBox_, 3);
    auto* splitter = new QSplitter;
    splitter->addWidget(seriesTable_);
    splitter->addWidget(right);
    splitter->setStretchFactor(0, 2);
    splitter->setStretchFactor(1, 3);
    splitter->setChildrenCollapsible(false);
    splitter->setSizes({430, 530});
    auto* box = new QWidget;
    auto* around = new QVBoxLayout(box);
    around->setContentsMargins(0, metrics::gap, 0, 0);
    around->addWidget(splitter);
    return box;
}

void ForecastPage::refresh() {
    const auto& c = contents();
    const bool training = document().stateOf(PageId::forecast) == PageState::running;
    const bool some = c.workload && (c.models || c.forecast || training);
    train_->setEnabled(c.workload && !document().reading() && !training);
    train_->setToolTip(c.workload ? tr("Trains and backtests the candidate models on the observed workload") : tr("Needs a workload: read logs first"));
    forecast_->setEnabled(c.models && !training);
    forecast_->setToolTip(c.models ? QString() : tr("Needs trained models"));
    showContent(some);
    lossBox_->setVisible(training && lossJob_ != 0);
    models_->refresh();
    events_->refresh();
    if (!some) {
        inputs_ = {};
        return;
    }
    const Inputs wanted{c.workload, c.models, c.forecast};
    if (wanted == inputs_) return showSeries(seriesTable_->currentRow());
    inputs_ = wanted;
    prepare<Shown>(QStringLiteral("forecast series"), [wanted] { return make(wanted); }, [this](Shown made) { showMade(std::move(made)); });
}

// Sums the history of every series: not for the GUI thread.
ForecastPage::Shown ForecastPage::make(const Inputs& inputs) {
    const auto &w = *inputs.workload;
    const auto *models = inputs.models.get();
    const auto *forecast = inputs.forecast.get();
    Shown out{{}, seriesRows(*w.facts, models, forecast), {}};
    out.answer = models || forecast ? forecastAnswer(w, models, forecast) : tr("Training on %1 of load.").arg(timeRange(w.rates.range));
    for (int row = 0; row < std::max(1, static_cast<int>(out.rows.size())); ++row) out.charts << forecastChart(w, models, forecast, row - 1);
    return out;
}

void ForecastPage::showMade(Shown made) {
    if (!inputs_.workload) return;
    const int keep = std::max(0, seriesTable_->currentRow());
    setAnswer(made.answer);
    charts_ = std::move(made.charts);
    seriesModel_.updateRows(std::move(made.rows));
    seriesTable_->selectRow(std::min(keep, seriesModel_.rowCount() - 1));
    showSeries(seriesTable_->currentRow());
}

void ForecastPage::showSeries(int row) {
    const auto& c = contents();
    if (!c.workload || charts_.isEmpty()) return;
    const int series = row - 1;            // row 0 is the total
    auto chart = charts_.value(std::max(0, row));
    if (const auto& time = document().context().value().time) {
        // Time up to "now" brings what is expected next along.
        const auto end = c.forecast && time->end == c.forecast->range.begin ? c.forecast->range.end : time->end;
        chart.xLow = static_cast<double>(time->begin) / 1000;
        chart.xHigh = static_cast<double>(end) / 1000;
    } else if (c.forecast) {
        // Weeks of history beside a forecast of hours would hide the forecast.
        const double shown = std::max<double>(3.0 * static_cast<double>(c.forecast->range.length()), 2.0 * microsPerDay) / 1000;
        chart.xLow = std::max(static_cast<double>(c.workload->rates.range.begin) / 1000, static_cast<double>(c.forecast->range.begin) / 1000 - shown);
    }
    if (row >= 0 && row < seriesModel_.rowCount()) chart.name = seriesModel_.row(row).name;
    chart.spans = eventSpans(*document().events());
    chart_->setCaption(shortened(chart.name, 80));
    chart_->setData(std::move(chart));
    // A total without models of its own (one series alone) has those of the largest series.
    const int judged = series >= 0 ? series : c.models && c.models->total ? -1 : 0;
    std::vector<LeaderRow> rows;
    if (c.models) {
        for (auto& leader : leaderRows(*c.models)) {
            if (leader.seriesIndex == judged) rows.push_back(std::move(leader));
        }
    }
    leaderModel_.setRows(std::move(rows));
    std::optional<double> coverage;
    if (row >= 0 && row < seriesModel_.rowCount()) coverage = seriesModel_.row(row).coverage;
    if (judged == 0 && !coverage && c.models && !c.models->series.empty() && c.models->series.front().chosenRow()) coverage = c.models->series.front().chosenRow()->coverage;
    const int told = judged + 1;
    const auto name = told < seriesModel_.rowCount() ? seriesModel_.row(told).name : QString();
    leaderHead_->setText(name.isEmpty() ? tr("How the models did on the past") : tr("How the models did on the past: %1").arg(name));
    calibration_->setText(calibrationWords(coverage));
    QStringList basis;
    if (c.models) basis << tr("trained on %1 with %2 in %3").arg(timeRange(c.models->trainedOn), text(c.models->library), seconds(c.models->seconds));
    if (c.forecast && c.forecast->workload && !c.forecast->workload->rates.heatBasis.empty()) basis << tr("keys: %1").arg(text(c.forecast->workload->rates.heatBasis));
    basis_->setText(basis.join(QStringLiteral(" · ")));
}

// A series is known to training by the beginning of its busiest statement.
QString ForecastPage::lossTitle(const QString& series) {
    const auto known = lossTitles_.constFind(series);
    if (known != lossTitles_.constEnd()) return *known;
    const auto begins = series.startsWith(QLatin1String("loss of ")) ? series.mid(8) : series;
    const auto plain = begins.endsWith(QChar(0x2026)) ? begins.chopped(1) : begins;
    auto title = begins;
    if (const auto& w = contents().workload) {
        const auto& templates = w->facts->templates;
        const auto found = std::find_if(templates.begin(), templates.end(), [&](const auto& t) { return !plain.isEmpty() && text(t.text).startsWith(plain); });
        if (found != templates.end()) title = templateChip(*w->facts, *found);
    }
    return lossTitles_[series] = title;
}

void ForecastPage::addLoss(quint64 job, const QString& sampled, double epoch, double loss) {
    const auto* info = document().jobs().find(job);
    if (!info || info->page != PageId::forecast) return;
    if (const bool least = sampled == QLatin1String("least loss"); least || sampled == QLatin1String("loss of trials")) return models_->addTrial(job, least, epoch, loss);
    if (job != lossJob_) {
        lossJob_ = job;
        lossData_ = {};
        lossTitles_.clear();
        lossData_.name = tr("Training loss");
        lossData_.xTitle = tr("epoch");
        lossData_.yTitle = tr("loss");
    }
    const auto series = lossTitle(sampled);
    auto found = std::find_if(lossData_.series.begin(), lossData_.series.end(), [&](const ChartSeries& s) { return s.name == series; });
    if (found == lossData_.series.end()) {
        constexpr int shown = 6;           // the newest ones
        if (lossData_.series.size() >= shown) lossData_.series.removeFirst();
        ChartSeries fresh{.name = series, .colour = static_cast<int>(qHash(series) % 8)};
        lossData_.series.append(fresh);
        found = lossData_.series.end() - 1;
    }
    found->x << epoch;
    found->y << loss;
    // Redrawing for every sample would take longer than training.
    if (static_cast<int>(found->x.size()) % 10 == 1 && isVisible()) {
        loss_->setData(lossData_);
        lossBox_->setVisible(document().stateOf(PageId::forecast) == PageState::running);
    }
}

}  // namespace foreshard::ui
