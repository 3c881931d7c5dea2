#include "core/models/tune.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/base/hash.h"
#include "core/models/clusters.h"
#include "core/models/hyper_fields.h"
#include "core/models/nlinear.h"
#include "core/models/portfolio/lag_features.h"
#include "core/models/shared.h"

namespace foreshard::models {

namespace {

constexpr size_t mostLinearSeries = 6;     // NLinear is trained for; the largest ones
constexpr size_t mostLinearOrigins = 3;
constexpr uint32_t batch = 2;              // trials at once
constexpr uint32_t halving = 3;            // one trial in three goes on, for three times as long
constexpr double exact = 1e-12;
constexpr double worst = 10;               // times the error of seasonal naive; more says nothing more

double squaredError(std::span<const double> logs, const BacktestPlan& plan, std::span<const double> predicted) {
    double sum = 0;
    for (size_t o = 0; o < plan.origins.size(); ++o)
        for (size_t step = 0; step < plan.horizon; ++step) {
            const double error = logs[plan.origins[o] + step] - predicted[o * plan.horizon + step];
            sum += error * error;
        }
    return sum / static_cast<double>(predicted.size());
}

// The season of the best seasonal naive, and its error.
struct Base {
    uint32_t season = 1;
    double error = 0;
};
Base baseOf(std::span<const double> logs, const BacktestPlan& plan, Instant interval) {
    Base base{1, -1};
    for (const uint32_t season : candidateSeasons(interval, logs.size())) {
        std::vector<double> predicted;
        for (const size_t origin : plan.origins)
            for (const double value : seasonalNaive(logs.first(origin), season, plan.horizon)) predicted.push_back(value);
        const double error = squaredError(logs, plan, predicted);
        if (base.error < 0 || error < base.error) base = {season, error};
    }
    return base;
}

uint32_t epochsOf(VolumeModel model, const TrainOptions& options) {
    if (model == VolumeModel::network) return networkOptions(options.hyper).epochs;
    if (model == VolumeModel::trees) return treesOptions(options.hyper).rounds;
    return options.epochs;
}

BacktestPlan partOf(const BacktestPlan& plan, size_t first, size_t end) {
    return {plan.horizon, {plan.origins.begin() + static_cast<std::ptrdiff_t>(first), plan.origins.begin() + static_cast<std::ptrdiff_t>(end)}};
}

// The relative error of one model with one setting on a part of the backtest; nothing where no series can be judged.
class Judge {
public:
    Judge(Panel panel, std::vector<std::vector<double>> logs, Instant interval, const TrainOptions& options) : panel_(std::move(panel)), logs_(std::move(logs)), interval_(interval), options_(options) {}

