#include "ui/pages/migrate/migrate_page.h"

#include <QAction>
#include <QBoxLayout>
#include <QComboBox>
#include <QFormLayout>
#include <QHeaderView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSplitter>
#include <QTreeView>

#include <algorithm>
#include <set>

#include "ui/format/format.h"
#include "ui/pages/migrate/migration_progress.h"
#include "ui/pages/migrate/step_detail.h"
#include "ui/theme/metrics.h"
#include "ui/theme/theme.h"
#include "ui/widgets/delegates.h"
#include "ui/widgets/notice.h"
#include "ui/widgets/page_parts.h"
#include "ui/widgets/table_panel.h"

namespace foreshard::ui {

void describeVerification(RowsModel<VerifyRowView>& m) {
    const auto figure = [&m](const QString& title, const QString& tip, uint64_t VerifyRowView::*value) {
        m.addColumn({title, {}, tip, ColumnKind::number, 80}, [value](const VerifyRowView& r) {
            const auto n = static_cast<double>(r.*value);
            return Cell::number(n, number(n));
        });
    };
    m.addColumn({QObject::tr("Table"), {}, {}, ColumnKind::text, 160}, [](const VerifyRowView& r) { return Cell::words(bareTable(r.table)); });
    figure(QObject::tr("Rows"), QObject::tr("Owned rows on all shards"), &VerifyRowView::rows);
    figure(QObject::tr("Missing"), QObject::tr("Left a shard and did not arrive"), &VerifyRowView::missing);
    figure(QObject::tr("Duplicate"), QObject::tr("On more than one shard"), &VerifyRowView::duplicate);
    figure(QObject::tr("Misplaced"), QObject::tr("On a shard that does not own them"), &VerifyRowView::misplaced);
    m.addColumn({QObject::tr("Checksum"), {}, QObject::tr("What left equals what arrived"), ColumnKind::text, 90}, [](const VerifyRowView& r) {
        auto cell = Cell::words(r.checksumEqual ? QObject::tr("equal") : QObject::tr("differs"));
        cell.colour = r.checksumEqual ? Theme::instance().colours().verified : Theme::instance().colours().error;
        return cell;
    });
}

namespace {

bool began(const MigrationView& view) { return view.state != "planned"; }
bool goesBack(const MigrationView& view) { return view.state == "rolling back" || view.state == "rollback stopped"; }

}  // namespace

QString executeWords(const MigrationView& view) {
    if (goesBack(view)) return QObject::tr("Resume: go on rolling back");
    uint64_t ready = 0;
    std::set<std::string> targets;
    for (const auto& step : view.steps) {
        if (!step.approved || step.state == StepState::done || step.state == StepState::rolledBack) continue;
        ++ready;
        if (step.moves) targets.insert(step.to);
    }
    const bool resumes = began(view) && view.state != "running";
    if (ready == 0) return resumes ? QObject::tr("Resume") : QObject::tr("Move approved steps");
    const auto steps = plural(ready, QObject::tr("approved step"), QObject::tr("approved steps"));
    const auto shards = plural(targets.size(), QObject::tr("shard"), QObject::tr("shards"));
    if (resumes) return targets.empty() ? QObject::tr("Resume: run %1").arg(steps) : QObject::tr("Resume: move %1 to %2").arg(steps, shards);
    return targets.empty() ? QObject::tr("Run %1").arg(steps) : QObject::tr("Move %1 to %2").arg(steps, shards);
}

QString migrationAnswer(const MigrationView& view) {
    const auto done = std::count_if(view.steps.begin(), view.steps.end(), [](const StepView& s) { return s.state == StepState::done; });
    const auto approved = std::count_if(view.steps.begin(), view.steps.end(), [](const StepView& s) { return s.approved; });
    std::optional<double> rows = 0;
    for (const auto& step : view.steps) {
        if (step.rows && rows) *rows += *step.rows;
    }
    const auto all = plural(view.steps.size(), QObject::tr("step"), QObject::tr("steps"));
    if (view.verifiedOk && view.state == "done") {
        return *view.verifiedOk ? QObject::tr("The move to “%1” is done and verified: every row is there once.").arg(text(view.toDesign))
                                : QObject::tr("The move to “%1” is done, but its verification found differences.").arg(text(view.toDesign));
    }
    if (view.state == "done") return QObject::tr("The move to “%1” is done; verify that every row is there once.").arg(text(view.toDesign));
    if (done > 0 || view.state != "planned") {
        const auto stands = QObject::tr("The move to “%1” is %2: %3 of %4 done.").arg(text(view.toDesign), text(view.state)).arg(done).arg(all);
        return view.state == "waiting" && !view.resume.allowed ? stands + QLatin1Char(' ') + text(view.resume.why) : stands;
    }
    auto words = QObject::tr("The move to “%1” takes %2 in %3").arg(text(view.toDesign), all, plural(view.rounds, QObject::tr("round"), QObject::tr("rounds")));
    if (rows && *rows > 0) words += QObject::tr(" and moves %1 rows").arg(count(rows));
    return words + (approved == 0 ? QObject::tr("; nothing is approved yet.") : QObject::tr("; %1 of them approved.").arg(approved));
}

MigratePage::MigratePage(Document& document, QWidget* parent) : PageView(PageId::migrate, document, parent) {
    describeVerification(verifyModel_);
    buildActions();
    planner_ = buildPlanner();
    auto* empty = new EmptyState("migrate", tr("Here the move to a design will be: rounds and steps to review, approve, run, pause and undo."), nullptr);
    static_cast<QVBoxLayout*>(empty->layout())->insertWidget(3, planner_, 0, Qt::AlignHCenter);
    setContent(buildContent());
    setEmptyState(empty);
    setRefreshAction(replan_);
    addTopAction(replan_);
    replan_->setVisible(false);
    follow(&Document::adviceChanged, &Document::migrationChanged);
    followSelection();
    connect(&steps_, &StepTree::ticksChanged, this, &MigratePage::tellActions);
}

void MigratePage::buildActions() {
    auto& d = document();
    plan_ = makeAction("migrate", tr("Plan the migration"), [this] { makePlan(); });
    replan_ = makeAction("migrate", tr("Plan another move…"), [this] { showPlanner(true); });
    keepPlan_ = makeAction({}, tr("Keep the present plan"), [this] { showPlanner(false); });
    approve_ = makeAction("check", tr("Approve"), [this] { document().approve({steps_.ticked()}); });
    tickAll_ = makeAction({}, tr("Tick all steps"), [this] { steps_.tickAll(true); });
    dryRun_ = makeAction("play", tr("Dry run"), [this] { document().dryRun(); });
    execute_ = makeAction("migrate", tr("Move approved steps"), [this] { runOrResume(); });
    pause_ = makeAction("pause", tr("Stop after this batch"), [this] { document().pause(); });
    rollback_ = makeAction("rollback", tr("Roll back…"), [this] { askRollback(true); });
    verify_ = makeAction("verify", tr("Verify rows"), [this] { document().verify(); });
    plan_->setVisible(d.actions().plan != nullptr);
}

QWidget* MigratePage::buildPlanner() {
    auto* box = new QWidget;
    auto* form = new QFormLayout(box);
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    form->setVerticalSpacing(metrics::gap);
    design_ = new QComboBox;
    design_->setMinimumWidth(320);
    design_->setAccessibleName(tr("Design to move to"));
    cluster_ = new QPlainTextEdit;
    cluster_->setPlaceholderText(tr("One shard a line, in the order of the design: sqlite:/data/shop.db\nEmpty: the project's own cluster"));
    cluster_->setFixedHeight(88);
    cluster_->setTabChangesFocus(true);
    cluster_->setAccessibleName(tr("Shards, one URI a line"));
    replaces_ = new Notice;
    connect(cluster_, &QPlainTextEdit::textChanged, this, &MigratePage::tellPlanner);
    form->addRow(tr("Move to"), design_);
    form->addRow(tr("Shards"), cluster_);
    form->addRow({}, replaces_);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(metrics::gap);
    buttons->addWidget(actionButton(plan_, true));
    buttons->addWidget(actionButton(keepPlan_));
    buttons->addStretch(1);
    form->addRow({}, buttons);
    return box;
}

QWidget* MigratePage::buildContent() {
    tree_ = new QTreeView;
    tree_->setModel(&steps_);
    tree_->setAccessibleName(tr("Rounds and steps"));
    tree_->setUniformRowHeights(true);
    tree_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    tree_->setAllColumnsShowFocus(true);
    tree_->header()->setStretchLastSection(false);
    tree_->header()->setSectionResizeMode(StepTree::stepColumn, QHeaderView::Stretch);
    tree_->header()->setMinimumSectionSize(60);
    // The figures take what they need; what a step does has the rest.
    for (int column = StepTree::moveColumn; column < StepTree::columns; ++column) tree_->header()->setSectionResizeMode(column, QHeaderView::ResizeToContents);
    tree_->setItemDelegate(new CellDelegate(tree_));
    connect(tree_->selectionModel(), &QItemSelectionModel::currentChanged, this, &MigratePage::showStep);
    connect(&steps_, &QAbstractItemModel::modelReset, tree_, &QTreeView::expandAll);
    detail_ = new StepDetail;
    progress_ = new MigrationProgress;
    dryRunWords_ = new QuietLabel;

    rollbackBox_ = new QWidget;
    auto* ask = new QHBoxLayout(rollbackBox_);
    ask->setContentsMargins(0, 0, 0, 0);
    rollbackWords_ = new QuietLabel(tr("Rolling back moves every row that has left back to where it was. Writers keep working."));
    confirm_ = new QPushButton(tr("Roll back now"));
    auto* keep = new QPushButton(tr("Keep going"));
    ask->addWidget(rollbackWords_, 1);
    ask->addWidget(confirm_);
    ask->addWidget(keep);
    connect(confirm_, &QPushButton::clicked, this, [this] {
        askRollback(false);
        document().rollback();
    });
    connect(keep, &QPushButton::clicked, this, [this] { askRollback(false); });
    rollbackBox_->hide();

    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(metrics::gap);
    for (auto* action : {tickAll_, approve_, dryRun_}) buttons->addWidget(actionButton(action));
    buttons->addStretch(1);
    for (auto* action : {pause_, rollback_, verify_}) buttons->addWidget(actionButton(action));
    buttons->addWidget(actionButton(execute_, true));
    verifyTable_ = new TablePanel(tr("Verification"), &verifyModel_);
    verifyTable_->setFilterVisible(false);
    verifyTable_->setMaximumHeight(190);
    verifyTable_->setStretchColumn(0);

    auto* splitter = new QSplitter;
    splitter->addWidget(tree_);
    splitter->addWidget(detail_);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setChildrenCollapsible(false);
    splitter->setSizes({640, 310});
    auto* content = new QWidget;
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(metrics::gap);
    column->addWidget(splitter, 1);
    column->addWidget(verifyTable_);
    column->addWidget(progress_);
    column->addWidget(dryRunWords_);
    column->addWidget(rollbackBox_);
    column->addLayout(buttons);
    return content;
}

void MigratePage::fillDesigns() {
    const auto keep = document().selection().value().designId.empty() ? design_->currentData().toString() : text(document().selection().value().designId);
    design_->clear();
    if (contents().advice) {
        for (const auto& ranked : contents().advice->designs) design_->addItem(document().designName(ranked.design.id), text(ranked.design.id));
    }
    if (const auto& migration = contents().migration; migration && !migration->previousDesign.empty())
        design_->addItem(tr("back to “%1”").arg(text(migration->previousDesign)), QStringLiteral("previous"));
    design_->setCurrentIndex(std::max(0, design_->findData(keep)));
    plan_->setEnabled(design_->count() > 0 && document().stateOf(PageId::migrate) != PageState::running);
    plan_->setToolTip(design_->count() > 0 ? QString() : tr("Needs a design: find designs first"));
}

void MigratePage::showPlanner(bool show) {
    planning_ = show;
    invalidate();
}

void MigratePage::makePlan() {
    PlanRequest request;
    request.toDesign = design_->currentData().toString().toStdString();
    request.cluster = typedShards();
    request.replaceCluster = !replacedShards().empty();
    document().plan(request);
}

std::vector<std::string> MigratePage::typedShards() const {
    std::vector<std::string> out;
    for (const auto& line : cluster_->toPlainText().split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
        if (!line.trimmed().isEmpty()) out.push_back(line.trimmed().toStdString());
    }
    return out;
}

std::vector<std::string> MigratePage::replacedShards() const {
    const auto typed = typedShards();
    std::vector<std::string> there;
    if (typed.empty() || !contents().shards) return there;
    const auto& places = *contents().shards;
    for (const auto& place : places) there.push_back(place.uri);
    const bool same = std::equal(typed.begin(), typed.end(), places.begin(), places.end(), [](const std::string& uri, const ShardPlace& place) { return uri == place.uri || uri == place.whole; });
    return same ? std::vector<std::string>() : there;
}

// What is replaced is said before, with the button that does it.
void MigratePage::tellPlanner() {
    const auto replaced = replacedShards();
    plan_->setText(replaced.empty() ? tr("Plan the migration") : tr("Replace the shards and plan"));
    if (replaced.empty()) return replaces_->hide();
    QStringList names;
    for (const auto& uri : replaced) names << text(uri);
    replaces_->show(NoticeKind::warning, tr("The project has other shards: %1. Those above would take their place.").arg(names.join(QStringLiteral(", "))),
                    tr("Rows on shards that fall out are then no longer looked for."));
}

void MigratePage::runOrResume() {
    const auto& migration = contents().migration;
    if (migration && began(*migration)) document().resume();
    else document().execute();
}

void MigratePage::refresh() {
    const auto& migration = contents().migration;
    fillDesigns();
    tellPlanner();
    if (migration && migration->plan != planned_) planning_ = false;       // a new plan: what the planner was open for
    planned_ = migration ? migration->plan : std::string();
    keepPlan_->setVisible(migration != nullptr);
    showContent(migration && !planning_);
    if (!migration || planning_) {
        replan_->setVisible(false);
        if (!migration) steps_.setPlan(nullptr);
        return;
    }
    setAnswer(migrationAnswer(*migration));
    steps_.setPlan(migration);
    const bool measured = std::any_of(migration->steps.begin(), migration->steps.end(), [](const StepView& s) { return s.seconds.has_value(); });
    tree_->setColumnHidden(StepTree::timeColumn, !measured);
    progress_->show(*migration);
    dryRunWords_->setText(text(migration->dryRunSummary));
    dryRunWords_->setVisible(!migration->dryRunSummary.empty());
    verifyModel_.updateRows(migration->verified);
    verifyTable_->setVisible(!migration->verified.empty());
    constexpr int most = 6;
    verifyTable_->setMinimumHeight(verifyTable_->view()->horizontalHeader()->sizeHint().height() + metrics::rowHeight * std::min(most, verifyModel_.rowCount()) + 4);
    if (migration->verifiedOk && *migration->verifiedOk) notice()->show(NoticeKind::verified, tr("Verified: every row is on the shard that owns it, once; checksums agree."));
    else if (migration->verifiedOk && migration->onlyInDoubt)
        notice()->show(NoticeKind::warning, tr("Every row is sound, but some commits were cut off and are still in doubt."), tr("Resume or roll back: that settles them. Then verify again."));
    else if (migration->verifiedOk) notice()->show(NoticeKind::error, tr("Verification found rows that are missing, twice or misplaced."), tr("Do not clean up; resume or roll back, then verify again."));
    else notice()->hide();
    tellActions();
    showStep();
}

void MigratePage::setAct(QAction* action, const LegalAct& act, bool bound, bool busy) {
    action->setVisible(bound);
    action->setEnabled(act.allowed && !busy);
    action->setToolTip(act.allowed ? (busy ? tr("Another job of this page is running") : QString()) : text(act.why));
}

void MigratePage::tellActions() {
    const auto& migration = contents().migration;
    if (!migration) return;
    const auto& verbs = document().actions();
    const bool busy = document().stateOf(PageId::migrate) == PageState::running;
    const auto ticked = steps_.ticked().size();
    approve_->setVisible(verbs.approve != nullptr);
    approve_->setText(ticked ? tr("Approve %1").arg(plural(ticked, tr("ticked step"), tr("ticked steps"))) : tr("Approve ticked steps"));
    approve_->setEnabled(ticked > 0 && !busy);
    approve_->setToolTip(ticked ? tr("Approvals are recorded and cannot be taken back") : tr("Tick the steps that you have reviewed"));
    execute_->setText(executeWords(*migration));
    setAct(dryRun_, migration->dryRun, verbs.dryRun != nullptr, busy);
    // One button: what was begun is resumed.
    if (began(*migration)) setAct(execute_, migration->resume, verbs.resume != nullptr, busy);
    else setAct(execute_, migration->execute, verbs.execute != nullptr, busy);
    setAct(rollback_, migration->rollback, verbs.rollback != nullptr, busy);
    setAct(verify_, migration->verify, verbs.verify != nullptr, busy);
    // Pausing is what one does while the other runs.
    setAct(pause_, migration->pause, verbs.pause != nullptr, false);
    // What cannot be meant in this state is not there; what can, and may not be done now, says why.
    const bool open = std::any_of(migration->steps.begin(), migration->steps.end(), [](const StepView& s) { return !s.approved; });
    const bool ended = migration->state == "done" || migration->state == "rolled back";
    pause_->setVisible(pause_->isVisible() && (migration->state == "running" || migration->state == "rolling back"));
    rollback_->setVisible(rollback_->isVisible() && began(*migration) && !ended);
    for (auto* action : {dryRun_, execute_}) action->setVisible(action->isVisible() && !ended);
    for (auto* action : {tickAll_, approve_}) action->setVisible(verbs.approve && open && !ended);
    const bool over = migration->state == "planned" || migration->state == "done" || migration->state == "rolled back";
    replan_->setVisible(verbs.plan && over);
    replan_->setEnabled(!busy);
}

void MigratePage::showStep() {
    const auto& migration = contents().migration;
    if (!migration) return;
    const auto* step = steps_.step(tree_->currentIndex());
    detail_->show(step, *migration);
}

void MigratePage::askRollback(bool ask) {
    rollbackBox_->setVisible(ask);
    if (ask) confirm_->setFocus();
}

}  // namespace foreshard::ui
