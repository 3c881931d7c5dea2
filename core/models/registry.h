// What is to be said of a set of trained models beside others: in sum, series by series, and whether it can be used. Pure; any
// thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/models/forecast.h"

namespace foreshard::models {

// Means over the series that a backtest could judge; nothing where there are none.
struct ModelsSummary {
    std::map<VolumeModel, size_t> chosen;   // series by model
    size_t judged = 0;
    std::optional<double> logMse, skill, coverage;
};
ModelsSummary summaryOf(const TrainedModels& models);

struct SeriesComparison {
    std::string name;
    std::optional<BacktestRow> first, second;   // the chosen rows; nothing: no such series, or not judged
};
// The series of `first` in their order, then those of `second` alone.
std::vector<SeriesComparison> compareModels(const TrainedModels& first, const TrainedModels& second);

// Reads every checkpoint as a forecast would. Errors: format (cut short, damaged), version (a newer Foreshard, or other
// features than this one has).
Status checkCheckpoints(const TrainedModels& models);

// The seasons and lags that these models look at, for people: "seasons of 24 and 168 intervals; lag features version 1".
std::string describeFeatures(const TrainedModels& models);

}  // namespace foreshard::models
