// ModelsTab: the sets of trained models that the project keeps (pin, roll back, delete, compare with those in force), and the
// trials of tuning, as they happen. GUI thread only.
#pragma once

#include <QWidget>

#include "ui/document/document.h"
#include "ui/pages/forecast/models_rows.h"

class QComboBox;
class QPushButton;

namespace foreshard::ui {

class ChartPanel;
class Heading;
class QuietLabel;
class TablePanel;

class ModelsTab : public QWidget {
    Q_OBJECT
public:
    explicit ModelsTab(Document& document, QWidget* parent = nullptr);
    void refresh();
    // A trial has ended: its loss, or the least one so far.
    void addTrial(quint64 job, bool least, double trial, double loss);
    TablePanel* keptTable() const { return keptTable_; }
    TablePanel* comparedTable() const { return comparedTable_; }
    ChartPanel* trials() const { return trials_; }
    QPushButton* pinButton() const { return pin_; }
    QPushButton* rollBackButton() const { return rollBack_; }
    QPushButton* deleteButton() const { return delete_; }
    QPushButton* tuneButton() const { return tune_; }

private:
    QWidget* buildKept();
    QWidget* buildTuning();
    void act(const std::string& act);
    void showSet();
    void showStudy();
    const KeptModelsView* chosen() const;      // the set of the current row; null: none
    Document& document_;
    std::shared_ptr<const KeptModelsSet> shown_;
    RowsModel<KeptRow> keptModel_;
    RowsModel<ComparedRow> comparedModel_;
    TablePanel *keptTable_ = nullptr, *comparedTable_ = nullptr;
    QPushButton *pin_ = nullptr, *rollBack_ = nullptr, *delete_ = nullptr, *tune_ = nullptr;
    QuietLabel *comparison_ = nullptr, *studyText_ = nullptr;
    QComboBox* study_ = nullptr;
    ChartPanel* trials_ = nullptr;
    quint64 liveJob_ = 0;                      // whose trials are shown; 0: those of a kept study
    ChartData live_;
};

}  // namespace foreshard::ui
