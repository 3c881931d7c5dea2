#include "core/models/choice.h"

#include <algorithm>

#include "core/models/backtest.h"
#include "core/models/nlinear.h"
#include "core/models/series.h"

namespace foreshard::models {

namespace {

constexpr double exact = 1e-12;   // a logMse below it leaves nothing to improve

struct Candidate {
    BacktestRow row;
    std::vector<double> predicted;
};

void note(Job& job, const std::string& reason, std::string message) {
    job.diagnose({Severity::note, reason, {}, 0, 0, std::move(message)});
}

bool clearlyBetter(const Candidate& complex, const Candidate& simple) {
    return simple.row.logMse > exact && complex.row.logMse < simple.row.logMse * (1 - choiceMargin);
}

// NLinear over the backtest; remembers what the final fit needs.
struct LinearRun {
    Candidate candidate;             // predicted empty: dropped out
    NLinearOptions options;          // of the last origin
    std::vector<uint32_t> bestEpochs;   // by origin
    FitOutcome outcome = FitOutcome::tooShort;
};

Result<LinearRun> backtestLinear(const std::string& name, std::span<const double> logs, const BacktestPlan& plan, uint32_t season,
                                 const ChoiceOptions& options, Job& job) {
    LinearRun run;
    const Predictor predictor = [&](std::span<const double> past, uint32_t steps, size_t origin) -> Result<std::optional<std::vector<double>>> {
        auto fitOptions = nlinearOptionsFor(past.size(), season, steps);
        if (!fitOptions) return std::optional<std::vector<double>>{};
        fitOptions->epochs = options.train.epochs;
        fitOptions->device = options.device;
        fitOptions->deadline = options.deadline;
        if (origin == plan.origins.back()) fitOptions->lossSeries = "loss of " + name;
        fitOptions->progressBase = static_cast<uint64_t>(options.train.epochs) * ((origin - plan.origins.front()) / plan.horizon);
        FS_ASSIGN(const NLinearFit fit, fitNLinear(past, *fitOptions, job));
        run.outcome = fit.outcome;
        run.options = *fitOptions;
        run.bestEpochs.push_back(fit.bestEpoch);
        if (fit.outcome != FitOutcome::fitted) return std::optional<std::vector<double>>{};
        return std::optional<std::vector<double>>{fit.model.predict(past, steps)};
    };
    FS_ASSIGN(run.candidate.predicted, runBacktest(logs, plan, predictor, job));
    if (!run.candidate.predicted.empty())
        run.candidate.row = scoreBacktest(logs, plan, run.candidate.predicted, VolumeModel::nlinear, season);
    return run;
}

void sayWhyDropped(const std::string& name, FitOutcome outcome, Job& job) {
    if (outcome == FitOutcome::diverged)
        job.diagnose({Severity::warning, "training_diverged", {}, 0, 0,
                      "The linear model of \"" + name + "\" diverged; the series is forecast by seasonal naive."});
    if (outcome == FitOutcome::outOfTime)
        note(job, "budget_spent", "The time budget ended before \"" + name + "\" had a linear model; it is forecast by seasonal naive.");
}

// The chosen linear model on all data, for as many epochs as served best at the middle one of the origins.
Status fitFinal(SeriesModel& model, std::span<const double> logs, const LinearRun& run, const ChoiceOptions& options, Job& job) {
    NLinearOptions final = run.options;
    final.validate = false;
    auto epochs = run.bestEpochs;
    std::nth_element(epochs.begin(), epochs.begin() + static_cast<std::ptrdiff_t>(epochs.size() / 2), epochs.end());
    final.epochs = std::max<uint32_t>(1, epochs[epochs.size() / 2]);
    final.lossSeries.clear();
    final.deadline.reset();   // the backtest was the larger part; a chosen model is worth its last fit
    final.progressBase = static_cast<uint64_t>(options.train.epochs) * model.backtest.back().origins;
    FS_ASSIGN(const NLinearFit fit, fitNLinear(logs, final, job));
    if (fit.outcome != FitOutcome::fitted) {
        sayWhyDropped(model.name, fit.outcome, job);
        return {};
    }
    model.model = VolumeModel::nlinear;
    model.checkpoint = fit.model.write();
    model.lags = fit.model.lags;
    return {};
}

void finish(SeriesModel& model, std::span<const double> logs, const BacktestPlan& plan, const Candidate& chosen) {
    model.backtestHorizon = plan.horizon;
    model.residualPath = residualsOf(logs, plan, chosen.predicted);
    model.residuals = model.residualPath;
    std::sort(model.residuals.begin(), model.residuals.end());
}

Result<std::vector<Candidate>> naiveCandidates(std::span<const double> logs, const BacktestPlan& plan, Instant interval, Job& job) {
    std::vector<Candidate> candidates;
    for (const uint32_t season : candidateSeasons(interval, logs.size())) {
        Candidate candidate;
        const Predictor predictor = [&](std::span<const double> past, uint32_t steps, size_t) -> Result<std::optional<std::vector<double>>> {
            return std::optional<std::vector<double>>{seasonalNaive(past, season, steps)};
        };
        FS_ASSIGN(candidate.predicted, runBacktest(logs, plan, predictor, job));
        candidate.row = scoreBacktest(logs, plan, candidate.predicted, VolumeModel::seasonalNaive, season);
        candidates.push_back(std::move(candidate));
    }
    return candidates;
}

}  // namespace

Result<SeriesModel> chooseModel(const std::string& name, std::span<const double> logs, const ChoiceOptions& options, Job& job) {
    SeriesModel model;
    model.name = name;
    const BacktestPlan plan = planBacktest(logs.size(), options.train.horizon);
    model.season = candidateSeasons(options.interval, logs.size()).back();
    if (plan.origins.empty()) {
        note(job, "short_history", "\"" + name + "\" has " + std::to_string(logs.size()) +
                                       " intervals of history, too few to test a model on; its last value is repeated and no band can be given.");
        return model;
    }
    FS_ASSIGN(const auto naive, naiveCandidates(logs, plan, options.interval, job));
    size_t best = 0;
    for (size_t i = 1; i < naive.size(); ++i)
        if (clearlyBetter(naive[i], naive[best])) best = i;
    model.season = naive[best].row.season;
    const double base = naive[best].row.logMse;
    for (const auto& candidate : naive) {
        model.backtest.push_back(candidate.row);
        if (base > 0) model.backtest.back().skill = 1 - candidate.row.logMse / base;
    }
    const Candidate* chosen = &naive[best];
    LinearRun linear;
    if (options.tryLinear && base > exact) {
        FS_ASSIGN(linear, backtestLinear(name, logs, plan, model.season, options, job));
        if (linear.candidate.predicted.empty()) sayWhyDropped(name, linear.outcome, job);
    }
    size_t chosenRow = best;
    if (!linear.candidate.predicted.empty()) {
        model.backtest.push_back(linear.candidate.row);
        model.backtest.back().skill = 1 - linear.candidate.row.logMse / base;
        if (clearlyBetter(linear.candidate, naive[best])) FS_TRY(fitFinal(model, logs, linear, options, job));
        if (model.model == VolumeModel::nlinear) {
            chosen = &linear.candidate;
            chosenRow = model.backtest.size() - 1;
        }
    }
    model.backtest[chosenRow].chosen = true;
    finish(model, logs, plan, *chosen);
    return model;
}

Result<std::vector<double>> predictLogs(const SeriesModel& model, std::span<const double> logs, uint32_t steps) {
    if (model.model == VolumeModel::seasonalNaive) return seasonalNaive(logs, model.season, steps);
    FS_ASSIGN(const NLinear linear, NLinear::read(model.checkpoint));
    if (logs.size() < linear.lags) return seasonalNaive(logs, model.season, steps);
    return linear.predict(logs, steps);
}

}  // namespace foreshard::models
