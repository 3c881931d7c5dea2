#include "ui/pages/workload/workload_page.h"

#include <QBoxLayout>
#include <QPushButton>
#include <QSplitter>
#include <QTabWidget>

#include "ui/charts/chart_panel.h"
#include "ui/format/format.h"
#include "ui/pages/workload/statement_panel.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/notice.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/table_panel.h"

namespace foreshard::ui {

void describeDiagnostics(RowsModel<DiagnosticRow>& m) {
    m.addColumn({QObject::tr("Reason"), {}, {}, ColumnKind::text, 160}, [](const DiagnosticRow& r) { return Cell::words(r.reason); });
    m.addColumn({QObject::tr("Times"), {}, QObject::tr("How often in all; only the first ones are shown word for word"), ColumnKind::number},
                [](const DiagnosticRow& r) { return Cell::number(r.times, number(r.times)); });
    m.addColumn({QObject::tr("Where"), {}, {}, ColumnKind::text, 200}, [](const DiagnosticRow& r) { return Cell::words(r.place, r.place); });
    m.addColumn({QObject::tr("What"), {}, {}, ColumnKind::text, 480}, [](const DiagnosticRow& r) { return Cell::words(r.message, r.message); });
}

WorkloadPage::WorkloadPage(Document& document, QWidget* parent) : PageView(PageId::workload, document, parent) {
    describeTemplates(templateModel_);
    describeClasses(classModel_);
    describeSources(sourceModel_);
    describeDiagnostics(diagnosticModel_);
    setContent(buildContent());
    auto* start = makeAction("start", tr("Choose logs to read"), [this] { Q_EMIT goTo(PageId::start); });
    setEmptyState(new EmptyState("workload", tr("Here the templates of your statements will be, how often each runs, and which ones commit together."), start));
    follow(&Document::workloadChanged, &Document::modelsChanged, &Document::forecastChanged);
    followContext();
    followSelection();
}

QWidget* WorkloadPage::buildTemplates() {
    chart_ = new ChartPanel;
    chart_->setMinimumHeight(170);
    connect(chart_, &ChartPanel::clicked, this, [this](int series, double) { filterLayer(series); });
    connect(chart_, &ChartPanel::seriesClicked, this, &WorkloadPage::filterLayer);
    templateTable_ = new TablePanel(tr("Templates"), &templateModel_);
    templateTable_->setStretchColumn(0);
    connect(templateTable_, &TablePanel::currentRowChanged, this, &WorkloadPage::selectTemplate);
    unfilter_ = new QPushButton;
    unfilter_->setFlat(true);
    unfilter_->hide();
    connect(unfilter_, &QPushButton::clicked, this, [this] { filterLayer(-1); });
    auto* below = new QWidget;
    auto* column = new QVBoxLayout(below);
    column->setContentsMargins(0, metrics::gap, 0, 0);
    column->setSpacing(metrics::inner);
    column->addWidget(unfilter_, 0, Qt::AlignLeft);
    column->addWidget(templateTable_, 1);
    auto* splitter = new QSplitter(Qt::Vertical);
    splitter->addWidget(chart_);
    splitter->addWidget(below);
    splitter->setStretchFactor(0, 2);
    splitter->setStretchFactor(1, 3);
    splitter->setChildrenCollapsible(false);
    return splitter;
}

QWidget* WorkloadPage::buildContent() {
    tabs_ = new QTabWidget;
    tabs_->setDocumentMode(true);
    tabs_->addTab(buildTemplates(), tr("Templates"));
    classTable_ = new TablePanel(tr("Transaction classes"), &classModel_);
    classTable_->setStretchColumn(0);
    tabs_->addTab(classTable_, tr("Transactions"));
    statement_ = new StatementPanel;
    connect(statement_, &StatementPanel::asked, this, &WorkloadPage::askStatement);
    connect(statement_, &StatementPanel::templateChosen, this, [this](quint64 fingerprint) {
        tabs_->setCurrentIndex(0);
        templateTable_->selectById(QVariant::fromValue(fingerprint));
    });
    tabs_->addTab(buildSources(), tr("Sources and diagnostics"));
    tabs_->addTab(statement_, tr("Ask about a statement"));
    connect(tabs_, &QTabWidget::currentChanged, this, [this] { followKnown(); });
    return tabs_;
}

QWidget* WorkloadPage::buildSources() {
    sourceTable_ = new TablePanel(tr("Sources"), &sourceModel_);
    sourceTable_->setFilterVisible(false);
    sourceTable_->setStretchColumn(3);
    diagnosticTable_ = new TablePanel(tr("Diagnostics"), &diagnosticModel_);
    diagnosticTable_->setStretchColumn(3);
    auto* sources = new QWidget;
    auto* column = new QVBoxLayout(sources);
    column->setContentsMargins(0, metrics::gap, 0, 0);
    column->addWidget(new Heading(tr("What each source logs")));
    column->addWidget(sourceTable_, 1);
    column->addSpacing(metrics::gap);
    column->addWidget(new Heading(tr("Lines that could not be read as they stand")));
    column->addWidget(diagnosticTable_, 2);
    return sources;
}

void WorkloadPage::refresh() {
    const Inputs wanted{document().shownWorkload(), contents().models, document().context().value().time, document().reading()};
    showContent(wanted.workload != nullptr);
    if (!wanted.workload) {
        inputs_ = {};
        known_ = {};
        predictor_.reset();
        statement_->clear();
        notice()->hide();
        return;
    }
    followKnown();
    if (wanted == inputs_) return followSelected();
    inputs_ = wanted;
    sourceModel_.updateRows(sourceRows(*wanted.workload));
    showDiagnostics(*wanted.workload);
    prepare<Shown>(QStringLiteral("workload tables"), [wanted] { return make(wanted); }, [this](Shown made) { showMade(std::move(made)); });
}

WorkloadPage::Shown WorkloadPage::make(const Inputs& inputs) {
    Shown out{templateRows(*inputs.workload, inputs.time), classRows(*inputs.workload, inputs.time), volumeStack(*inputs.workload, inputs.models.get(), inputs.time), {}};
    out.answer = workloadAnswer(*inputs.workload, out.templates, inputs.time);
    return out;
}

void WorkloadPage::showMade(Shown made) {
    if (!inputs_.workload) return;
    setAnswer(made.answer);
    templateModel_.updateRows(std::move(made.templates));
    classModel_.updateRows(std::move(made.classes));
    stack_ = std::move(made.stack);
    chart_->setData(stack_.chart);
    followSelected();
}

void WorkloadPage::followSelected() {
    const auto& selected = document().selection().value();
    if (selected.templateFingerprint) templateTable_->selectById(QVariant::fromValue<quint64>(*selected.templateFingerprint));
}

void WorkloadPage::showDiagnostics(const workload::Workload& workload) {
    const auto& diagnostics = workload.facts->diagnostics;
    std::vector<DiagnosticRow> rows;
    for (const auto& d : diagnostics.shown()) {
        const auto times = diagnostics.byReason().find(d.reason);
        rows.push_back({text(d.reason), d.file.empty() ? QString() : QStringLiteral("%1:%2").arg(text(d.file)).arg(d.line), text(d.message),
                        times == diagnostics.byReason().end() ? 1 : static_cast<double>(times->second)});
    }
    diagnosticModel_.updateRows(std::move(rows));
    const auto total = diagnostics.total();
    tabs_->setTabText(2, total ? tr("Sources and diagnostics (%1)").arg(count(static_cast<double>(total))) : tr("Sources and diagnostics"));
    auto limits = coverageLimits(workload);
    if (document().reading()) limits = tr("%1 of the logs are read; the figures grow until all are. ").arg(share(contents().readShare)) + limits;
    if (limits.isEmpty()) notice()->hide();
    else notice()->show(NoticeKind::note, limits);
}

void WorkloadPage::selectTemplate(int row) {
    if (row < 0) return;
    const auto& r = templateModel_.row(row);
    auto value = document().selection().value();
    if (value.templateFingerprint == r.fingerprint) return;
    value = {};
    value.templateFingerprint = r.fingerprint;
    const auto workload = document().shownWorkload();
    const auto id = workload ? workload->facts->findTemplate(r.fingerprint) : std::nullopt;
    if (id && !workload->facts->templates[*id].accesses.empty()) {
        value.table = workload->facts->schema.tables[workload->facts->templates[*id].accesses.front().table].qualifiedName();
    }
    const auto add = [&](const QString& name, const QString& figure) { value.numbers.emplace_back(name.toStdString(), figure.toStdString()); };
    add(tr("Template"), shortened(r.sql, 90));
    add(tr("Calls"), count(r.calls));
    if (r.share) add(tr("Share of calls"), share(r.share));
    if (r.meanMs) add(tr("Mean time"), seconds(*r.meanMs / 1000));
    if (r.rowsPerCall) add(tr("Rows per call"), number(r.rowsPerCall));
    document().selection().choose(std::move(value), QStringLiteral("templates"));
}

WorkloadPage::Answer WorkloadPage::answerTo(const Known& known, std::shared_ptr<const models::Predictor> predictor, const std::string& sql, Job& job) {
    Answer out{std::move(predictor), {}, {}};
    if (!out.predictor) {
        auto made = models::Predictor::make({known.workload, known.models, known.forecast, nullptr}, job);
        if (!made) {
            out.error = made.error();
            return out;
        }
        out.predictor = std::move(*made);
    }
    if (sql.empty()) return out;
    auto prediction = out.predictor->predict(sql);
    if (prediction) out.prediction = std::move(*prediction);
    else out.error = prediction.error();
    return out;
}

// Off the GUI thread even where the answer takes a millisecond: what it rests on may have to be made first.
void WorkloadPage::askStatement(const QString& sql) {
    const Known known{contents().workload, contents().models, contents().forecast};
    if (!known.workload) return;
    if (!(known == known_)) predictor_.reset();
    known_ = known;
    const QPointer<WorkloadPage> alive(this);
    document().jobs().start<Answer>({QStringLiteral("statement"), tr("Ask about a statement"), id(), true},
                                    [known, predictor = predictor_, sql = sql.toStdString()](Job& job) -> Result<Answer> { return answerTo(known, predictor, sql, job); },
                                    [alive, known](Result<Answer> made) { if (alive && made.ok()) alive->showAnswer(known, std::move(*made)); });
}

void WorkloadPage::showAnswer(const Known& known, Answer answer) {
    if (!(known == known_)) return;
    predictor_ = std::move(answer.predictor);
    if (answer.prediction) statement_->showPrediction(*answer.prediction, *known.workload);
    else if (answer.error) statement_->showError(*answer.error);
}

// An answer that is shown follows what it rests on; where nothing was asked yet, what an answer needs is made ready.
void WorkloadPage::followKnown() {
    if (tabs_->currentWidget() != statement_ || !contents().workload) return;
    const Known known{contents().workload, contents().models, contents().forecast};
    if (known == known_) return;
    if (statement_->answered()) statement_->ask();
    else askStatement({});
}

void WorkloadPage::filterLayer(int layer) {
    const bool some = layer >= 0 && layer < static_cast<int>(stack_.templates.size()) && !stack_.templates[static_cast<size_t>(layer)].empty();
    unfilter_->setVisible(some);
    if (!some) return templateTable_->setRowFilter({});
    const auto wanted = stack_.templates[static_cast<size_t>(layer)];
    unfilter_->setText(tr("Only “%1”: show all templates").arg(stack_.chart.series[layer].name));
    templateTable_->setRowFilter([this, wanted](int row) {
        return std::find(wanted.begin(), wanted.end(), templateModel_.row(row).fingerprint) != wanted.end();
    });
}

}  // namespace foreshard::ui
