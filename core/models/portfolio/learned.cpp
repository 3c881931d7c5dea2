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
constexpr uint32_t formatVersion = 2;   // 1: without marked events
constexpr size_t leastRows = 64;
constexpr uint64_t judgingOneIn = 7;    // blocks of time, scattered over all regimes of the training part, that say when to stop
constexpr size_t blocks = 70;           // of a series at most; none shorter than a season
constexpr float ceilingAboveMaximum = 2.0794415f;   // ln 8: no answer above eight times the largest count seen
constexpr double ridgePenalty = 5;
constexpr uint64_t memberStride = 1000;   // between seeds of members
constexpr double busyPower = 0.5;

struct Examples {
    Table rows;
    std::vector<float> targets;         // relative to the question's level
    std::vector<float> weights;         // mean 1; empty: all rows count alike
};

// Not within an event of which nothing was known: its effect is taken out by what came later.
bool canBeKnown(const PanelSeries& series, size_t origin, size_t target) {
    if (!series.marked) return true;
    const EventEffect effect = series.marked->effectAt(origin, target);
    return !effect.marked || effect.occurrences > 0;
}

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
                if (target + 2 > lead && canBeKnown(panel.series[s], target + 1 - lead, target)) questions.push_back({s, static_cast<uint32_t>(target + 1 - lead), lead});
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
    explicit LagModel(LagOptions lags) : seed_(lags.seed), seasons_(lags.seasons), mostRows_(lags.mostRows), busy_(lags.busy) {}

    Result<Outcome> fit(const Panel& panel, const FitPlan& plan, Job& job) override {
        prepare(panel, plan);
        const auto drawn = drawQuestions(panel, plan, mostRows_, seed_);
        std::vector<Question> learned, judged;
        for (uint64_t deal = 0; deal < judgingOneIn && (learned.empty() || judged.empty()); ++deal) {
            learned.clear(), judged.clear();
            for (const auto& question : drawn) (judges(panel, plan, question, deal) ? judged : learned).push_back(question);
        }
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
        out.boolean(marks_);
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
        const uint64_t version = in.varint();
        if (version > formatVersion) return Error{ErrorCategory::version, "The trained volume model was written by a newer Foreshard.", "Train the models again, or update.", {}};
        if (in.varint() != LagFeatures::version)
            return Error{ErrorCategory::version, "The trained volume model learned from other features than this Foreshard has.", "Train the models again.", {}};
        seasons_ = in.boolean();
        marks_ = version >= 2 && in.boolean();
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
        features_.emplace(panel, longestLag_, longestLead_, seasons_, marks_);
        if (linear_.weights.size() != features_->columns()) return damaged();
        return restoreLearned(learned);
    }

    static Error damaged() { return {ErrorCategory::format, "The trained volume model is cut short or damaged.", "Train the models again.", {}}; }