    Result<std::optional<double>> errorOf(VolumeModel model, const Setting& setting, uint32_t epochs, const BacktestPlan& plan, Job& job) const {
        HyperParameters hyper = options_.hyper;
        take(hyper, model, setting);
        return model == VolumeModel::nlinear ? ofEachSeries(hyper, epochs, plan, job) : ofAllSeries(model, hyper, epochs, plan, job);
    }

private:
    Result<std::optional<double>> ofAllSeries(VolumeModel model, const HyperParameters& hyper, uint32_t epochs, const BacktestPlan& plan, Job& job) const {
        SharedOptions options{options_.seed, hyper, options_.device, std::nullopt, 1, epochs};
        FS_ASSIGN(const auto run, backtestOne(model, panel_, plan, options, job));
        if (run.predicted.empty()) return std::optional<double>{};
        Sum sum;
        for (size_t s = 0; s < logs_.size(); ++s) sum.add(squaredError(logs_[s], plan, run.predicted[s]), baseOf(logs_[s], plan, interval_).error);
        return sum.mean();
    }
    Result<std::optional<double>> ofEachSeries(const HyperParameters& hyper, uint32_t epochs, const BacktestPlan& plan, Job& job) const {
        BacktestPlan few{plan.horizon, {}};
        for (size_t i = 0; i < std::min(mostLinearOrigins, plan.origins.size()); ++i) few.origins.push_back(plan.origins[plan.origins.size() - 1 - i]);
        std::reverse(few.origins.begin(), few.origins.end());
        Sum sum;
        for (size_t s = 0; s < std::min(mostLinearSeries, logs_.size()); ++s) {
            const Base base = baseOf(logs_[s], few, interval_);
            if (base.error <= exact) continue;
            FS_ASSIGN(const auto predicted, linearOf(logs_[s], base.season, hyper, epochs, few, job));
            if (!predicted.empty()) sum.add(squaredError(logs_[s], few, predicted), base.error);
        }
        return sum.mean();
    }
    // Empty: too short, or its training diverged.
    Result<std::vector<double>> linearOf(std::span<const double> logs, uint32_t season, const HyperParameters& hyper, uint32_t epochs, const BacktestPlan& plan, Job& job) const {
        const Predictor predictor = [&](std::span<const double> past, uint32_t steps, size_t) -> Result<std::optional<std::vector<double>>> {
            auto options = nlinearOptionsFor(past.size(), season, steps);
            if (!options) return std::optional<std::vector<double>>{};
            options->learningRate = hyper.nlinearRate;
            options->weightDecay = hyper.nlinearDecay;
            options->epochs = epochs;
            FS_ASSIGN(const NLinearFit fit, fitNLinear(past, *options, job));
            if (fit.outcome != FitOutcome::fitted) return std::optional<std::vector<double>>{};
            return std::optional<std::vector<double>>{fit.model.predict(past, steps)};
        };
        return runBacktest(logs, plan, predictor, job);
    }
    struct Sum {
        double sum = 0;
        size_t count = 0;
        void add(double error, double base) {
            if (base <= exact) return;
            const double ratio = error / base;
            sum += std::isfinite(ratio) ? std::min(worst, ratio) : worst;
            ++count;
        }
        std::optional<double> mean() const { return count ? std::optional(sum / static_cast<double>(count)) : std::nullopt; }
    };

    Panel panel_;
    std::vector<std::vector<double>> logs_;
    Instant interval_;
    const TrainOptions& options_;
};

class ModelsTuner {
public:
    ModelsTuner(const Judge& judge, const BacktestPlan& plan, uint64_t data, const TuneModelsOptions& options, Job& job)
        : judge_(judge), older_(partOf(plan, 0, plan.origins.size() / 2)), newer_(partOf(plan, plan.origins.size() / 2, plan.origins.size())), data_(data), options_(options), job_(job) {
        if (options.train.budgetSeconds > 0)
            deadline_ = std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                                                               std::chrono::duration<double>(std::min(options.train.budgetSeconds, 1e8)));
    }

    Status run(VolumeModel model, TunedModels& tuned) {
        const uint32_t epochs = epochsOf(model, options_.train);
        const Setting before = settingOf(options_.train.hyper, model);
        const auto start = judge_.errorOf(model, before, epochs, newer_, job_);
        FS_TRY(start.status());
        if (!*start) {
            say("tuning_left_out", toString(model), " cannot be tuned: there is too little history for it.");
            return {};
        }
        FS_ASSIGN(Study study, studyOf(model, epochs));
        const Trial* best = study.best();
        if (best && best->setting != before) FS_TRY(takeIfBetter(model, best->setting, epochs, **start, tuned));
        else say("tuning_kept", toString(model), " keeps its hyper-parameters: no trial was better.");
        tuned.studies.push_back(std::move(study));
        return {};
    }

private:
    void say(const char* reason, const std::string& model, const std::string& what) { job_.diagnose({Severity::note, reason, {}, 0, 0, model + what}); }

