#include "core/models/portfolio/learned.h"

#include <algorithm>
#include <cmath>

#include "core/base/hash.h"
#include "core/models/mlp.h"
#include "core/models/portfolio/lag_features.h"
#include "core/models/ridge.h"
#include "core/models/trees.h"

namespace foreshard::models {

namespace {

constexpr size_t mostRows = 60'000;     // drawn for training; more teach little and cost time
constexpr size_t leastRows = 64;
constexpr uint64_t judgingOneIn = 7;    // blocks of time, scattered over all regimes of the training part, that say when to stop
constexpr size_t blocks = 70;           // of a series at most; none shorter than a season
constexpr float ceilingAboveMaximum = 2.0794415f;   // ln 8: no answer above eight times the largest count seen
constexpr double ridgePenalty = 5;

struct Examples {
    Table rows;
    std::vector<float> targets;         // relative to the question's level
};

// Questions with a known answer before each series' end, all of them or a sample of `most`.
std::vector<Question> drawQuestions(const Panel& panel, const FitPlan& plan, size_t most, uint64_t seed) {
    const auto& leads = plan.leads;
    const auto first = [&](size_t s) { return std::min<size_t>(plan.ends[s] / 3, panel.seasons.front()) + 1; };
    const auto end = [&](size_t s) { return std::min(plan.ends[s], panel.series[s].logs.size()); };
    size_t origins = 0;
    for (size_t s = 0; s < panel.series.size(); ++s) origins += end(s) > first(s) ? end(s) - first(s) : 0;
    const double wanted = origins == 0 ? 0 : static_cast<double>(most) / static_cast<double>(origins);   // questions a target
    Random random(seed);
    std::vector<Question> questions;
    for (uint32_t s = 0; s < panel.series.size(); ++s)
        for (size_t target = first(s); target < end(s); ++target) {
            if (!panel.series[s].isKnown(target)) continue;
            const auto add = [&](uint32_t lead) {
                if (target + 2 > lead) questions.push_back({s, static_cast<uint32_t>(target + 1 - lead), lead});
            };
            if (wanted >= static_cast<double>(leads.size())) {
                for (const uint32_t lead : leads) add(lead);
            } else {
                const auto times = static_cast<size_t>(wanted + random.uniform());
                for (size_t i = 0; i < times; ++i) add(leads[random.below(leads.size())]);
            }
        }
    std::erase_if(questions, [](const Question& q) { return q.origin == 0; });
    return questions;
}

// What all learned candidates share: features, training rows, the linear start, and limits on answers.
class LagModel : public VolumeCandidate {
public:
    LagModel(uint64_t seed, bool seasons) : seed_(seed), seasons_(seasons) {}

    Result<Outcome> fit(const Panel& panel, const FitPlan& plan, Job& job) override {
        prepare(panel, plan);
        std::vector<Question> learned, judged;
        for (const auto& question : drawQuestions(panel, plan, mostRows, seed_)) (judges(panel, plan, question) ? judged : learned).push_back(question);
        const Examples training = examplesOf(panel, learned), judging = examplesOf(panel, judged);
        if (training.targets.size() < leastRows || judging.targets.empty()) return Outcome{false, "there is too little history for it"};
        FS_TRY(job.checkpoint());
        const auto [low, high] = std::minmax_element(training.targets.begin(), training.targets.end());
        lowest_ = *low;
        highest_ = *high;
        linear_ = fitRidge(training.rows, training.targets, ridgePenalty);
        return learn(training, judging, plan, job);
    }
    Result<std::vector<float>> answer(const Panel&, std::span<const Question> questions, Job& job) override {
        std::vector<float> answers;
        answers.reserve(questions.size());
        constexpr size_t block = 16384;
        for (size_t first = 0; first < questions.size(); first += block) {
            FS_TRY(job.checkpoint());
            const auto part = questions.subspan(first, std::min(block, questions.size() - first));
            FS_ASSIGN(const auto changes, changesOf(features_->tableOf(part)));
            for (size_t i = 0; i < part.size(); ++i)
                answers.push_back(std::clamp(features_->level(part[i]) + std::clamp(changes[i], lowest_, highest_), 0.0f, ceilings_[part[i].series]));
        }
        return answers;
    }

protected:
    virtual Result<Outcome> learn(const Examples& training, const Examples& judging, const FitPlan& plan, Job& job) = 0;
    // Relative to the level.
    virtual Result<std::vector<float>> changesOf(const Table& rows) const = 0;

    static std::vector<float> minus(const std::vector<float>& a, const std::vector<float>& b) {
        std::vector<float> difference(a);
        for (size_t i = 0; i < difference.size(); ++i) difference[i] -= b[i];
        return difference;
    }

