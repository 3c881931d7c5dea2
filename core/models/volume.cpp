#include "core/models/volume.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "core/models/choice.h"
#include "core/models/recent.h"

namespace foreshard::models {

namespace {

constexpr const char* newSeriesName = "new since training";

std::vector<double> callsOf(const workload::Workload& observed, const std::vector<workload::TemplateId>& members, IntervalSpan span) {
    std::vector<double> calls(span.size(), 0.0);
    for (const auto id : members) {
        const auto own = denseCalls(observed.rates.templates[id], span);
        for (size_t i = 0; i < calls.size(); ++i) calls[i] += own[i];
    }
    return calls;
}

void shareOut(SeriesVolume& volume, const std::vector<double>& trainedShares, const workload::Workload& observed, IntervalSpan span) {
    const IntervalSpan recent = recentSpan(span, observed.rates.interval);
    std::vector<double> calls;
    for (const auto id : volume.members) calls.push_back(callsIn(observed.rates.templates[id], recent));
    volume.shares = sharesOf(calls, trainedShares);
}

// A series of the trained models with those of its templates that the workload has.
struct Own {
    std::vector<workload::TemplateId> members;
    std::vector<double> trainedShares;
};

// What volumeOf needs besides the series itself.
struct Ahead {
    IntervalSpan span;
    uint32_t lead = 0;       // steps of a last interval known only in part
    uint32_t steps = 0;
    SharedPaths shared;      // lead + steps long
};

Result<SeriesVolume> volumeOf(const SeriesModel& model, Own own, const workload::Workload& observed, const Ahead& ahead, size_t index) {
    SeriesVolume volume;
    volume.model = model;
    volume.members = std::move(own.members);
    volume.band = bandOf(model.residuals);
    if (volume.members.empty()) {   // its templates are gone
        volume.logs.assign(ahead.steps, 0.0);
        return volume;
    }
    shareOut(volume, own.trainedShares, observed, ahead.span);
    FS_ASSIGN(volume.logs, predictLogs(model, toLog(callsOf(observed, volume.members, ahead.span)), ahead.lead + ahead.steps, ahead.shared, index));
    volume.logs.erase(volume.logs.begin(), volume.logs.begin() + ahead.lead);
    return volume;
}

// The series of `models`, each with its members; `known` by template id.
std::vector<Own> ownMembers(const TrainedModels& models, const workload::Workload& observed, std::vector<bool>& known) {
    std::unordered_map<uint64_t, workload::TemplateId> byFingerprint;
    for (size_t id = 0; id < known.size(); ++id) byFingerprint.emplace(observed.facts->templates[id].fingerprint, static_cast<workload::TemplateId>(id));
    std::vector<Own> all;
    for (const auto& model : models.series) {
        Own own;
        for (size_t i = 0; i < model.templates.size(); ++i) {
            const auto it = byFingerprint.find(model.templates[i]);
            if (it == byFingerprint.end() || known[it->second]) continue;
            own.members.push_back(it->second);
            own.trainedShares.push_back(model.shares[i]);
            known[it->second] = true;
        }
        all.push_back(std::move(own));
    }
    return all;
}

Result<SharedPaths> sharedPaths(const TrainedModels& models, const std::vector<Own>& own, const workload::Workload& observed, IntervalSpan span, uint32_t steps, Job& job) {
    SharedPaths paths;
    if (models.shared.empty()) return paths;
    std::vector<std::string> names;
    std::vector<std::vector<double>> calls;
    for (size_t s = 0; s < own.size(); ++s) {
        names.push_back(models.series[s].name);
        calls.push_back(callsOf(observed, own[s].members, span));
    }
    const Panel panel = panelOf(names, calls, span, models.interval, models.seasons);
    for (const auto& shared : models.shared) {
        FS_ASSIGN(paths[shared.model], predictShared(shared, panel, steps, job));
    }
    return paths;
}

// Templates with calls that no model knows; `known` by template id.
Result<std::optional<SeriesVolume>> newcomers(const TrainedModels& models, const std::vector<bool>& known, const workload::Workload& observed,
                                              const Ahead& ahead, Job& job) {
    std::vector<workload::TemplateId> members;
    double calls = 0;
    for (size_t id = 0; id < known.size(); ++id) {
        const double own = known[id] ? 0 : callsIn(observed.rates.templates[id], ahead.span);
        if (own <= 0) continue;
        members.push_back(static_cast<workload::TemplateId>(id));
        calls += own;
    }
    if (members.empty()) return std::optional<SeriesVolume>{};
    job.diagnose({Severity::note, "new_templates", {}, 0, 0,
                  std::to_string(members.size()) + " templates (" + formatCount(calls) +
                      " calls) came after the training; they are forecast together by seasonal naive until the models are trained again."});
    ChoiceOptions options;
    options.interval = models.interval;
    options.tryLinear = false;
    FS_ASSIGN(const SeriesModel model, chooseModel(newSeriesName, toLog(callsOf(observed, members, ahead.span)), options, job));
    const std::vector<double> equal(members.size(), 1.0);
    FS_ASSIGN(SeriesVolume volume, volumeOf(model, {std::move(members), equal}, observed, ahead, models.series.size()));
    return std::optional<SeriesVolume>{std::move(volume)};
}

}  // namespace

double SeriesVolume::widening(size_t step) const {
    return model.backtestHorizon == 0 ? 1.0 : std::sqrt(static_cast<double>(step / model.backtestHorizon + 1));
}

Result<std::vector<SeriesVolume>> predictVolumes(const TrainedModels& models, const workload::Workload& observed, IntervalSpan complete,
                                                 uint32_t steps, Job& job) {
    std::vector<bool> known(std::min(observed.facts->templates.size(), observed.rates.templates.size()), false);
    auto own = ownMembers(models, observed, known);
    Ahead ahead{complete, static_cast<uint32_t>(observed.rates.endInterval() - complete.end), steps, {}};
    FS_ASSIGN(ahead.shared, sharedPaths(models, own, observed, complete, ahead.lead + steps, job));
    std::vector<SeriesVolume> volumes;
    for (size_t s = 0; s < models.series.size(); ++s) {
        FS_TRY(job.checkpoint());
        FS_ASSIGN(SeriesVolume volume, volumeOf(models.series[s], std::move(own[s]), observed, ahead, s));
        volumes.push_back(std::move(volume));
    }
    FS_ASSIGN(auto fresh, newcomers(models, known, observed, ahead, job));
    if (fresh) volumes.push_back(std::move(*fresh));
    return volumes;
}

std::vector<std::vector<float>> samplePath(const std::vector<SeriesVolume>& volumes, uint32_t steps, Random& random) {
    // Series trained together have residuals of the same intervals; the longest set the block.
    size_t length = 0, block = 1;
    for (const auto& volume : volumes) {
        if (volume.model.residualPath.size() <= length) continue;
        length = volume.model.residualPath.size();
        block = std::max<size_t>(1, volume.model.backtestHorizon / 4);
    }
    std::vector<size_t> at(steps, 0);
    for (size_t step = 0; step < steps && length > 0; ++step) at[step] = step % block == 0 ? random.below(length) : at[step - 1] + 1;
    std::vector<std::vector<float>> factors;
    for (const auto& volume : volumes) {
        std::vector<float> own(steps, 1.0f);
        const auto& residuals = volume.model.residualPath;
        for (size_t step = 0; step < steps && !residuals.empty(); ++step) {
            const double expected = volume.expected(step);
            if (expected <= 1e-9) continue;
            const double log = volume.logs[step] + residuals[at[step] % residuals.size()] * volume.widening(step);
            own[step] = static_cast<float>(fromLog(log) / expected);
        }
        factors.push_back(std::move(own));
    }
    return factors;
}

}  // namespace foreshard::models
