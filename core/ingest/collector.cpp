#include "core/ingest/collector.h"

#include <algorithm>

#include "core/sql/template.h"

namespace foreshard::ingest {

namespace {

// Whether a simple message may hold more than one statement: a semicolon with more than blanks behind it.
bool mayHoldSeveral(std::string_view message) {
    const size_t semicolon = message.find(';');
    return semicolon != std::string_view::npos && message.find_first_not_of("; \t\r\n", semicolon) != std::string_view::npos;
}

bool startsWithFold(std::string_view text, std::string_view lower) {
    if (text.size() < lower.size()) return false;
    return std::equal(lower.begin(), lower.end(), text.begin(), [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b | 0x20 : b); });
}

}  // namespace

void CallCollector::clear() {
    evidence_ = Evidence();
    arena_.clear();
    calls_.clear();
    parameters_.clear();
    steps_.clear();
    settled_.clear();
    sessions_.clear();
}

std::string_view CallCollector::keep(std::string_view text, std::string_view stable) {
    if (text.data() >= stable.data() && text.data() + text.size() <= stable.data() + stable.size()) return text;
    return arena_.copy(text);
}

CallCollector::Session& CallCollector::sessionOf(std::string_view name) {
    const auto found = sessions_.find(name);
    if (found != sessions_.end()) return found->second;
    const auto copy = arena_.copy(name);
    return sessions_.emplace(copy, Session{copy, none, false}).first->second;
}

void CallCollector::readParameters(const LogRecord& record, const Message& message, Call& call, std::string_view stable) {
    bool known = false;
    if (message.extended) {
        known = parameterList_.read(record.detail);
    } else if (message.kind == MessageKind::failed) {
        known = record.context.find("with parameters: $1 = ") != std::string_view::npos && parameterList_.read(record.context);
    } else if (startsWithFold(record.detail, "prepare: ")) {
        std::string_view body;
        known = parameterList_.readExecute(message.text, record.detail.substr(9), body);
        if (known) {
            call.statement = keep(body, stable);
            call.extended = true;
        }
    }
    if (!known) return;
    call.parametersKnown = true;
    call.cut = parameterList_.truncated();
    call.firstParameter = static_cast<uint32_t>(parameters_.size());
    call.parameters = static_cast<uint32_t>(parameterList_.values().size());
    for (const auto& value : parameterList_.values()) {
        if (value) parameters_.emplace_back(keep(*value, stable));
        else parameters_.emplace_back();
    }
}

size_t CallCollector::makeCall(const LogRecord& record, const Message& message, std::string_view stable) {
    Call call;
    call.time = record.time;
    call.session = record.session.empty() ? std::string_view() : sessionOf(record.session).name;
    call.database = keep(record.database, stable);
    call.virtualTransaction = keep(record.virtualTransaction, stable);
    call.statement = keep(message.text, stable);
    call.extended = message.extended;
    readParameters(record, message, call, stable);
    if (message.kind == MessageKind::ended) {
        call.time -= message.duration / 1'000;
        call.duration = message.duration;
        // The line was written when the transaction was over; "3/0" is what comes after it.
        if (endsTransaction(call.statement) && record.virtualTransaction.ends_with("/0")) call.virtualTransaction = {};
    }
    calls_.push_back(call);
    return calls_.size() - 1;
}

void CallCollector::countCall(const Call& call) {
    ++evidence_.calls;
    switch (wordKindOf(call.statement)) {
        case WordKind::select: ++evidence_.selects; break;
        case WordKind::write: ++evidence_.writes; break;
        case WordKind::control: ++evidence_.controls; break;
        case WordKind::other: evidence_.resets += startsWithWord(call.statement, "DISCARD"); break;
    }
    if (call.session.empty()) ++evidence_.withoutSession;
    if (!call.virtualTransaction.empty() && !call.virtualTransaction.ends_with("/0")) ++evidence_.withVirtualTransaction;
    if (call.parametersKnown || (call.extended && hasParameters(call.statement))) ++evidence_.needValues;
    evidence_.haveValues += call.parametersKnown;
    evidence_.cutValues += call.cut;
}

