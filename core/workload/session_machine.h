// SessionMachine: cuts the statements of one session into transactions (rules in partial.h). It runs over a SessionFragment,
// which may not know yet whether a transaction was open when its range began: then the statements are kept in the
// fragment's head until one of them settles it (BEGIN, COMMIT, another virtual transaction id, the session's begin or end…)
// or the range to the left is put before it by append(). Reading a whole range and appending its parts run the same code,
// which is why they agree. Finished transactions go to the Tally. Not thread-safe.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/workload/catalog.h"
#include "core/workload/record.h"
#include "core/workload/tally.h"

namespace foreshard::workload {

class SessionMachine {
public:
    SessionMachine(Catalog& catalog, Tally& tally, const PartialOptions& options)
        : catalog_(catalog), tally_(tally), callLimit_(options.callsPerTransaction) {}

    // Of the source and session whose fragment comes next; part of the identity of its transactions.
    void setIdentity(uint64_t identity) { identity_ = identity; }

    // Closes what this id of the next call shows to be over; before a setting is asked for that call. `failed`: the call did.
    void approach(SessionFragment& s, std::string_view transactionId, bool failed = false);
    void call(SessionFragment& s, std::string_view transactionId, const RecordView& record);
    void begin(SessionFragment& s, std::string_view transactionId);
    void commit(SessionFragment& s);
    void rollback(SessionFragment& s);
    void savepoint(SessionFragment& s, std::string_view name);
    void rollbackTo(SessionFragment& s, std::string_view name);
    void release(SessionFragment& s, std::string_view name);
    // A statement failed that is no call: it aborts the open transaction all the same.
    void failed(SessionFragment& s);
    void set(SessionFragment& s, std::string_view transactionId, std::string_view name, const SettingValue& value, bool local);
    void resetAll(SessionFragment& s);
    void sessionStarted(SessionFragment& s);
    void sessionEnded(SessionFragment& s);

    // What the setting is now; nothing where the range to the left decides.
    static const SettingValue* setting(const SessionFragment& s, std::string_view name);
    // The template of a call under the settings of `s`; `literals` then hold the settings that it reads. Null: a range to
    // the left decides; then what is known already stands in `literals` for later.
    CatalogEntry* entryOf(TextEntry& text, const SessionFragment& s, std::vector<LiteralRef>& literals);

    // Puts `right`, of the range that follows, behind `left`. False where the bytes of right's head make no sense.
    bool append(SessionFragment& left, const SessionFragment& right);
    // Takes the state at the fragment's begin as that of a source's begin.
    void settle(SessionFragment& s);
    // The end of the log: closes what needs no COMMIT.
    void logEnded(SessionFragment& s);

    static SessionFragment known();   // idle, all settings at their defaults
    // Of a session that may have turned autocommit off to the left: nothing is settled before that is known.
    static SessionFragment untold();
    // Every record that the fragment keeps.
    static void visitRecords(const SessionFragment& s, const std::function<void(const RecordView&)>& visit);

private:
    enum class Item : uint8_t { call, begin, commit, rollback, started, ended, cut, savepoint, rollbackTo, release, failed, set, setLocal, resetAll, untold };

    static void note(SessionFragment& s, Item item, std::string_view text);
    bool replay(SessionFragment& s, std::string_view head);
    bool replayItem(SessionFragment& s, Item item, std::string_view text, std::string_view& rest);
    static bool heldBack(const SessionFragment& s);
    static void forgetSettings(SessionFragment& s);
    void setAutocommit(SessionFragment& s, const SettingValue& value);
    void addToOpen(SessionFragment& s, const RecordView& record);
    void alone(SessionFragment& s, const RecordView& record);
    void cut(SessionFragment& s);
    void close(SessionFragment& s, bool aborted);
    void finished(SessionFragment& s, Transaction& transaction);
    void leaveHead(SessionFragment& s);
    void apply(SessionFragment& s, std::string_view name, const SettingValue& value, bool local);
    void replaySet(SessionFragment& s, std::string_view text, bool local);
    uint32_t resolveRecords(std::string& calls, const SessionFragment& by);
    void resolveAll(Transaction& transaction, const SessionFragment& by);
    bool resolve(const RecordView& record, const SessionFragment& by, std::string& out);

    Catalog& catalog_;
    Tally& tally_;
    uint32_t callLimit_;
    uint64_t identity_ = 0;
    Transaction single_;
    std::string resolved_;
    std::vector<LiteralRef> literals_;
};

}  // namespace foreshard::workload
