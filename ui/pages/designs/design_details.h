// DesignDetails: what is behind the chosen design, in tabs: its tables with the reasons for their keys and what is decided for
// them, the transactions that cross shards, the constraint report, what lookups and columns would save, tables that are used
// together, all designs side by side, all decisions, and the answer to "Why not …?" where one was asked for. GUI thread only.
#pragma once

#include <QWidget>

#include "ui/pages/designs/design_reports.h"
#include "ui/pages/designs/design_rows.h"
#include "ui/pages/designs/steering_menu.h"

class QAction;
class QPlainTextEdit;
class QPushButton;
class QTabWidget;

namespace foreshard::ui {

class CompareTab;
class DecisionsTab;
class QuietLabel;
class TablePanel;
class TogetherTab;

class DesignDetails : public QWidget {
    Q_OBJECT
public:
    explicit DesignDetails(QWidget* parent = nullptr);
    // Null: none is chosen. `baseline` and `facts` may be null.
    void show(const advisor::RankedDesign* ranked, const sharding::Design* baseline, const std::shared_ptr<const workload::Facts>& facts, const std::shared_ptr<const advisor::Decisions>& decisions);
    void showAll(const advisor::Advice& advice, const std::string& chosen, const advisor::Decisions& decisions, const advisor::ObjectiveWeights& weights);
    // Opens the tab of the answer, or takes it away.
    void showAnswer(const std::shared_ptr<const advisor::WhyNot>& answer);
    TablePanel* tables() const { return tables_; }
    TablePanel* crossings() const { return crossings_; }
    TablePanel* constraints() const { return constraints_; }
    TablePanel* offers() const { return offers_; }
    TogetherTab* together() const { return together_; }
    CompareTab* compare() const { return compare_; }
    DecisionsTab* decisions() const { return decisions_; }
    QPushButton* steerButton() const { return steer_; }
    TablePanel* answer() const { return answer_; }
    QTabWidget* tabs() const { return tabs_; }
    QPlainTextEdit* ddl() const { return ddl_; }
    QString answerWords() const;

Q_SIGNALS:
    void tableChosen(int row);
    void decided(const foreshard::advisor::Decision& decision);
    void takenBack(const QString& table);        // all that is decided for it
    void pinAsked(const QString& table, const QString& column);   // search again, with this key

private:
    QWidget* buildTables();
    SteeredTable steered() const;      // the chosen table
    QWidget* buildCrossings();
    QWidget* buildConstraints();
    QWidget* buildOffers();
    QWidget* buildAnswer();
    void showWhy();
    void showOffer();
    void showCrossing();
    void showDdl();
    RowsModel<DesignTableRow> tableModel_;
    RowsModel<CrossingRow> crossingModel_;
    RowsModel<ConstraintRow> constraintModel_;
    RowsModel<OfferRow> offerModel_;
    RowsModel<AnswerRow> answerModel_;
    std::shared_ptr<const workload::Facts> facts_;
    std::shared_ptr<const advisor::Decisions> decided_;
    std::shared_ptr<const advisor::WhyNot> answered_;
    QString allDdl_;
    QTabWidget* tabs_ = nullptr;
    TablePanel *tables_ = nullptr, *crossings_ = nullptr, *constraints_ = nullptr, *offers_ = nullptr, *answer_ = nullptr;
    QuietLabel *why_ = nullptr, *crossing_ = nullptr, *constraint_ = nullptr, *offer_ = nullptr;
    TogetherTab* together_ = nullptr;
    CompareTab* compare_ = nullptr;
    DecisionsTab* decisions_ = nullptr;
    QPushButton* steer_ = nullptr;
    QLabel* answerWords_ = nullptr;
    QWidget* answerTab_ = nullptr;
    QPlainTextEdit* ddl_ = nullptr;
    QAction *copyDdl_ = nullptr, *pin_ = nullptr;
};

}  // namespace foreshard::ui
