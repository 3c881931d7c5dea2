#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include "core/base/bytes.h"
#include "core/base/hash.h"
#include "core/models/backtest.h"
#include "core/models/checkpoints.h"
#include "core/models/choice.h"
#include "core/models/clusters.h"
#include "core/models/device.h"
#include "core/models/forecast.h"
#include "core/models/hyper_fields.h"
#include "core/models/nlinear.h"
#include "core/models/portfolio/lag_features.h"
#include "core/models/recent.h"
#include "core/models/reconcile.h"
#include "core/models/series.h"
#include "core/models/shared.h"
#include "core/models/shares.h"

namespace foreshard::models {

namespace {

constexpr size_t nameLength = 60;
constexpr const char* totalName = "all templates";

// At most `limit` bytes, never cut inside a UTF-8 character.
std::string shortened(std::string text, size_t limit) {
    if (text.size() <= limit) return text;
    while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;
    text.resize(limit);
    return text + "…";
}

std::string nameOf(const Cluster& cluster, const workload::Facts& facts, std::set<std::string>& taken) {
    const std::string base = cluster.rest ? "other templates" : shortened(facts.templates[cluster.members.front()].text, nameLength);
    std::string name = base;
    for (int i = 2; !taken.insert(name).second; ++i) name = base + " (" + std::to_string(i) + ")";
    return name;
}

void describeMembers(SeriesModel& model, const Cluster& cluster, const workload::Workload& workload, IntervalSpan span) {
    const IntervalSpan recent = recentSpan(span, workload.rates.interval);
    std::vector<double> calls, allCalls;
    for (const auto id : cluster.members) {
        model.templates.push_back(workload.facts->templates[id].fingerprint);
        calls.push_back(callsIn(workload.rates.templates[id], recent));
        allCalls.push_back(callsIn(workload.rates.templates[id], span));
    }
    model.shares = sharesOf(calls, allCalls);
}

std::vector<std::string> namesOf(const std::vector<Cluster>& clusters, const workload::Facts& facts) {
    std::set<std::string> taken;
    std::vector<std::string> names;
    for (const auto& cluster : clusters) names.push_back(nameOf(cluster, facts, taken));
    return names;
}

void sayWhyDropped(VolumeModel model, const std::string& why, Job& job) {
    job.diagnose({Severity::note, why.find("budget") == std::string::npos ? "candidate_left_out" : "budget_spent", {}, 0, 0,
                  std::string("The candidate \"") + toString(model) + "\" is left out: " + why + "."});
}

Result<std::vector<SharedRun>> sharedRuns(const Panel& panel, const BacktestPlan& plan, const SharedOptions& options, Job& job) {
    FS_ASSIGN(auto runs, backtestShared(panel, plan, sharedModels(panel), options, job));
    for (const auto& run : runs)
        if (!run.why.empty()) sayWhyDropped(run.model, run.why, job);
    std::erase_if(runs, [](const SharedRun& run) { return run.predicted.empty(); });
    return runs;
}

class SeriesTrainer {
public:
    SeriesTrainer(const std::vector<Cluster>& clusters, const workload::Workload& workload, IntervalSpan span, const ChoiceOptions& options, Job& job)
        : clusters_(clusters), workload_(workload), span_(span), options_(options), job_(job), names_(namesOf(clusters, *workload.facts)) {
        for (const auto& cluster : clusters) calls_.push_back(cluster.calls);
        if (clusters.size() > 1) addTotal();
        const EventCalendar events(options.train.events, workload.rates.interval);
        for (const auto& calls : calls_) {
            logs_.push_back(toLog(calls));
            marked_.push_back(markedSeries(logs_.back(), span, workload.rates.interval, events));
        }
    }

