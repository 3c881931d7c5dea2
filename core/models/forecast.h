// Volume forecasts. Templates are clustered by the cosine of their arrival rates (online, rho 0.8; after QueryBot 5000, Ma et
// al., SIGMOD 2018); each cluster's volume is forecast by seasonal naive or a linear model on lags (NLinear, Zeng et al.,
// AAAI 2023, in LibTorch), chosen by rolling-origin backtest. No torch type appears here. Plain values.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/workload/workload.h"

namespace foreshard::models {

enum class VolumeModel : uint8_t { seasonalNaive, nlinear };
const char* toString(VolumeModel model);

struct BacktestRow {                     // one candidate on one series
    VolumeModel model = VolumeModel::seasonalNaive;
    bool chosen = false;
    double logMse = 0;                   // mean squared error of ln(1+count) over all origins and steps
    double nd = 0;                       // sum of absolute errors / sum of counts
    double mase = 0;                     // against the seasonal naive error of the training part; 0 where undefined
    double skill = 0;                    // 1 - logMse / logMse of seasonal naive
    double coverage = 0;                 // share of actual counts inside P10…P90
    uint32_t origins = 0;
};

struct SeriesModel {                     // one cluster
    std::string name;                    // text of its largest template, shortened
    std::vector<uint64_t> templates;     // fingerprints
    std::vector<double> shares;          // of the cluster's calls, parallel to templates
    VolumeModel model = VolumeModel::seasonalNaive;
    std::vector<BacktestRow> backtest;
    std::string checkpoint;              // the trained model's bytes; empty for seasonal naive
    std::vector<double> residuals;       // of the backtest, in ln(1+count), for bands; sorted
    uint32_t season = 24;                // intervals
    uint32_t lags = 0;
};

struct TrainedModels {
    static constexpr uint32_t formatVersion = 1;
    std::vector<SeriesModel> series;     // largest first
    Instant interval = microsPerHour;
    TimeRange trainedOn;
    uint64_t workloadFingerprint = 0;
    uint64_t seed = 1;
    std::string device = "cpu";
    double seconds = 0;
    std::string library;                 // "LibTorch 1.13.1"
};

struct TrainOptions {
    uint64_t seed = 1;
    uint32_t epochs = 200;
    double budgetSeconds = 0;            // 0: none
    std::string device = "auto";         // auto, cpu, cuda
    uint32_t horizon = 24;               // intervals the backtest looks ahead
};

// Reports Job passes "series 3 of 40" and samples ("loss of NAME", epoch, loss).
Result<TrainedModels> train(const workload::Workload& workload, const TrainOptions& options, Job& job);

struct SeriesForecast {
    std::string name;
    VolumeModel model = VolumeModel::seasonalNaive;
    std::vector<Instant> times;
    std::vector<double> p10, p50, p90;   // calls per interval
    double skill = 0;                    // measured by the backtest
    double coverage = 0;
};

struct Forecast {
    std::shared_ptr<const workload::Workload> workload;   // origin forecast; same facts
    std::vector<SeriesForecast> series;
    TimeRange range;
};

// `horizon`: µs, rounded up to whole intervals. Same models and workload, same answer.
Result<Forecast> forecast(const TrainedModels& models, const workload::Workload& observed, Instant horizon, uint64_t seed, Job& job);

std::string writeModels(const TrainedModels& models);
Result<TrainedModels> readModels(std::string_view bytes);

}  // namespace foreshard::models
