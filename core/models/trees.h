// Gradient-boosted regression trees: XGBoost (Chen and Guestrin, KDD 2016) behind a header that names none of its types.
// A trained Trees is an immutable value; predicting is safe from several threads. Missing features (NaN) are learned.
// Deterministic for a seed, whatever the number of threads.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/job.h"
#include "core/models/table.h"

namespace foreshard::models {

enum class TreeLoss : uint8_t { squared, absolute, poisson };

struct TreeOptions {
    TreeLoss loss = TreeLoss::squared;
    uint32_t rounds = 400;           // at most
    uint32_t patience = 30;          // rounds without a better validation loss before it stops; needs a validation part
    uint32_t depth = 6;
    double learningRate = 0.05;
    double leastWeight = 20;         // of a leaf: rows, or expected events for poisson
    double rowShare = 0.7;           // drawn for each tree
    double columnShare = 0.7;
    double l2 = 1;
    uint32_t threads = 1;            // more pay only for many rows: OpenMP's threads wait busily for each other
    uint64_t seed = 1;
    std::vector<int8_t> monotone;    // per column: 1 rises, -1 falls, 0 free; empty: all free
    std::optional<std::chrono::steady_clock::time_point> deadline;   // stops early; what there is by then is the model
};

class Trees {
public:
    Trees() = default;
    bool trained() const { return booster_ != nullptr; }
    uint32_t columns() const { return columns_; }

    // One value a row; for poisson the logarithm of the rate. Errors: usage (not trained, other width), internal.
    Result<std::vector<float>> predict(const Table& rows) const;

    Result<std::string> write() const;
    static Result<Trees> read(std::string_view bytes);

private:
    friend struct TreeTrainer;
    std::shared_ptr<void> booster_;
    uint32_t columns_ = 0;
    bool added_ = false;   // grown on a start: what is predicted is the correction alone
};

struct TreeFit {
    Trees model;
    uint32_t rounds = 0;       // kept
    double loss = 0;           // on the validation part; 0 without one
};

struct TreeData {
    const Table& rows;
    std::span<const float> targets;          // one a row; counts for poisson
    std::span<const float> weights = {};     // empty: all 1
    std::span<const float> start = {};       // what the trees are added to (poisson: log rates); empty: a constant of their own
};

// `validation` may be null: then exactly `rounds`. Errors: usage (no rows, widths differ), cancelled (within one round),
// internal (what XGBoost said).
Result<TreeFit> fitTrees(const TreeData& training, const TreeData* validation, const TreeOptions& options, Job& job);

}  // namespace foreshard::models
