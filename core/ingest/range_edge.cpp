// Edges of ranges: what a collector gives to be settled when the range to the left is known, and takes back then.
#include <algorithm>

#include "core/ingest/collector.h"

namespace foreshard::ingest {

RangeEdge::HeadKind CallCollector::kindOf(What what) {
    using Kind = RangeEdge::HeadKind;
    using Kind = RangeEdge::HeadKind;
    return what == What::headDuration ? Kind::duration : what == What::headPlan ? Kind::plan : what == What::headParse ? Kind::parse : Kind::end;
}

RangeEdge CallCollector::takeEdge(Carry& right) {
    RangeEdge edge;
    for (size_t i = 0; i < steps_.size(); ++i) {
        Step& step = steps_[i];
        if (step.what == What::serverStarted && !edge.restart) edge.restart = RangeEdge::Restart{step.offset, step.time};
        if (!isHead(step.what)) continue;
        if (edge.restart) {
            settleAnyHead(step, right);
            continue;
        }
        const auto kind = kindOf(step.what);
        auto& head = edge.heads[std::string(sessions_[step.session].name)].emplace_back();
        head = {kind, step.offset, step.time, step.duration, step.failed, step.bare, std::nullopt, std::nullopt};
        if (step.call != none) head.own = owned(calls_[step.call]);
        step.call = none;
        if (step.ended == none) continue;
        head.ended = owned(calls_[step.ended]);
        steps_[i + 1].call = none;
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
    call.portal = open.portal;
    call.fromPlan = open.fromPlan;
    call.duration = open.duration;
    call.planDuration = open.planDuration;
    call.rows = open.rows;
    call.firstParameter = static_cast<uint32_t>(parameters_.size());
    call.parameters = static_cast<uint32_t>(open.parameters.size());
    for (const auto& value : open.parameters) parameters_.push_back(value ? std::optional<std::string_view>(arena_.copy(*value)) : std::nullopt);
    return static_cast<uint32_t>(calls_.size() - 1);
}

void CallCollector::beginWith(const RangeEdge& edge, const std::set<std::string, std::less<>>& live) {
    clear();
    struct Place { const RangeEdge::Head* head; const std::string* session; };
    std::vector<Place> order;
    for (const auto& [name, heads] : edge.heads)
        for (const auto& head : heads) order.push_back({&head, &name});
    std::stable_sort(order.begin(), order.end(), [](const Place& a, const Place& b) { return a.head->offset < b.head->offset; });
    for (const auto& [head, name] : order) {
        const uint32_t session = sessionOf(*name);
        sessions_[session].seen = true;
        sessions_[session].live = live.contains(*name);
        LogRecord at;
        at.time = head->time;
        const bool ends = head->kind == RangeEdge::HeadKind::end;
        constexpr What whats[]{What::head, What::headDuration, What::headPlan, What::headParse};   // by HeadKind
        const What what = whats[static_cast<size_t>(head->kind)];
        step(what, at, head->offset, session, head->own ? restored(*head->own, session) : none);
        if (head->own) calls_.back().failed = ends;
        steps_.back().duration = head->duration;
        steps_.back().failed = head->failed;
        steps_.back().bare = head->bare;
        if (!head->ended) continue;
        steps_.back().ended = restored(*head->ended, session);
        step(What::call, at, head->offset + 1, session, steps_.back().ended);
    }
    if (!edge.restart) return;
    LogRecord at;
    at.time = edge.restart->time;
    step(What::serverStarted, at, edge.restart->offset, 0, none);
}

}  // namespace foreshard::ingest
