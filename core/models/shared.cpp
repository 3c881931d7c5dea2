#include "core/models/shared.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <thread>

#include "core/models/hyper_fields.h"
#include "core/models/portfolio/classic.h"
#include "core/models/portfolio/learned.h"

namespace foreshard::models {

namespace {

constexpr size_t mostRows = 20'000;     // it is trained on; a person waits
constexpr double ceilingAboveMaximum = 2.0794415416798357;   // ln 8

bool learns(VolumeModel model) { return model == VolumeModel::linear || model == VolumeModel::network || model == VolumeModel::trees; }

uint32_t seasonOf(VolumeModel model, const Panel& panel) {
    if (model == VolumeModel::phaseMean) return panel.seasons.back();
    return panel.seasons.front();
}

std::unique_ptr<VolumeCandidate> candidateOf(VolumeModel model, const Panel& panel, const SharedOptions& options) {
    const LagOptions lags{options.seed, true, mostRows};
    switch (model) {
        case VolumeModel::phaseMean: return phaseMeanCandidate(seasonOf(model, panel));
        case VolumeModel::theta: return thetaCandidate(seasonOf(model, panel));
        case VolumeModel::linear: return linearCandidate(lags);
        case VolumeModel::network: {
            MlpOptions network = networkOptions(options.hyper);
            network.device = options.device;
            network.epochs = std::min(network.epochs, options.mostEpochs.value_or(network.epochs));
            return networkCandidate(lags, network);
        }
        case VolumeModel::trees: {
            TreeOptions trees = treesOptions(options.hyper);
            trees.rounds = std::min(trees.rounds, options.mostEpochs.value_or(trees.rounds));
            return treesCandidate(lags, trees);
        }
        case VolumeModel::seasonalNaive:
        case VolumeModel::nlinear:
        case VolumeModel::average: break;
    }
    return nullptr;
}

FitPlan fitPlanAt(const Panel& panel, size_t end, uint32_t horizon, const SharedOptions& options, std::string key = {}) {
    FitPlan plan;
    plan.ends.assign(panel.series.size(), end);
    for (uint32_t lead = 1; lead <= horizon; ++lead) plan.leads.push_back(lead);
    plan.deadline = options.deadline;
    plan.checkpoints = key.empty() ? nullptr : options.checkpoints;
    plan.key = std::move(key);
    plan.tally = options.tally;
    return plan;
}

bool isLate(const SharedOptions& options) { return options.deadline && std::chrono::steady_clock::now() > *options.deadline; }

std::vector<Question> questionsAt(const Panel& panel, size_t origin, uint32_t horizon) {
    std::vector<Question> questions;
    for (uint32_t s = 0; s < panel.series.size(); ++s)
        for (uint32_t lead = 1; lead <= horizon; ++lead) questions.push_back({s, static_cast<uint32_t>(origin), lead});
    return questions;
}

bool allFinite(const std::vector<float>& values) {
    return std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
}

// fn(i) for each of `count`, the last one first (the longest stand last), on as many threads as there are cores.
template <typename Fn>
void inParallel(size_t count, Fn fn) {
    std::atomic<size_t> left{count};
    const auto work = [&] {
        for (size_t now = left.load(); now > 0;)
            if (left.compare_exchange_weak(now, now - 1)) fn(now - 1), now = left.load();
    };
    std::vector<std::jthread> others;
    for (size_t i = 1; i < std::min<size_t>(count, std::max(1u, std::thread::hardware_concurrency())); ++i) others.emplace_back(work);
    work();
}

}  // namespace

Panel panelOf(const std::vector<std::string>& names, const std::vector<std::vector<double>>& calls, IntervalSpan span, Instant interval, std::vector<uint32_t> seasons, const EventCalendar& events) {
    Panel panel;
    panel.step = interval;
    panel.seasons = std::move(seasons);
    for (size_t s = 0; s < calls.size(); ++s) {
        PanelSeries series;
        series.name = names[s];
        series.first = span.first;
        const auto logs = toLog(calls[s]);
        series.marked = markedSeries(logs, span, interval, events);
        for (const double value : series.marked ? series.marked->cleaned() : logs) series.logs.push_back(static_cast<float>(value));
        panel.series.push_back(std::move(series));
    }
    return panel;
}

std::vector<uint32_t> panelSeasons(Instant interval, size_t length) {
    auto seasons = candidateSeasons(interval, length);
    const auto shortest = static_cast<uint32_t>(std::max<Instant>(2, interval > 0 && interval < microsPerDay ? microsPerDay / interval : 7));
    std::erase_if(seasons, [&](uint32_t season) { return season < shortest; });
    if (seasons.empty()) seasons.push_back(1);
    return seasons;
}

std::vector<VolumeModel> sharedModels(const Panel& panel) {
    std::vector<VolumeModel> models{VolumeModel::theta, VolumeModel::linear, VolumeModel::network, VolumeModel::trees};
    if (panel.seasons.back() > 1) models.insert(models.begin(), VolumeModel::phaseMean);
    return models;
}

namespace {

// Origins first … end - 1 of a backtest, answered by what is known at the first of them. Empty: it dropped out, and `why` says why.
Result<std::vector<float>> answerOrigins(VolumeCandidate& candidate, const Panel& panel, const BacktestPlan& plan, size_t first, size_t end, const FitPlan& fit, std::string& why, Job& job) {
    FS_ASSIGN(const auto outcome, candidate.fit(panel, fit, job));
    if (!outcome.usable) why = outcome.why;
    std::vector<float> all;
    for (size_t o = first; o < end && why.empty(); ++o) {
        FS_TRY(job.checkpoint());
        FS_ASSIGN(const auto answers, candidate.answer(panel, questionsAt(panel, plan.origins[o], plan.horizon), job));
        if (!allFinite(answers)) why = "its answers are not finite";
        all.insert(all.end(), answers.begin(), answers.end());
    }
    if (!why.empty()) all.clear();
    return all;
}

std::string bytesOf(const std::vector<float>& values) { return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)}; }
std::vector<float> floatsOf(const std::string& bytes) {
    std::vector<float> values(bytes.size() / sizeof(float));
    if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
    return values;
}

}  // namespace

