#include "core/ingest/collector.h"

#include <algorithm>
#include <cstring>

#include "core/ingest/collector_calls.h"
#include "core/sql/template.h"
#include "core/workload/control.h"

namespace foreshard::ingest {

namespace {

bool startsWithFold(std::string_view text, std::string_view lower) {
    if (text.size() < lower.size()) return false;
    return std::equal(lower.begin(), lower.end(), text.begin(), [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b | 0x20 : b); });
}

}  // namespace

void CallCollector::clear() {
    evidence_ = Evidence();
    arena_.clear();
    lastDatabase_ = {};
    calls_.clear();
    parameters_.clear();
    steps_.clear();
    settled_.clear();
    over_.clear();
    sessions_.clear();
    sessionIds_.clear();
    recentSessions_.fill(none);
}

uint32_t CallCollector::sessionOf(std::string_view name) {
    uint32_t tail = 0;   // the names of a log's sessions differ at their ends
    if (const size_t size = std::min<size_t>(name.size(), 4)) std::memcpy(&tail, name.data() + name.size() - size, size);
    uint32_t& recent = recentSessions_[(tail * 0x9e3779b1u) >> 26];
    if (recent != none && sessions_[recent].name == name) return recent;
    const auto found = sessionIds_.find(name);
    if (found != sessionIds_.end()) return recent = found->second;
    const auto copy = arena_.copy(name);
    recent = static_cast<uint32_t>(sessions_.size());
    Session& made = sessions_.emplace_back();
    made.name = copy;
    made.firstStep = static_cast<uint32_t>(steps_.size());
    sessionIds_.emplace(copy, recent);
    return recent;
}

void CallCollector::readParameters(const LogRecord& record, const Message& message, Call& call) {
    bool known = false;
    if (message.extended) {
        known = parameterList_.read(record.detail);
    } else if (message.kind == MessageKind::failed) {
        known = record.context.find("with parameters: $1 = ") != std::string_view::npos && parameterList_.read(record.context);
    } else if (startsWithFold(record.detail, "prepare: ")) {
        std::string_view body;
        known = parameterList_.readExecute(message.text, record.detail.substr(9), body);
        if (known) {
            call.statement = arena_.copy(body);
            call.extended = true;
        }
    }
    if (!known) return;
    call.parametersKnown = true;
    call.cut = parameterList_.truncated();
    call.firstParameter = static_cast<uint32_t>(parameters_.size());
    call.parameters = static_cast<uint32_t>(parameterList_.values().size());
    for (const auto& value : parameterList_.values()) {
        if (value) parameters_.emplace_back(arena_.copy(*value));
        else parameters_.emplace_back();
    }
}

uint32_t CallCollector::makeCall(const LogRecord& record, const Message& message, uint32_t session) {
    Call& call = calls_.emplace_back();
    call.time = record.time;
    call.session = session;
    call.database = kept(record.database, lastDatabase_);
    call.virtualTransaction = kept(record.virtualTransaction, sessions_[session].virtualTransaction);
    call.statement = arena_.copy(message.text);
    call.extended = call.portal = message.extended;
    readParameters(record, message, call);
    if (const auto on = startsWithWord(call.statement, "SET") ? workload::autocommitSaid(call.statement) : std::nullopt) sessions_[session].autocommit = on;
    call.single = call.extended || !mayHoldSeveral(call.statement);   // now, for its text is at hand
    if (message.kind == MessageKind::ended) {
        call.time -= message.duration / 1'000;
        call.duration = message.duration;
        if (record.rows >= 0) call.rows = record.rows;
        if (record.rowsExamined >= 0) ++evidence_.examinedCalls, evidence_.rowsExamined += static_cast<uint64_t>(record.rowsExamined);
        // The line was written when the transaction was over; "3/0" is what comes after it.
        if (isOutsideTransaction(record.virtualTransaction) && endsTransaction(call.statement)) call.virtualTransaction = {};
    }
    return static_cast<uint32_t>(calls_.size() - 1);
}

void CallCollector::step(What what, const LogRecord& record, uint64_t offset, uint32_t session, uint32_t call) {
    Step& made = steps_.emplace_back();
    made.what = what;
    made.offset = offset;
    made.time = record.time;
    made.session = session;
    made.call = call;
}