    // Fills series and shared of `trained`.
    Status run(TrainedModels& trained) {
        trained.seasons = panelSeasons(trained.interval, span_.size());
        const Panel panel = panelOf(names_, calls_, span_, trained.interval, trained.seasons, EventCalendar(options_.train.events, trained.interval));
        const BacktestPlan plan = planBacktest(span_.size(), options_.train.horizon);
        SharedOptions shared{options_.train.seed, options_.train.hyper, options_.train.device, options_.deadline, 4, std::nullopt, options_.checkpoints, options_.tally};
        FS_ASSIGN(auto runs, sharedRuns(panel, plan, shared, job_));
        shared.deadline.reset();   // a chosen model is worth its last fit, as with NLinear
        while (true) {
            FS_TRY(choose(trained, runs));
            const auto isUsed = [&](VolumeModel model) {
                const auto by = [&](const SeriesModel& series) { return uses(series, model); };
                return std::any_of(trained.series.begin(), trained.series.end(), by) || (trained.total && by(*trained.total));
            };
            std::vector<VolumeModel> used;
            for (const auto& run : runs)
                if (isUsed(run.model)) used.push_back(run.model);
            std::map<VolumeModel, std::string> dropped;
            trained.shared.clear();
            if (!used.empty()) {
                FS_ASSIGN(trained.shared, fitShared(panel, plan.horizon, used, shared, dropped, job_));
            }
            if (dropped.empty()) return finish(trained, plan);
            for (const auto& [model, why] : dropped) sayWhyDropped(model, why, job_);
            std::erase_if(runs, [&](const SharedRun& run) { return dropped.contains(run.model); });
        }
    }

private:
    void addTotal() {
        names_.push_back(totalName);
        calls_.emplace_back(span_.size(), 0.0);
        for (const auto& cluster : clusters_)
            for (size_t i = 0; i < span_.size(); ++i) calls_.back()[i] += cluster.calls[i];
    }
    Status choose(TrainedModels& trained, const std::vector<SharedRun>& runs) {
        trained.series.clear();
        trained.total.reset();
        for (size_t i = 0; i < names_.size(); ++i) {
            const auto passes = static_cast<uint64_t>(options_.train.epochs) * (planBacktest(span_.size(), options_.train.horizon).origins.size() + 1);
            job_.beginPass("series " + std::to_string(i + 1) + " of " + std::to_string(names_.size()), passes, "epochs");
            FS_ASSIGN(SeriesModel model, chooseModel(names_[i], logs_[i], options_, job_, runs, i, marked_[i].get()));
            job_.progress(passes);
            if (i == clusters_.size()) {
                trained.total = std::move(model);
                continue;
            }
            describeMembers(model, clusters_[i], workload_, span_);
            trained.series.push_back(std::move(model));
        }
        return {};
    }
    // What rests on the models that were chosen.
    Status finish(TrainedModels& trained, const BacktestPlan& plan) {
        if (trained.total) judgeTotal(trained, logs_, logs_.back(), plan);
        else if (trained.series.size() == 1 && trained.series.front().chosenRow()) trained.totalRow = *trained.series.front().chosenRow();
        job_.beginPass("bands of templates and transactions");
        return bandShares(trained, clusters_, workload_, span_, plan, job_);
    }

