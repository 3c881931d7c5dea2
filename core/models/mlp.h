// A small fully connected network with a linear path beside it (so that it starts as a linear model and learns what is not
// linear): standardised inputs, SiLU layers, one output. Trained by LibTorch on one thread (AdamW, falling learning rate);
// predicting is plain C++ on stored weights, so that a checkpoint gives the same numbers with any LibTorch. NaN inputs count
// as the mean. A trained Mlp is a plain value.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/job.h"
#include "core/models/checkpoints.h"
#include "core/models/table.h"

namespace foreshard::models {

enum class MlpLoss : uint8_t {
    squared,
    huber,      // squared near zero, absolute beyond one standard deviation of the targets
    absolute,
    poisson,    // output is the logarithm of the rate, targets are counts
};

struct MlpOptions {
    MlpLoss loss = MlpLoss::squared;
    std::vector<uint32_t> hidden = {64, 32};
    uint32_t epochs = 30;            // over which the learning rate falls
    uint32_t batch = 512;
    double learningRate = 0.002;
    double weightDecay = 1e-3;
    double dropout = 0;
    double inputClip = 5;            // standard deviations
    uint32_t patience = 8;           // epochs without a better validation loss; needs a validation part
    uint64_t seed = 1;
    double order = 1;                // weight of the loss where the lesser of a pair is put above the greater (MlpData::lesser)
    std::string lossSeries;          // where not empty: Job::sample of each epoch's loss
    std::optional<std::chrono::steady_clock::time_point> deadline;
    std::string device = "auto";     // auto, cpu or cuda; the draws of a seed are the same on each
    std::optional<bool> bfloat16;    // of the products of layers; nothing: on a GPU, where they are large
    FitCheckpoint* checkpoint = nullptr;   // where there is one, goes on from the epoch saved last, to the same weights to the bit
};

struct MlpLayer {
    uint32_t inputs = 0, outputs = 0;
    std::vector<float> weights;      // [input * outputs + output]: the inner loop runs over outputs
    std::vector<float> bias;
    bool operator==(const MlpLayer&) const = default;
};

struct Mlp {
    static constexpr uint32_t formatVersion = 1;
    uint32_t columns = 0;
    float inputClip = 5;
    std::vector<float> mean, scale;  // of the inputs
    float outMean = 0, outScale = 1;
    std::vector<MlpLayer> layers;    // the last one has one output
    std::vector<float> direct;       // the linear path: one weight an input
    bool operator==(const Mlp&) const = default;

    float predict(std::span<const float> row) const;
    std::vector<float> predict(const Table& rows) const;
    std::string write() const;
    static Result<Mlp> read(std::string_view bytes);
};

struct MlpFit {
    Mlp model;
    bool diverged = false;           // the model is unusable
    uint32_t epochs = 0;             // kept
    uint32_t epochsRun = 0;          // by this process
    double loss = 0;                 // of the validation part, else of the last epoch; in standardised units
    std::string device = "cpu";      // that trained it
};

struct MlpData {
    const Table& rows;
    std::span<const float> targets;
    std::span<const float> weights = {};   // empty: all 1
    std::span<const float> start = {};     // poisson: log rates that the output is added to; empty: the mean, which joins the model
    const Table* lesser = nullptr;         // pairs without targets, any number of them: the output of the lesser one shall not lie
    const Table* greater = nullptr;        // above the greater one's by more than the pair's slack; null: none
    std::span<const float> slack = {};     // one a pair, in the units of the targets; empty: 0
};

// `validation` may be null: then exactly `epochs`. Errors: usage (no rows, widths differ), cancelled, internal.
Result<MlpFit> fitMlp(const MlpData& training, const MlpData* validation, const MlpOptions& options, Job& job);

}  // namespace foreshard::models
