#include "core/models/volume.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <unordered_map>

#include "core/models/choice.h"
#include "core/models/clusters.h"
#include "core/models/recent.h"
#include "core/models/reconcile.h"

namespace foreshard::models {

namespace {

constexpr const char* newSeriesName = "new since training";
constexpr size_t leastCommon = 24;       // intervals since a new template came, from which it may join a series

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
    std::vector<workload::TemplateId> joined;   // that came since
};

// What volumeOf needs besides the series itself.
struct Ahead {
    IntervalSpan span;
    uint32_t lead = 0;       // steps of a last interval known only in part
    uint32_t steps = 0;
    SharedPaths shared;      // lead + steps long
    EventCalendar events;
};

// Adds what is known of marked events to the prediction, and remembers how sure it is.
void addEvents(SeriesVolume& volume, const MarkedSeries& marked, const Ahead& ahead) {
    const size_t origin = ahead.span.size();
    volume.eventSpread.assign(ahead.steps, 0.0f);
    for (uint32_t step = 0; step < ahead.steps; ++step) {
        const EventEffect effect = marked.effectAt(origin, origin + ahead.lead + step);
        if (!effect.marked) continue;
        volume.logs[step] = std::max(0.0, volume.logs[step] + effect.mean);
        volume.eventSpread[step] = static_cast<float>(effect.occurrences > 0 ? effect.spread : unknownEventSpread);
    }
}

// How many calls the templates that joined have, for each call of those that the model knows.
double joinedShare(const Own& own, const workload::Workload& observed, IntervalSpan span) {
    const IntervalSpan recent = recentSpan(span, observed.rates.interval);
    double known = 0, joined = 0;
    for (const auto id : own.members) known += callsIn(observed.rates.templates[id], recent);
    for (const auto id : own.joined) joined += callsIn(observed.rates.templates[id], recent);
    return known > 0 ? joined / known : 0;
}

Status foreseenLogs(const SeriesModel& model, const std::vector<double>& calls, const Ahead& ahead, size_t index, Instant interval, SeriesVolume& volume) {
    const auto logs = toLog(calls);
    const auto marked = markedSeries(logs, ahead.span, interval, ahead.events);
    FS_ASSIGN(volume.logs, predictLogs(model, marked ? marked->cleaned() : logs, ahead.lead + ahead.steps, ahead.shared, index));
    volume.logs.erase(volume.logs.begin(), volume.logs.begin() + ahead.lead);
    if (marked) addEvents(volume, *marked, ahead);
    return {};
}

Result<SeriesVolume> volumeOf(const SeriesModel& model, Own own, const workload::Workload& observed, const Ahead& ahead, size_t index) {
    SeriesVolume volume;
    volume.model = model;
    volume.band = bandOf(model.residuals);
    if (own.members.empty()) {   // its templates are gone
        volume.logs.assign(ahead.steps, 0.0);
        return volume;
    }
    FS_TRY(foreseenLogs(model, callsOf(observed, own.members, ahead.span), ahead, index, observed.rates.interval, volume));
    const double more = own.joined.empty() ? 0 : joinedShare(own, observed, ahead.span);
    for (auto& log : volume.logs)
        if (more > 0) log = std::log1p(fromLog(log) * (1 + more));
    volume.members = std::move(own.members);
    own.trainedShares.resize(volume.members.size() + own.joined.size(), 0.0);
    volume.members.insert(volume.members.end(), own.joined.begin(), own.joined.end());
    shareOut(volume, own.trainedShares, observed, ahead.span);
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

std::vector<double> allCalls(const workload::Workload& observed, IntervalSpan span) {
    std::vector<workload::TemplateId> all(observed.rates.templates.size());
    std::iota(all.begin(), all.end(), workload::TemplateId{0});
    return callsOf(observed, all, span);
}

Result<SharedPaths> sharedPaths(const TrainedModels& models, const std::vector<Own>& own, const workload::Workload& observed, const Ahead& ahead, Job& job) {
    SharedPaths paths;
    if (models.shared.empty()) return paths;
    const IntervalSpan span = ahead.span;
    std::vector<std::string> names;
    std::vector<std::vector<double>> calls;
    for (size_t s = 0; s < own.size(); ++s) {
        names.push_back(models.series[s].name);
        calls.push_back(callsOf(observed, own[s].members, span));
    }
    if (models.total) {
        names.push_back(models.total->name);
        calls.push_back(allCalls(observed, span));
    }
    const Panel panel = panelOf(names, calls, span, models.interval, models.seasons, ahead.events);
    for (const auto& shared : models.shared) {
        FS_ASSIGN(paths[shared.model], predictShared(shared, panel, ahead.lead + ahead.steps, job));
    }
    return paths;
}

// Of a template's calls since it came, and those of a series at the same time; 0 where that is too short to tell.
double cosineSince(const workload::TemplateSeries& fresh, const std::vector<double>& calls, IntervalSpan span) {
    const auto own = denseCalls(fresh, span);
    const auto first = static_cast<size_t>(std::find_if(own.begin(), own.end(), [](double v) { return v > 0; }) - own.begin());
    if (own.size() - first < leastCommon) return 0;
    double dot = 0, ownNorm = 0, norm = 0;
    for (size_t i = first; i < own.size(); ++i) {
        dot += own[i] * calls[i];
        ownNorm += own[i] * own[i];
        norm += calls[i] * calls[i];
    }
    return ownNorm > 0 && norm > 0 ? dot / std::sqrt(ownNorm * norm) : 0;
}

// Templates that no model knows join the series they move with, and are known then; `known` by template id.
void joinSeries(std::vector<Own>& own, std::vector<bool>& known, const workload::Workload& observed, IntervalSpan span, Job& job) {
    std::vector<std::vector<double>> calls;
    size_t joined = 0;
    for (size_t id = 0; id < known.size(); ++id) {
        if (known[id] || callsIn(observed.rates.templates[id], span) <= 0) continue;
        if (calls.empty())
            for (const auto& each : own) calls.push_back(callsOf(observed, each.members, span));
        size_t best = own.size();
        double most = clusterRho;
        for (size_t s = 0; s < own.size(); ++s) {
            const double cosine = own[s].members.empty() ? 0 : cosineSince(observed.rates.templates[id], calls[s], span);
            if (cosine >= most) most = cosine, best = s;
        }
        if (best == own.size()) continue;
        own[best].joined.push_back(static_cast<workload::TemplateId>(id));
        known[id] = true;
        ++joined;
    }
    if (joined > 0)
        job.diagnose({Severity::note, "templates_joined", {}, 0, 0,
                      std::to_string(joined) + " templates that came after the training are forecast with the series that they rise and fall with."});
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
    FS_ASSIGN(SeriesVolume volume, volumeOf(model, {std::move(members), equal, {}}, observed, ahead, models.series.size()));
    return std::optional<SeriesVolume>{std::move(volume)};
}

}  // namespace

double SeriesVolume::widening(size_t step) const {
    return model.backtestHorizon == 0 ? 1.0 : std::sqrt(static_cast<double>(step / model.backtestHorizon + 1));
}

namespace {

// Shares the difference to the total's own forecast out among the series.
Status addUp(std::vector<SeriesVolume>& volumes, const TrainedModels& models, const workload::Workload& observed, const Ahead& ahead) {
    SeriesVolume total;
    FS_TRY(foreseenLogs(*models.total, allCalls(observed, ahead.span), ahead, models.series.size(), observed.rates.interval, total));
    std::vector<double> variances, parts(volumes.size());
    for (const auto& volume : volumes) variances.push_back(varianceOf(volume.model));
    for (uint32_t step = 0; step < ahead.steps; ++step) {
        for (size_t s = 0; s < volumes.size(); ++s) parts[s] = volumes[s].expected(step);
        makeAddUp(parts, variances, total.expected(step), varianceOf(*models.total));
        for (size_t s = 0; s < volumes.size(); ++s) volumes[s].logs[step] = std::log1p(parts[s]);
    }
    return {};
}

// What is known of the events inside the steps, from the calls of all templates together. Says which are used, and of which nothing is known.
std::vector<EventForecast> eventsAhead(const workload::Workload& observed, const Ahead& ahead, const std::vector<CalendarEvent>& events, Job& job) {
    std::vector<EventForecast> used;
    const int64_t first = ahead.span.end + ahead.lead, end = first + ahead.steps;
    const auto logs = toLog(allCalls(observed, ahead.span));
    const auto marked = markedSeries(logs, ahead.span, observed.rates.interval, ahead.events);
    for (const auto& occurrence : ahead.events.occurrences()) {
        const int64_t inside = std::max(first, occurrence.first);
        if (inside >= std::min(end, occurrence.end)) continue;
        const auto& event = events[occurrence.event];
        const EventEffect effect = marked->effectAt(ahead.span.size(), static_cast<size_t>(inside - ahead.span.first));
        used.push_back({event.name, event.begin, event.end, effect.occurrences, effect.occurrences > 0 ? std::exp(effect.mean) : 1.0});
        char factor[32];
        std::snprintf(factor, sizeof factor, "%.2f", used.back().factor);
        if (effect.occurrences > 0)
            job.diagnose({Severity::note, "event_used", {}, 0, 0, "The event \"" + event.name + "\" was seen " + std::to_string(effect.occurrences) + " times before; calls in all were " + factor + " times what they are without it."});
        else
            job.diagnose({Severity::warning, "event_unknown", {}, 0, 0, "The event \"" + event.name + "\" was not seen before in the log, so its effect is not known: the band is widened there, the forecast is as on a day without it."});
    }
    return used;
}

}  // namespace

Result<Volumes> predictVolumes(const TrainedModels& models, const workload::Workload& observed, IntervalSpan complete, uint32_t steps,
                               const std::vector<CalendarEvent>& events, Job& job) {
    std::vector<bool> known(std::min(observed.facts->templates.size(), observed.rates.templates.size()), false);
    auto own = ownMembers(models, observed, known);
    joinSeries(own, known, observed, complete, job);
    Ahead ahead{complete, static_cast<uint32_t>(observed.rates.endInterval() - complete.end), steps, {}, EventCalendar(events, observed.rates.interval)};
    FS_ASSIGN(ahead.shared, sharedPaths(models, own, observed, ahead, job));
    Volumes volumes;
    for (size_t s = 0; s < models.series.size(); ++s) {
        FS_TRY(job.checkpoint());
        FS_ASSIGN(SeriesVolume volume, volumeOf(models.series[s], std::move(own[s]), observed, ahead, s));
        volumes.series.push_back(std::move(volume));
    }
    FS_ASSIGN(auto fresh, newcomers(models, known, observed, ahead, job));
    if (fresh) volumes.series.push_back(std::move(*fresh));
    if (models.total && models.reconciliation.used) FS_TRY(addUp(volumes.series, models, observed, ahead));
    if (!ahead.events.empty()) volumes.events = eventsAhead(observed, ahead, events, job);
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
    const bool events = std::any_of(volumes.begin(), volumes.end(), [](const SeriesVolume& volume) { return !volume.eventSpread.empty(); });
    const double eventError = events ? random.normal() : 0;
    std::vector<std::vector<float>> factors;
    for (const auto& volume : volumes) {
        std::vector<float> own(steps, 1.0f);
        const auto& residuals = volume.model.residualPath;
        for (size_t step = 0; step < steps && !(residuals.empty() && volume.eventSpread.empty()); ++step) {
            const double expected = volume.expected(step);
            if (expected <= 1e-9) continue;
            const double error = residuals.empty() ? 0 : residuals[at[step] % residuals.size()] * volume.widening(step);
            const double log = volume.logs[step] + error + eventError * volume.spread(step);
            own[step] = static_cast<float>(fromLog(log) / expected);
        }
        factors.push_back(std::move(own));
    }
    return factors;
}

}  // namespace foreshard::models