void CallCollector::endOpen(uint32_t session, const LogRecord& record, uint64_t offset, Nanoseconds duration, bool failed,
                            uint32_t ownCall) {
    Session& state = sessions_[session];
    if (state.seen && state.open == none && ownCall == none && duration < 0) return;   // nearly always
    const bool bare = duration >= 0 && !record.commandTag.empty();
    // Without sessions a duration may be anybody's.
    if (state.name.empty()) duration = -1;
    if (!state.seen) {
        state.seen = true;
        step(What::head, record, offset, session, ownCall);
        steps_.back().failed = failed;
        steps_.back().bare = bare;
        steps_.back().duration = duration;
        return;
    }
    if (state.open != none) {
        Call& open = calls_[state.open];
        if (!open.isComplete()) {
            open.duration = duration;
            open.failed = failed;
            evidence_.timedCalls += duration >= 0 || open.planDuration >= 0;
        } else if (open.fromPlan) {
            countPlan(evidence_, open, state.name);
        }
        step(What::call, record, offset, session, std::exchange(state.open, none));
    } else if (ownCall != none) {
        countCall(evidence_, calls_[ownCall], state.name);
        ++evidence_.failedAlone;
        step(What::call, record, offset, session, ownCall);
    } else {
        evidence_.bareDurations += bare;
    }
}

void CallCollector::serverStarted(const LogRecord& record, uint64_t offset) {
    std::vector<std::pair<uint32_t, uint32_t>> open;
    for (uint32_t i = 0; i < sessions_.size(); ++i) {
        sessions_[i].seen = true;
        sessions_[i].autocommit = true;
        if (sessions_[i].open != none) open.emplace_back(sessions_[i].open, i);
    }
    std::sort(open.begin(), open.end());
    step(What::serverStarted, record, offset, 0, none);
    for (const auto& [call, session] : open) endOpen(session, record, offset, -1, false, none);
    for (uint32_t i = 0; i < sessions_.size(); ++i)
        if (sessions_[i].live) sessionEnded(record, offset, i);
}

void CallCollector::sessionEnded(const LogRecord& record, uint64_t offset, uint32_t session) {
    sessions_[session].live = false;
    sessions_[session].autocommit = true;
    if (!sessions_[session].name.empty()) step(What::sessionEnded, record, offset, session, none);
}

// A call that is logged when it is over.
uint32_t CallCollector::addEnded(const LogRecord& record, const Message& message, uint64_t offset, uint32_t session) {
    // What was open is over just before this record, which is a call of its own: no two calls of a session share a place.
    endOpen(session, record, offset > 0 ? offset - 1 : 0, -1, false, none);
    ++evidence_.endedCalls;
    ++evidence_.timedCalls;
    evidence_.shortestEnded = std::min(evidence_.shortestEnded, message.duration);
    const uint32_t call = makeCall(record, message, session);
    countCall(evidence_, calls_[call], sessions_[session].name);
    return call;
}

void CallCollector::add(const LogRecord& record, uint64_t offset) {
    ++evidence_.records;
    evidence_.foreignLanguage += record.severity == LogSeverity::unknown;
    const Message message = readMessage(record);
    evidence_.withoutTime += record.time == std::max<Nanoseconds>(message.duration, 0) / 1'000;
    if (message.kind == MessageKind::other) return;
    if (message.kind == MessageKind::setting) {
        if (message.text.starts_with("log_") || message.text.starts_with("auto_explain.log_")) evidence_.settings[std::string(message.text)] = std::string(message.value);
        return;
    }
    if (message.kind == MessageKind::serverStarted) return serverStarted(record, offset);
    if (message.kind == MessageKind::plan && plans_ == PlanUse::none) return;
    const uint32_t session = sessionOf(record.session);
    sessions_[session].live = true;
    if (plans_ == PlanUse::rows && addWithPlans(record, message, offset, session)) return;
    switch (message.kind) {
        case MessageKind::plan:
            if (plans_ != PlanUse::none) addPlan(record, message, offset, session);
            break;
        case MessageKind::started: {
            endOpen(session, record, offset, -1, false, none);
            ++evidence_.startedCalls;
            const uint32_t call = makeCall(record, message, session);
            sessions_[session].open = call;
            countCall(evidence_, calls_[call], sessions_[session].name);
            break;
        }
        case MessageKind::ended: step(What::call, record, offset, session, addEnded(record, message, offset, session)); break;
        case MessageKind::duration: endOpen(session, record, offset, message.duration, false, none); break;
        case MessageKind::parseOrBind: endOpen(session, record, offset, -1, false, none); break;
        case MessageKind::failed: {
            uint32_t own = none;
            if (record.ownCall) endOpen(session, record, offset > 0 ? offset - 1 : 0, -1, false, none);
            if (!message.text.empty() && !message.syntaxError && (!sessions_[session].seen || sessions_[session].open == none)) {
                own = makeCall(record, message, session);
                calls_[own].failed = true;
            }
            endOpen(session, record, offset, -1, true, own);
            if (message.sessionOver) sessionEnded(record, offset, session);
            break;
        }
        case MessageKind::sessionStarted:
            endOpen(session, record, offset, -1, false, none);
            sessions_[session].autocommit = true;
            step(What::sessionStarted, record, offset, session, none);
            break;
        case MessageKind::sessionEnded:
            endOpen(session, record, offset, -1, false, none);
            sessionEnded(record, offset, session);
            break;
        default: break;
    }
}

