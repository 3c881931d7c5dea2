// What the Models tab shows of kept models and of tuning. Pure; any thread.
#pragma once

#include <QString>

#include <optional>
#include <vector>

#include "ui/charts/chart_data.h"
#include "ui/document/models_view.h"
#include "ui/widgets/rows_model.h"

namespace foreshard::ui {

struct KeptRow {
    uint32_t number = 0;
    QString trained, state, models, where, why;   // state: "in force, pinned"; models: "Theta 3, Trees on lags 1"; where: device and library
    std::optional<double> logMse, skill, coverage;
    double seconds = 0;
    size_t series = 0;
    bool inForce = false, pinned = false, readable = true;
};
std::vector<KeptRow> keptRows(const KeptModelsSet& set);   // newest first
void describeKept(RowsModel<KeptRow>& model);

// One series under two sets of models.
struct ComparedRow {
    QString series, first, second;             // models; empty: no such series there, or not judged
    std::optional<double> firstLogMse, secondLogMse;
    std::optional<double> change() const;      // of the error, from first to second: -0.1 is a tenth less
};
std::vector<ComparedRow> comparedRows(const models::TrainedModels& first, const models::TrainedModels& second);
void describeCompared(RowsModel<ComparedRow>& model);
// "Number 3 beside number 2, which is in force: better in 4 of 7 series, worse in 2."
QString comparisonAnswer(const std::vector<ComparedRow>& rows, uint32_t first, uint32_t second, bool sameWorkload);

// Loss of each trial, and the least so far.
ChartData trialsChart(const models::Study& study);
// "Best of 30 trials: learning_rate 0.003, …; 12 were stopped early."
QString studyWords(const models::Study& study);

}  // namespace foreshard::ui
