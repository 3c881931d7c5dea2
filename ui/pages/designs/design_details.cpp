#include "ui/pages/designs/design_details.h"

#include <QAction>
#include <QApplication>
#include <QBoxLayout>
#include <QClipboard>
#include <QPlainTextEdit>
#include <QTabWidget>

#include <tuple>

#include "ui/format/format.h"
#include "ui/pages/designs/compare_tab.h"
#include "ui/pages/designs/decisions_tab.h"
#include "ui/pages/designs/together_tab.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/sql_highlighter.h"
#include "ui/widgets/table_panel.h"

namespace foreshard::ui {

namespace {

// The rows of a tab, and what is said of the chosen one.
QWidget* tab(std::initializer_list<QWidget*> parts) {
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, metrics::inner, 0, 0);
    column->setSpacing(metrics::inner);
    for (auto* part : parts) column->addWidget(part, qobject_cast<TablePanel*>(part) ? 1 : 0);
    return box;
}

// A table of rows, and the words about the chosen one.
std::pair<TablePanel*, QuietLabel*> rowsAndWords(const QString& name, RowsModelBase& model, const QString& wordsName) {
    constexpr int reasons = 4;           // the column of each of these tables that takes the room left over
    auto* table = new TablePanel(name, &model);
    table->setFilterVisible(false);
    table->setStretchColumn(reasons);
    auto* words = new QuietLabel;
    words->setAccessibleName(wordsName);
    return {table, words};
}

template <typename Row>
const Row* chosenIn(const TablePanel* panel, const RowsModel<Row>& model) {
    const int row = panel->currentRow();
    return row >= 0 && row < model.rowCount() ? &model.row(row) : nullptr;
}

}  // namespace

DesignDetails::DesignDetails(QWidget* parent) : QWidget(parent) {
    describeDesignTables(tableModel_);
    describeCrossings(crossingModel_);
    describeConstraints(constraintModel_);
    describeOffers(offerModel_);
    describeAnswer(answerModel_);
    tabs_ = new QTabWidget;
    tabs_->setDocumentMode(true);
    tabs_->addTab(buildTables(), tr("Tables"));
    tabs_->addTab(buildCrossings(), {});
    tabs_->addTab(buildConstraints(), {});
    tabs_->addTab(buildOffers(), {});
    together_ = new TogetherTab;
    tabs_->addTab(together_, tr("Together"));
    tabs_->setTabToolTip(tabs_->count() - 1, tr("Tables that the same transactions touch, and which of these lie together under this design"));
    compare_ = new CompareTab;
    tabs_->addTab(compare_, tr("All designs"));
    decisions_ = new DecisionsTab;
    tabs_->addTab(decisions_, {});
    answerTab_ = buildAnswer();
    answerTab_->setParent(this);
    answerTab_->hide();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(tabs_);
}

QWidget* DesignDetails::buildTables() {
    std::tie(tables_, why_) = rowsAndWords(tr("Tables of the design"), tableModel_, tr("Reasons for the chosen table"));
    connect(tables_, &TablePanel::currentRowChanged, this, [this](int row) {
        showWhy();
        if (row >= 0) Q_EMIT tableChosen(row);
    });
    auto* menu = new SteeringMenu([this] { return steered(); }, this);
    connect(menu, &SteeringMenu::decided, this, &DesignDetails::decided);
    connect(menu, &SteeringMenu::takenBack, this, &DesignDetails::takenBack);
    steer_ = new QPushButton(tr("Decide…"));
    steer_->setToolTip(tr("Pin or forbid keys of the chosen table, keep today's layout of it, or keep it together with another one"));
    steer_->setMenu(menu);
    auto* below = new QWidget;
    auto* row = new QHBoxLayout(below);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(why_, 1);
    row->addWidget(steer_, 0, Qt::AlignTop);
    return tab({tables_, below});
}

