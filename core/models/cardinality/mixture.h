// A mixture of independences: rows belong to hidden classes, and within a class the parts of a query (its uses of tables, its
// joins) are independent, so that the rows of a query are a sum over classes of a product over its parts:
//   ln rows = start + ln Σ_k exp(prior_k + Σ_part g_k(part)),
// g a small network shared by all parts. What is learned of pairs of tables holds for more tables than any known query joins,
// which a network over whole queries cannot do. Trained by LibTorch on one thread; predicting is plain C++ on stored
// weights. A trained Mixture is a plain value.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/job.h"
#include "core/models/mlp.h"
#include "core/models/table.h"

namespace foreshard::models {

struct Bags {
    Table elements;
    std::vector<uint32_t> begin = {0};   // first element of each query, and one behind the last
    std::vector<float> start;            // by query
    explicit Bags(uint32_t columns = 0) : elements(columns) {}
    size_t queries() const { return begin.size() - 1; }
    bool operator==(const Bags&) const = default;
};

struct MixtureOptions {
    uint32_t classes = 32;
    std::vector<uint32_t> hidden = {128, 64};
    uint32_t epochs = 80;                // over which the learning rate falls; all of them are run
    uint32_t batch = 128;                // queries
    double learningRate = 0.006;
    double weightDecay = 1e-3;
    double dropout = 0;
    double huber = 0.25;                 // squared loss up to this error of ln rows, absolute beyond
    double order = 1.0;                  // weight of the loss where the lesser of a pair is put above the greater
    uint64_t seed = 1;
    std::string device = "auto";         // auto, cpu or cuda
    std::string lossSeries;              // where not empty: Job::sample of each epoch's loss
};

struct Mixture {
    static constexpr uint32_t formatVersion = 1;
    uint32_t columns = 0;
    std::vector<MlpLayer> layers;        // the last one has an output a class
    std::vector<float> direct;           // columns x classes: a linear path
    std::vector<float> prior;
    bool operator==(const Mixture&) const = default;

    std::vector<float> predict(const Bags& bags) const;
    std::string write() const;
    static Result<Mixture> read(std::string_view bytes);
};

struct MixtureFit {
    Mixture model;
    bool diverged = false;               // the model is unusable
    double loss = 0;                     // of the last epoch
    std::string device = "cpu";          // that trained it
};

struct MixtureData {
    const Bags& bags;
    std::span<const float> targets;      // ln rows, by query
    const Bags* lesser = nullptr;        // pairs of queries without targets, any number of them: the greater one has no
    const Bags* greater = nullptr;       // fewer rows, whatever the data; null: none
};

// Errors: usage (no queries, widths differ), cancelled, internal.
Result<MixtureFit> fitMixture(const MixtureData& data, const MixtureOptions& options, Job& job);

}  // namespace foreshard::models
