#include "ui/pages/designs/designs_page.h"

#include <QAction>
#include <QBoxLayout>
#include <QLineEdit>
#include <QSpinBox>
#include <QSplitter>

#include "ui/charts/chart_panel.h"
#include "ui/format/format.h"
#include "ui/pages/designs/card_list.h"
#include "ui/pages/designs/design_details.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/notice.h"
#include "ui/widgets/page_parts.h"

namespace foreshard::ui {

DesignsPage::DesignsPage(Document& document, QWidget* parent) : PageView(PageId::designs, document, parent) {
    buildActions();
    setContent(buildContent());
    setEmptyState(new EmptyState("designs", tr("Here ranked designs will be: for every table a key and a strategy, with the reasons and what they cost."), advise_));
    addTopWidget(shards_);
    addTopAction(advise_, true);
    setRefreshAction(advise_);
    follow(&Document::adviceChanged, &Document::whyNotChanged, &Document::workloadChanged, &Document::forecastChanged);
    followContext();
    followSelection();
}

void DesignsPage::buildActions() {
    shards_ = new QSpinBox;
    shards_->setRange(2, 1024);
    shards_->setValue(2);
    shards_->setSuffix(tr(" shards"));
    shards_->setAccessibleName(tr("Number of shards"));
    advise_ = makeAction("designs", tr("Find designs"), [this] { advise({}); });
    advise_->setVisible(document().actions().advise != nullptr);
    simulate_ = makeAction("simulate", tr("Simulate it"), [this] { Q_EMIT goTo(PageId::simulate); });
    migrate_ = makeAction("migrate", tr("Plan the move"), [this] { Q_EMIT goTo(PageId::migrate); });
    question_ = new QLineEdit;
    question_->setPlaceholderText(tr("Why not … ?  For example orders=customer_id"));
    question_->setToolTip(tr("Sets the best design in which this table has this key (or “reference”, or “unsharded”) beside the best of all. The designs stay as they are."));
    question_->setAccessibleName(tr("Why not this key? Table and column"));
    question_->setClearButtonEnabled(true);
    connect(question_, &QLineEdit::returnPressed, this, &DesignsPage::ask);
    ask_ = makeAction({}, tr("Ask"), [this] { ask(); });
    const bool bound = document().actions().whyNot != nullptr;
    question_->setVisible(bound);
    ask_->setVisible(bound);
}

QWidget* DesignsPage::buildDetails() {
    name_ = new Heading({});
    name_->setWordWrap(true);
    risks_ = new QuietLabel;
    limits_ = new QuietLabel;
    details_ = new DesignDetails;
    connect(details_, &DesignDetails::tableChosen, this, &DesignsPage::chooseTable);
    connect(details_, &DesignDetails::pinAsked, this, [this](const QString& table, const QString& column) { advise({{table.toStdString(), column.toStdString()}}); });
    pareto_ = new ChartPanel;
    pareto_->setMinimumHeight(170);
    pareto_->setLegendVisible(false);    // points carry the rank of their card
    connect(pareto_, &ChartPanel::clicked, this, [this](int series, double) { cards_->select(pareto_->data().series[series].labels.value(0).toStdString()); });
    auto* top = new QHBoxLayout;
    top->addWidget(name_, 1);
    top->addWidget(actionButton(simulate_));
    top->addWidget(actionButton(migrate_));
    auto* right = new QWidget;
    auto* column = new QVBoxLayout(right);
    column->setContentsMargins(metrics::gap, 0, 0, 0);
    column->setSpacing(metrics::gap);
    column->addLayout(top);
    column->addWidget(risks_);
    column->addWidget(details_, 3);
    auto* ask = new QHBoxLayout;
    ask->setSpacing(metrics::gap);
    ask->addWidget(question_, 1);
    ask->addWidget(actionButton(ask_));
    column->addLayout(ask);
    column->addWidget(pareto_, 2);
    column->addWidget(limits_);
    return right;
}

QWidget* DesignsPage::buildContent() {
    cards_ = new CardList;
    connect(cards_, &CardList::chosen, this, &DesignsPage::choose);
    auto* left = new QWidget;
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(metrics::inner);
    column->addWidget(cards_, 1);
    column->addWidget(new QuietLabel(tr("Bars are on one scale for all designs. The upright tick is the same figure in the later half of the log, which the search did not see.")));
    auto* splitter = new QSplitter;
    splitter->addWidget(left);
    splitter->addWidget(buildDetails());
    splitter->setStretchFactor(0, 2);
    splitter->setStretchFactor(1, 3);
    splitter->setChildrenCollapsible(false);
    splitter->setSizes({360, 720});
    return splitter;
}

const advisor::RankedDesign* DesignsPage::chosen() const {
    const auto& advice = contents().advice;
    if (!advice) return nullptr;
    const auto id = cards_->selected();
    for (const auto& ranked : advice->designs) {
        if (ranked.design.id == id) return &ranked;
    }
    return nullptr;
}

void DesignsPage::refresh() {
    const auto& c = contents();
    const bool running = document().stateOf(PageId::designs) == PageState::running;
    advise_->setEnabled(c.workload && !document().reading() && !running);
    ask_->setEnabled(c.workload && !document().reading() && !running);
    advise_->setToolTip(c.workload ? QString() : tr("Needs a workload: read logs first"));
    shards_->setVisible(c.workload != nullptr);
    showContent(c.advice != nullptr);
    if (!c.advice) return;
    const auto baseline = document().baseline();
    setAnswer(adviceAnswer(*c.advice, baseline));
    showBasis(*c.advice);
    const bool fresh = shownAdvice_ != c.advice;
    shownAdvice_ = c.advice;
    const auto keep = document().selection().value().designId.empty() ? cards_->selected() : document().selection().value().designId;
    filling_ = true;
    if (fresh) cards_->cards()->setCards(designCards(*c.advice));
    if (fresh && !c.advice->designs.empty()) shards_->setValue(static_cast<int>(c.advice->designs.front().design.shards));
    pareto_->setData(paretoChart(*c.advice, baseline));
    const auto scored = [](const advisor::RankedDesign& ranked) { return ranked.scores.multiShardShare && ranked.scores.loadMaxOverMean; };
    pareto_->setVisible(std::any_of(c.advice->designs.begin(), c.advice->designs.end(), scored));
    if (!keep.empty()) cards_->select(keep);
    if (cards_->selected().empty() && !c.advice->designs.empty()) cards_->select(c.advice->designs.front().design.id);
    filling_ = false;
    showDetails();
}

// What was searched, what could not be said, and whether that is the workload which the context bar has chosen.
void DesignsPage::showBasis(const advisor::Advice& advice) {
    QStringList limits;
    for (const auto& limit : advice.limits) limits << text(limit);
    if (advice.evaluations == 0) limits << tr("No design was tried on transactions: these follow from the texts of the statements and the keys of the tables alone.");
    else limits << tr("Searched %1 (%2 designs tried), checked on %3.")
                  .arg(timeRange(advice.searched), number(static_cast<double>(advice.evaluations)), timeRange(advice.heldOut));
    limits_->setText(limits.join(QLatin1Char('\n')));
    const auto shown = document().shownWorkload();
    if (!shown || shown->rates.range.contains(advice.searched.begin)) return notice()->hide();
    const bool forecast = shown->rates.origin == workload::Origin::forecast;
    notice()->show(NoticeKind::note, forecast ? tr("These designs were searched for what was observed.") : tr("These designs were searched for a forecast."),
                   tr("“%1” searches for %2.").arg(advise_->text(), forecast ? tr("the forecast") : tr("what was observed")));
}

void DesignsPage::choose(const QString& id) {
    const auto* ranked = chosen();
    if (!ranked) return;
    name_->setText(QStringLiteral("%1 · %2").arg(text(ranked->design.name.empty() ? ranked->design.id : ranked->design.name),
                                                  plural(ranked->design.shards, tr("shard"), tr("shards"))));
    QStringList risks;
    for (const auto& risk : ranked->risks) risks << tr("Risk: %1").arg(text(risk));
    risks_->setText(risks.join(QLatin1Char('\n')));
    risks_->setVisible(!risks.isEmpty());
    showDetails();
    auto value = document().selection().value();
    if (value.designId == id.toStdString()) return;
    value.designId = id.toStdString();
    if (filling_) document().selection().set(std::move(value));
    else document().selection().choose(std::move(value), QStringLiteral("designs"));
}

void DesignsPage::chooseTable(int row) {
    const auto* ranked = chosen();
    if (!ranked || row >= static_cast<int>(ranked->design.tables.size())) return;
    const auto& table = ranked->design.tables[static_cast<size_t>(row)];
    auto value = document().selection().value();
    value.table = table.table;
    value.column = table.key.empty() ? std::string() : table.key.front().expression;
    value.keys.clear();
    value.bucket.reset();
    value.numbers = {{tr("Strategy").toStdString(), strategyTitle(table.strategy).toStdString()}};
    document().selection().choose(std::move(value), QStringLiteral("design tables"));
}

void DesignsPage::showDetails() {
    const auto& workload = contents().workload;
    details_->show(chosen(), document().design(document().baseline()), workload ? workload->facts.get() : nullptr);
    details_->showAnswer(contents().whyNot);
}

void DesignsPage::ask() {
    const auto workload = contents().workload;
    if (!workload || question_->text().trimmed().isEmpty()) return;
    const auto question = parseQuestion(question_->text(), *workload->facts);
    if (!question) return tellError(question.error());
    WhyNotRequest request;
    request.question = *question;
    request.fromForecast = document().shownWorkload() != workload;
    request.options.shards = static_cast<uint32_t>(shards_->value());
    document().whyNot(request);
}

void DesignsPage::advise(const advisor::Pins& pins) {
    const auto workload = contents().workload;
    if (!workload) return;
    AdviseRequest request;
    request.options.shards = static_cast<uint32_t>(shards_->value());
    request.options.pins = pins;
    request.fromForecast = document().shownWorkload() != workload;
    document().advise(request);
}

}  // namespace foreshard::ui