Result<SharedRun> backtestOne(VolumeModel model, const Panel& panel, const BacktestPlan& plan, const SharedOptions& options, Job& job) {
    SharedRun run{model, seasonOf(model, panel), std::vector<std::vector<double>>(panel.series.size()), {}};
    const auto candidate = candidateOf(model, panel, options);
    const size_t fits = std::max(1u, options.fits);
    const size_t stride = learns(model) ? std::max<size_t>(1, (plan.origins.size() + fits - 1) / fits) : 1;
    for (size_t o = 0; o < plan.origins.size(); o += stride) {
        FS_TRY(job.checkpoint());
        const size_t end = std::min(o + stride, plan.origins.size());
        const std::string key = learns(model) && options.checkpoints ? std::string("backtest/") + toString(model) + "/" + std::to_string(o) : std::string();
        std::vector<float> answers;
        if (!key.empty()) answers = floatsOf(options.checkpoints->find(key).value_or(std::string()));
        if (answers.size() != (end - o) * panel.series.size() * plan.horizon) {
            if (isLate(options)) run.why = "the time budget ended";
            else {
                FS_ASSIGN(answers, answerOrigins(*candidate, panel, plan, o, end, fitPlanAt(panel, plan.origins[o], plan.horizon, options, key), run.why, job));
                if (!key.empty() && run.why.empty()) options.checkpoints->finished(key, bytesOf(answers));
            }
        }
        if (!run.why.empty()) {
            run.predicted.clear();
            return run;
        }
        for (size_t i = 0; i < answers.size(); ++i) run.predicted[i / plan.horizon % panel.series.size()].push_back(static_cast<double>(answers[i]));
    }
    return run;
}

