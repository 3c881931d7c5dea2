// Volume forecasts. Templates are clustered by the cosine of their arrival rates (online, rho 0.8; after QueryBot 5000, Ma et
// al., SIGMOD 2018); each cluster's volume is forecast by one model of a portfolio, or by an average of several, as the
// rolling-origin backtest says: models of each series (seasonal naive, NLinear: Zeng et al., AAAI 2023) and models of all series
// at once (core/models/portfolio). No torch type appears here. Plain values. What cannot be measured (a ratio whose denominator
// is zero, a backtest without an origin) is nothing, never 0.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/models/events.h"
#include "core/models/hyper.h"
#include "core/workload/workload.h"

namespace foreshard::models {

class Checkpoints;

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

// Of a template or a transaction class, which has its share of what its cluster is foreseen to have: what to add to
// ln(1 + its expected count) for P10 and P90, and how often actual counts of the backtest lay between.
struct ShareBand {
    double low = 0, high = 0;
    std::optional<double> coverage;      // nothing with fewer than two origins
    bool operator==(const ShareBand&) const = default;
};

struct SeriesModel {                     // one cluster, or the total of all
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
    std::vector<ShareBand> bands;        // of its templates, parallel to them; empty without a backtest
    bool operator==(const SeriesModel&) const = default;

    const BacktestRow* chosenRow() const;   // null without a backtest
};

struct SharedModel {                     // one model of all series
    VolumeModel model = VolumeModel::phaseMean;
    std::string checkpoint;              // empty for phaseMean and theta, which take no time to fit
    bool operator==(const SharedModel&) const = default;
};

struct ClassBand {
    uint64_t fingerprint = 0;            // of the transaction class
    ShareBand band;
    bool operator==(const ClassBand&) const = default;
};

// The series and their total are foreseen each by itself, then made to add up (core/models/reconcile.h).
struct Reconciliation {
    bool used = false;                   // it erred less over the backtest than the plain sum
    double before = 0, after = 0;        // logMse of the total: of the plain sum, and of what is made to add up
    bool operator==(const Reconciliation&) const = default;
};

struct TrainedModels {
    static constexpr uint32_t formatVersion = 3;
    std::vector<SeriesModel> series;     // largest first
    std::optional<SeriesModel> total;    // of all templates together; nothing where there is one series alone
    Reconciliation reconciliation;
    BacktestRow totalRow;                // of the total as it is foreseen in the end; origins 0: no backtest
    std::vector<ClassBand> classes;      // by fingerprint
    std::vector<SharedModel> shared;     // those that some series is forecast by
    std::vector<uint32_t> seasons;       // intervals; that shared models know
    HyperParameters hyper;               // they were trained with
    uint32_t features = 0;               // version of the lag features; 0: before they were counted
    Instant interval = microsPerHour;
    TimeRange trainedOn;                 // whole intervals; a first or last one that the log covers only in part is left out
    uint64_t workloadFingerprint = 0;    // with the events that were marked: see dataFingerprint()
    uint64_t seed = 1;
    std::string device = "cpu";
    double seconds = 0;
    std::string library;                 // "LibTorch 1.13.1"
    uint32_t threads = 1;                // models trained at once, each on one thread
    uint64_t epochs = 0;                 // of NLinear and networks, all fits together
    double epochSeconds = 0;             // mean
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
    std::vector<CalendarEvent> events;   // marked by a person, past and to come
    std::filesystem::path checkpoints;   // a file for what is done so far (core/models/checkpoints.h); empty: none. It stays until the
                                         // caller has the models safe and removes it
};

// Reports Job passes "series 3 of 40" (in epochs) and samples ("loss of NAME", epoch, loss) of the fit on the last origin of
// the backtest. Cancelled within one epoch. Same workload, options and machine: same models, whether it was cut
// short in between or not.
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

// A template or a class: what it is foreseen to have stands in Forecast::workload, its band here.
struct ShareForecast {
    uint32_t index = 0;                  // template or class id
    uint32_t series = 0;                 // that the template belongs to; of a class: as many as there are series, for the total
    ShareBand band;
    bool operator==(const ShareForecast&) const = default;
};

struct EventForecast {                   // a marked event inside the range
    std::string name;
    Instant begin = 0, end = 0;
    uint32_t occurrences = 0;            // of its kind that were seen before; 0: nothing is known of its effect, the band is widened
    double factor = 1;                   // on the total; 1 where nothing is known
    bool operator==(const EventForecast&) const = default;
};

struct Forecast {
    std::shared_ptr<const workload::Workload> workload;   // origin forecast; same facts
    std::vector<SeriesForecast> series;                   // as TrainedModels::series, then "new since training" where needed
    SeriesForecast total;                                 // of all series; quantiles taken over the sampled paths
    std::vector<ShareForecast> templates, classes;        // by index; those that have any
    std::vector<EventForecast> events;                    // by beginning
    std::vector<float> widening;                          // by step: of bands, for having looked further ahead than the backtest
    TimeRange range;
};

// Volume of one template (calls) or class (transactions committed): P50s of the templates add up to those of the series, these to
// the total. Bands do not add up; Workload::rates.paths holds futures that agree with each other.
SeriesForecast templateForecast(const Forecast& forecast, const ShareForecast& share);
SeriesForecast classForecast(const Forecast& forecast, const ShareForecast& share);

// `horizon`: µs, rounded up to whole intervals; starts where `observed` ends. Same models, workload, seed and events, same answer.
Result<Forecast> forecast(const TrainedModels& models, const workload::Workload& observed, Instant horizon, uint64_t seed, Job& job,
                          const std::vector<CalendarEvent>& events = {});

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
