#include "ui/pages/designs/designs_page.h"

#include <QAction>
#include <QBoxLayout>
#include <QLineEdit>
#include <QSpinBox>
#include <QSplitter>

#include "core/advisor/judge.h"
#include "ui/format/format.h"
#include "ui/pages/designs/card_list.h"
#include "ui/pages/designs/compare_tab.h"
#include "ui/pages/designs/decisions_tab.h"
#include "ui/pages/designs/design_details.h"
#include "ui/pages/designs/pareto_view.h"
#include "ui/pages/designs/together_tab.h"
#include "ui/theme/metrics.h"
#include "ui/widgets/notice.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/table_panel.h"

namespace foreshard::ui {

DesignsPage::DesignsPage(Document& document, QWidget* parent) : PageView(PageId::designs, document, parent) {
    buildActions();
    setContent(buildContent());
    setEmptyState(new EmptyState("designs", tr("Here ranked designs will be: for every table a key and a strategy, with the reasons and what they cost."), advise_));
    addTopWidget(shards_);
    addTopAction(stop_);
    addTopAction(advise_, true);
    setRefreshAction(advise_);
    follow(&Document::adviceChanged, &Document::whyNotChanged, &Document::workloadChanged, &Document::forecastChanged, &Document::bestSoFarChanged, &Document::decisionsChanged);
    decisions_ = document.decisions();
    connect(&document, &Document::projectChanged, this, [this] { decisions_ = this->document().decisions(); });
    connect(&document, &Document::decisionsChanged, this, &DesignsPage::followDecisions);
    constexpr int pause = 400;
    search_.setSingleShot(true);
    search_.setInterval(pause);
    connect(&search_, &QTimer::timeout, this, &DesignsPage::advise);
    followContext();
    followSelection();
}

void DesignsPage::buildActions() {
    shards_ = new QSpinBox;
    shards_->setRange(2, 1024);
    shards_->setValue(2);
    shards_->setSuffix(tr(" shards"));
    shards_->setAccessibleName(tr("Number of shards"));
    advise_ = makeAction("designs", tr("Find designs"), [this] { advise(); });
    stop_ = makeAction({}, tr("Stop and keep the best so far"), [this] { this->document().stopAdvising(); });
    stop_->setVisible(false);
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
    connectDetails();
    pareto_ = new ParetoView;
    connect(pareto_, &ParetoView::chosen, this, [this](const QString& id) { cards_->select(id.toStdString()); });
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

void DesignsPage::connectDetails() {
    connect(details_, &DesignDetails::tableChosen, this, &DesignsPage::chooseTable);
    connect(details_, &DesignDetails::pinAsked, this, &DesignsPage::pin);
    connect(details_, &DesignDetails::decided, this, [this](const advisor::Decision& decision) { document().decide(decision); });
    connect(details_, &DesignDetails::takenBack, this, &DesignsPage::takeBack);
    connect(details_->compare(), &CompareTab::chosen, this, [this](const QString& id) { cards_->select(id.toStdString()); });
    connect(details_->together(), &TogetherTab::shown, this, &DesignsPage::showGraph);
    connect(details_->together()->graph(), &GraphView::tableChosen, this, [this](const QString& table) { details_->tables()->selectById(bareTable(table.toStdString())); });
    connect(details_->decisions(), &DecisionsTab::weighed, this, &DesignsPage::weigh);
    connect(details_->decisions(), &DecisionsTab::removed, this, &DesignsPage::remove);
    connect(details_->decisions(), &DecisionsTab::removedAll, this, [this] { document().decide(advisor::Decisions(), tr("Take back all decisions")); });
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
    if (!shownAdvice_) return nullptr;
    const auto id = cards_->selected();
    for (const auto& ranked : shownAdvice_->designs) {
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
    stop_->setVisible(running && c.bestSoFar);
    shards_->setVisible(c.workload != nullptr);
    showContent(c.advice != nullptr);
    if (found_ != c.advice) {
        found_ = c.advice;
        reranked_.reset();
    }
    notice()->hide();
    if (c.advice) showCards();
    if (running && c.bestSoFar) showBestSoFar();
}

void DesignsPage::showCards() {
    const auto advice = reranked_ ? reranked_ : found_;
    const auto baseline = document().baseline();
    setAnswer(adviceAnswer(*advice, baseline));
    showBasis(*advice);
    const bool fresh = shownAdvice_ != advice;
    shownAdvice_ = advice;
    const auto keep = document().selection().value().designId.empty() ? cards_->selected() : document().selection().value().designId;
    filling_ = true;
    if (fresh) cards_->cards()->setCards(designCards(*advice));
    if (fresh && !advice->designs.empty()) shards_->setValue(static_cast<int>(advice->designs.front().design.shards));
    if (!keep.empty()) cards_->select(keep);
    if (cards_->selected().empty() && !advice->designs.empty()) cards_->select(advice->designs.front().design.id);
    filling_ = false;
    showDetails();
}

// What is best while the search goes on, and how long it took to find it.
void DesignsPage::showBestSoFar() {
    const auto& best = *contents().bestSoFar;
    QStringList words{tr("Best so far, found after %1 of searching (%2 designs tried): “%3”").arg(seconds(best.seconds), number(static_cast<double>(best.evaluations)), text(best.design.name))};
    if (best.scores.multiShardShare) words << tr("%1 of transactions cross shards").arg(share(best.scores.multiShardShare));
    if (best.scores.loadMaxOverMean) words << tr("the hottest shard has %1 the mean load").arg(ratio(best.scores.loadMaxOverMean));
    notice()->show(NoticeKind::note, words.join(QStringLiteral(", ")) + QLatin1Char('.'), tr("The search goes on. Stopped here or in the strip below, it keeps what is best by then."));
}

// What was searched, what could not be said, and whether that is the workload which the context bar has chosen.
void DesignsPage::showBasis(const advisor::Advice& advice) {
    QStringList limits;
    for (const auto& limit : advice.limits) limits << text(limit);
    if (advice.evaluations == 0) limits << tr("No design was tried on transactions: these follow from the texts of the statements and the keys of the tables alone.");
    else limits << tr("Searched %1 (%2 designs tried, the best one found after %3), checked on %4.")
                  .arg(timeRange(advice.searched), number(static_cast<double>(advice.evaluations)), seconds(advice.secondsToBest), timeRange(advice.heldOut));
    if (reranked_) limits << tr("Ranked anew by the weights under “Decisions”. “%1” searches with them, and may find other designs.").arg(advise_->text());
    limits_->setText(limits.join(QLatin1Char('\n')));
    const auto shown = document().shownWorkload();
    if (!shown || shown->rates.range.contains(advice.searched.begin)) return;
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
    const auto decisions = document().decisions();
    advisor::Options steered;
    advisor::obey(*decisions, steered);
    details_->show(chosen(), document().design(document().baseline()), workload ? workload->facts : nullptr, decisions);
    if (shownAdvice_) details_->showAll(*shownAdvice_, cards_->selected(), *decisions, reranked_ || !decisions->empty() ? steered.weights : shownAdvice_->weights);
    details_->showAnswer(contents().whyNot);
    if (shownAdvice_) pareto_->show(*shownAdvice_, document().baseline(), cards_->selected());
    if (!document().selection().value().table.empty()) details_->together()->graph()->setCurrent(document().selection().value().table);
    showGraph();
}

// Only while somebody looks at it: its picture is not for nothing.
void DesignsPage::showGraph() {
    const auto* ranked = chosen();
    const GraphOf wanted{contents().workload, ranked ? ranked->design.fingerprint() : 0};
    if (!details_->together()->isVisible() || !ranked || !wanted.workload || wanted == graphOf_) return;
    graphOf_ = wanted;
    details_->together()->graph()->setWaiting(tr("Laying out the tables…"));
    using Made = std::shared_ptr<const DesignGraph>;
    prepare<Made>(QStringLiteral("co-access graph"), [workload = wanted.workload, design = ranked->design]() -> Made {
        Job job;
        auto graph = advisor::coAccessOf(*workload, &design, job);
        return graph ? std::make_shared<const DesignGraph>(DesignGraph{std::move(*graph), design}) : nullptr;
    }, [this](Made made) {
        details_->together()->setGraph(made);
        details_->together()->graph()->setCurrent(document().selection().value().table);
    });
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

void DesignsPage::advise() {
    const auto workload = contents().workload;
    search_.stop();
    if (!workload) return;
    AdviseRequest request;
    request.options.shards = static_cast<uint32_t>(shards_->value());
    request.fromForecast = document().shownWorkload() != workload;
    document().advise(request);
}

// ---- decisions --------------------------------------------------------------------------------------------------

void DesignsPage::pin(const QString& table, const QString& column) {
    document().decide({advisor::Decision::Kind::pin, {table.toStdString()}, column.toStdString(), 0, {}});
    advise();
}

void DesignsPage::takeBack(const QString& table) {
    auto decisions = *document().decisions();
    const auto name = table.toStdString();
    std::erase_if(decisions, [&](const auto& each) { return std::find(each.tables.begin(), each.tables.end(), name) != each.tables.end(); });
    document().decide(std::move(decisions), tr("Take back what is decided for %1").arg(bareTable(name)));
}

void DesignsPage::remove(int decision) {
    auto decisions = *document().decisions();
    if (decision < 0 || decision >= static_cast<int>(decisions.size())) return;
    const auto words = text(advisor::toWords(decisions[static_cast<size_t>(decision)]));
    decisions.erase(decisions.begin() + decision);
    document().decide(std::move(decisions), tr("Take back “%1”").arg(words));
}

void DesignsPage::weigh(const QString& name, double value) { document().decide({advisor::Decision::Kind::weight, {}, name.toStdString(), value, {}}, QStringLiteral("weight ") + name); }

// Other weights alone give the listed designs another order, at once. Anything else, and weights whose part was never counted,
// need a search.
void DesignsPage::followDecisions() {
    const auto before = std::exchange(decisions_, document().decisions());
    if (*before == *decisions_ || !contents().advice) return;
    const auto others = [](advisor::Decisions decisions) {
        std::erase_if(decisions, [](const auto& each) { return each.kind == advisor::Decision::Kind::weight; });
        return decisions;
    };
    reranked_.reset();
    if (others(*before) == others(*decisions_) && !search_.isActive()) {
        advisor::Options steered;
        advisor::obey(*decisions_, steered);
        if (steered.weights == contents().advice->weights) return;
        if (auto anew = advisor::reranked(*contents().advice, steered.weights)) {
            reranked_ = std::make_shared<const advisor::Advice>(std::move(*anew));
            return;
        }
    }
    if (isVisible() && document().actions().advise) search_.start();
}

}  // namespace foreshard::ui