void CallCollector::endOpen(Session& session, const LogRecord& record, uint64_t offset, Nanoseconds duration, bool failed,
                            size_t ownCall) {
    const bool bare = duration >= 0 && !record.commandTag.empty();
    // Without sessions a duration may be anybody's.
    if (session.name.empty()) duration = -1;
    Step step{What::call, failed, bare, offset, record.time, duration, session.name, ownCall};
    if (!session.seen) {
        session.seen = true;
        step.what = What::head;
        steps_.push_back(step);
        return;
    }
    if (session.open != none) {
        Call& open = calls_[session.open];
        open.duration = duration;
        open.failed = failed;
        evidence_.timedCalls += duration >= 0;
        step.call = std::exchange(session.open, none);
        steps_.push_back(step);
    } else if (ownCall != none) {
        countCall(calls_[ownCall]);
        ++evidence_.failedAlone;
        steps_.push_back(step);
    } else {
        evidence_.bareDurations += bare;
    }
}

void CallCollector::serverStarted(const LogRecord& record, uint64_t offset) {
    std::vector<std::pair<size_t, Session*>> open;
    for (auto& [name, session] : sessions_) {
        session.seen = true;
        if (session.open != none) open.emplace_back(session.open, &session);
    }
    std::sort(open.begin(), open.end());
    steps_.push_back({What::serverStarted, false, false, offset, record.time});
    for (auto& [index, session] : open) endOpen(*session, record, offset, -1, false, none);
}

void CallCollector::add(const LogRecord& record, uint64_t offset, std::string_view stable) {
    ++evidence_.records;
    evidence_.foreignLanguage += record.severity == LogSeverity::unknown;
    const Message message = readMessage(record);
    if (message.kind == MessageKind::other) return;
    if (message.kind == MessageKind::setting) {
        if (message.text.starts_with("log_")) evidence_.settings[std::string(message.text)] = std::string(message.value);
        return;
    }
    if (message.kind == MessageKind::serverStarted) return serverStarted(record, offset);
    Session& session = sessionOf(record.session);
    switch (message.kind) {
        case MessageKind::started:
            endOpen(session, record, offset, -1, false, none);
            ++evidence_.startedCalls;
            session.open = makeCall(record, message, stable);
            countCall(calls_[session.open]);
            break;
        case MessageKind::ended: {
            endOpen(session, record, offset, -1, false, none);
            ++evidence_.endedCalls;
            ++evidence_.timedCalls;
            evidence_.shortestEnded = std::min(evidence_.shortestEnded, message.duration);
            const size_t call = makeCall(record, message, stable);
            countCall(calls_[call]);
            steps_.push_back({What::call, false, false, offset, record.time, message.duration, session.name, call});
            break;
        }
        case MessageKind::duration:
            endOpen(session, record, offset, message.duration, false, none);
            break;
        case MessageKind::parseOrBind: endOpen(session, record, offset, -1, false, none); break;
        case MessageKind::failed: {
            size_t own = none;
            if (!message.text.empty() && !message.syntaxError && (!session.seen || session.open == none)) {
                own = makeCall(record, message, stable);
                calls_[own].failed = true;
            }
            endOpen(session, record, offset, -1, true, own);
            if (message.sessionOver) steps_.push_back({What::sessionEnded, false, false, offset, record.time, -1, session.name});
            break;
        }
        case MessageKind::sessionStarted:
            endOpen(session, record, offset, -1, false, none);
            steps_.push_back({What::sessionStarted, false, false, offset, record.time, -1, session.name});
            break;
        case MessageKind::sessionEnded:
            endOpen(session, record, offset, -1, false, none);
            steps_.push_back({What::sessionEnded, false, false, offset, record.time, -1, session.name});
            break;
        default: break;
    }
}

