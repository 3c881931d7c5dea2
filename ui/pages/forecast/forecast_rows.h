// What the Forecast page shows of models and forecasts. Pure; any thread.
#pragma once

#include <QString>

#include <optional>
#include <vector>

#include "core/models/forecast.h"
#include "ui/charts/chart_data.h"
#include "ui/widgets/rows_model.h"

namespace foreshard::ui {

// A candidate model on one series.
struct LeaderRow {
    QString series, model;
    int seriesIndex = 0;                                  // -1: the total, where it has models of its own
    bool chosen = false;
    double logMse = 0, bestLogMse = 0, worstLogMse = 0;   // best and worst of the series' candidates
    std::optional<double> nd, mase, skill, coverage;
    uint32_t origins = 0;
};
QString modelTitle(const models::BacktestRow& row);    // "NLinear", "Seasonal naive, 24 intervals"
QString modelTitle(models::VolumeModel model);
std::vector<LeaderRow> leaderRows(const models::TrainedModels& models);
void describeLeaders(RowsModel<LeaderRow>& model);

// A series as the list at the left shows it.
struct SeriesRow {
    QString name, model, tip;            // tip: the statements of the series
    double calls = 0;                    // expected in the forecast; NaN without one
    std::optional<double> skill, coverage;
    QList<double> spark;
    bool total = false;
};
std::vector<SeriesRow> seriesRows(const workload::Facts& facts, const models::TrainedModels* models, const models::Forecast* forecast);
void describeSeries(RowsModel<SeriesRow>& model);

// An event that is marked on the calendar.
struct EventRow {
    QString name, from, to, like;
    Instant begin = 0, end = 0;
    std::optional<double> factor;        // on all calls, as the forecast expects it; nothing where it does not know
    bool foreseen = false;               // it lies in the forecast
    uint32_t seen = 0;                   // of its kind, before
    bool operator==(const EventRow&) const = default;
};
std::vector<EventRow> eventRows(const std::vector<models::CalendarEvent>& events, const models::Forecast* forecast);   // in their order
void describeEvents(RowsModel<EventRow>& model);
QList<ChartSpan> eventSpans(const std::vector<models::CalendarEvent>& events);

// History in the neutral line, then P50 with its band. `series` -1: the total of all.
ChartData forecastChart(const workload::Workload& observed, const models::TrainedModels* models, const models::Forecast* forecast, int series);

// "The next 24 h bring 1.3 M calls (P10 1.1 M, P90 1.5 M), 12 % more than the last; measured skill 0.31."
QString forecastAnswer(const workload::Workload& observed, const models::TrainedModels* models, const models::Forecast* forecast);
// "Of 100 actual counts, 81 lay between P10 and P90 in the backtest; 80 would be right."
QString calibrationWords(std::optional<double> coverage);

}  // namespace foreshard::ui
