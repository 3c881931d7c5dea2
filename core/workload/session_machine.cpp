#include "core/workload/session_machine.h"

#include <algorithm>

namespace foreshard::workload {

namespace {

bool outside(std::string_view transactionId) { return transactionId.ends_with("/0"); }

void putText(std::string& out, std::string_view text) {
    const auto size = static_cast<uint32_t>(text.size());
    for (int i = 0; i < 4; ++i) out.push_back(static_cast<char>(size >> (8 * i)));
    out.append(text);
}

bool takeText(std::string_view& in, std::string_view& text) {
    if (in.size() < 4) return false;
    uint32_t size = 0;
    for (int i = 0; i < 4; ++i) size |= static_cast<uint32_t>(static_cast<uint8_t>(in[static_cast<size_t>(i)])) << (8 * i);
    if (size > in.size() - 4) return false;
    text = in.substr(4, size);
    in.remove_prefix(4 + size);
    return true;
}

}  // namespace

SessionFragment SessionMachine::known() {
    SessionFragment s;
    s.phase = Phase::idle;
    s.pathKnown = true;
    return s;
}

const std::string* SessionMachine::effectivePath(const SessionFragment& s) {
    if (s.localPath) return s.phase == Phase::unknown ? nullptr : &s.localPathValue;
    return s.pathKnown ? &s.path : nullptr;
}

void SessionMachine::note(SessionFragment& s, Item item, std::string_view text) {
    s.head.push_back(static_cast<char>(item));
    putText(s.head, text);
}

// ---- calls --------------------------------------------------------------------------------------------------------

void SessionMachine::approach(SessionFragment& s, std::string_view transactionId) {
    const bool inside = !transactionId.empty() && !outside(transactionId);
    switch (s.phase) {
        case Phase::unknown:
            if (outside(transactionId) || (inside && !s.headTransactionId.empty() && s.headTransactionId != transactionId)) cut(s);
            break;
        case Phase::block:
            if (inside && s.transactionId.empty()) s.transactionId = transactionId;
            if (!transactionId.empty() && s.transactionId != transactionId) close(s, false);   // its end was not logged
            break;
        case Phase::implicit:
            if (s.transactionId != transactionId) close(s, false);
            break;
        case Phase::idle: break;
    }
}

void SessionMachine::call(SessionFragment& s, std::string_view transactionId, const RecordView& given) {
    approach(s, transactionId);
    RecordView record = given;
    if (record.head.unresolved()) {
        const auto* path = effectivePath(s);
        resolved_.clear();
        if (path && resolve(given, *path, resolved_)) {
            std::string_view rest = resolved_;
            takeRecord(rest, record);
        }
    }
    switch (s.phase) {
        case Phase::unknown:
            note(s, Item::call, transactionId);
            s.head.append(record.whole);
            ++s.headCalls;
            if (!transactionId.empty()) s.headTransactionId = transactionId;
            break;
        case Phase::block:
        case Phase::implicit: addToOpen(s, record); break;
        case Phase::idle:
            if (transactionId.empty() || outside(transactionId)) return alone(s, record);
            s.phase = Phase::implicit;
            s.transactionId = transactionId;
            s.open.boundary = Boundaries::virtualTransactionId;
            addToOpen(s, record);
            break;
    }
}

void SessionMachine::addToOpen(SessionFragment& s, const RecordView& record) {
    if (record.head.failed()) s.open.failed = true;
    if (s.open.count >= callLimit_) {
        // Past the limit a call keeps its template only.
        if (record.head.unresolved()) s.open.unresolvedBeyond.append(record.whole);
        else s.open.beyond.insert(record.head.key);
        return;
    }
    s.open.calls.append(record.whole);
    ++s.open.count;
    s.open.unresolved += record.head.unresolved();
}

void SessionMachine::alone(SessionFragment& s, const RecordView& record) {
    single_.calls.assign(record.whole);
    single_.count = 1;
    single_.unresolved = record.head.unresolved();
    single_.boundary = Boundaries::autocommit;
    single_.failed = record.head.failed();
    finished(s, single_);
}

void SessionMachine::finished(SessionFragment& s, Transaction& transaction) {
    if (transaction.waits()) s.waiting.push_back(transaction);
    else tally_.transaction(transaction, identity_);
}

// Ends what is open, if anything is.
void SessionMachine::close(SessionFragment& s, bool aborted) {
    if (s.phase == Phase::block || s.phase == Phase::implicit) {
        s.open.failed |= aborted;
        if (s.open.count > 0 || s.open.waits()) finished(s, s.open);
    }
    s.open.calls.clear();
    s.open.count = s.open.unresolved = 0;
    s.open.beyond.clear();
    s.open.unresolvedBeyond.clear();
    s.open.unresolvedDropped.clear();
    s.open.boundary = Boundaries::none;
    s.open.failed = false;
    s.savepoints.clear();
    s.transactionId.clear();
    s.localPath = false;
    s.localPathValue.clear();
    s.phase = Phase::idle;
}

void SessionMachine::cut(SessionFragment& s) {
    if (s.phase == Phase::unknown) {
        note(s, Item::cut, {});
        s.headTransactionId.clear();
    }
    close(s, false);
}

// ---- control --------------------------------------------------------------------------------------------------------

void SessionMachine::begin(SessionFragment& s, std::string_view transactionId) {
    if (s.phase == Phase::unknown) note(s, Item::begin, transactionId);
    s.headTransactionId.clear();
    close(s, false);
    s.phase = Phase::block;
    if (!outside(transactionId)) s.transactionId = transactionId;
    s.open.boundary = Boundaries::explicitStatements;
}

void SessionMachine::commit(SessionFragment& s) {
    if (s.phase == Phase::unknown) note(s, Item::commit, {});
    s.headTransactionId.clear();
    close(s, false);
}

void SessionMachine::rollback(SessionFragment& s) {
    if (s.phase == Phase::unknown) note(s, Item::rollback, {});
    s.headTransactionId.clear();
    close(s, true);
}

void SessionMachine::sessionStarted(SessionFragment& s) {
    if (s.phase == Phase::unknown) note(s, Item::started, {});
    s.headTransactionId.clear();
    close(s, s.phase == Phase::block);
    s.pathKnown = true;
    s.path.clear();
}

void SessionMachine::sessionEnded(SessionFragment& s) {
    if (s.phase == Phase::unknown) note(s, Item::ended, {});
    s.headTransactionId.clear();
    close(s, s.phase == Phase::block);
    s.pathKnown = true;
    s.path.clear();
}

void SessionMachine::savepoint(SessionFragment& s, std::string_view name) {
    if (s.phase == Phase::unknown) return note(s, Item::savepoint, name);
    if (s.phase == Phase::idle || s.savepoints.size() >= callLimit_) return;
    s.savepoints.push_back({std::string(name), s.open.calls.size(), s.open.count, s.open.unresolved, s.open.failed});
}

void SessionMachine::rollbackTo(SessionFragment& s, std::string_view name) {
    if (s.phase == Phase::unknown) return note(s, Item::rollbackTo, name);
    while (!s.savepoints.empty() && s.savepoints.back().name != name) {
        const bool inside = std::any_of(s.savepoints.begin(), s.savepoints.end(), [&](const Savepoint& p) { return p.name == name; });
        if (!inside) return;
        s.savepoints.pop_back();
    }
    if (s.savepoints.empty()) return;
    const auto& mark = s.savepoints.back();
    if (s.open.unresolved > mark.unresolved) {
        std::string_view dropped = std::string_view(s.open.calls).substr(mark.bytes);
        RecordView record;
        while (takeRecord(dropped, record))
            if (record.head.unresolved()) s.open.unresolvedDropped.append(record.whole);
    }
    s.open.calls.resize(mark.bytes);
    s.open.count = mark.count;
    s.open.unresolved = mark.unresolved;
    s.open.failed = mark.failed;
}

void SessionMachine::release(SessionFragment& s, std::string_view name) {
    if (s.phase == Phase::unknown) return note(s, Item::release, name);
    for (size_t i = s.savepoints.size(); i-- > 0;) {
        if (s.savepoints[i].name != name) continue;
        s.savepoints.resize(i);
        return;
    }
}

void SessionMachine::setPath(SessionFragment& s, std::string_view path) {
    if (s.phase == Phase::unknown) note(s, Item::setPath, path);
    s.pathKnown = true;
    s.path = path;
    s.localPath = false;   // a SET behind a SET LOCAL wins
    s.localPathValue.clear();
}

void SessionMachine::setLocalPath(SessionFragment& s, std::string_view path) {
    if (s.phase == Phase::unknown) note(s, Item::setLocalPath, path);
    else if (s.phase == Phase::idle) return;   // outside a transaction it has no effect
    s.localPath = true;
    s.localPathValue = path;
}

// ---- putting ranges together ------------------------------------------------------------------------------------------

bool SessionMachine::resolve(const RecordView& record, const std::string& path, std::string& out) {
    auto* text = catalog_.find(record.head.key);
    if (!text) return false;
    const auto& entry = catalog_.resolve(*text, path);
    RecordHead head = record.head;
    head.key = entry.fingerprint;
    head.flags &= static_cast<uint8_t>(~recordUnresolved);
    if (!decodeLiterals(record.literals, literals_)) literals_.clear();
    tally_.call(entry, head, literals_);
    appendRecord(out, head, record.literals);
    return true;
}

// Resolved records are as long as before: savepoints' marks stay right.
uint32_t SessionMachine::resolveRecords(std::string& calls, const std::string& path) {
    std::string done;
    std::string_view rest = calls;
    RecordView record;
    uint32_t left = 0;
    while (takeRecord(rest, record)) {
        if (record.head.unresolved() && resolve(record, path, done)) continue;
        left += record.head.unresolved();
        done.append(record.whole);
    }
    calls = std::move(done);
    return left;
}

void SessionMachine::resolveAll(Transaction& transaction, const std::string& path) {
    if (transaction.unresolved > 0) transaction.unresolved = resolveRecords(transaction.calls, path);
    if (!transaction.unresolvedDropped.empty()) {
        resolveRecords(transaction.unresolvedDropped, path);
        transaction.unresolvedDropped.clear();
    }
    if (transaction.unresolvedBeyond.empty()) return;
    resolveRecords(transaction.unresolvedBeyond, path);
    std::string_view rest = transaction.unresolvedBeyond;
    RecordView record;
    while (takeRecord(rest, record)) transaction.beyond.insert(record.head.key);
    transaction.unresolvedBeyond.clear();
}

bool SessionMachine::replayItem(SessionFragment& s, Item item, std::string_view text, std::string_view& rest) {
    switch (item) {
        case Item::call: {
            RecordView record;
            if (!takeRecord(rest, record)) return false;
            call(s, text, record);
            return true;
        }
        case Item::begin: return begin(s, text), true;
        case Item::commit: return commit(s), true;
        case Item::rollback: return rollback(s), true;
        case Item::started: return sessionStarted(s), true;
        case Item::ended: return sessionEnded(s), true;
        case Item::cut: return cut(s), true;
        case Item::savepoint: return savepoint(s, text), true;
        case Item::rollbackTo: return rollbackTo(s, text), true;
        case Item::release: return release(s, text), true;
        case Item::setPath: return setPath(s, text), true;
        case Item::setLocalPath: return setLocalPath(s, text), true;
    }
    return false;
}

bool SessionMachine::replay(SessionFragment& s, std::string_view head) {
    while (!head.empty()) {
        const auto item = static_cast<Item>(head[0]);
        head.remove_prefix(1);
        std::string_view text;
        if (!takeText(head, text) || !replayItem(s, item, text, head)) return false;
    }
    return true;
}

bool SessionMachine::append(SessionFragment& left, const SessionFragment& right) {
    const bool sound = replay(left, right.head);
    if (right.phase == Phase::unknown) return sound;
    close(left, false);   // nothing is open any more, unless the right one was cut off at its limit
    auto waiting = right.waiting;
    auto open = right.open;
    auto savepoints = right.savepoints;
    if (left.pathKnown) {
        for (auto& transaction : waiting) resolveAll(transaction, left.path);
        resolveAll(open, left.path);
        for (auto& mark : savepoints) mark.unresolved = std::min(mark.unresolved, open.unresolved);
    }
    for (auto& transaction : waiting) finished(left, transaction);
    left.phase = right.phase;
    left.transactionId = right.transactionId;
    left.open = std::move(open);
    left.savepoints = std::move(savepoints);
    left.localPath = right.localPath;
    left.localPathValue = right.localPathValue;
    if (right.pathKnown) {
        left.pathKnown = true;
        left.path = right.path;
    }
    return sound;
}

void SessionMachine::visitRecords(const SessionFragment& s, const std::function<void(const RecordView&)>& visit) {
    const auto each = [&](std::string_view records) {
        RecordView record;
        while (takeRecord(records, record)) visit(record);
    };
    const auto all = [&](const Transaction& transaction) {
        each(transaction.calls);
        each(transaction.unresolvedBeyond);
        each(transaction.unresolvedDropped);
    };
    std::string_view head = s.head;
    while (!head.empty()) {
        const auto item = static_cast<Item>(head[0]);
        head.remove_prefix(1);
        std::string_view text;
        RecordView record;
        if (!takeText(head, text)) break;
        if (item != Item::call) continue;
        if (!takeRecord(head, record)) break;
        visit(record);
    }
    all(s.open);
    for (const auto& transaction : s.waiting) all(transaction);
}

void SessionMachine::settle(SessionFragment& s) {
    auto left = known();
    append(left, s);
    s = std::move(left);
}

void SessionMachine::logEnded(SessionFragment& s) {
    if (s.phase == Phase::implicit) close(s, false);
}

}  // namespace foreshard::workload
