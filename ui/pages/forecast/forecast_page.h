// Forecast: history and band of the chosen series, its leaderboard of backtested models beside, and training as it happens; in
// tabs of their own the events marked on the calendar, and the models that are kept, with their tuning.
#pragma once

#include <QHash>

#include "ui/pages/forecast/forecast_rows.h"
#include "ui/pages/page_view.h"

class QComboBox;
class QTabWidget;

namespace foreshard::ui {

class ChartPanel;
class Heading;
class EventsTab;
class ModelsTab;
class QuietLabel;
class TablePanel;

class ForecastPage : public PageView {
    Q_OBJECT
public:
    explicit ForecastPage(Document& document, QWidget* parent = nullptr);
    ContextUse contextUse() const override {
        return {tr("What was observed and what is expected stand here on one axis."), tr("Volumes do not depend on a layout: there is nothing to compare."), {}};
    }
    ChartPanel* chart() const { return chart_; }
    ChartPanel* lossChart() const { return loss_; }
    QTabWidget* tabs() const { return tabs_; }
    EventsTab* events() const { return events_; }
    ModelsTab* models() const { return models_; }
    TablePanel* seriesTable() const { return seriesTable_; }
    QComboBox* horizonBox() const { return horizon_; }
    QAction* trainAction() const { return train_; }
    QAction* forecastAction() const { return forecast_; }

protected:
    void refresh() override;

private:
    struct Inputs {
        std::shared_ptr<const workload::Workload> workload;
        std::shared_ptr<const models::TrainedModels> models;
        std::shared_ptr<const models::Forecast> forecast;
        bool operator==(const Inputs&) const = default;
    };
    struct Shown {
        QString answer;
        std::vector<SeriesRow> rows;
        QList<ChartData> charts;         // of each row
    };
    static Shown make(const Inputs& inputs);
    void showMade(Shown made);
    QWidget* buildContent();
    QWidget* buildForecast();
    void buildActions();
    void showSeries(int row);
    QString lossTitle(const QString& series);
    void addLoss(quint64 job, const QString& series, double epoch, double loss);
    Inputs inputs_;
    QList<ChartData> charts_;
    RowsModel<SeriesRow> seriesModel_;
    RowsModel<LeaderRow> leaderModel_;
    TablePanel *seriesTable_ = nullptr, *leaderTable_ = nullptr;
    ChartPanel *chart_ = nullptr, *loss_ = nullptr;
    Heading* leaderHead_ = nullptr;
    QuietLabel *calibration_ = nullptr, *basis_ = nullptr;
    QComboBox* horizon_ = nullptr;
    QAction *train_ = nullptr, *forecast_ = nullptr;
    QTabWidget* tabs_ = nullptr;
    EventsTab* events_ = nullptr;
    ModelsTab* models_ = nullptr;
    QWidget* lossBox_ = nullptr;
    quint64 lossJob_ = 0;
    ChartData lossData_;
    QHash<QString, QString> lossTitles_;
};

}  // namespace foreshard::ui