protected:
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
    bool seasons_, marks_ = false;
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
        marks_ = panel.hasMarks();
        features_.emplace(panel, longestLag_, longestLead_, seasons_, marks_);
        ceilings_.clear();
        for (size_t s = 0; s < panel.series.size(); ++s) {
            const auto& logs = panel.series[s].logs;
            const auto end = logs.begin() + static_cast<std::ptrdiff_t>(std::min(plan.ends[s], logs.size()));
            ceilings_.push_back((end == logs.begin() ? 0.0f : *std::max_element(logs.begin(), end)) + ceilingAboveMaximum);
        }
    }
    // By blocks, not by single questions: neighbours share most of what they see.
    bool judges(const Panel& panel, const FitPlan& plan, const Question& question, uint64_t deal) const {
        const size_t block = std::max<size_t>({1, panel.seasons.front(), plan.ends[question.series] / blocks});
        return combineHash(combineHash(seed_, question.series), question.target() / block) % judgingOneIn == deal;
    }
    // What the answer should have been: without the effect of an event as far as it was known then, for that is added to it.
    static float wanted(const PanelSeries& series, const Question& q) {
        if (!series.marked) return series.logs[q.target()];
        const EventEffect effect = series.marked->effectAt(q.origin, q.target());
        return effect.marked ? static_cast<float>(series.marked->raw()[q.target()] - effect.mean) : series.logs[q.target()];
    }
    // Calls to a power: squared errors of logarithms let quiet hours, which are many and noisy, outvote the busy ones.
    std::vector<float> weightsOf(const Panel& panel, std::span<const Question> questions) const {
        std::vector<float> weights;
        double sum = 0;
        for (const auto& q : questions) {
            weights.push_back(static_cast<float>(std::exp(busy_ * static_cast<double>(panel.series[q.series].logs[q.target()]))));
            sum += static_cast<double>(weights.back());
        }
        for (auto& w : weights) w *= static_cast<float>(static_cast<double>(weights.size()) / sum);
        return weights;
    }
    Examples examplesOf(const Panel& panel, std::span<const Question> questions) const {
        Examples examples;
        examples.rows = features_->tableOf(questions);
        for (const auto& q : questions) examples.targets.push_back(wanted(panel.series[q.series], q) - features_->level(q));
        if (busy_ > 0) examples.weights = weightsOf(panel, questions);
        return examples;
    }

    size_t mostRows_;
    double busy_;
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
        const auto checkpoint = plan.checkpoints ? plan.checkpoints->ofFit(plan.key) : nullptr;
        options.checkpoint = checkpoint.get();
        const MlpData data{training.rows, rest, training.weights}, judge{judging.rows, judgedRest, judging.weights};
        const auto start = std::chrono::steady_clock::now();
        FS_ASSIGN(MlpFit fit, fitMlp(data, &judge, options, job));
        if (plan.tally) plan.tally->add(fit.epochsRun, std::chrono::steady_clock::now() - start, fit.device);
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
        const TreeData data{training.rows, rest, training.weights}, judge{judging.rows, judgedRest, judging.weights};
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

// Several of one kind, averaged: each stops by other blocks of time and starts from other weights, so that their errors differ.
class Bagged : public VolumeCandidate {
public:
    explicit Bagged(Candidates members) : members_(std::move(members)) {}
    std::string name() const override { return members_.front()->name(); }
    Result<Outcome> fit(const Panel& panel, const FitPlan& plan, Job& job) override {
        for (size_t i = 0; i < members_.size(); ++i) {
            FitPlan own = plan;
            own.key += "/" + std::to_string(i);
            FS_ASSIGN(const auto outcome, members_[i]->fit(panel, own, job));
            if (!outcome.usable) return outcome;
        }
        return Outcome{};
    }
    Result<std::vector<float>> answer(const Panel& panel, std::span<const Question> questions, Job& job) override {
        std::vector<float> mean(questions.size());
        for (const auto& member : members_) {
            FS_ASSIGN(const auto own, member->answer(panel, questions, job));
            for (size_t i = 0; i < mean.size(); ++i) mean[i] += own[i] / static_cast<float>(members_.size());
        }
        return mean;
    }
    uint32_t longestLead() const override { return members_.front()->longestLead(); }
    Result<std::string> save() const override {
        ByteWriter out;
        for (const auto& member : members_) {
            FS_ASSIGN(const std::string own, member->save());
            out.text(own);
        }
        return out.take();
    }
    Status restore(const Panel& panel, std::string_view bytes) override {
        ByteReader in(bytes);
        for (const auto& member : members_) FS_TRY(member->restore(panel, in.view()));
        return in.ok() && in.atEnd() ? Status() : Status(LagModel::damaged());
    }

private:
    Candidates members_;
};

// `busy`: of every other one.
template <typename Model, typename Options>
std::unique_ptr<VolumeCandidate> bagOf(LagOptions lags, const Options& options, double busy) {
    if (lags.members <= 1) return std::make_unique<Model>(lags, options);
    Candidates members;
    for (uint32_t i = 0; i < lags.members; ++i, lags.seed += memberStride) {
        lags.busy = i % 2 == 1 ? busy : 0;
        members.push_back(std::make_unique<Model>(lags, options));
    }
    return std::make_unique<Bagged>(std::move(members));
}

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
std::unique_ptr<VolumeCandidate> networkCandidate(LagOptions lags, MlpOptions options) { return bagOf<NetworkLags>(lags, options, 0); }
std::unique_ptr<VolumeCandidate> treesCandidate(LagOptions lags, TreeOptions options) { return bagOf<TreesOnLags>(lags, options, busyPower); }

}  // namespace foreshard::models
