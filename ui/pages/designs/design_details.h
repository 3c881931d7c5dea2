// DesignDetails: what is behind the chosen design, in tabs: its tables with the reasons for their keys, the transactions that
// cross shards, the constraint report, and the answer to "Why not …?" where one was asked for. GUI thread only.
#pragma once

#include <QWidget>

#include "ui/pages/designs/design_reports.h"
#include "ui/pages/designs/design_rows.h"

class QAction;
class QPlainTextEdit;
class QTabWidget;

namespace foreshard::ui {

class QuietLabel;
class TablePanel;

class DesignDetails : public QWidget {
    Q_OBJECT
public:
    explicit DesignDetails(QWidget* parent = nullptr);
    // Null: none is chosen. `baseline` and `facts` may be null.
    void show(const advisor::RankedDesign* ranked, const sharding::Design* baseline, const workload::Facts* facts);
    // Opens the tab of the answer, or takes it away.
    void showAnswer(const std::shared_ptr<const advisor::WhyNot>& answer);
    TablePanel* tables() const { return tables_; }
    TablePanel* crossings() const { return crossings_; }
    TablePanel* constraints() const { return constraints_; }
    TablePanel* answer() const { return answer_; }
    QTabWidget* tabs() const { return tabs_; }
    QPlainTextEdit* ddl() const { return ddl_; }
    QString answerWords() const;

Q_SIGNALS:
    void tableChosen(int row);
    void pinAsked(const QString& table, const QString& column);   // search again, with this key

private:
    QWidget* buildTables();
    QWidget* buildCrossings();
    QWidget* buildConstraints();
    QWidget* buildAnswer();
    void showWhy();
    void showCrossing();
    void showDdl();
    RowsModel<DesignTableRow> tableModel_;
    RowsModel<CrossingRow> crossingModel_;
    RowsModel<ConstraintRow> constraintModel_;
    RowsModel<AnswerRow> answerModel_;
    std::shared_ptr<const advisor::WhyNot> answered_;
    QString allDdl_;
    QTabWidget* tabs_ = nullptr;
    TablePanel *tables_ = nullptr, *crossings_ = nullptr, *constraints_ = nullptr, *answer_ = nullptr;
    QuietLabel *why_ = nullptr, *crossing_ = nullptr, *constraint_ = nullptr;
    QLabel* answerWords_ = nullptr;
    QWidget* answerTab_ = nullptr;
    QPlainTextEdit* ddl_ = nullptr;
    QAction *copyDdl_ = nullptr, *pin_ = nullptr;
};

}  // namespace foreshard::ui
