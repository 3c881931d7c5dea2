#include "core/models/portfolio/learned.h"

#include <algorithm>
#include <cmath>

#include "core/base/hash.h"
#include "core/base/real_lists.h"
#include "core/models/portfolio/lag_features.h"
#include "core/models/ridge.h"

namespace foreshard::models {

namespace {

constexpr uint64_t magic = 0x4c444d47414c4446;   // "FDLAGMDL"
constexpr uint32_t formatVersion = 1;
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
    explicit LagModel(LagOptions lags) : seed_(lags.seed), seasons_(lags.seasons), mostRows_(lags.mostRows) {}

    Result<Outcome> fit(const Panel& panel, const FitPlan& plan, Job& job) override {
        prepare(panel, plan);
        std::vector<Question> learned, judged;
        for (const auto& question : drawQuestions(panel, plan, mostRows_, seed_)) (judges(panel, plan, question) ? judged : learned).push_back(question);
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
        features_->extend();
        for (size_t first = 0; first < questions.size(); first += block) {
            FS_TRY(job.checkpoint());
            const auto part = questions.subspan(first, std::min(block, questions.size() - first));
            FS_ASSIGN(const auto changes, changesOf(features_->tableOf(part)));
            for (size_t i = 0; i < part.size(); ++i)
                answers.push_back(std::clamp(features_->level(part[i]) + std::clamp(changes[i], lowest_, highest_), 0.0f, ceilings_[part[i].series]));
        }
        return answers;
    }
    uint32_t longestLead() const override { return longestLead_; }
    Result<std::string> save() const override {
        ByteWriter out;
        out.fixed64(magic);
        out.varint(formatVersion);
        out.varint(LagFeatures::version);
        out.boolean(seasons_);
        out.varint(longestLag_);
        out.varint(longestLead_);
        out.list(seasonsOfPanel_, [](ByteWriter& w, uint32_t v) { w.varint(v); });
        out.list(ceilings_, [](ByteWriter& w, float v) { w.real(v); });
        out.real(lowest_);
        out.real(highest_);
        writeReals(out, linear_.weights);
        writeReals(out, linear_.fill);
        out.real(linear_.bias);
        FS_ASSIGN(const std::string learned, saveLearned());
        out.text(learned);
        return out.take();
    }
    Status restore(const Panel& panel, std::string_view bytes) override {
        ByteReader in(bytes);
        if (in.fixed64() != magic) return damaged();
        if (in.varint() > formatVersion) return Error{ErrorCategory::version, "The trained volume model was written by a newer Foreshard.", "Train the models again, or update.", {}};
        if (in.varint() != LagFeatures::version)
            return Error{ErrorCategory::version, "The trained volume model learned from other features than this Foreshard has.", "Train the models again.", {}};
        seasons_ = in.boolean();
        longestLag_ = in.varint();
        longestLead_ = static_cast<uint32_t>(in.varint());
        seasonsOfPanel_.clear();
        in.list([&](ByteReader& r) { seasonsOfPanel_.push_back(static_cast<uint32_t>(r.varint())); });
        ceilings_.clear();
        in.list([&](ByteReader& r) { ceilings_.push_back(static_cast<float>(r.real())); });
        lowest_ = static_cast<float>(in.real());
        highest_ = static_cast<float>(in.real());
        linear_.weights = readReals(in);
        linear_.fill = readReals(in);
        linear_.bias = in.real();
        const std::string_view learned = in.view();
        if (!in.ok() || !in.atEnd() || !isSound()) return damaged();
        if (ceilings_.size() != panel.series.size() || seasonsOfPanel_ != panel.seasons)
            return Error{ErrorCategory::format, "The trained volume model belongs to other series.", "Train the models again.", {}};
        features_.emplace(panel, longestLag_, longestLead_, seasons_);
        if (linear_.weights.size() != features_->columns()) return damaged();
        return restoreLearned(learned);
    }

protected:
    static Error damaged() { return {ErrorCategory::format, "The trained volume model is cut short or damaged.", "Train the models again.", {}}; }
    // What stands beside the linear model.
    virtual Result<std::string> saveLearned() const { return std::string(); }
    virtual Status restoreLearned(std::string_view bytes) { return bytes.empty() ? Status() : Status(damaged()); }
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
    bool isSound() const {
        const bool finite = std::isfinite(lowest_) && std::isfinite(highest_) && lowest_ <= highest_ && std::isfinite(linear_.bias);
        const bool sized = longestLead_ > 0 && !seasonsOfPanel_.empty() && linear_.fill.size() == linear_.weights.size();
        return finite && sized && std::all_of(seasonsOfPanel_.begin(), seasonsOfPanel_.end(), [](uint32_t season) { return season > 0; }) &&
               std::all_of(ceilings_.begin(), ceilings_.end(), [](float v) { return std::isfinite(v) && v >= 0; });
    }
    void prepare(const Panel& panel, const FitPlan& plan) {
        std::vector<size_t> lengths = plan.ends;
        std::nth_element(lengths.begin(), lengths.begin() + static_cast<std::ptrdiff_t>(lengths.size() / 2), lengths.end());
        const size_t typical = lengths.empty() ? 0 : lengths[lengths.size() / 2];
        longestLag_ = std::max<size_t>(4, typical / 4);
        longestLead_ = plan.leads.back();
        seasonsOfPanel_ = panel.seasons;
        features_.emplace(panel, longestLag_, longestLead_, seasons_);
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

    size_t mostRows_;
    size_t longestLag_ = 0;
    uint32_t longestLead_ = 0;
    std::vector<uint32_t> seasonsOfPanel_;
    std::optional<LagFeatures> features_;
    std::vector<float> ceilings_;   // by series
    float lowest_ = 0, highest_ = 0;
};

class LinearLags : public LagModel {
public:
    explicit LinearLags(LagOptions lags) : LagModel(lags) {}
    std::string name() const override { return "linear on lags"; }

private:
    Result<Outcome> learn(const Examples&, const Examples&, const FitPlan&, Job&) override { return Outcome{}; }
    Result<std::vector<float>> changesOf(const Table& rows) const override { return linear_.predict(rows); }
};

class NetworkLags : public LagModel {
public:
    NetworkLags(LagOptions lags, MlpOptions options) : LagModel(lags), options_(std::move(options)) {}
    std::string name() const override { return seasons_ ? "network on lags" : "network on recent lags"; }

private:
    Result<Outcome> learn(const Examples& training, const Examples& judging, const FitPlan& plan, Job& job) override {
        const auto rest = minus(training.targets, linear_.predict(training.rows)), judgedRest = minus(judging.targets, linear_.predict(judging.rows));
        MlpOptions options = options_;
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
    Result<std::string> saveLearned() const override {
        ByteWriter out;
        out.boolean(useless_);
        out.text(useless_ ? std::string() : network_.write());
        return out.take();
    }
    Status restoreLearned(std::string_view bytes) override {
        ByteReader in(bytes);
        useless_ = in.boolean();
        const std::string_view network = in.view();
        if (!in.ok() || !in.atEnd()) return damaged();
        if (useless_) return {};
        FS_ASSIGN(network_, Mlp::read(network));
        return network_.columns == linear_.weights.size() ? Status() : Status(damaged());
    }
    MlpOptions options_;
    bool useless_ = false;   // no epoch was better than the linear model it starts from
    Mlp network_;
};

class TreesOnLags : public LagModel {
public:
    TreesOnLags(LagOptions lags, TreeOptions options) : LagModel(lags), options_(std::move(options)) {}
    std::string name() const override { return seasons_ ? "trees on lags" : "trees on recent lags"; }

private:
    Result<Outcome> learn(const Examples& training, const Examples& judging, const FitPlan& plan, Job& job) override {
        const auto rest = minus(training.targets, linear_.predict(training.rows)), judgedRest = minus(judging.targets, linear_.predict(judging.rows));
        TreeOptions options = options_;
        options.seed = seed_;
        options.threads = 1;   // candidates run side by side
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
    Result<std::string> saveLearned() const override { return trees_.write(); }
    Status restoreLearned(std::string_view bytes) override {
        FS_ASSIGN(trees_, Trees::read(bytes));
        return trees_.columns() == linear_.weights.size() ? Status() : Status(damaged());
    }
    TreeOptions options_;
    Trees trees_;
};

}  // namespace

MlpOptions networkDefaults() {
    MlpOptions options;
    options.loss = MlpLoss::huber;
    options.epochs = 24;
    return options;
}

TreeOptions treesDefaults() {
    TreeOptions options;
    options.rounds = 250;
    options.learningRate = 0.06;
    options.patience = 25;
    return options;
}

std::unique_ptr<VolumeCandidate> linearCandidate(LagOptions lags) { return std::make_unique<LinearLags>(lags); }
std::unique_ptr<VolumeCandidate> networkCandidate(LagOptions lags, MlpOptions options) { return std::make_unique<NetworkLags>(lags, std::move(options)); }
std::unique_ptr<VolumeCandidate> treesCandidate(LagOptions lags, TreeOptions options) { return std::make_unique<TreesOnLags>(lags, std::move(options)); }

}  // namespace foreshard::models
