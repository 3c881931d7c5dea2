// PartialData: what lies inside a Partial. Everything goes by names, fingerprints and sorted containers, so that equal
// contents give equal bytes. Used by the builder, merge, finish and the serialised form; nobody else needs it.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/workload/key_sketch.h"
#include "core/workload/partial.h"
#include "core/workload/quantiles.h"
#include "core/workload/session_settings.h"
#include "core/workload/workload.h"

namespace foreshard::workload {

// Facts that a catalogue and the Partials made by it have in common: of tens of thousands of templates copies would be most of the memory.
class SharedFacts {
public:
    SharedFacts() { forget(); }
    SharedFacts(sql::StatementFacts facts) : facts_(std::make_shared<const sql::StatementFacts>(std::move(facts))) {}
    const sql::StatementFacts& operator*() const { return *facts_; }
    const sql::StatementFacts* operator->() const { return facts_.get(); }
    void forget() {
        static const auto none = std::make_shared<const sql::StatementFacts>();
        facts_ = none;
    }

private:
    std::shared_ptr<const sql::StatementFacts> facts_;
};

// A statement as its template's text and facts, before its tables are known.
struct TextTemplate {
    uint64_t textFingerprint = 0;
    std::string database;
    std::string text;
    SharedFacts facts;
};

// Points by calendarIntervals[0…4], each of recent time alone; see tiers.h.
constexpr size_t volumeTiers = 5;
using VolumeTiers = std::array<std::vector<SeriesPoint>, volumeTiers>;

struct PartialTemplate {
    TextTemplate text;
    std::vector<std::string> tables;     // qualified, parallel to facts.tables
    std::vector<SeriesPoint> series;
    VolumeTiers recent;
    Quantiles durations, rows;           // ns; of calls whose log says them
};

struct AccessPoint {                     // of a table, or those that bind a column
    int64_t interval = 0;
    Weight reads = 0, writes = 0;
    bool operator==(const AccessPoint&) const = default;
};

struct PartialColumn {
    std::string column;
    ValueType type = ValueType::unknown;
    std::vector<SlotCount> slots;        // sorted by (interval, slot)
    std::vector<RangeCount> ranges;      // sorted by (interval, range)
    std::vector<AccessPoint> bound;
    KeySketch keys;
};
using ColumnName = std::pair<std::string, std::string>;   // table, expression

struct ClassPoint {
    int64_t interval = 0;
    Weight committed = 0, aborted = 0;
    bool operator==(const ClassPoint&) const = default;
};
struct PartialClass {
    std::vector<uint64_t> templates;     // sorted; empty for the rest (fingerprint 0)
    std::vector<ClassPoint> points;
};

struct StratumKey {
    uint32_t bucket = 0;                 // class fingerprint mod sampleBuckets
    bool aborted = false;
    int64_t hour = 0;
    auto operator<=>(const StratumKey&) const = default;
};
constexpr uint32_t sampleBuckets = 4'096;

struct SamplePart {
    uint64_t hash = 0;
    uint64_t classFingerprint = 0;
    Instant time = 0;
    Boundaries boundary = Boundaries::none;
    bool longer = false;                 // it had more calls than are kept
    std::string calls;                   // records
    auto operator<=>(const SamplePart&) const = default;
};
struct Stratum {
    uint64_t count = 0;
    Weight weight = 0;
    uint32_t maxCalls = 0;               // of one transaction, as kept
    std::vector<SamplePart> samples;     // sorted by hash
};

// ---- what waits for neighbours ----------------------------------------------------------------------------------

enum class Phase : uint8_t {
    unknown,     // no statement of the range tells whether a transaction was open when it began
    idle,
    block,       // after BEGIN
    implicit,    // calls of one virtual transaction id, without a BEGIN
};

struct Savepoint {
    std::string name;
    uint64_t bytes = 0;                  // size of `calls` when it was set
    uint32_t count = 0;
    uint32_t unresolved = 0;
    bool failed = false;
    SettingLayer changed, local;         // as they were
};

// An open transaction, or a finished one that waits for its session's settings.
struct Transaction {
    std::string calls;                   // records, at most PartialOptions::callsPerTransaction
    uint32_t count = 0;
    uint32_t unresolved = 0;             // of them
    std::set<uint64_t> beyond;           // templates of the calls beyond that
    // Calls that still have to be counted: beyond the limit, or dropped by ROLLBACK TO, before their tables were known.
    std::string unresolvedBeyond, unresolvedDropped;
    Boundaries boundary = Boundaries::none;
    bool failed = false;                 // open: must abort; finished: aborted
    size_t bytes() const { return calls.size() + unresolvedBeyond.size() + unresolvedDropped.size(); }
    bool waits() const { return unresolved > 0 || !unresolvedBeyond.empty() || !unresolvedDropped.empty(); }
};

struct SessionFragment {
    // Items up to and with the first one that makes the state certain, for the range to the left to be put before.
    std::string head;
    uint64_t headCalls = 0;
    std::string headTransactionId;       // last one seen in the head

