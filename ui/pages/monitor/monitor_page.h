// Monitor: predicted against measured on one axis per shard, and findings, newest first, each with the act that helps.
#pragma once

#include "ui/pages/page_view.h"
#include "ui/widgets/rows_model.h"

class QComboBox;
class QPushButton;

namespace foreshard::ui {

class Heading;
class QuietLabel;
class SmallMultiples;
class TablePanel;
struct ChartData;

void describeFindings(RowsModel<FindingView>& model);
QString monitorAnswer(const MonitorView& view);
QList<ChartData> monitorCharts(const MonitorView& view);

class MonitorPage : public PageView {
    Q_OBJECT
public:
    explicit MonitorPage(Document& document, QWidget* parent = nullptr);
    ContextUse contextUse() const override {
        const auto why = tr("Monitor holds the logs it watches against the forecast, under the design in force, from their first line on.");
        return {why, why, why};
    }
    TablePanel* findings() const { return table_; }
    SmallMultiples* charts() const { return charts_; }
    QAction* watchAction() const { return watch_; }
    QAction* stopAction() const { return stop_; }
    QComboBox* layoutBox() const { return layout_; }
    QPushButton* actButton() const { return act_; }
    void watch(const std::vector<std::filesystem::path>& logs);

protected:
    void refresh() override;

private:
    QWidget* buildContent();
    void fillLayouts();
    void showAct();
    void act();
    RowsModel<FindingView> model_;
    SmallMultiples* charts_ = nullptr;
    TablePanel* table_ = nullptr;
    Heading* chartsHead_ = nullptr;
    QuietLabel *facts_ = nullptr, *none_ = nullptr, *rule_ = nullptr;
    QComboBox* layout_ = nullptr;
    QWidget* waiting_ = nullptr;
    bool layoutChosen_ = false;
    QPushButton* act_ = nullptr;
    QAction *watch_ = nullptr, *stop_ = nullptr;
};

}  // namespace foreshard::ui