SteeredTable DesignDetails::steered() const {
    const auto* row = chosenIn(tables_, tableModel_);
    SteeredTable out{nullptr, facts_ ? &facts_->schema : nullptr, decided_};
    if (!row || !facts_) return out;
    const auto& tables = facts_->schema.tables;
    const auto found = std::find_if(tables.begin(), tables.end(), [&](const auto& table) { return table.qualifiedName() == row->qualified; });
    if (found != tables.end()) out.table = &*found;
    return out;
}

QWidget* DesignDetails::buildCrossings() {
    std::tie(crossings_, crossing_) = rowsAndWords(tr("Transactions that cross shards"), crossingModel_, tr("Why the chosen transactions cross shards"));
    connect(crossings_, &TablePanel::currentRowChanged, this, &DesignDetails::showCrossing);
    return tab({crossings_, crossing_});
}

QWidget* DesignDetails::buildConstraints() {
    std::tie(constraints_, constraint_) = rowsAndWords(tr("Constraints under the design"), constraintModel_, tr("What becomes of the chosen constraint"));
    connect(constraints_, &TablePanel::currentRowChanged, this, &DesignDetails::showDdl);
    ddl_ = new QPlainTextEdit;
    ddl_->setReadOnly(true);
    ddl_->setFont(monoFont(0.9));
    ddl_->setAccessibleName(tr("DDL that keeps the constraint, or lets it go"));
    ddl_->setTabChangesFocus(true);
    constexpr int lines = 3;
    ddl_->setFixedHeight(ddl_->fontMetrics().lineSpacing() * lines + 12);
    new SqlHighlighter(ddl_->document());
    copyDdl_ = new QAction(tr("Copy all DDL"), this);
    connect(copyDdl_, &QAction::triggered, this, [this] { QApplication::clipboard()->setText(allDdl_); });
    auto* below = new QWidget;
    auto* row = new QHBoxLayout(below);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(constraint_, 1);
    row->addWidget(actionButton(copyDdl_), 0, Qt::AlignTop);
    return tab({constraints_, below, ddl_});
}

QWidget* DesignDetails::buildOffers() {
    std::tie(offers_, offer_) = rowsAndWords(tr("What lookups and columns would save"), offerModel_, tr("What the chosen offer is"));
    offer_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    connect(offers_, &TablePanel::currentRowChanged, this, &DesignDetails::showOffer);
    return tab({offers_, offer_});
}

QWidget* DesignDetails::buildAnswer() {
    answerWords_ = new QLabel;
    answerWords_->setWordWrap(true);
    answerWords_->setTextFormat(Qt::PlainText);
    answerWords_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    answerWords_->setAccessibleName(tr("Why not this key"));
    answer_ = new TablePanel(tr("The best design beside the best one with this key"), &answerModel_);
    answer_->setFilterVisible(false);
    answer_->setStretchColumn(0);
    pin_ = new QAction(tr("Find designs with this key"), this);
    pin_->setToolTip(tr("Searches again with this key given; the designs on this page are replaced"));
    connect(pin_, &QAction::triggered, this, [this] {
        if (answered_) Q_EMIT pinAsked(text(answered_->table), text(answered_->column));
    });
    auto* below = new QWidget;
    auto* row = new QHBoxLayout(below);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(new QuietLabel(tr("The designs on this page stay as they are.")), 1);
    row->addWidget(actionButton(pin_));
    return tab({answerWords_, answer_, below});
}

QString DesignDetails::answerWords() const { return answerWords_->text(); }

