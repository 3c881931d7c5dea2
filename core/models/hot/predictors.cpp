#include <algorithm>
#include <cmath>

#include "core/base/hash.h"
#include "core/models/hot/predictor.h"
#include "core/models/mlp.h"
#include "core/models/ridge.h"
#include "core/models/trees.h"

namespace foreshard::models {

namespace {

constexpr size_t mostRows = 60'000;
constexpr size_t leastRows = 200;
constexpr float leastRate = 0.02f;      // accesses a window: what never came may still come
constexpr size_t newestLearned = 24;   // snapshots
constexpr size_t newestBlended = 8;    // where habits change, only these tell
constexpr size_t judgingOneIn = 4;     // whole snapshots: rows of one window err together

class Cumulative : public HotspotPredictor {
public:
    std::string name() const override { return "cumulative"; }
    Result<bool> fit(std::span<const Snapshot* const>, Job&) override { return true; }
    Result<std::vector<float>> score(const Snapshot& now) override { return now.ever; }
};

// One column as it stands.
class OneColumn : public HotspotPredictor {
public:
    OneColumn(std::string name, uint32_t column) : name_(std::move(name)), column_(column) {}
    std::string name() const override { return name_; }
    Result<bool> fit(std::span<const Snapshot* const>, Job&) override { return true; }
    Result<std::vector<float>> score(const Snapshot& now) override {
        std::vector<float> scores(now.items.size());
        for (size_t i = 0; i < scores.size(); ++i) scores[i] = now.features.row(i)[column_];
        return scores;
    }

private:
    std::string name_;
    uint32_t column_;
};

// Where keys only grow: those that come next, beside what was touched of late. Of the latter as much is believed as lately came
// true, of keys that were new in the last window and of older ones apart: what is no longer at the edge often falls silent.
class AppendHot : public HotspotPredictor {
public:
    std::string name() const override { return "append-hot"; }
    Result<bool> fit(std::span<const Snapshot* const> past, Job&) override {
        if (past.empty() || past.back()->coming.items.empty()) return false;
        double came[2] = {}, expected[2] = {};
        for (const auto* snapshot : past.last(std::min(past.size(), newestBlended)))
            for (size_t i = 0; i < snapshot->items.size(); ++i) {
                came[isOld(*snapshot, i)] += snapshot->next[i];
                expected[isOld(*snapshot, i)] += recentRate(*snapshot, i);
            }
        for (size_t age = 0; age < 2; ++age) believed_[age] = expected[age] > 0 ? static_cast<float>(came[age] / expected[age]) : 0.0f;
        return true;
    }
    Result<std::vector<float>> score(const Snapshot& now) override {
        std::vector<float> scores(now.items.size());
        for (size_t i = 0; i < scores.size(); ++i) scores[i] = believed_[isOld(now, i)] * recentRate(now, i);
        return scores;
    }
    std::vector<float> scoreComing(const Snapshot& now) override { return now.coming.rates; }

private:
    static constexpr uint32_t halfLife = 3;   // 0.45 windows
    static float recentRate(const Snapshot& now, size_t i) { return std::expm1(now.features.row(i)[firstFading + halfLife]); }
    static bool isOld(const Snapshot& now, size_t i) { return now.features.row(i)[sinceFirst] > std::log1p(1.0f); }
    float believed_[2] = {};
};

struct Examples {
    Table rows{hotColumns};
    std::vector<float> targets;
};

// Rows of the newest snapshots, `most` of them; which ones is decided by hash, so that no snapshot is favoured. The
// second part judges.
std::pair<Examples, Examples> examplesOf(std::span<const Snapshot* const> past, size_t most, uint64_t seed) {
    past = past.last(std::min(past.size(), newestLearned));
    size_t all = 0;
    for (const auto* snapshot : past) all += snapshot->items.size();
    const double share = static_cast<double>(most) / static_cast<double>(std::max<size_t>(1, all));
    std::pair<Examples, Examples> parts;
    for (size_t s = 0; s < past.size(); ++s)
        for (size_t i = 0; i < past[s]->items.size(); ++i) {
            const uint64_t hash = combineHash(combineHash(seed, s), past[s]->items[i]);
            if (share < 1 && static_cast<double>(hash >> 11) * 0x1p-53 >= share) continue;
            auto& part = (past.size() - s) % judgingOneIn == 0 ? parts.second : parts.first;
            std::ranges::copy(past[s]->features.row(i), part.rows.addRow().begin());
            part.targets.push_back(past[s]->next[i]);
        }
    return parts;
}

// Non-negative weights of the fading rates, least squares with rows divided by the square root of their rate, as the spread
// of a Poisson count asks for.
class Blend : public HotspotPredictor {
public:
    explicit Blend(uint64_t seed, size_t newest = newestLearned) : seed_(seed), newest_(newest) {}
    std::string name() const override { return newest_ < newestLearned ? "blend, last windows" : "blend of fading counts"; }
    Result<bool> fit(std::span<const Snapshot* const> past, Job& job) override {
        FS_TRY(job.checkpoint());
        auto [training, more] = examplesOf(past.last(std::min(past.size(), newest_)), mostRows, seed_);
        training.rows.values.insert(training.rows.values.end(), more.rows.values.begin(), more.rows.values.end());   // so few weights need no judge
        training.targets.insert(training.targets.end(), more.targets.begin(), more.targets.end());
        if (training.targets.size() < leastRows) return false;
        std::vector<std::vector<float>> columns(halfLives.size() + 1);
        std::vector<float> targets;
        for (size_t i = 0; i < training.targets.size(); ++i) {
            const auto row = training.rows.row(i);
            float mean = 0;
            for (size_t h = 0; h < halfLives.size(); ++h) mean += std::expm1(row[firstFading + h]);
            const float scale = 1 / std::sqrt(mean / static_cast<float>(halfLives.size()) + 0.5f);
            for (size_t h = 0; h < halfLives.size(); ++h) columns[h].push_back(std::expm1(row[firstFading + h]) * scale);
            columns.back().push_back(std::expm1(row[neighbourHeat]) * scale);
            targets.push_back(training.targets[i] * scale);
        }
        weights_ = nonNegativeWeights(columns, targets, false);
        return true;
    }
    Result<std::vector<float>> score(const Snapshot& now) override { return rates(now.features); }
    std::vector<float> rates(const Table& rows) const {
        std::vector<float> rates(rows.rows());
        for (size_t i = 0; i < rates.size(); ++i) {
            const auto row = rows.row(i);
            for (size_t h = 0; h < halfLives.size(); ++h) rates[i] += static_cast<float>(weights_[h]) * std::expm1(row[firstFading + h]);
            rates[i] += static_cast<float>(weights_.back()) * std::expm1(row[neighbourHeat]);
        }
        return rates;
    }
    // Of the rates, for the learned predictors that start from them.
    std::vector<float> logs(const Table& rows) const {
        auto values = rates(rows);
        for (auto& v : values) v = std::log(v + leastRate);
        return values;
    }

private:
    uint64_t seed_;
    size_t newest_;   // snapshots it learns from
    std::vector<double> weights_ = std::vector<double>(halfLives.size() + 1);
};

// Learned corrections of the blend, in the logarithm of the rate: where there is little to learn, the blend remains.
class Learned : public HotspotPredictor {
public:
    explicit Learned(uint64_t seed) : seed_(seed), blend_(seed) {}
    Result<bool> fit(std::span<const Snapshot* const> past, Job& job) override {
        FS_ASSIGN(const bool blended, blend_.fit(past, job));
        const auto [training, judging] = examplesOf(past, mostRows, seed_);
        if (!blended || training.targets.size() < leastRows || judging.targets.empty()) return false;
        const auto start = blend_.logs(training.rows), judgedStart = blend_.logs(judging.rows);
        return learn({training.rows, training.targets, start}, {judging.rows, judging.targets, judgedStart}, job);
    }
    Result<std::vector<float>> score(const Snapshot& now) override {
        auto scores = blend_.logs(now.features);
        FS_ASSIGN(const auto corrections, correct(now.features));
        for (size_t i = 0; i < scores.size(); ++i) scores[i] += corrections[i];
        return scores;
    }

protected:
    struct Part {
        const Table& rows;
        std::span<const float> targets, start;
    };
    virtual Result<bool> learn(const Part& training, const Part& judging, Job& job) = 0;
    virtual Result<std::vector<float>> correct(const Table& rows) const = 0;
    Result<bool> learnNetwork(const Part& training, const Part& judging, Job& job) {
        MlpOptions options;
        options.loss = MlpLoss::poisson;
        options.epochs = 14;
        options.patience = 5;
        options.seed = seed_;
        options.lossSeries = "loss of " + name();
        const MlpData judge{judging.rows, judging.targets, {}, judging.start};
        FS_ASSIGN(auto fitted, fitMlp({training.rows, training.targets, {}, training.start}, &judge, options, job));
        if (fitted.diverged) return false;
        network_ = std::move(fitted.model);
        return true;
    }
    uint64_t seed_;
    Mlp network_;

private:
    Blend blend_;
};

class Network : public Learned {
public:
    using Learned::Learned;
    std::string name() const override { return "network, Poisson"; }

private:
    Result<bool> learn(const Part& training, const Part& judging, Job& job) override { return learnNetwork(training, judging, job); }
    Result<std::vector<float>> correct(const Table& rows) const override { return network_.predict(rows); }
};

class NetworkAndTrees : public Learned {
public:
    using Learned::Learned;
    std::string name() const override { return "network and trees, Poisson"; }

private:
    Result<bool> learn(const Part& training, const Part& judging, Job& job) override {
        FS_ASSIGN(const bool learned, learnNetwork(training, judging, job));
        TreeOptions options;
        options.loss = TreeLoss::poisson;
        options.rounds = 160;
        options.depth = 5;
        options.learningRate = 0.1;
        options.patience = 15;
        options.seed = seed_;
        const TreeData judge{judging.rows, judging.targets, {}, judging.start};
        FS_ASSIGN(auto fitted, fitTrees({training.rows, training.targets, {}, training.start}, &judge, options, job));
        trees_ = std::move(fitted.model);
        return learned;
    }
    Result<std::vector<float>> correct(const Table& rows) const override {
        FS_ASSIGN(auto corrections, trees_.predict(rows));
        for (size_t i = 0; i < corrections.size(); ++i) corrections[i] = (corrections[i] + network_.predict(rows.row(i))) / 2;
        return corrections;
    }
    Trees trees_;
};

}  // namespace

Predictors hotspotPredictors(uint64_t seed, bool learned) {
    Predictors all;
    all.push_back(std::make_unique<Cumulative>());
    all.push_back(std::make_unique<OneColumn>(lastWindowPredictor, firstWindow));
    for (uint32_t h = 0; h + 1 < halfLives.size(); ++h) {
        char name[32];
        std::snprintf(name, sizeof name, "fading, half-life %g", halfLives[h]);
        all.push_back(std::make_unique<OneColumn>(name, firstFading + h));
    }
    all.push_back(std::make_unique<AppendHot>());
    all.push_back(std::make_unique<Blend>(seed, newestBlended));
    all.push_back(std::make_unique<Blend>(seed));
    if (!learned) return all;
    all.push_back(std::make_unique<Network>(seed));
    all.push_back(std::make_unique<NetworkAndTrees>(seed));
    return all;
}

}  // namespace foreshard::models
