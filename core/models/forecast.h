// Volume forecasts. Templates are clustered by the cosine of their arrival rates (online, rho 0.8; after QueryBot 5000, Ma et
// al., SIGMOD 2018); each cluster's volume is forecast by one model of a portfolio, or by an average of several, as the
// rolling-origin backtest says: models of each series (seasonal naive, NLinear: Zeng et al., AAAI 2023) and models of all series
// at once (core/models/portfolio). No torch type appears here. Plain values. What cannot be measured (a ratio whose denominator
// is zero, a backtest without an origin) is nothing, never 0.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/models/hyper.h"
#include "core/workload/workload.h"

namespace foreshard::models {

// The numbers are part of file formats.
enum class VolumeModel : uint8_t {
    seasonalNaive,
    nlinear,
    phaseMean,    // mean of the same phase of the last seasons
    theta,
    linear,       // ridge regression on lag features; with all below it one model of all series
    network,      // on lag features
    trees,        // boosted, on lag features
    average,      // of several of the others
};
constexpr VolumeModel lastVolumeModel = VolumeModel::average;
const char* toString(VolumeModel model);

struct BacktestRow {                     // one candidate on one series
    VolumeModel model = VolumeModel::seasonalNaive;
    uint32_t season = 1;                 // intervals; 1: repeats the last value
    bool chosen = false;
    double logMse = 0;                   // mean squared error of ln(1+count) over all origins and steps
    std::optional<double> nd;            // sum of absolute errors / sum of counts
    std::optional<double> mase;          // against the seasonal naive error of the training part, mean over origins
    std::optional<double> skill;         // 1 - logMse / logMse of the best seasonal naive
    std::optional<double> coverage;      // share of actual counts inside P10…P90, bands made from the other origins
    uint32_t origins = 0;
    bool operator==(const BacktestRow&) const = default;
};

struct ModelPart {                       // of an average
    VolumeModel model = VolumeModel::seasonalNaive;
    double weight = 0;                   // above 0; all parts together 1
    bool operator==(const ModelPart&) const = default;
};

struct SeriesModel {                     // one cluster
    std::string name;                    // text of its largest template, shortened; unique
    std::vector<uint64_t> templates;     // fingerprints
    std::vector<double> shares;          // of the cluster's calls in the last windows, parallel to templates
    VolumeModel model = VolumeModel::seasonalNaive;
    std::vector<BacktestRow> backtest;   // every candidate; empty for a series too short to test on
    std::vector<ModelPart> parts;        // of an average; else empty
    std::string checkpoint;              // bytes of NLinear, where it is the model or a part; empty without it
    std::vector<double> residuals;       // actual - predicted of the backtest, in ln(1+count), for bands; sorted
    std::vector<double> residualPath;    // the same in time order: origins follow each other without a gap
    uint32_t backtestHorizon = 0;        // steps between two origins; 0: no backtest
    uint32_t season = 24;                // intervals, of seasonal naive
    uint32_t lags = 0;                   // of NLinear
    bool operator==(const SeriesModel&) const = default;

    const BacktestRow* chosenRow() const;   // null without a backtest
};

struct SharedModel {                     // one model of all series
    VolumeModel model = VolumeModel::phaseMean;
    std::string checkpoint;              // empty for phaseMean and theta, which take no time to fit
    bool operator==(const SharedModel&) const = default;
};

struct TrainedModels {
    static constexpr uint32_t formatVersion = 3;
    std::vector<SeriesModel> series;     // largest first
    std::vector<SharedModel> shared;     // those that some series is forecast by
    std::vector<uint32_t> seasons;       // intervals; that shared models know
    HyperParameters hyper;               // they were trained with
    uint32_t features = 0;               // version of the lag features; 0: before they were counted
    Instant interval = microsPerHour;
    TimeRange trainedOn;                 // whole intervals; a first or last one that the log covers only in part is left out
    uint64_t workloadFingerprint = 0;
    uint64_t seed = 1;
    std::string device = "cpu";
    double seconds = 0;
    std::string library;                 // "LibTorch 1.13.1"
    std::string cardinality;             // cardinality/train.h: TrainedCardinality::write(); empty: none
    bool operator==(const TrainedModels&) const = default;
};

struct TrainOptions {
    uint64_t seed = 1;
    uint32_t epochs = 200;
    double budgetSeconds = 0;            // 0: none; what is not trained in time falls back to seasonal naive, and says so
    std::string device = "auto";         // auto, cpu, cuda
    uint32_t horizon = 24;               // intervals the backtest looks ahead
    uint32_t maxSeries = 48;             // clusters beyond the largest ones share one series
    HyperParameters hyper;
};

// Reports Job passes "series 3 of 40" (in epochs) and samples ("loss of NAME", epoch, loss) of the fit on the last origin of
// the backtest. Cancelled within one epoch. Same workload, options and machine: same models.
Result<TrainedModels> train(const workload::Workload& workload, const TrainOptions& options, Job& job);

struct SeriesForecast {
    std::string name;
    VolumeModel model = VolumeModel::seasonalNaive;
    std::vector<Instant> times;          // begin of each interval
    std::vector<double> p10, p50, p90;   // calls per interval
    std::optional<double> skill;         // measured by the backtest
    std::optional<double> coverage;
    bool operator==(const SeriesForecast&) const = default;
};

struct Forecast {
    std::shared_ptr<const workload::Workload> workload;   // origin forecast; same facts
    std::vector<SeriesForecast> series;                   // as TrainedModels::series, then "new since training" where needed
    SeriesForecast total;                                 // of all series; quantiles taken over the sampled paths
    TimeRange range;
};

// `horizon`: µs, rounded up to whole intervals; starts where `observed` ends. Same models, workload and seed, same answer.
Result<Forecast> forecast(const TrainedModels& models, const workload::Workload& observed, Instant horizon, uint64_t seed, Job& job);

std::string writeModels(const TrainedModels& models);
Result<TrainedModels> readModels(std::string_view bytes);

// The BLAS behind LibTorch on this machine ("OpenBLAS", "reference BLAS", "built into LibTorch"), and whether it is the slow
// one; train() warns where it is.
std::string blasName();
bool blasIsSlow();
// "LibTorch 1.13.1", and whether this build and machine can train on a CUDA device.
std::string libraryName();
bool cudaAvailable();

}  // namespace foreshard::models
