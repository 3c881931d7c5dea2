// Templates of CallCollector over its two forms of a call. Internal to its .cpp files.
#pragma once

#include "core/ingest/collector.h"

namespace foreshard::ingest {

inline bool isOutsideTransaction(std::string_view virtualTransaction) {
    const size_t size = virtualTransaction.size();
    return size >= 2 && virtualTransaction[size - 1] == '0' && virtualTransaction[size - 2] == '/';
}

template <typename C>
void CallCollector::countCall(Evidence& evidence, const C& call, std::string_view session) {
    ++evidence.calls;
    switch (wordKindOf(call.statement)) {
        case WordKind::select: ++evidence.selects; break;
        case WordKind::write: ++evidence.writes; break;
        case WordKind::control: ++evidence.controls; break;
        case WordKind::other: evidence.resets += startsWithWord(call.statement, "DISCARD"); break;
    }
    if (session.empty()) ++evidence.withoutSession;
    if (!call.virtualTransaction.empty() && !isOutsideTransaction(call.virtualTransaction)) ++evidence.withVirtualTransaction;
    if (call.parametersKnown || (call.extended && hasParameters(call.statement))) ++evidence.needValues;
    evidence.haveValues += call.parametersKnown;
    evidence.cutValues += call.cut;
}

template <typename C>
void CallCollector::countPlan(Evidence& evidence, const C& call, std::string_view session) {
    countCall(evidence, call, session);
    ++evidence.plannedCalls;
    ++evidence.timedCalls;
}

template <typename C, typename P>
bool CallCollector::hasPlan(const C& call, const P& plan) {
    return !call.fromPlan && call.planDuration < 0 && isPlanOf(plan.statement, call.statement);
}

template <typename P>
bool CallCollector::takesPlan(const Call& call, const P& plan) {
    return plan.fromPlan && !mayBePlannedLater(call) && isPlanOf(plan.statement, call.statement);
}

template <typename C, typename P>
void CallCollector::takePlan(C& call, const P& plan) {
    call.rows = plan.rows;
    call.planDuration = plan.planDuration;
}

}  // namespace foreshard::ingest
