#include "core/workload/session_machine.h"

#include <algorithm>

#include "core/workload/control.h"

namespace foreshard::workload {

namespace {

bool outside(std::string_view transactionId) { return transactionId.ends_with("/0"); }

bool turnedOff(const SessionFragment& s) {
    const auto* value = s.session.find(autocommitSetting);
    return value && *value;
}

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
    s.session.reset();
    return s;
}

SessionFragment SessionMachine::untold() {
    SessionFragment s;
    note(s, Item::untold, {});
    return s;
}

bool SessionMachine::heldBack(const SessionFragment& s) {
    return s.phase == Phase::unknown && !s.head.empty() && s.head[0] == static_cast<char>(Item::untold) && !s.session.find(autocommitSetting);
}

// All but autocommit, which no transaction undoes.
void SessionMachine::forgetSettings(SessionFragment& s) {
    const auto* found = s.session.find(autocommitSetting);
    const std::optional<SettingValue> autocommit = found ? std::optional<SettingValue>(*found) : std::nullopt;
    s.session.clear();
    if (autocommit) s.session.set(autocommitSetting, *autocommit);
}

const SettingValue* SessionMachine::setting(const SessionFragment& s, std::string_view name) {
    // Whether SET LOCAL has an effect hangs on whether a transaction is open.
    if (const auto* value = s.local.find(name)) return s.phase == Phase::unknown ? nullptr : value;
    if (const auto* value = s.changed.find(name)) return value;
    return s.session.find(name);
}

void SessionMachine::note(SessionFragment& s, Item item, std::string_view text) {
    s.head.push_back(static_cast<char>(item));
    putText(s.head, text);
}

// ---- calls --------------------------------------------------------------------------------------------------------

void SessionMachine::approach(SessionFragment& s, std::string_view transactionId, bool failed) {
    const bool inside = !transactionId.empty() && !outside(transactionId);
    switch (s.phase) {
        case Phase::unknown:
            // What fails outside may stand in a block that was aborted before this range began.
            if ((outside(transactionId) && !failed) || (inside && !s.headTransactionId.empty() && s.headTransactionId != transactionId)) cut(s);
            break;
        case Phase::block:
            if (inside && s.transactionId.empty()) s.transactionId = transactionId;
            if (s.open.failed && failed && outside(transactionId)) break;   // refused, for the block is aborted and waits for its ROLLBACK
            if (!transactionId.empty() && s.transactionId != transactionId) close(s, false);   // its end was not logged
            break;
        case Phase::implicit:
            if (s.transactionId != transactionId) close(s, false);
            break;
        case Phase::idle: break;
    }
}

void SessionMachine::call(SessionFragment& s, std::string_view transactionId, const RecordView& given) {
    approach(s, transactionId, given.head.failed());
    RecordView record = given;
    if (record.head.unresolved()) {
        resolved_.clear();
        resolve(given, s, resolved_);
        std::string_view rest = resolved_;
        takeRecord(rest, record);
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
            if (transactionId.empty() && turnedOff(s)) {
                s.phase = Phase::block;
                s.open.boundary = Boundaries::explicitStatements;   // its end is logged
                addToOpen(s, record);
                break;
            }
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

// What stood in the head is settled by the range to the left, by replay; until then nothing is known of the settings.
void SessionMachine::leaveHead(SessionFragment& s) {
    forgetSettings(s);
    s.headTransactionId.clear();
}

// Ends what is open, if anything is.
void SessionMachine::close(SessionFragment& s, bool aborted) {
    if (s.phase == Phase::block || s.phase == Phase::implicit) {
        s.open.failed |= aborted;
        if (!s.open.failed) s.session.cover(s.changed);
        if (s.open.count > 0 || s.open.waits()) finished(s, s.open);
    } else if (s.phase == Phase::unknown) {
        leaveHead(s);
    }
    // Cleared one by one: the buffers serve the next transaction.
    s.open.calls.clear();
    s.open.count = s.open.unresolved = 0;
    s.open.beyond.clear();
    s.open.unresolvedBeyond.clear();
    s.open.unresolvedDropped.clear();
    s.open.boundary = Boundaries::none;
    s.open.failed = false;
    s.savepoints.clear();
    s.transactionId.clear();
    s.changed.clear();
    s.local.clear();
    s.phase = Phase::idle;
}

void SessionMachine::cut(SessionFragment& s) {
    if (s.phase == Phase::unknown) note(s, Item::cut, {});
    close(s, false);
}

// ---- control --------------------------------------------------------------------------------------------------------

void SessionMachine::begin(SessionFragment& s, std::string_view transactionId) {
    if (s.phase == Phase::unknown) note(s, Item::begin, transactionId);
    if (heldBack(s)) return;
    close(s, false);
    s.phase = Phase::block;
    if (!outside(transactionId)) s.transactionId = transactionId;
    s.open.boundary = Boundaries::explicitStatements;
}

void SessionMachine::commit(SessionFragment& s) {
    if (s.phase == Phase::unknown) note(s, Item::commit, {});
    if (heldBack(s)) return;
    close(s, false);
}

void SessionMachine::rollback(SessionFragment& s) {
    if (s.phase == Phase::unknown) note(s, Item::rollback, {});
    if (heldBack(s)) return;
    close(s, true);
}

void SessionMachine::sessionStarted(SessionFragment& s) {
    if (s.phase == Phase::unknown) note(s, Item::started, {});
    close(s, s.phase == Phase::block);
    s.session.reset();
}

void SessionMachine::sessionEnded(SessionFragment& s) {
    if (s.phase == Phase::unknown) note(s, Item::ended, {});
    close(s, s.phase == Phase::block);
    s.session.reset();
}

void SessionMachine::savepoint(SessionFragment& s, std::string_view name) {
    if (s.phase == Phase::unknown) return note(s, Item::savepoint, name);
    if (s.phase == Phase::idle || s.savepoints.size() >= callLimit_) return;
    s.savepoints.push_back({std::string(name), s.open.calls.size(), s.open.count, s.open.unresolved, s.open.failed, s.changed, s.local});
}

void SessionMachine::rollbackTo(SessionFragment& s, std::string_view name) {
    if (s.phase == Phase::unknown) {
        // What was set since the savepoint is undone, if there is one.
        forgetSettings(s);
        s.local.clear();
        return note(s, Item::rollbackTo, name);
    }
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
    s.changed = mark.changed;
    s.local = mark.local;
}

void SessionMachine::release(SessionFragment& s, std::string_view name) {
    if (s.phase == Phase::unknown) return note(s, Item::release, name);
    for (size_t i = s.savepoints.size(); i-- > 0;) {
        if (s.savepoints[i].name != name) continue;
        s.savepoints.resize(i);
        return;
    }
}

void SessionMachine::failed(SessionFragment& s) {
    if (s.phase == Phase::unknown) note(s, Item::failed, {});
    else if (s.phase != Phase::idle) s.open.failed = true;
}

void SessionMachine::set(SessionFragment& s, std::string_view transactionId, std::string_view name, const SettingValue& value, bool local) {
    approach(s, transactionId);
    if (name == autocommitSetting) return setAutocommit(s, value);
    if (s.phase == Phase::unknown) {
        std::string text;
        putText(text, transactionId);
        putText(text, name);
        if (value) putText(text, *value);
        note(s, local ? Item::setLocal : Item::set, text);
        if (!transactionId.empty()) s.headTransactionId = transactionId;
    } else if (s.phase == Phase::idle && !transactionId.empty() && !outside(transactionId)) {
        s.phase = Phase::implicit;
        s.transactionId = transactionId;
        s.open.boundary = Boundaries::virtualTransactionId;
    }
    apply(s, name, value, local);
}

// Turning it on ends what turning it off has let go on.
void SessionMachine::setAutocommit(SessionFragment& s, const SettingValue& value) {
    if (s.phase == Phase::unknown) {
        std::string text;
        putText(text, {});
        putText(text, autocommitSetting);
        if (value) putText(text, *value);
        note(s, Item::set, text);
    } else if (!value && turnedOff(s)) {
        close(s, false);
    }
    s.session.set(autocommitSetting, value);
}

void SessionMachine::apply(SessionFragment& s, std::string_view name, const SettingValue& value, bool local) {
    if (local) {
        if (s.phase != Phase::idle) s.local.set(name, value);   // outside a transaction it has no effect
        return;
    }
    const bool inside = s.phase == Phase::block || s.phase == Phase::implicit;
    (inside ? s.changed : s.session).set(name, value);
    if (const auto place = s.local.values.find(name); place != s.local.values.end()) s.local.values.erase(place);   // a SET behind a SET LOCAL wins
}

void SessionMachine::resetAll(SessionFragment& s) {
    if (s.phase == Phase::unknown) note(s, Item::resetAll, {});
    const bool inside = s.phase == Phase::block || s.phase == Phase::implicit;
    (inside ? s.changed : s.session).reset();
    s.local.clear();
}

void SessionMachine::replaySet(SessionFragment& s, std::string_view text, bool local) {
    std::string_view transactionId, name, value;
    if (!takeText(text, transactionId) || !takeText(text, name)) return;
    const bool given = takeText(text, value);
    set(s, transactionId, name, given ? SettingValue(value) : SettingValue(), local);
}

// ---- putting ranges together ------------------------------------------------------------------------------------------

namespace {

// Literals of these slots are settings that an unresolved record carries: its search_path, then what it reads.
constexpr uint32_t carriedPath = 0x80000000u;

LiteralRef asLiteral(uint32_t slot, const SettingValue& value) {
    if (!value) return {slot, LiteralForm::null, {}};
    return {slot, LiteralForm::quoted, *value};
}

}  // namespace

CatalogEntry* SessionMachine::entryOf(TextEntry& text, const SessionFragment& s, std::vector<LiteralRef>& literals) {
    const auto& reads = text.text.facts->sessionValues;
    const auto own = std::find_if(literals.begin(), literals.end(), [](const LiteralRef& l) { return l.slot >= carriedPath; });
    const std::vector<LiteralRef> before(own, literals.end());
    literals.erase(own, literals.end());
    // The settings in order; what the record carries already was true when the call was made.
    std::vector<LiteralRef> settings;
    const auto find = [&](uint32_t slot, std::string_view name) {
        const auto carried = std::find_if(before.begin(), before.end(), [&](const LiteralRef& l) { return l.slot == slot; });
        if (carried != before.end()) return settings.push_back(*carried), true;
        const auto* value = setting(s, name);
        if (value) settings.push_back(asLiteral(slot, *value));
        return value != nullptr;
    };
    bool all = !text.pathDependent || find(carriedPath, "search_path");
    for (uint32_t i = 0; i < reads.size(); ++i) all &= !isKeptSetting(reads[i]) || find(carriedPath + 1 + i, reads[i]);
    if (!all) {
        literals.insert(literals.end(), settings.begin(), settings.end());
        return nullptr;
    }
    std::string path;
    for (uint32_t i = 0; i < reads.size(); ++i) literals.push_back({text.text.facts->sessionSlot + i, LiteralForm::missing, {}});
    for (const auto& each : settings) {
        if (each.slot == carriedPath) {
            path = each.form == LiteralForm::quoted ? each.text : std::string_view();
        } else if (each.form == LiteralForm::quoted && each.text != unknownSetting) {   // nobody knows a default
            auto& literal = literals[literals.size() - reads.size() + (each.slot - carriedPath - 1)];
            if (literal.slot < text.arraySlots.size() && text.arraySlots[literal.slot]) continue;   // a list in one text is not taken apart
            literal.form = LiteralForm::quoted;
            literal.text = each.text;
        }
    }
    return &catalog_.resolve(text, path);
}

// Records change in length when they are resolved: the marks go by how many stand before them.
void remark(std::vector<Savepoint>& savepoints, const Transaction& open) {
    std::string_view rest = open.calls;
    RecordView record;
    uint32_t count = 0, unresolved = 0;
    auto mark = savepoints.begin();
    const auto settle = [&] {
        for (; mark != savepoints.end() && mark->count <= count; ++mark) {
            mark->bytes = open.calls.size() - rest.size();
            mark->unresolved = unresolved;
        }
    };
    settle();
    while (takeRecord(rest, record)) {
        ++count;
        unresolved += record.head.unresolved();
        settle();
    }
    for (; mark != savepoints.end(); ++mark) mark->bytes = open.calls.size();   // of a damaged file alone
}

// Appends the record as it is under the settings of `by`; false where it still has to wait.
bool SessionMachine::resolve(const RecordView& record, const SessionFragment& by, std::string& out) {
    auto* text = catalog_.find(record.head.key);
    if (!text || !decodeLiterals(record.literals, literals_)) {
        out.append(record.whole);
        return false;
    }
    RecordHead head = record.head;
    const auto* entry = entryOf(*text, by, literals_);
    if (entry) {
        head.key = entry->fingerprint;
        head.flags &= static_cast<uint8_t>(~recordUnresolved);
        tally_.call(*entry, head, literals_);
    }
    appendRecord(out, head, literals_);
    return entry != nullptr;
}

uint32_t SessionMachine::resolveRecords(std::string& calls, const SessionFragment& by) {
    std::string done;
    std::string_view rest = calls;
    RecordView record;
    uint32_t left = 0;
    while (takeRecord(rest, record)) {
        if (!record.head.unresolved()) done.append(record.whole);
        else if (!resolve(record, by, done)) ++left;
    }
    calls = std::move(done);
    return left;
}

// Each list is kept while something in it waits.
void SessionMachine::resolveAll(Transaction& transaction, const SessionFragment& by) {
    if (transaction.unresolved > 0) transaction.unresolved = resolveRecords(transaction.calls, by);
    const auto keepWaiting = [&](std::string& records, bool beyond) {
        if (records.empty()) return;
        resolveRecords(records, by);
        std::string waiting;
        std::string_view rest = records;
        RecordView record;
        while (takeRecord(rest, record)) {
            if (record.head.unresolved()) waiting.append(record.whole);
            else if (beyond) transaction.beyond.insert(record.head.key);
        }
        records = std::move(waiting);
    };
    keepWaiting(transaction.unresolvedDropped, false);
    keepWaiting(transaction.unresolvedBeyond, true);
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
        case Item::failed: return failed(s), true;
        case Item::set: return replaySet(s, text, false), true;
        case Item::setLocal: return replaySet(s, text, true), true;
        case Item::resetAll: return resetAll(s), true;
        case Item::untold:
            if (s.phase == Phase::unknown && s.head.empty()) s = untold();
            return true;
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
    for (auto& transaction : waiting) resolveAll(transaction, left);
    resolveAll(open, left);
    remark(savepoints, open);
    for (auto& transaction : waiting) finished(left, transaction);
    left.phase = right.phase;
    left.transactionId = right.transactionId;
    left.open = std::move(open);
    left.savepoints = std::move(savepoints);
    left.changed = right.changed;
    left.local = right.local;
    left.session.cover(right.session);
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
