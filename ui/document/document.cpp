#include "ui/document/document.h"

#include "ui/format/format.h"

namespace foreshard::ui {

Document::Document(DocumentActions actions, QObject* parent) : QObject(parent), actions_(std::move(actions)) {
    constexpr int steps = 200;
    undo_.setUndoLimit(steps);
    connect(&jobs_, &JobRunner::started, this, &Document::tellStates);
    connect(&jobs_, &JobRunner::changed, this, &Document::tellStates);
    connect(&jobs_, &JobRunner::finished, this, &Document::tellStates);
}

std::shared_ptr<const workload::Workload> Document::shownWorkload() const {
    const bool wanted = context_.value().workload == WorkloadChoice::forecast;
    if (wanted && contents_.forecast && contents_.forecast->workload) return contents_.forecast->workload;
    return contents_.workload;
}

std::optional<TimeRange> Document::shownTime() const {
    if (context_.value().time) return context_.value().time;
    const auto workload = shownWorkload();
    if (!workload) return std::nullopt;
    return workload->rates.range;
}

const sharding::Design* Document::design(const std::string& id) const {
    if (contents_.advice) {
        for (const auto& ranked : contents_.advice->designs) {
            if (ranked.design.id == id) return &ranked.design;
        }
    }
    const bool today = contents_.today && (id.empty() || contents_.today->id == id);
    return today ? contents_.today.get() : nullptr;
}

QString Document::designName(const std::string& id) const {
    const auto* found = design(id);
    if (id.empty() || (contents_.today && found == contents_.today.get())) return tr("today's layout");
    if (!found) return text(id);
    // Designs may share a name: the rank tells them apart.
    const auto name = found->name.empty() ? text(id) : text(found->name);
    for (const auto& ranked : contents_.advice->designs) {
        if (ranked.design.id == id) return QStringLiteral("%1 · %2").arg(ranked.rank).arg(name);
    }
    return name;
}

std::string Document::baseline() const {
    const auto& chosen = context_.value().compareWith;
    return design(chosen) ? chosen : std::string();
}

PageState Document::stateOf(PageId page) const {
    if (jobs_.runningOn(page)) return PageState::running;
    const auto& c = contents_;
    const auto there = [&] {
        switch (page) {
            case PageId::start: return true;
            case PageId::workload: return c.workload != nullptr;
            case PageId::hotspots: return c.workload != nullptr;
            case PageId::forecast: return c.models || c.forecast;
            case PageId::designs: return c.advice != nullptr;
            case PageId::simulate: return c.projections != nullptr;
            case PageId::migrate: return c.migration != nullptr;
            case PageId::monitor: return c.monitor != nullptr;
            case PageId::report: return c.report != nullptr;
        }
        return false;
    }();
    if (!there) return PageState::empty;
    return c.stale && c.stale->contains(page) ? PageState::stale : PageState::ready;
}

void Document::tellStates() {
    for (const auto page : allPages) {
        const auto state = stateOf(page);
        const auto [known, fresh] = told_.try_emplace(page, state);
        if (!fresh && known->second == state) continue;
        known->second = state;
        Q_EMIT pageStateChanged(page);
    }
}

const Error* Document::errorOf(PageId page) const {
    const auto found = errors_.find(page);
    return found == errors_.end() ? nullptr : &found->second;
}

void Document::dismissError(PageId page) { setError(page, std::nullopt); }

void Document::setError(PageId page, std::optional<Error> error) {
    const bool had = errors_.erase(page) > 0;
    if (error) errors_[page] = std::move(*error);
    if (had || errors_.contains(page)) Q_EMIT errorChanged(page);
}

void Document::apply(const Contents& change) {
    // All parts are in place before the first signal: a view may read several.
    const auto take = [](auto& mine, const auto& theirs) {
        if (!theirs) return false;
        mine = theirs;
        return true;
    };
    const bool project = take(contents_.project, change.project), workload = take(contents_.workload, change.workload);
    take(contents_.readShare, change.readShare);
    const bool kept = take(contents_.keptModels, change.keptModels), models = take(contents_.models, change.models) || kept, forecast = take(contents_.forecast, change.forecast);
    const bool events = take(contents_.events, change.events);
    const bool hotspots = take(contents_.hotspots, change.hotspots), advice = take(contents_.advice, change.advice);
    const bool bestSoFar = take(contents_.bestSoFar, change.bestSoFar) || (advice && contents_.bestSoFar);
    if (advice) contents_.bestSoFar.reset();
    const bool decisions = take(contents_.decisions, change.decisions);
    const bool answered = advice && contents_.whyNot;      // about the designs before: no longer an answer
    if (answered) contents_.whyNot.reset();
    const bool whyNot = take(contents_.whyNot, change.whyNot) || answered;
    const bool today = take(contents_.today, change.today), projections = take(contents_.projections, change.projections);
    const bool shards = take(contents_.shards, change.shards);
    const bool migration = take(contents_.migration, change.migration) || shards, monitor = take(contents_.monitor, change.monitor);
    const bool report = take(contents_.report, change.report);
    take(contents_.stale, change.stale);
    if (project) Q_EMIT projectChanged();
    if (workload) Q_EMIT workloadChanged();
    if (models) Q_EMIT modelsChanged();
    if (forecast) Q_EMIT forecastChanged();
    if (events) Q_EMIT eventsChanged();
    if (hotspots) Q_EMIT hotspotsChanged();
    if (decisions) Q_EMIT decisionsChanged();
    if (advice || today) Q_EMIT adviceChanged();
    if (bestSoFar) Q_EMIT bestSoFarChanged();
    if (whyNot) Q_EMIT whyNotChanged();
    if (projections) Q_EMIT projectionsChanged();
    if (migration) Q_EMIT migrationChanged();
    if (monitor) Q_EMIT monitorChanged();
    if (report) Q_EMIT reportChanged();
    tellStates();
}

void Document::replace(const Contents& contents, uint64_t opener) {
    jobs_.abandonAll(opener);
    contents_ = {};
    errors_.clear();
    selection_.set({});
    context_.reset();
    contents_ = contents;
    for (const auto page : allPages) Q_EMIT errorChanged(page);
    Q_EMIT projectChanged();
    Q_EMIT workloadChanged();
    Q_EMIT modelsChanged();
    Q_EMIT forecastChanged();
    Q_EMIT eventsChanged();
    Q_EMIT hotspotsChanged();
    Q_EMIT decisionsChanged();
    Q_EMIT adviceChanged();
    Q_EMIT bestSoFarChanged();
    Q_EMIT whyNotChanged();
    Q_EMIT projectionsChanged();
    Q_EMIT migrationChanged();
    Q_EMIT monitorChanged();
    Q_EMIT reportChanged();
    tellStates();
}

}  // namespace foreshard::ui