    const std::vector<Cluster>& clusters_;
    const workload::Workload& workload_;
    IntervalSpan span_;
    const ChoiceOptions& options_;
    Job& job_;
    std::vector<std::string> names_;
    std::vector<std::vector<double>> calls_, logs_;   // the total last, where there is one
    std::vector<std::shared_ptr<const MarkedSeries>> marked_;
};

// Of all that decides the outcome but the device: what one has begun another may finish.
uint64_t trainingFingerprint(const TrainedModels& trained, const TrainOptions& options) {
    ByteWriter out;
    out.fixed64(trained.workloadFingerprint);
    out.fixed64(options.seed);
    for (const uint64_t value : {uint64_t{options.epochs}, uint64_t{options.horizon}, uint64_t{options.maxSeries}, uint64_t{LagFeatures::version}, uint64_t{TrainedModels::formatVersion}}) out.varint(value);
    out.real(options.budgetSeconds);
    out.text(trained.library);
    for (const auto& field : hyperFields()) out.real(options.hyper.*field.value);
    return hashText(out.bytes());
}

// Null without a file for them, or where it cannot be used, which is said: training goes on all the same.
std::unique_ptr<Checkpoints> openCheckpoints(const TrainedModels& trained, const TrainOptions& options, Job& job) {
    if (options.checkpoints.empty()) return nullptr;
    auto opened = Checkpoints::open(options.checkpoints, trainingFingerprint(trained, options));
    if (!opened.ok()) {
        job.diagnose({Severity::warning, "no_checkpoints", options.checkpoints.string(), 0, 0, opened.error().message + " This training cannot be resumed if it is cut short."});
        return nullptr;
    }
    const auto& found = (*opened)->found();
    if (found.cutShort) job.diagnose({Severity::note, "checkpoint_cut_short", options.checkpoints.string(), 0, 0, "The last checkpoint of an earlier training is cut short and was left out."});
    if (found.ofOther)
        job.diagnose({Severity::note, "checkpoints_of_other", options.checkpoints.string(), 0, 0,
                      "A training that was cut short had other data, settings or features, or its checkpoints are damaged; it is begun anew."});
    if (found.records > 0)
        job.diagnose({Severity::note, "training_resumed", options.checkpoints.string(), 0, 0, "A training that was cut short is gone on with: " + std::to_string(found.records) + " checkpoints of it are there."});
    return std::move(*opened);
}

}  // namespace

const char* toString(VolumeModel model) {
    switch (model) {
        case VolumeModel::seasonalNaive: return "seasonal naive";
        case VolumeModel::nlinear: return "NLinear";
        case VolumeModel::phaseMean: return "phase mean";
        case VolumeModel::theta: return "Theta";
        case VolumeModel::linear: return "linear on lags";
        case VolumeModel::network: return "network on lags";
        case VolumeModel::trees: return "trees on lags";
        case VolumeModel::average: return "average";
    }
    return "?";
}

const BacktestRow* SeriesModel::chosenRow() const {
    const auto it = std::find_if(backtest.begin(), backtest.end(), [](const BacktestRow& row) { return row.chosen; });
    return it == backtest.end() ? nullptr : &*it;
}

Result<TrainedModels> train(const workload::Workload& workload, const TrainOptions& options, Job& job) {
    const auto start = std::chrono::steady_clock::now();
    if (!workload.facts || workload.rates.interval <= 0 || options.horizon == 0 || options.maxSeries == 0)
        return Error{ErrorCategory::usage, "There is no workload to train on, or nothing to look ahead.", "Profile a log first; the horizon is at least one interval.", {}};
    TrainedModels trained;
    trained.interval = workload.rates.interval;
    trained.seed = options.seed;
    trained.library = libraryName();
    trained.workloadFingerprint = dataFingerprint(workload.fingerprint(), fingerprintOf(options.events));
    const IntervalSpan span = completeIntervals(workload);
    trained.trainedOn = {span.first * trained.interval, span.end * trained.interval};
    FS_TRY(checkDevice(options.device, options.device == "cuda" && cudaAvailable()));
    if (blasIsSlow())
        job.diagnose({Severity::warning, "slow_blas", {}, 0, 0, "LibTorch runs on the reference BLAS, which is about 27 times slower than OpenBLAS. Install libopenblas0-pthread."});
    job.beginPass("clustering templates");
    FS_ASSIGN(const auto clusters, clusterTemplates(workload, span, clusterRho, options.maxSeries, job));
    if (clusters.empty())
        job.diagnose({Severity::warning, "nothing_to_train", {}, 0, 0, "The workload has no calls, so there is no volume to forecast."});

    const auto checkpoints = openCheckpoints(trained, options, job);
    EpochTally tally;
    ChoiceOptions choice{options, trained.interval, true, std::nullopt, checkpoints.get(), &tally};
    if (options.budgetSeconds > 0)
        choice.deadline = start + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                                      std::chrono::duration<double>(std::min(options.budgetSeconds, 1e8)));
    trained.hyper = options.hyper;
    trained.features = LagFeatures::version;
    FS_TRY(SeriesTrainer(clusters, workload, span, choice, job).run(trained));
    if (checkpoints && !checkpoints->problem().empty())
        job.diagnose({Severity::warning, "no_checkpoints", options.checkpoints.string(), 0, 0, "Checkpoints could not be written (" + checkpoints->problem() + "); the training went on without them."});
    trained.threads = std::max(1u, std::thread::hardware_concurrency());
    trained.epochs = tally.epochs;
    trained.device = tally.device();
    if (trained.epochs > 0) trained.epochSeconds = static_cast<double>(tally.nanoseconds) / 1e9 / static_cast<double>(trained.epochs);
    trained.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return trained;
}

}  // namespace foreshard::models