Result<std::vector<SharedRun>> backtestShared(const Panel& panel, const BacktestPlan& plan, const std::vector<VolumeModel>& models, const SharedOptions& options, Job& job) {
    if (plan.origins.empty() || panel.series.empty()) return std::vector<SharedRun>{};
    job.beginPass("models of all series", models.size(), "models");
    std::vector<Result<SharedRun>> ran(models.size(), SharedRun{});
    std::atomic<size_t> done{0};
    inParallel(models.size(), [&](size_t i) {
        ran[i] = backtestOne(models[i], panel, plan, options, job);
        job.progress(++done);
    });
    std::vector<SharedRun> runs;
    for (auto& run : ran) {
        FS_ASSIGN(SharedRun own, std::move(run));
        runs.push_back(std::move(own));
    }
    return runs;
}

Result<std::vector<SharedModel>> fitShared(const Panel& panel, uint32_t horizon, const std::vector<VolumeModel>& models, const SharedOptions& options,
                                           std::map<VolumeModel, std::string>& dropped, Job& job) {
    job.beginPass("models of all series, on everything", models.size(), "models");
    struct Fitted {
        SharedModel model;
        std::string why;
    };
    const auto fitOne = [&](VolumeModel model) -> Result<Fitted> {
        const std::string key = learns(model) && options.checkpoints ? std::string("final/") + toString(model) : std::string();
        if (const auto done = key.empty() ? std::nullopt : options.checkpoints->find(key)) return Fitted{{model, *done}, {}};
        const auto candidate = candidateOf(model, panel, options);
        FS_ASSIGN(const auto outcome, candidate->fit(panel, fitPlanAt(panel, panel.series.front().logs.size(), horizon, options, key), job));
        if (!outcome.usable) return Fitted{{model, {}}, outcome.why};
        FS_ASSIGN(auto checkpoint, candidate->save());
        if (!key.empty()) options.checkpoints->finished(key, checkpoint);
        return Fitted{{model, std::move(checkpoint)}, {}};
    };
    std::vector<Result<Fitted>> fits(models.size(), Fitted{});
    inParallel(models.size(), [&](size_t i) { fits[i] = fitOne(models[i]); });
    std::vector<SharedModel> out;
    for (size_t i = 0; i < models.size(); ++i) {
        FS_ASSIGN(auto fitted, std::move(fits[i]));
        if (fitted.why.empty()) out.push_back(std::move(fitted.model));
        else dropped[models[i]] = fitted.why;
    }
    return out;
}

Result<std::vector<std::vector<double>>> predictShared(const SharedModel& model, Panel panel, uint32_t steps, Job& job) {
    std::vector<std::vector<double>> paths(panel.series.size());
    if (panel.series.empty() || panel.series.front().logs.empty()) return std::vector<std::vector<double>>(panel.series.size(), std::vector<double>(steps, 0.0));
    std::vector<double> ceilings;
    for (const auto& series : panel.series) ceilings.push_back(*std::max_element(series.logs.begin(), series.logs.end()) + ceilingAboveMaximum);
    const auto candidate = candidateOf(model.model, panel, {});
    if (learns(model.model)) {
        FS_TRY(candidate->restore(panel, model.checkpoint));
    } else {
        FS_ASSIGN(const auto outcome, candidate->fit(panel, fitPlanAt(panel, panel.series.front().logs.size(), 1, {}), job));
        (void)outcome;   // nothing is learned that could fail
    }
    const uint32_t most = candidate->longestLead() ? candidate->longestLead() : steps;
    for (uint32_t done = 0; done < steps;) {
        FS_TRY(job.checkpoint());
        const uint32_t fresh = std::min(most, steps - done);
        FS_ASSIGN(const auto answers, candidate->answer(panel, questionsAt(panel, panel.series.front().logs.size(), fresh), job));
        for (size_t i = 0; i < answers.size(); ++i) {
            const size_t s = i / fresh;
            const double value = std::isfinite(answers[i]) ? static_cast<double>(answers[i]) : 0.0;
            paths[s].push_back(std::clamp(value, 0.0, ceilings[s]));
            panel.series[s].logs.push_back(static_cast<float>(paths[s].back()));
        }
        done += fresh;
    }
    return paths;
}

}  // namespace foreshard::models
