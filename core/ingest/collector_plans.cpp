// What plans of auto_explain are to the calls.
#include "core/ingest/collector_calls.h"
#include "core/sql/template.h"

namespace foreshard::ingest {

namespace {

bool holdsSeveral(std::string_view message) { return mayHoldSeveral(message) && sql::splitStatements(message).size() > 1; }

// Of a message of several statements, the one whose plan this may be.
std::string_view statementOfPlan(std::string_view message, const Plan& plan) {
    if (!holdsSeveral(message)) return message;
    for (const auto statement : sql::splitStatements(message)) {
        const bool writes = wordKindOf(statement) == WordKind::write;
        const size_t word = statement.find_first_not_of(" \t\r\n");
        if (plan.changes ? writes && word != std::string_view::npos && (statement[word] & ~0x20) == plan.changes : !writes && wordKindOf(statement) != WordKind::control) return statement;
    }
    return message;
}

// The plan of a SELECT of the extended protocol is logged when its portal is closed: by a Sync, by COMMIT, or, inside of a transaction,
// when the next statement is bound, behind the line of its parsing.
template <typename C>
bool waitsForPlan(const C& call) {
    if (!call.portal || call.rows >= 0 || call.planDuration >= 0) return false;
    return wordKindOf(call.statement) == WordKind::select || startsWithWord(call.statement, "WITH");
}

}  // namespace

bool CallCollector::mayBePlannedLater(const Call& call) { return waitsForPlan(call); }

uint32_t CallCollector::closeComplete(const LogRecord& record, const Message& message, uint64_t offset, uint32_t session) {
    Session& state = sessions_[session];
    if (state.open == none || !calls_[state.open].isComplete()) return none;
    const uint32_t open = std::exchange(state.open, none);
    Call ended;
    ended.statement = message.text;
    ended.portal = message.extended;
    std::string_view body;
    if (record.detail.starts_with("prepare: ") && parameterList_.readExecute(message.text, record.detail.substr(9), body)) ended.statement = body;
    if (message.kind == MessageKind::ended && takesPlan(ended, calls_[open])) return open;
    if (calls_[open].fromPlan) countPlan(evidence_, calls_[open], state.name);
    step(What::call, record, offset > 0 ? offset - 1 : 0, session, open);
    return none;
}

void CallCollector::durationWithPlans(const LogRecord& record, const Message& message, uint64_t offset, uint32_t session) {
    Session& state = sessions_[session];
    const bool bare = !record.commandTag.empty();
    if (!state.seen) {
        step(What::headDuration, record, offset, session, none);
        steps_.back().duration = message.duration;
        steps_.back().bare = bare;
        return;
    }
    if (state.open == none || calls_[state.open].isComplete()) {
        evidence_.bareDurations += bare;
        return;
    }
    calls_[state.open].duration = message.duration;
    ++evidence_.timedCalls;
    if (!waitsForPlan(calls_[state.open])) step(What::call, record, offset, session, std::exchange(state.open, none));
}

void CallCollector::endedWithPlans(const LogRecord& record, const Message& message, uint64_t offset, uint32_t session) {
    const uint32_t plan = closeComplete(record, message, offset, session);
    const bool unseen = !sessions_[session].seen;
    const size_t head = steps_.size();
    const uint32_t call = addEnded(record, message, offset, session);
    if (plan != none) takePlan(calls_[call], calls_[plan]);
    if (waitsForPlan(calls_[call])) {
        sessions_[session].open = call;
        return;
    }
    if (unseen) steps_[head].ended = call;
    step(What::call, record, offset, session, call);
}

bool CallCollector::addWithPlans(const LogRecord& record, const Message& message, uint64_t offset, uint32_t session) {
    if (sessions_[session].name.empty()) return false;
    switch (message.kind) {
        case MessageKind::plan: return false;
        case MessageKind::duration: durationWithPlans(record, message, offset, session); return true;
        case MessageKind::parseOrBind: parseWithPlans(record, offset, session); return true;
        case MessageKind::ended: endedWithPlans(record, message, offset, session); return true;
        default: closeComplete(record, message, offset, session); return false;
    }
}

void CallCollector::parseWithPlans(const LogRecord& record, uint64_t offset, uint32_t session) {
    const Session& state = sessions_[session];
    if (!state.seen) return step(What::headParse, record, offset, session, none);
    if (state.open != none && !calls_[state.open].isComplete()) endOpen(session, record, offset, -1, false, none);
}

uint32_t CallCollector::makePlanCall(const LogRecord& record, const Plan& plan, std::string_view statement, Nanoseconds duration, uint32_t session) {
    Message message;
    message.kind = MessageKind::ended;
    message.duration = duration;
    message.text = statement;
    std::string_view body;
    if (startsWithWord(statement, "PREPARE") && parameterList_.readExecute("EXECUTE x", statement, body)) message.text = body;
    message.extended = hasParameters(message.text);
    LogRecord planned = record;
    planned.detail = plan.parameters;
    const uint32_t made = makeCall(planned, message, session);
    Call& call = calls_[made];
    call.duration = -1;
    call.planDuration = duration;
    call.rows = plan.rows;
    call.fromPlan = true;
    return made;
}

void CallCollector::addPlan(const LogRecord& record, const Message& message, uint64_t offset, uint32_t session) {
    Plan plan;
    if (!planReader_.read(message.text, plan)) {
        ++evidence_.unreadPlans;
        return;
    }
    if (isInnerPlan(record, plan)) return;
    Session& state = sessions_[session];
    if (plans_ == PlanUse::calls) {
        evidence_.shortestEnded = std::min(evidence_.shortestEnded, message.duration);
        const uint32_t call = makePlanCall(record, plan, statementOfPlan(plan.statement, plan), message.duration, session);
        endOpen(session, record, offset > 0 ? offset - 1 : 0, -1, false, none);
        countPlan(evidence_, calls_[call], state.name);
        return step(What::call, record, offset, session, call);
    }
    // Whose plan it is cannot be told without sessions, nor of which of several statements.
    if (state.name.empty() || holdsSeveral(plan.statement)) return;
    const uint32_t made = makePlanCall(record, plan, plan.statement, message.duration, session);
    if (!state.seen) return step(What::headPlan, record, offset, session, made);
    if (state.open != none && hasPlan(calls_[state.open], calls_[made])) {
        takePlan(calls_[state.open], calls_[made]);
        if (calls_[state.open].isComplete()) step(What::call, record, offset, session, std::exchange(state.open, none));
        return;
    }
    closeComplete(record, message, offset, session);
    endOpen(session, record, offset > 0 ? offset - 1 : 0, -1, false, none);
    state.open = made;
}

// ---- what began in the ranges to the left ---------------------------------------------------------------------------

void CallCollector::settleDuration(Step& step, Carry& carry) {
    const std::string name(sessions_[step.session].name);
    const auto open = carry.open.find(name);
    if (open == carry.open.end() || open->second.isComplete()) {
        evidence_.bareDurations += step.bare;
        return;
    }
    open->second.duration = step.duration;
    ++evidence_.timedCalls;
    if (waitsForPlan(open->second)) return;
    settleOpen(step, name, std::move(open->second), evidence_);
    carry.open.erase(open);
}

void CallCollector::settleParse(Step& step, Carry& carry) {
    const std::string name(sessions_[step.session].name);
    const auto open = carry.open.find(name);
    if (open == carry.open.end() || open->second.isComplete()) return;
    evidence_.timedCalls += open->second.planDuration >= 0;
    settleOpen(step, name, std::move(open->second), evidence_);
    carry.open.erase(open);
}

void CallCollector::settlePlan(Step& step, Carry& carry) {
    const std::string name(sessions_[step.session].name);
    const Call& plan = calls_[step.call];
    auto open = carry.open.find(name);
    if (open != carry.open.end() && hasPlan(open->second, plan)) {
        takePlan(open->second, plan);
        if (!open->second.isComplete()) return;
        settleOpen(step, name, std::move(open->second), evidence_);
        carry.open.erase(open);
        return;
    }
    if (open != carry.open.end()) settleOpen(step, name, std::move(open->second), evidence_);
    carry.open.insert_or_assign(name, owned(plan));
}

void CallCollector::settleAnyHead(Step& step, Carry& carry) {
    switch (step.what) {
        case What::headDuration: return settleDuration(step, carry);
        case What::headPlan: return settlePlan(step, carry);
        case What::headParse: return settleParse(step, carry);
        default: return settleHead(step, carry);
    }
}

}  // namespace foreshard::ingest
