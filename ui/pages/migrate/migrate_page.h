// Migrate: rounds and steps with tick boxes at the left, the step at the right, progress below while it runs. The main
// button names the act. Nothing runs that was not approved; rolling back is asked twice, inline.
#pragma once

#include "ui/pages/migrate/step_tree.h"
#include "ui/pages/page_view.h"
#include "ui/widgets/rows_model.h"

class QPlainTextEdit;
class QComboBox;
class QPushButton;
class QTreeView;

namespace foreshard::ui {

class MigrationProgress;
class Notice;
class QuietLabel;
class StepDetail;
class TablePanel;

void describeVerification(RowsModel<VerifyRowView>& model);
QString migrationAnswer(const MigrationView& view);
// "Move 3 approved steps to 2 shards", "Resume: move 3 approved steps to 2 shards": of the steps that are approved and not done.
QString executeWords(const MigrationView& view);

class MigratePage : public PageView {
    Q_OBJECT
public:
    explicit MigratePage(Document& document, QWidget* parent = nullptr);
    ContextUse contextUse() const override {
        const auto why = tr("A plan moves the rows that are there, from the layout in force: it does not depend on this choice.");
        return {why, why, why};
    }
    QTreeView* tree() const { return tree_; }
    StepTree* steps() { return &steps_; }
    StepDetail* detail() const { return detail_; }
    QAction* planAction() const { return plan_; }
    QAction* approveAction() const { return approve_; }
    QAction* executeAction() const { return execute_; }
    QAction* pauseAction() const { return pause_; }
    QAction* rollbackAction() const { return rollback_; }
    QPushButton* confirmRollback() const { return confirm_; }
    QComboBox* designBox() const { return design_; }
    QPlainTextEdit* clusterBox() const { return cluster_; }
    Notice* replaceNotice() const { return replaces_; }

protected:
    void refresh() override;

private:
    void buildActions();
    QWidget* buildPlanner();
    QWidget* buildContent();
    void showPlanner(bool show);
    void makePlan();
    // The shards that are typed in, and those that they would take the place of; none where nothing is replaced.
    std::vector<std::string> typedShards() const;
    std::vector<std::string> replacedShards() const;
    void tellPlanner();
    void runOrResume();
    void fillDesigns();
    void tellActions();
    void setAct(QAction* action, const LegalAct& act, bool bound, bool busy);
    void showStep();
    void askRollback(bool ask);
    StepTree steps_;
    RowsModel<VerifyRowView> verifyModel_;
    QTreeView* tree_ = nullptr;
    StepDetail* detail_ = nullptr;
    MigrationProgress* progress_ = nullptr;
    TablePanel* verifyTable_ = nullptr;
    QWidget *planner_ = nullptr, *rollbackBox_ = nullptr;
    QComboBox* design_ = nullptr;
    QPlainTextEdit* cluster_ = nullptr;
    Notice* replaces_ = nullptr;
    QuietLabel *dryRunWords_ = nullptr, *rollbackWords_ = nullptr;
    QPushButton* confirm_ = nullptr;
    QAction *plan_ = nullptr, *replan_ = nullptr, *approve_ = nullptr, *tickAll_ = nullptr, *dryRun_ = nullptr, *execute_ = nullptr,
            *pause_ = nullptr, *rollback_ = nullptr, *verify_ = nullptr, *keepPlan_ = nullptr;
    std::string planned_;                // id of the plan that is shown
    bool planning_ = false;              // another plan is being asked for
};

}  // namespace foreshard::ui
