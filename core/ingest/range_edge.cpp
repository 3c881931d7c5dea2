// Edges of ranges: what a collector gives to be settled when the range to the left is known, and takes back then.
#include <algorithm>

#include "core/ingest/collector.h"

namespace foreshard::ingest {

RangeEdge CallCollector::takeEdge(Carry& right) {
    RangeEdge edge;
    for (Step& step : steps_) {
        if (step.what == What::serverStarted && !edge.restart) edge.restart = RangeEdge::Restart{step.offset, step.time};
        if (step.what != What::head) continue;
        if (edge.restart) {
            countOwn(step);
            continue;
        }
        auto& head = edge.heads[std::string(sessions_[step.session].name)];
        head = {step.offset, step.time, step.duration, step.failed, step.bare, std::nullopt};
        if (step.call != none) head.own = owned(calls_[step.call]);
        step.call = none;
    }
    for (const auto& session : sessions_) {
        const std::string name(session.name);
        if (session.open != none) right.open.insert_or_assign(name, owned(calls_[session.open]));
        if (name.empty()) continue;
        if (session.live && right.live.size() < Carry::mostLive) right.live.insert(name);
        if (!session.live && !edge.restart) edge.over.insert(name);
    }
    right.evidence.merge(evidence_);
    return edge;
}

uint32_t CallCollector::restored(const OpenCall& open, uint32_t session) {
    Call& call = calls_.emplace_back();
    call.time = open.time;
    call.session = session;
    call.database = arena_.copy(open.database);
    call.virtualTransaction = arena_.copy(open.virtualTransaction);
    call.statement = arena_.copy(open.statement);
    call.extended = open.extended;
    call.parametersKnown = open.parametersKnown;
    call.cut = open.cut;
    call.firstParameter = static_cast<uint32_t>(parameters_.size());
    call.parameters = static_cast<uint32_t>(open.parameters.size());
    for (const auto& value : open.parameters) parameters_.push_back(value ? std::optional<std::string_view>(arena_.copy(*value)) : std::nullopt);
    return static_cast<uint32_t>(calls_.size() - 1);
}

void CallCollector::beginWith(const RangeEdge& edge, const std::set<std::string, std::less<>>& live) {
    clear();
    std::vector<std::pair<uint64_t, const std::string*>> order;
    for (const auto& [name, head] : edge.heads) order.emplace_back(head.offset, &name);
    std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [offset, name] : order) {
        const auto& head = edge.heads.find(*name)->second;
        const uint32_t session = sessionOf(*name);
        sessions_[session].seen = true;
        sessions_[session].live = live.contains(*name);
        LogRecord at;
        at.time = head.time;
        step(What::head, at, offset, session, head.own ? restored(*head.own, session) : none);
        if (head.own) calls_.back().failed = true;
        steps_.back().duration = head.duration;
        steps_.back().failed = head.failed;
        steps_.back().bare = head.bare;
    }
    if (!edge.restart) return;
    LogRecord at;
    at.time = edge.restart->time;
    step(What::serverStarted, at, edge.restart->offset, 0, none);
}

}  // namespace foreshard::ingest
