// NLinear (Zeng et al., "Are Transformers Effective for Time Series Forecasting?", AAAI 2023): subtract the last value, map
// the last `lags` values linearly to the next `horizon`, add the last value back. Trained here as a correction of seasonal
// naive: weights start there, full-batch Adam moves them, weight decay pulls them back, so that little data leaves seasonal
// naive nearly as it was. Training is LibTorch on one thread; predicting is plain C++ on stored weights, so that a
// checkpoint gives the same numbers with any LibTorch. Values are ln(1+count). A model is a plain value.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/job.h"
#include "core/base/result.h"

namespace foreshard::models {

struct NLinear {
    static constexpr uint32_t formatVersion = 1;
    uint32_t lags = 0;
    uint32_t horizon = 0;
    std::vector<float> weights;      // [step * lags + lag], lag 0 is the oldest
    std::vector<float> bias;         // [step]
    float ceiling = 0;               // no prediction above it: a linear map fed with its own output may run away
    bool operator==(const NLinear&) const = default;

    // `history` oldest first, at least `lags` long. Beyond `horizon` the model is fed its own predictions.
    std::vector<double> predict(std::span<const double> history, uint32_t steps) const;

    std::string write() const;
    static Result<NLinear> read(std::string_view bytes);
};

struct NLinearOptions {
    uint32_t lags = 48;              // at least `season`
    uint32_t horizon = 24;
    uint32_t season = 24;            // of the seasonal naive it starts from
    uint32_t epochs = 200;
    uint32_t patience = 25;          // epochs without a better validation loss before it stops
    bool validate = true;            // false: train on everything for exactly `epochs`
    double learningRate = 0.003;
    double weightDecay = 0.02;      // of the weights; the bias, which carries a trend, is free
    std::string device = "auto";     // auto, cpu or cuda
    std::string lossSeries;          // where not empty: Job::sample of each epoch's validation (else training) loss
    std::optional<uint64_t> progressBase;   // Job::progress says progressBase + epoch; nothing: that is the caller's to say
    std::optional<std::chrono::steady_clock::time_point> deadline;
};

enum class FitOutcome : uint8_t { fitted, diverged, outOfTime, tooShort };
const char* toString(FitOutcome outcome);

struct NLinearFit {
    FitOutcome outcome = FitOutcome::tooShort;
    NLinear model;                   // for fitted only
    uint32_t epochs = 0;             // run
    uint32_t bestEpoch = 0;          // whose weights were kept; 0: the seasonal naive it started from
    double loss = 0;                 // of that epoch
    std::string device = "cpu";      // that trained it
};

// Lags and season to use for a series of this length, or nothing where it is too short to learn from.
std::optional<NLinearOptions> nlinearOptionsFor(size_t length, uint32_t season, uint32_t horizon);

// Errors: cancelled (within one epoch), unsupported (no such device), internal (what LibTorch threw).
Result<NLinearFit> fitNLinear(std::span<const double> history, const NLinearOptions& options, Job& job);

}  // namespace foreshard::models