OpenCall CallCollector::owned(const Call& call, const std::vector<std::optional<std::string_view>>& parameters) {
    OpenCall out;
    out.time = call.time;
    out.database = call.database;
    out.virtualTransaction = call.virtualTransaction;
    out.statement = call.statement;
    for (uint32_t i = 0; i < call.parameters; ++i) {
        const auto& value = parameters[call.firstParameter + i];
        out.parameters.push_back(value ? std::optional<std::string>(*value) : std::nullopt);
    }
    out.parametersKnown = call.parametersKnown;
    out.cut = call.cut;
    out.extended = call.extended;
    return out;
}

void CallCollector::settle(Carry& carry) {
    for (Step& step : steps_) {
        if (step.what == What::serverStarted) {
            step.settled = settled_.size();
            step.settledCount = carry.open.size();
            for (auto& [name, open] : carry.open) settled_.emplace_back(name, std::move(open));
            carry.open.clear();
        }
        if (step.what != What::head) continue;
        const auto open = carry.open.find(std::string(step.session));
        if (open != carry.open.end()) {
            step.settled = settled_.size();
            step.settledCount = 1;
            settled_.emplace_back(open->first, std::move(open->second));
            carry.open.erase(open);
            step.call = none;
            evidence_.timedCalls += step.duration >= 0;
        } else if (step.call != none) {
            countCall(calls_[step.call]);
            ++evidence_.failedAlone;
        } else {
            evidence_.bareDurations += step.bare;
        }
    }
    for (const auto& [name, session] : sessions_)
        if (session.open != none) carry.open.insert_or_assign(std::string(name), owned(calls_[session.open], parameters_));
    carry.evidence.merge(evidence_);
}

void CallCollector::closeAll(Carry& carry, uint64_t offset) {
    if (carry.open.empty()) return;
    Step step{What::serverStarted, false, false, offset, 0, -1, {}, none, settled_.size(), carry.open.size()};
    for (auto& [name, open] : carry.open) settled_.emplace_back(name, std::move(open));
    carry.open.clear();
    steps_.push_back(step);
}

void CallCollector::replayCall(EventSink& sink, const Step& step, const Call& call, Parameters parameters,
                               Weight weight) const {
    workload::CallEvent event;
    event.offset = step.offset;
    event.time = call.time;
    event.session = call.session;
    event.database = call.database;
    event.virtualTransactionId = call.virtualTransaction;
    event.parameters = parameters;
    event.parametersKnown = call.parametersKnown;
    event.cut = call.cut;
    event.weight = weight;
    const auto last = [&](std::string_view statement) {
        event.statement = statement;
        event.duration = call.duration;
        event.failed = call.failed;
        sink.call(event);
    };
    if (call.extended || !mayHoldSeveral(call.statement)) return last(call.statement);
    const auto statements = sql::splitStatements(call.statement);
    for (size_t i = 0; i + 1 < statements.size(); ++i) {
        event.statement = statements[i];
        sink.call(event);
    }
    if (!statements.empty()) last(statements.back());
}

void CallCollector::replay(EventSink& sink, Weight weight) const {
    std::vector<std::optional<std::string_view>> values;
    for (const Step& step : steps_) {
        for (size_t i = 0; i < step.settledCount; ++i) {
            const auto& [name, open] = settled_[step.settled + i];
            Call call;
            call.time = open.time;
            call.session = name;
            call.database = open.database;
            call.virtualTransaction = open.virtualTransaction;
            call.statement = open.statement;
            call.extended = open.extended;
            call.parametersKnown = open.parametersKnown;
            call.cut = open.cut;
            call.failed = step.failed;
            call.duration = step.duration;
            values.assign(open.parameters.begin(), open.parameters.end());
            replayCall(sink, step, call, values, weight);
        }
        switch (step.what) {
            case What::call:
            case What::head:
                if (step.call != none) replayCall(sink, step, calls_[step.call], parametersOf(calls_[step.call]), weight);
                break;
            case What::sessionStarted: sink.sessionStarted({step.offset, step.time, step.session}); break;
            case What::sessionEnded: sink.sessionEnded({step.offset, step.time, step.session}); break;
            case What::serverStarted: break;
        }
    }
}

}  // namespace foreshard::ingest
