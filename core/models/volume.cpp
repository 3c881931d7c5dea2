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

Result<SeriesVolume> volumeOf(const SeriesModel& model, std::vector<workload::TemplateId> members, const std::vector<double>& trainedShares,
                              const workload::Workload& observed, IntervalSpan span, uint32_t steps) {
    SeriesVolume volume;
    volume.model = model;
    volume.members = std::move(members);
    volume.band = bandOf(model.residuals);
    if (volume.members.empty()) {   // its templates are gone
        volume.logs.assign(steps, 0.0);
        return volume;
    }
    shareOut(volume, trainedShares, observed, span);
    const auto lead = static_cast<uint32_t>(observed.rates.endInterval() - span.end);   // a last interval known only in part
    FS_ASSIGN(volume.logs, predictLogs(model, toLog(callsOf(observed, volume.members, span)), lead + steps));
    volume.logs.erase(volume.logs.begin(), volume.logs.begin() + lead);
    return volume;
}

// Templates with calls that no model knows; `known` by template id.
Result<std::optional<SeriesVolume>> newcomers(const TrainedModels& models, const std::vector<bool>& known, const workload::Workload& observed,
                                              IntervalSpan span, uint32_t steps, Job& job) {
    std::vector<workload::TemplateId> members;
    double calls = 0;
    for (size_t id = 0; id < known.size(); ++id) {
        const double own = known[id] ? 0 : callsIn(observed.rates.templates[id], span);
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
    FS_ASSIGN(const SeriesModel model, chooseModel(newSeriesName, toLog(callsOf(observed, members, span)), options, job));
    const std::vector<double> equal(members.size(), 1.0);
    FS_ASSIGN(SeriesVolume volume, volumeOf(model, std::move(members), equal, observed, span, steps));
    return std::optional<SeriesVolume>{std::move(volume)};
}

}  // namespace

double SeriesVolume::widening(size_t step) const {
    return model.backtestHorizon == 0 ? 1.0 : std::sqrt(static_cast<double>(step / model.backtestHorizon + 1));
}

Result<std::vector<SeriesVolume>> predictVolumes(const TrainedModels& models, const workload::Workload& observed, IntervalSpan complete,
                                                 uint32_t steps, Job& job) {
    std::unordered_map<uint64_t, workload::TemplateId> byFingerprint;
    const size_t templates = std::min(observed.facts->templates.size(), observed.rates.templates.size());
    for (size_t id = 0; id < templates; ++id)
        byFingerprint.emplace(observed.facts->templates[id].fingerprint, static_cast<workload::TemplateId>(id));
    std::vector<bool> known(templates, false);
    std::vector<SeriesVolume> volumes;
    for (const auto& model : models.series) {
        FS_TRY(job.checkpoint());
        std::vector<workload::TemplateId> members;
        std::vector<double> trainedShares;
        for (size_t i = 0; i < model.templates.size(); ++i) {
            const auto it = byFingerprint.find(model.templates[i]);
            if (it == byFingerprint.end() || known[it->second]) continue;
            members.push_back(it->second);
            trainedShares.push_back(model.shares[i]);
            known[it->second] = true;
        }
        FS_ASSIGN(SeriesVolume volume, volumeOf(model, std::move(members), trainedShares, observed, complete, steps));
        volumes.push_back(std::move(volume));
    }
    FS_ASSIGN(auto fresh, newcomers(models, known, observed, complete, steps, job));
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
