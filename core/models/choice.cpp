#include "core/models/choice.h"

#include <algorithm>

#include "core/base/bytes.h"
#include "core/base/units.h"
#include "core/models/averaging.h"
#include "core/models/backtest.h"
#include "core/models/checkpoints.h"
#include "core/models/nlinear.h"
#include "core/models/series.h"

namespace foreshard::models {

namespace {

constexpr double exact = 1e-12;   // a logMse below it leaves nothing to improve
constexpr size_t averagingFolds = 4;

struct Candidate {
    BacktestRow row;
    std::vector<double> predicted;
    std::vector<ModelPart> parts;    // of the average
};

void note(Job& job, const std::string& reason, std::string message) {
    job.diagnose({Severity::note, reason, {}, 0, 0, std::move(message)});
}

bool clearlyBetter(const Candidate& complex, const Candidate& simple) {
    return simple.row.logMse > exact && complex.row.logMse < simple.row.logMse * (1 - choiceMargin);
}

// A series as it is, and as models see it.
struct Subject {
    std::span<const double> logs, seen;
    const MarkedSeries* marked = nullptr;

    // Predictions of a backtest from what was seen, with the effects of marked events.
    std::vector<double> lifted(std::vector<double> predicted, const BacktestPlan& plan) const {
        for (size_t o = 0; marked && !predicted.empty() && o < plan.origins.size(); ++o)
            marked->addEffects(plan.origins[o], plan.origins[o], std::span(predicted).subspan(o * plan.horizon, plan.horizon));
        return predicted;
    }
};

std::string bytesOf(const NLinearFit& fit) {
    ByteWriter out;
    out.varint(static_cast<uint64_t>(fit.outcome));
    out.varint(fit.epochs);
    out.varint(fit.bestEpoch);
    out.real(fit.loss);
    out.text(fit.outcome == FitOutcome::fitted ? fit.model.write() : std::string());
    return out.take();
}
std::optional<NLinearFit> fitOf(const std::string& bytes) {
    ByteReader in(bytes);
    NLinearFit fit;
    fit.outcome = in.enumerator(FitOutcome::tooShort);
    fit.epochs = static_cast<uint32_t>(in.varint());
    fit.bestEpoch = static_cast<uint32_t>(in.varint());
    fit.loss = in.real();
    const std::string_view model = in.view();
    if (!in.ok() || !in.atEnd()) return std::nullopt;
    if (fit.outcome != FitOutcome::fitted) return fit;
    auto read = NLinear::read(model);
    if (!read.ok()) return std::nullopt;
    fit.model = std::move(*read);
    return fit;
}

// A fit takes a fraction of a second, so whole fits are kept, not their epochs.
Result<NLinearFit> fitOnce(std::span<const double> past, const NLinearOptions& fitOptions, const std::string& key, const ChoiceOptions& options, Job& job) {
    if (options.checkpoints)
        if (const auto saved = options.checkpoints->find(key))
            if (auto fit = fitOf(*saved)) return std::move(*fit);
    const auto start = std::chrono::steady_clock::now();
    FS_ASSIGN(NLinearFit fit, fitNLinear(past, fitOptions, job));
    if (options.tally) options.tally->add(fit.epochs, std::chrono::steady_clock::now() - start, fit.device);
    if (options.checkpoints && fit.outcome != FitOutcome::outOfTime) options.checkpoints->finished(key, bytesOf(fit));
    return fit;
}

// NLinear over the backtest; remembers what the final fit needs.
struct LinearRun {
    Candidate candidate;             // predicted empty: dropped out
    NLinearOptions options;          // of the last origin
    std::vector<uint32_t> bestEpochs;   // by origin
    FitOutcome outcome = FitOutcome::tooShort;
};

Result<LinearRun> backtestLinear(const std::string& name, const std::string& key, const Subject& subject, const BacktestPlan& plan, uint32_t season,
                                 const ChoiceOptions& options, Job& job) {
    LinearRun run;
    const Predictor predictor = [&](std::span<const double> past, uint32_t steps, size_t origin) -> Result<std::optional<std::vector<double>>> {
        auto fitOptions = nlinearOptionsFor(past.size(), season, steps);
        if (!fitOptions) return std::optional<std::vector<double>>{};
        fitOptions->epochs = options.train.epochs;
        fitOptions->learningRate = options.train.hyper.nlinearRate;
        fitOptions->weightDecay = options.train.hyper.nlinearDecay;
        fitOptions->device = options.train.device;
        fitOptions->deadline = options.deadline;
        if (origin == plan.origins.back()) fitOptions->lossSeries = "loss of " + name;
        fitOptions->progressBase = static_cast<uint64_t>(options.train.epochs) * ((origin - plan.origins.front()) / plan.horizon);
        FS_ASSIGN(const NLinearFit fit, fitOnce(past, *fitOptions, key + std::to_string(origin), options, job));
        run.outcome = fit.outcome;
        run.options = *fitOptions;
        run.bestEpochs.push_back(fit.bestEpoch);
        if (fit.outcome != FitOutcome::fitted) return std::optional<std::vector<double>>{};
        return std::optional<std::vector<double>>{fit.model.predict(past, steps)};
    };
    FS_ASSIGN(auto predicted, runBacktest(subject.seen, plan, predictor, job));
    run.candidate.predicted = subject.lifted(std::move(predicted), plan);
    if (!run.candidate.predicted.empty())
        run.candidate.row = scoreBacktest(subject.logs, plan, run.candidate.predicted, VolumeModel::nlinear, season);
    return run;
}

void sayWhyDropped(const std::string& name, FitOutcome outcome, Job& job) {
    if (outcome == FitOutcome::diverged)
        job.diagnose({Severity::warning, "training_diverged", {}, 0, 0,
                      "The linear model of \"" + name + "\" diverged; the series is forecast without it."});
    if (outcome == FitOutcome::outOfTime)
        note(job, "budget_spent", "The time budget ended before \"" + name + "\" had a linear model; it is forecast without one.");
}

// The linear model on all data, for as many epochs as served best at the middle one of the origins. False: it dropped out.
Result<bool> fitFinal(SeriesModel& model, const std::string& key, std::span<const double> logs, const LinearRun& run, const ChoiceOptions& options, Job& job) {
    NLinearOptions final = run.options;
    final.validate = false;
    auto epochs = run.bestEpochs;
    std::nth_element(epochs.begin(), epochs.begin() + static_cast<std::ptrdiff_t>(epochs.size() / 2), epochs.end());
    final.epochs = std::max<uint32_t>(1, epochs[epochs.size() / 2]);
    final.lossSeries.clear();
    final.deadline.reset();   // the backtest was the larger part; a chosen model is worth its last fit
    final.progressBase = static_cast<uint64_t>(options.train.epochs) * run.candidate.row.origins;
    FS_ASSIGN(const NLinearFit fit, fitOnce(logs, final, key + "final", options, job));
    if (fit.outcome != FitOutcome::fitted) {
        sayWhyDropped(model.name, fit.outcome, job);
        return false;
    }
    model.checkpoint = fit.model.write();
    model.lags = fit.model.lags;
    return true;
}

void finish(SeriesModel& model, std::span<const double> logs, const BacktestPlan& plan, const Candidate& chosen) {
    model.model = chosen.row.model;
    model.parts = chosen.parts;
    model.backtestHorizon = plan.horizon;
    model.residualPath = residualsOf(logs, plan, chosen.predicted);
    model.residuals = model.residualPath;
    std::sort(model.residuals.begin(), model.residuals.end());
    if (!uses(model, VolumeModel::nlinear)) {
        model.checkpoint.clear();
        model.lags = 0;
    }
}

Result<std::vector<Candidate>> naiveCandidates(const Subject& subject, const BacktestPlan& plan, Instant interval, Job& job) {
    std::vector<Candidate> candidates;
    for (const uint32_t season : candidateSeasons(interval, subject.logs.size())) {
        Candidate candidate;
        const Predictor predictor = [&](std::span<const double> past, uint32_t steps, size_t) -> Result<std::optional<std::vector<double>>> {
            return std::optional<std::vector<double>>{seasonalNaive(past, season, steps)};
        };
        FS_ASSIGN(auto predicted, runBacktest(subject.seen, plan, predictor, job));
        candidate.predicted = subject.lifted(std::move(predicted), plan);
        candidate.row = scoreBacktest(subject.logs, plan, candidate.predicted, VolumeModel::seasonalNaive, season);
        candidates.push_back(std::move(candidate));
    }
    return candidates;
}

// What all of the candidates agree on, each as much as it has served. Nothing where too few of them or too little to learn from.
std::optional<Candidate> averageCandidate(const std::vector<const Candidate*>& members, std::span<const double> logs, const BacktestPlan& plan, uint32_t season) {
    if (members.size() < 2 || plan.origins.size() < averagingFolds) return std::nullopt;
    std::vector<std::span<const double>> predicted;
    for (const auto* member : members) predicted.emplace_back(member->predicted);
    const size_t origins = (plan.origins.size() + averagingFolds - 1) / averagingFolds;
    auto average = averageOf(predicted, logs.subspan(plan.origins.front(), members.front()->predicted.size()), origins * plan.horizon);
    Candidate candidate;
    for (size_t c = 0; c < members.size(); ++c)
        if (average.weights[c] > 0) candidate.parts.push_back({members[c]->row.model, average.weights[c]});
    if (candidate.parts.size() < 2) return std::nullopt;
    candidate.predicted = std::move(average.predicted);
    candidate.row = scoreBacktest(logs, plan, candidate.predicted, VolumeModel::average, season);
    return candidate;
}

// Everything but seasonal naive, simplest first.
std::vector<Candidate> othersOf(std::span<const SharedRun> shared, size_t index, const Candidate* linear, const Subject& subject, const BacktestPlan& plan) {
    std::vector<Candidate> others;
    const auto addLinear = [&] {
        if (linear) others.push_back(*linear);
        linear = nullptr;
    };
    for (const auto& run : shared) {
        if (run.model == VolumeModel::network || run.model == VolumeModel::trees) addLinear();
        if (run.predicted.empty()) continue;
        Candidate candidate;
        candidate.predicted = subject.lifted(run.predicted[index], plan);
        candidate.row = scoreBacktest(subject.logs, plan, candidate.predicted, run.model, run.season);
        others.push_back(std::move(candidate));
    }
    addLinear();
    return others;
}

bool needs(const Candidate& candidate, VolumeModel model) {
    return candidate.row.model == model || std::any_of(candidate.parts.begin(), candidate.parts.end(), [&](const ModelPart& part) { return part.model == model; });
}

// Of the best seasonal naive and all others: the one that each more complex one fails to beat clearly.
const Candidate* choiceOf(const Candidate& naive, const std::vector<Candidate>& others) {
    const Candidate* chosen = &naive;
    for (const auto& other : others)
        if (clearlyBetter(other, *chosen)) chosen = &other;
    return chosen;
}

void addRows(SeriesModel& model, const std::vector<Candidate>& candidates, double base, const Candidate* chosen) {
    for (const auto& candidate : candidates) {
        model.backtest.push_back(candidate.row);
        if (base > 0) model.backtest.back().skill = 1 - candidate.row.logMse / base;
        model.backtest.back().chosen = &candidate == chosen;
    }
}

// What is to be chosen for: the place of the series among all, and what its candidates did.
struct Field {
    const Subject& subject;
    const std::vector<Candidate>& naive;
    const Candidate& best;           // of these
    std::span<const SharedRun> shared;
    size_t index;
};

std::string keyOf(size_t index) { return "series/" + std::to_string(index) + "/"; }

Status chooseFrom(SeriesModel& model, const Field& field, LinearRun linear, const BacktestPlan& plan, const ChoiceOptions& options, Job& job) {
    while (true) {
        auto others = othersOf(field.shared, field.index, linear.candidate.predicted.empty() ? nullptr : &linear.candidate, field.subject, plan);
        std::vector<const Candidate*> members{&field.best};
        for (const auto& other : others) members.push_back(&other);
        auto average = averageCandidate(members, field.subject.logs, plan, model.season);
        if (average) others.push_back(std::move(*average));
        const Candidate* chosen = choiceOf(field.best, others);
        if (needs(*chosen, VolumeModel::nlinear)) {
            FS_ASSIGN(const bool fitted, fitFinal(model, keyOf(field.index), field.subject.seen, linear, options, job));
            if (!fitted) {   // once more without it
                linear.candidate.predicted.clear();
                continue;
            }
        }
        const double base = field.best.row.logMse;
        addRows(model, field.naive, base, chosen);
        addRows(model, others, base, chosen);
        finish(model, field.subject.logs, plan, *chosen);
        return {};
    }
}

Result<std::vector<double>> predictPart(const SeriesModel& model, VolumeModel part, std::span<const double> logs, uint32_t steps, const SharedPaths& shared, size_t index) {
    if (part == VolumeModel::seasonalNaive) return seasonalNaive(logs, model.season, steps);
    if (part == VolumeModel::nlinear) {
        FS_ASSIGN(const NLinear linear, NLinear::read(model.checkpoint));
        if (logs.size() < linear.lags) return seasonalNaive(logs, model.season, steps);
        return linear.predict(logs, steps);
    }
    const auto found = shared.find(part);
    if (found == shared.end() || index >= found->second.size() || found->second[index].size() < steps)
        return Error{ErrorCategory::format, std::string("The model \"") + toString(part) + "\" that \"" + model.name + "\" is forecast by is missing.", "Train the models again.", {}};
    return std::vector<double>(found->second[index].begin(), found->second[index].begin() + steps);
}

}  // namespace

bool uses(const SeriesModel& series, VolumeModel model) {
    return series.model == model || std::any_of(series.parts.begin(), series.parts.end(), [&](const ModelPart& part) { return part.model == model; });
}

Result<SeriesModel> chooseModel(const std::string& name, std::span<const double> logs, const ChoiceOptions& options, Job& job, std::span<const SharedRun> shared, size_t index,
                                const MarkedSeries* marked) {
    SeriesModel model;
    model.name = name;
    const BacktestPlan plan = planBacktest(logs.size(), options.train.horizon);
    model.season = candidateSeasons(options.interval, logs.size()).back();
    if (plan.origins.empty()) {
        note(job, "short_history", "\"" + name + "\" has " + counted(logs.size(), "interval", "intervals") +
                                       " of history, too few to test a model on; its last value is repeated and no band can be given.");
        return model;
    }
    const Subject subject{logs, marked ? std::span<const double>(marked->cleaned()) : logs, marked};
    FS_ASSIGN(const auto naive, naiveCandidates(subject, plan, options.interval, job));
    size_t best = 0;
    for (size_t i = 1; i < naive.size(); ++i)
        if (clearlyBetter(naive[i], naive[best])) best = i;
    model.season = naive[best].row.season;
    LinearRun linear;
    const bool improvable = naive[best].row.logMse > exact;
    if (options.tryLinear && improvable) {
        FS_ASSIGN(linear, backtestLinear(name, keyOf(index), subject, plan, model.season, options, job));
        if (linear.candidate.predicted.empty()) sayWhyDropped(name, linear.outcome, job);
    }
    FS_TRY(chooseFrom(model, {subject, naive, naive[best], improvable ? shared : std::span<const SharedRun>{}, index}, std::move(linear), plan, options, job));
    return model;
}

Result<std::vector<double>> predictLogs(const SeriesModel& model, std::span<const double> logs, uint32_t steps, const SharedPaths& shared, size_t index) {
    if (model.model != VolumeModel::average) return predictPart(model, model.model, logs, steps, shared, index);
    std::vector<double> sum(steps, 0.0);
    for (const auto& part : model.parts) {
        FS_ASSIGN(const auto own, predictPart(model, part.model, logs, steps, shared, index));
        for (uint32_t step = 0; step < steps; ++step) sum[step] += part.weight * own[step];
    }
    return sum;
}

}  // namespace foreshard::models