    Result<Study> studyOf(VolumeModel model, uint32_t epochs) {
        Study study;
        study.name = toString(model);
        study.space = hyperSpace(model);
        study.seed = options_.train.seed;
        study.data = combineHash(combineHash(data_, epochs), LagFeatures::version);
        TuneOptions tuning;
        tuning.trials = options_.trials;
        tuning.batch = batch;
        tuning.threads = 0;
        tuning.rungs = halvingRungs(std::max(1u, epochs / (halving * halving)), epochs, halving);
        std::erase_if(tuning.rungs, [&](uint32_t rung) { return rung > epochs / 2; });   // each rung is trained from the start
        tuning.keepOneIn = halving;
        tuning.deadline = deadline_;
        tuning.saved = options_.saved;
        tuning.first = {settingOf(options_.train.hyper, model)};
        std::vector<Study> others;
        for (const auto& earlier : options_.earlier) {
            const bool same = earlier.name == study.name && earlier.space == study.space && earlier.seed == study.seed && earlier.data == study.data;
            if (same) study.trials = earlier.trials;
            else others.push_back(earlier);
        }
        for (const auto& setting : warmStart(study.space, others, 3)) tuning.first.push_back(setting);
        const Objective objective = [&](const Setting& setting, const KeepOn& keepOn, Job& job) -> Result<double> {
            for (const uint32_t rung : tuning.rungs) {
                FS_ASSIGN(const double loss, lossOf(model, setting, rung, job));
                if (!keepOn(rung, loss)) return loss;
            }
            return lossOf(model, setting, epochs, job);
        };
        return tune(std::move(study), tuning, objective, job_);
    }
    Result<double> lossOf(VolumeModel model, const Setting& setting, uint32_t epochs, Job& job) const {
        FS_ASSIGN(const auto error, judge_.errorOf(model, setting, epochs, older_, job));
        if (!error) return Error{ErrorCategory::unsupported, "Its training diverged.", {}, {}};
        return *error;
    }
    Status takeIfBetter(VolumeModel model, const Setting& setting, uint32_t epochs, double before, TunedModels& tuned) {
        FS_ASSIGN(const auto after, judge_.errorOf(model, setting, epochs, newer_, job_));
        char change[96];
        std::snprintf(change, sizeof change, "from %.3f to %.3f of seasonal naive's", before, after.value_or(worst));
        if (after && *after < before) {
            take(tuned.hyper, model, setting);
            say("tuned", toString(model), " is tuned (" + hyperSpace(model).describe(setting) + "): on days that no trial has seen its error goes " + change + ".");
        } else {
            say("tuning_kept", toString(model), std::string(" keeps its hyper-parameters: on days that no trial has seen the tuned ones take its error ") + change + ".");
        }
        return {};
    }

    const Judge& judge_;
    BacktestPlan older_, newer_;
    uint64_t data_;
    const TuneModelsOptions& options_;
    Job& job_;
    std::optional<std::chrono::steady_clock::time_point> deadline_;
};

}  // namespace

Result<TunedModels> tuneModels(const workload::Workload& workload, const TuneModelsOptions& options, Job& job) {
    TunedModels tuned{options.train.hyper, {}};
    if (!workload.facts || workload.rates.interval <= 0 || options.trials == 0) return tuned;
    const IntervalSpan span = completeIntervals(workload);
    const BacktestPlan plan = planBacktest(span.size(), options.train.horizon);
    job.beginPass("clustering templates");
    FS_ASSIGN(const auto clusters, clusterTemplates(workload, span, clusterRho, options.train.maxSeries, job));
    if (clusters.empty() || plan.origins.size() < 4) {
        job.diagnose({Severity::note, "tuning_left_out", {}, 0, 0, "There is too little history to tune models on; they are trained with what they had."});
        return tuned;
    }
    std::vector<std::string> names;
    std::vector<std::vector<double>> calls, logs;
    for (const auto& cluster : clusters) {
        names.push_back(std::to_string(names.size()));
        calls.push_back(cluster.calls);
        logs.push_back(toLog(cluster.calls));
    }
    const Instant interval = workload.rates.interval;
    const Judge judge(panelOf(names, calls, span, interval, panelSeasons(interval, span.size())), std::move(logs), interval, options.train);
    ModelsTuner tuner(judge, plan, workload.fingerprint(), options, job);
    for (const VolumeModel model : {VolumeModel::nlinear, VolumeModel::network, VolumeModel::trees}) FS_TRY(tuner.run(model, tuned));
    return tuned;
}

}  // namespace foreshard::models