    uint64_t seed_;
    bool seasons_;
    Ridge linear_;

private:
    void prepare(const Panel& panel, const FitPlan& plan) {
        std::vector<size_t> lengths = plan.ends;
        std::nth_element(lengths.begin(), lengths.begin() + static_cast<std::ptrdiff_t>(lengths.size() / 2), lengths.end());
        const size_t typical = lengths.empty() ? 0 : lengths[lengths.size() / 2];
        features_.emplace(panel, std::max<size_t>(4, typical / 4), plan.leads.back(), seasons_);
        ceilings_.clear();
        for (size_t s = 0; s < panel.series.size(); ++s) {
            const auto& logs = panel.series[s].logs;
            const auto end = logs.begin() + static_cast<std::ptrdiff_t>(std::min(plan.ends[s], logs.size()));
            ceilings_.push_back((end == logs.begin() ? 0.0f : *std::max_element(logs.begin(), end)) + ceilingAboveMaximum);
        }
    }
    // By blocks, not by single questions: neighbours share most of what they see.
    bool judges(const Panel& panel, const FitPlan& plan, const Question& question) const {
        const size_t block = std::max<size_t>({1, panel.seasons.front(), plan.ends[question.series] / blocks});
        return combineHash(combineHash(seed_, question.series), question.target() / block) % judgingOneIn == 0;
    }
    Examples examplesOf(const Panel& panel, std::span<const Question> questions) const {
        Examples examples;
        examples.rows = features_->tableOf(questions);
        for (const auto& q : questions) examples.targets.push_back(panel.series[q.series].logs[q.target()] - features_->level(q));
        return examples;
    }

    std::optional<LagFeatures> features_;
    std::vector<float> ceilings_;   // by series
    float lowest_ = 0, highest_ = 0;
};

class LinearLags : public LagModel {
public:
    LinearLags() : LagModel(1, true) {}
    std::string name() const override { return "linear on lags"; }

private:
    Result<Outcome> learn(const Examples&, const Examples&, const FitPlan&, Job&) override { return Outcome{}; }
    Result<std::vector<float>> changesOf(const Table& rows) const override { return linear_.predict(rows); }
};

class NetworkLags : public LagModel {
public:
    NetworkLags(uint64_t seed, bool seasons) : LagModel(seed, seasons) {}
    std::string name() const override { return seasons_ ? "network on lags" : "network on recent lags"; }

private:
    Result<Outcome> learn(const Examples& training, const Examples& judging, const FitPlan& plan, Job& job) override {
        const auto rest = minus(training.targets, linear_.predict(training.rows)), judgedRest = minus(judging.targets, linear_.predict(judging.rows));
        MlpOptions options;
        options.loss = MlpLoss::huber;
        options.epochs = 24;
        options.seed = seed_;
        options.deadline = plan.deadline;
        options.lossSeries = "loss of " + name();
        const MlpData data{training.rows, rest}, judge{judging.rows, judgedRest};
        FS_ASSIGN(MlpFit fit, fitMlp(data, &judge, options, job));
        if (fit.diverged) return Outcome{false, "its training diverged"};
        useless_ = fit.epochs == 0;
        network_ = std::move(fit.model);
        return Outcome{};
    }
    Result<std::vector<float>> changesOf(const Table& rows) const override {
        auto changes = linear_.predict(rows);
        if (useless_) return changes;
        for (size_t i = 0; i < changes.size(); ++i) changes[i] += network_.predict(rows.row(i));
        return changes;
    }
    bool useless_ = false;   // no epoch was better than the linear model it starts from
    Mlp network_;
};

class TreesOnLags : public LagModel {
public:
    TreesOnLags(uint64_t seed, bool seasons) : LagModel(seed, seasons) {}
    std::string name() const override { return seasons_ ? "trees on lags" : "trees on recent lags"; }

private:
    Result<Outcome> learn(const Examples& training, const Examples& judging, const FitPlan& plan, Job& job) override {
        const auto rest = minus(training.targets, linear_.predict(training.rows)), judgedRest = minus(judging.targets, linear_.predict(judging.rows));
        TreeOptions options;
        options.seed = seed_;
        options.threads = 1;   // candidates run side by side
        options.rounds = 250;
        options.learningRate = 0.06;
        options.patience = 25;
        options.deadline = plan.deadline;
        const TreeData data{training.rows, rest}, judge{judging.rows, judgedRest};
        FS_ASSIGN(TreeFit fit, fitTrees(data, &judge, options, job));
        trees_ = std::move(fit.model);
        return Outcome{};
    }
    Result<std::vector<float>> changesOf(const Table& rows) const override {
        FS_ASSIGN(auto changes, trees_.predict(rows));
        for (size_t i = 0; i < changes.size(); ++i) changes[i] += linear_.predict(rows.row(i));
        return changes;
    }
    Trees trees_;
};

}  // namespace

std::unique_ptr<VolumeCandidate> linearCandidate() { return std::make_unique<LinearLags>(); }
std::unique_ptr<VolumeCandidate> networkCandidate(uint64_t seed, bool seasons) { return std::make_unique<NetworkLags>(seed, seasons); }
std::unique_ptr<VolumeCandidate> treesCandidate(uint64_t seed, bool seasons) {
    return std::make_unique<TreesOnLags>(seed, seasons);
}

}  // namespace foreshard::models