void DesignDetails::show(const advisor::RankedDesign* ranked, const sharding::Design* baseline, const std::shared_ptr<const workload::Facts>& facts, const std::shared_ptr<const advisor::Decisions>& decisions) {
    facts_ = facts;
    decided_ = decisions;
    tableModel_.updateRows(ranked ? designTables(*ranked, baseline, *decisions) : std::vector<DesignTableRow>());
    offerModel_.updateRows(ranked ? offerRows(*ranked) : std::vector<OfferRow>());
    crossingModel_.updateRows(ranked ? crossingRows(*ranked, facts.get()) : std::vector<CrossingRow>());
    constraintModel_.updateRows(ranked ? constraintRows(*ranked) : std::vector<ConstraintRow>());
    allDdl_ = ranked ? allDdl(*ranked) : QString();
    copyDdl_->setEnabled(!allDdl_.isEmpty());
    tabs_->setTabText(1, tr("Cross shards (%1)").arg(crossingModel_.rowCount()));
    tabs_->setTabToolTip(1, tr("Kinds of transactions that cross shards under this design"));
    tabs_->setTabText(2, tr("Constraints (%1)").arg(ranked ? constraintsToMend(*ranked) : 0));
    tabs_->setTabToolTip(2, tr("In brackets those that no shard keeps by itself"));
    tabs_->setTabText(3, tr("Offers (%1)").arg(offerModel_.rowCount()));
    tabs_->setTabToolTip(3, tr("What lookups, and columns that a parent fills, would save under this design; no migration makes them yet"));
    showWhy();
    showCrossing();
    showDdl();
    showOffer();
}

void DesignDetails::showAll(const advisor::Advice& advice, const std::string& chosen, const advisor::Decisions& decisions, const advisor::ObjectiveWeights& weights) {
    compare_->show(advice, chosen);
    decisions_->show(decisions, weights);
    const int at = tabs_->indexOf(decisions_);
    tabs_->setTabText(at, tr("Decisions (%1)").arg(decisions.size()));
    tabs_->setTabToolTip(at, tr("What people have decided, which every search obeys, and the weights of the objective"));
}

void DesignDetails::showAnswer(const std::shared_ptr<const advisor::WhyNot>& answer) {
    if (answer == answered_) return;
    answered_ = answer;
    const int at = tabs_->indexOf(answerTab_);
    if (!answer) {
        if (at >= 0) tabs_->removeTab(at);
        answerTab_->setParent(this);
        answerTab_->hide();
        return;
    }
    answerWords_->setText(text(answer->answer));
    answerModel_.updateRows(answerRows(*answer));
    const auto title = tr("Why not %1.%2?").arg(bareTable(answer->table), text(answer->column));
    const int now = at >= 0 ? at : tabs_->addTab(answerTab_, title);
    tabs_->setTabText(now, title);
    tabs_->setCurrentIndex(now);
}

void DesignDetails::showWhy() {
    const auto* row = chosenIn(tables_, tableModel_);
    why_->setText(row ? tr("Why %1: %2").arg(row->table, QString(row->allWhy).replace(QLatin1Char('\n'), QStringLiteral(" · "))) : tr("Choose a table to read every reason for its key."));
}

void DesignDetails::showCrossing() {
    const auto* row = chosenIn(crossings_, crossingModel_);
    if (crossingModel_.rowCount() == 0) crossing_->setText(tr("No kind of transactions was seen to cross shards under this design."));
    else crossing_->setText(row ? crossingWords(*row) : tr("Choose a kind of transactions to read why it crosses, and what would help."));
}

void DesignDetails::showOffer() {
    const auto* row = chosenIn(offers_, offerModel_);
    if (offerModel_.rowCount() == 0) offer_->setText(tr("No lookup or column is known that would keep more transactions on one shard."));
    else offer_->setText(row ? row->why + QLatin1Char('\n') + row->ddl : tr("Choose an offer to read what it saves, and its DDL."));
}

void DesignDetails::showDdl() {
    const auto* row = chosenIn(constraints_, constraintModel_);
    constraint_->setText(row ? QStringLiteral("%1.%2: %3").arg(row->table, row->name, row->why) : tr("Choose a constraint to read what becomes of it, and the DDL that mends it."));
    ddl_->setPlainText(row ? row->ddl : QString());
    ddl_->setVisible(row && !row->ddl.isEmpty());
}

}  // namespace foreshard::ui