OpenCall CallCollector::owned(const Call& call) const {
    OpenCall out;
    out.time = call.time;
    out.database = call.database;
    out.virtualTransaction = call.virtualTransaction;
    out.statement = call.statement;
    for (const auto& value : parametersOf(call)) out.parameters.push_back(value ? std::optional<std::string>(*value) : std::nullopt);
    out.parametersKnown = call.parametersKnown;
    out.cut = call.cut;
    out.extended = call.extended;
    out.portal = call.portal;
    out.fromPlan = call.fromPlan;
    out.duration = call.duration;
    out.planDuration = call.planDuration;
    out.rows = call.rows;
    return out;
}

// The first restart of the range ends the sessions of the ranges to the left, but for those that this range has ended there.
void CallCollector::endLeftSessions(Carry& carry) {
    for (uint32_t i = 0; i < steps_.size(); ++i) {
        if (steps_[i].what != What::serverStarted) continue;
        for (const auto& session : sessions_)
            if (session.firstStep <= i) carry.live.erase(std::string(session.name));
        steps_[i].over = static_cast<uint32_t>(over_.size());
        steps_[i].overCount = static_cast<uint32_t>(carry.live.size());
        over_.insert(over_.end(), carry.live.begin(), carry.live.end());
        carry.live.clear();
        break;
    }
    for (const auto& session : sessions_) {
        if (session.name.empty()) continue;
        if (!session.live) carry.live.erase(std::string(session.name));
        else if (carry.live.size() < Carry::mostLive) carry.live.emplace(session.name);
    }
}

// A head where nothing was open.
void CallCollector::countOwn(const Step& step) {
    if (step.call == none) {
        evidence_.bareDurations += step.bare;
        return;
    }
    countCall(evidence_, calls_[step.call], sessions_[step.session].name);
    ++evidence_.failedAlone;
}

// `open` is over, with what `step` says of it.
void CallCollector::settleOpen(Step& step, const std::string& session, OpenCall open, Evidence& evidence) {
    if (open.fromPlan) countPlan(evidence, open, session);
    if (step.settledCount++ == 0) step.settled = static_cast<uint32_t>(settled_.size());
    settled_.emplace_back(session, std::move(open));
}

void CallCollector::settleHead(Step& step, Carry& carry) {
    const std::string name(sessions_[step.session].name);
    auto open = carry.open.find(name);
    if (open != carry.open.end() && open->second.isComplete()) {
        if (step.ended != none && takesPlan(calls_[step.ended], open->second)) takePlan(calls_[step.ended], open->second);
        else settleOpen(step, name, std::move(open->second), evidence_);
        carry.open.erase(open);
        open = carry.open.end();
    }
    if (open == carry.open.end()) return countOwn(step);
    evidence_.timedCalls += step.duration >= 0 || open->second.planDuration >= 0;
    settleOpen(step, name, std::move(open->second), evidence_);
    carry.open.erase(open);
    step.call = none;
}