    Phase phase = Phase::unknown;
    std::string transactionId;           // virtual one of the open transaction; empty: unknown
    Transaction open;
    std::vector<Savepoint> savepoints;

    SettingLayer session;                // what the range tells; in the head: what it tells of the calls there
    SettingLayer changed;                // by SET in the open transaction: undone if that aborts
    SettingLayer local;                  // by SET LOCAL: gone with the open transaction
    std::vector<Transaction> waiting;    // finished ones with calls that settings to the left decide

    // As a session is at the begin of its source: nothing to keep.
    bool trivial() const {
        return phase == Phase::idle && session == SettingLayer{true, {}} && head.empty() && waiting.empty();
    }
};

struct Span {                            // contiguous bytes of a source
    uint64_t begin = 0, end = 0;
    std::map<std::string, SessionFragment> sessions;   // begin > 0: all seen; begin = 0: those that are not trivial
};

struct PartialSource {
    Coverage coverage;
    bool sawSelect = false, sawWrite = false, sawControl = false;
    std::array<uint64_t, 5> transactionsBy{};   // by Boundaries
    uint64_t literalsKnown = 0, literalsMissing = 0;   // parameters with and without a value in the log
    std::vector<Span> spans;             // sorted, apart
};

// Distinct sessions: the smallest hashes (bottom-k), exact below the limit.
struct SessionSketch {
    static constexpr size_t limit = 65'536;
    std::set<uint64_t> hashes;
    void add(uint64_t hash);
    uint64_t estimate() const;
};

struct PartialData {
    static constexpr uint32_t formatVersion = 5;
    static constexpr uint32_t oldestFormat = 4;   // knows nothing of autocommit; else the same
    static constexpr size_t maxSchemaEvents = 1'000;

    std::shared_ptr<const schema::Schema> schema;   // null in an empty Partial
    PartialOptions options;
    Instant interval = 0;                // counting width now
    std::optional<Instant> first, last;  // of the calls
    uint64_t bytes = 0, lines = 0, callsLogged = 0, unparsedCalls = 0;
    SessionSketch sessions;
    bool overTemplates = false, overClasses = false, overWaiting = false, overCalls = false;

    std::map<uint64_t, PartialTemplate> templates;          // 0: the rest
    std::map<uint64_t, TextTemplate> waitingTemplates;      // by text key
    std::map<ColumnName, PartialColumn> columns;
    uint64_t countsCut = UINT64_MAX;                        // counts from this rank on are dropped (count_limit.h)
    std::map<std::string, std::vector<AccessPoint>> tables;
    std::map<uint64_t, PartialClass> classes;               // 0: the rest
    std::map<StratumKey, Stratum> strata;
    std::map<std::string, PartialSource> sources;
    std::vector<SchemaEvent> schemaEvents;                  // sorted, distinct; the earliest ones
    Diagnostics diagnostics;
};

inline void addSeriesPoint(SeriesPoint& into, const SeriesPoint& from) {
    into.calls += from.calls;
    into.durationNs += from.durationNs;
    into.timedCalls += from.timedCalls;
    into.rows += from.rows;
    into.countedCalls += from.countedCalls;
}
inline void addClassPoint(ClassPoint& into, const ClassPoint& from) {
    into.committed += from.committed;
    into.aborted += from.aborted;
}

uint64_t textKey(uint64_t textFingerprint, std::string_view database);

}  // namespace foreshard::workload
