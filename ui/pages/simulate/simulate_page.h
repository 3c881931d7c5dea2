// Simulate: designs side by side under one scenario, with deltas to the baseline and the load of each shard over time.
#pragma once

#include "ui/pages/page_view.h"
#include "ui/pages/simulate/projection_rows.h"

class QComboBox;
class QLabel;
class QScrollArea;
class QSlider;
class QSpinBox;
class QTimer;

namespace foreshard::ui {

class Heading;
class QuietLabel;
class SmallMultiples;
class TablePanel;

class SimulatePage : public PageView {
    Q_OBJECT
public:
    explicit SimulatePage(Document& document, QWidget* parent = nullptr);
    ContextUse contextUse() const override { return {}; }
    QComboBox* firstBox() const { return first_; }
    QComboBox* secondBox() const { return second_; }
    QComboBox* thirdBox() const { return third_; }
    QSlider* growthSlider() const { return growth_; }
    QSpinBox* shardsBox() const { return shards_; }
    TablePanel* table() const { return table_; }
    SmallMultiples* loads() const { return loads_; }
    QString unknownWords() const;            // whose load is not among the charts, and why
    QAction* projectAction() const { return project_; }
    SimulateRequest request() const;

protected:
    void refresh() override;
    bool waiting() const override;

private:
    QWidget* buildControls();
    QWidget* buildContent();
    void fillDesigns();
    void showChoices();
    void chooseDesign(QComboBox* box);
    void changeComparison(const QString& words, const QString& joined, const std::function<void(ComparisonChoice&)>& change);
    void ask();
    void askSoon();
    void showLoads();
    RowsModel<ProjectionRow> model_;
    TablePanel* table_ = nullptr;
    SmallMultiples* loads_ = nullptr;
    QWidget* controls_ = nullptr;
    Heading* loadsHead_ = nullptr;
    QuietLabel* unknown_ = nullptr;
    QComboBox *first_ = nullptr, *second_ = nullptr, *third_ = nullptr;
    QSpinBox* shards_ = nullptr;
    QSlider* growth_ = nullptr;
    QLabel* growthWords_ = nullptr;
    QAction *project_ = nullptr, *designs_ = nullptr;
    QTimer* soon_ = nullptr;
    ProjectionSet shown_;                    // with designs named as everywhere
    std::optional<SimulateRequest> asked_;   // the last one; what is shown answers it, or will
};

}  // namespace foreshard::ui