// A restart ends all sessions; what this range says of those that were there is said after it.
void CallCollector::settleAutocommit(Carry& carry) {
    auto& off = carry.autocommitOff;
    if (!off.empty())
        for (auto& session : sessions_) session.wasOff = off.contains(session.name);
    if (std::any_of(steps_.begin(), steps_.end(), [](const Step& step) { return step.what == What::serverStarted; })) off.clear();
    for (const auto& session : sessions_) {
        if (session.name.empty() || !session.autocommit) continue;
        if (*session.autocommit) off.erase(std::string(session.name));
        else if (off.size() < Carry::mostLive) off.emplace(session.name);
    }
}

void CallCollector::settle(Carry& carry) {
    settleAutocommit(carry);
    endLeftSessions(carry);
    for (Step& step : steps_) {
        if (step.what == What::serverStarted) {
            for (auto& [name, open] : carry.open) settleOpen(step, name, std::move(open), evidence_);
            carry.open.clear();
        }
        if (isHead(step.what)) settleAnyHead(step, carry);
    }
    for (const auto& session : sessions_)
        if (session.open != none) carry.open.insert_or_assign(std::string(session.name), owned(calls_[session.open]));
    carry.evidence.merge(evidence_);
}

void CallCollector::closeAll(Carry& carry, uint64_t offset) {
    if (carry.open.empty()) return;
    step(What::serverStarted, LogRecord(), offset, 0, none);
    for (auto& [name, open] : carry.open) settleOpen(steps_.back(), name, std::move(open), carry.evidence);
    carry.open.clear();
}

void CallCollector::replayCall(EventSink& sink, const Step& step, const Call& call, std::string_view session, Parameters parameters,
                               Weight weight) const {
    workload::CallEvent event;
    event.offset = step.offset;
    event.time = call.time;
    event.session = session;
    event.database = call.database;
    event.virtualTransactionId = call.virtualTransaction;
    event.parameters = parameters;
    event.parametersKnown = call.parametersKnown;
    event.cut = call.cut;
    event.weight = weight;
    const auto last = [&](std::string_view statement) {
        event.statement = statement;
        event.duration = call.duration >= 0 ? call.duration : call.planDuration;
        event.rows = call.rows;
        event.failed = call.failed;
        sink.call(event);
    };
    if (call.single || call.extended || !mayHoldSeveral(call.statement)) return last(call.statement);
    const auto statements = sql::splitStatements(call.statement);
    for (size_t i = 0; i + 1 < statements.size(); ++i) {
        event.statement = statements[i];
        sink.call(event);
    }
    if (!statements.empty()) last(statements.back());
}

void CallCollector::replay(EventSink& sink, Weight weight) const {
    std::vector<std::optional<std::string_view>> values;
    workload::CallEvent off;
    off.offset = UINT64_MAX;           // of no record
    off.statement = "SET autocommit = 0";
    for (const auto& session : sessions_) {
        if (!session.wasOff) continue;
        off.session = session.name;
        sink.call(off);
    }
    for (const Step& step : steps_) {
        for (size_t i = 0; i < step.settledCount; ++i) {
            const auto& [name, open] = settled_[step.settled + i];
            Call call;
            call.time = open.time;
            call.database = open.database;
            call.virtualTransaction = open.virtualTransaction;
            call.statement = open.statement;
            call.extended = open.extended;
            call.parametersKnown = open.parametersKnown;
            call.cut = open.cut;
            call.rows = open.rows;
            call.planDuration = open.planDuration;
            call.failed = step.failed && !open.isComplete();
            call.duration = open.isComplete() ? open.duration : step.duration;
            values.assign(open.parameters.begin(), open.parameters.end());
            replayCall(sink, step, call, name, values, weight);
        }
        switch (step.what) {
            case What::call:
            case What::head:
                if (step.call == none) break;
                replayCall(sink, step, calls_[step.call], sessions_[step.session].name, parametersOf(calls_[step.call]), weight);
                break;
            case What::headDuration:
            case What::headPlan:
            case What::headParse: break;
            case What::sessionStarted: sink.sessionStarted({step.offset, step.time, sessions_[step.session].name}); break;
            case What::sessionEnded: sink.sessionEnded({step.offset, step.time, sessions_[step.session].name}); break;
            case What::serverStarted:
                for (uint32_t i = 0; i < step.overCount; ++i) sink.sessionEnded({step.offset, step.time, over_[step.over + i]});
                break;
        }
    }
}

}  // namespace foreshard::ingest
