// Workload: what happened, or what a model expects to happen. Immutable shared facts plus rates with an origin; a forecast
// replaces the rates only, so that advisor, simulator, heat map and report take either. Passed as shared_ptr<const
// Workload>; compared by fingerprint(). Sums are integers (weights are fixed-point, see units.h). Plain values.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/diagnostics.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/base/units.h"
#include "core/schema/schema.h"
#include "core/workload/access.h"
#include "core/workload/sketches.h"

namespace foreshard::workload {

// ---- what the sources do and do not say -------------------------------------------------------------------------

enum class Boundaries : uint8_t { explicitStatements, virtualTransactionId, autocommit, inferred, none };
const char* toString(Boundaries boundaries);

// Coverage of one source. What is unknown is nothing; "found" or "given" is said by the flags.
struct Coverage {
    std::string source;                          // host, database and role as far as the log says; else the file's name
    std::string format;                          // "csvlog", "jsonlog", "stderr"
    std::vector<std::string> files;
    std::optional<double> minDurationMs;         // only statements at least this long are logged: counts are lower bounds
    std::optional<double> sampleRate;            // multiplies counts by its inverse
    bool selects = true, writes = true, transactionControl = true;   // kinds of statement seen or known to be logged
    Boundaries boundaries = Boundaries::none;
    bool literals = true;                        // false: parameters without values, or a normalised log
    bool pooled = false;                         // server sessions serve many clients
    bool durations = true;
    uint64_t cutStatements = 0;
    bool sampleRateGiven = false, minDurationGiven = false, pooledGiven = false;
    bool lowerBounds() const { return minDurationMs.has_value() || !selects || !writes; }
    bool operator==(const Coverage&) const = default;
};

// Totals over everything read.
struct Totals {
    uint64_t bytes = 0, lines = 0;
    Weight calls = 0;                            // weighted; transaction control not counted
    uint64_t callsLogged = 0;
    uint64_t unparsedCalls = 0;                  // of templates that only the token-level reader took
    Weight transactions = 0;                     // weighted; committed ones and autocommit
    Weight aborted = 0;
    uint64_t sessions = 0;                       // exact up to 65,536, an estimate above
    std::optional<Instant> first, last;          // of the calls; nothing without calls
    bool operator==(const Totals&) const = default;
};

// ---- shared facts -----------------------------------------------------------------------------------------------

// Transactions with the same set of templates. For comparable pairs of key columns: how often their values agree within
// a transaction, and how often they would by chance (sum over values of the product of shares).
struct Agreement {
    ColumnPair columns;
    double share = 0;              // of transactions of the class that bind both
    double chance = 0;
    double boundBoth = 0;          // share of transactions of the class that bind both
    bool operator==(const Agreement&) const = default;
};

struct TransactionClass {
    uint64_t fingerprint = 0;      // of the sorted set of template fingerprints; 0: the aggregated rest
    std::vector<TemplateId> templates;
    Weight count = 0;              // committed
    Weight aborted = 0;
    std::vector<Agreement> agreements;
    bool operator==(const TransactionClass&) const = default;
};

struct SampledCall {
    TemplateId templateId = 0;
    std::vector<std::vector<Value>> slots;        // every bound value, by slot; a slot holds a list; typed by the schema
    // Key columns that this call does not bind itself but another call of the transaction tells.
    std::vector<BoundKey> propagated;
    Nanoseconds duration = -1;                    // -1: the log does not say
    int64_t rows = -1;                            // -1: the log does not say
};

// One transaction of the stratified sample: it stands for `weight` transactions of its stratum.
struct SampledTransaction {
    Instant time = 0;                             // of its first call
    uint32_t classId = 0;                         // index into Workload::classes
    Weight weight = weightOne;
    uint64_t hash = 0;                            // order of the bottom-k sample
    bool aborted = false;
    Boundaries boundary = Boundaries::none;
    std::vector<SampledCall> calls;
};

struct SchemaEvent {                              // DDL inside the log
    Instant time = 0;
    std::string statement;                        // literals masked
    std::string table;                            // qualified; may be empty
    bool operator==(const SchemaEvent&) const = default;
};

struct Facts {
    schema::Schema schema;                        // logical tables; TableId indexes schema.tables
    std::vector<KeyColumn> columns;               // sorted by (table, expression)
    std::vector<Template> templates;              // sorted by fingerprint
    std::vector<TransactionClass> classes;        // sorted by fingerprint
    std::vector<SampledTransaction> transactions; // sorted by (time, hash)
    std::vector<Coverage> coverage;
    std::vector<SchemaEvent> schemaEvents;
    Totals totals;
    Diagnostics diagnostics;
    // Parallel to columns and templates; empty where they are not known (a part of the observed time, an older file).
    std::vector<ColumnSketch> keySketches;
    std::vector<TemplateSketch> templateSketches;

    std::optional<TemplateId> findTemplate(uint64_t fingerprint) const;
    std::optional<ColumnId> findColumn(TableId table, const std::string& expression) const;
};

// ---- rates ------------------------------------------------------------------------------------------------------

enum class Origin : uint8_t { observed, forecast };

struct SeriesPoint {               // of one template in one interval
    int64_t interval = 0;          // intervalIndex(time, Rates::interval)
    Weight calls = 0;
    int64_t durationNs = 0;        // weighted sum over calls with a duration, / weightOne
    Weight timedCalls = 0;
    int64_t rows = 0;              // weighted sum over calls with known rows, / weightOne
    Weight countedCalls = 0;
    bool operator==(const SeriesPoint&) const = default;
};

struct TemplateSeries {            // parallel to Facts::templates
    std::vector<SeriesPoint> points;   // sorted by interval; intervals without calls are absent
    bool operator==(const TemplateSeries&) const = default;
};

// Accesses by counting slot of the key hash: exact for observed workloads. A call that binds k values of a column adds its
// weight to each distinct slot once.
struct SlotCount {
    int64_t interval = 0;
    uint32_t slot = 0;             // 0…countingSlots-1
    Weight reads = 0, writes = 0;
    bool operator==(const SlotCount&) const = default;
};

// Accesses by fixed dyadic range of an ordered key (see ranges.h).
struct RangeCount {
    int64_t interval = 0;
    uint64_t range = 0;            // ranges.h
    Weight reads = 0, writes = 0;
    bool operator==(const RangeCount&) const = default;
};

// Accesses of the column's table in an interval, in all and those that bind this column. The difference loads every shard.
struct ColumnTotal {
    int64_t interval = 0;
    Weight reads = 0, writes = 0;
    Weight boundReads = 0, boundWrites = 0;
    bool operator==(const ColumnTotal&) const = default;
};

struct ColumnRates {               // parallel to Facts::columns
    std::vector<SlotCount> slots;  // sorted by (interval, slot)
    std::vector<RangeCount> ranges;    // sorted by (interval, range); empty for unordered values
    std::vector<ColumnTotal> totals;   // sorted by interval
    bool operator==(const ColumnRates&) const = default;
};

// One sampled future: factors on the expected volume of each template, by interval of the forecast. Quantiles are taken of
// the projection, never added.
struct Path {
    std::vector<std::vector<float>> templateFactor;   // [template][interval - first]; empty row: all 1
    bool operator==(const Path&) const = default;
};

// Finer points of recent time; no two tiers tell of the same time.
struct VolumeTier {
    Instant interval = 0;              // width, µs; finer than that of the rates
    TimeRange range;                   // whole intervals of it
    std::vector<TemplateSeries> templates;   // parallel to Facts::templates; SeriesPoint::interval by this width
    bool operator==(const VolumeTier&) const = default;
};

struct Rates {
    Origin origin = Origin::observed;
    Instant interval = microsPerHour;             // width, µs
    TimeRange range;                              // whole intervals
    std::vector<TemplateSeries> templates;        // expected values for a forecast
    std::vector<ColumnRates> columns;
    std::vector<std::vector<std::pair<int64_t, Weight>>> classes;   // parallel to Facts::classes: (interval, committed)
    std::vector<Path> paths;                      // forecast only
    std::string heatBasis;                        // forecast: how key shares were made ("shares of the last 24 h")
    std::vector<VolumeTier> recent;               // observed only, finest first; none where the interval was given or is as fine
    bool operator==(const Rates&) const = default;

    int64_t firstInterval() const { return intervalIndex(range.begin, interval); }
    int64_t endInterval() const { return intervalIndex(range.end - 1, interval) + 1; }
};

struct Workload {
    static constexpr uint32_t formatVersion = 2;   // 1: without sketches and tiers
    std::shared_ptr<const Facts> facts;
    Rates rates;

    uint64_t fingerprint() const;
};

// The keys that a sampled call binds in one of its template's accesses: its own bindings first, then propagated ones.
// Contradictions (x = 1 AND x = 2) give an empty list of values.
std::vector<BoundKey> boundKeys(const Facts& facts, const SampledCall& call, const TableAccess& access);

// The part of a workload inside `range` (whole intervals): transactions, rates, class counts. Facts keep all templates and
// columns, so ids stay valid. The advisor searches on the earlier half and reports on the later one.
Workload slice(const Workload& workload, TimeRange range);

std::string writeWorkload(const Workload& workload);                   // versioned
Result<std::shared_ptr<const Workload>> readWorkload(std::string_view bytes);   // format or version error, never a crash

}  // namespace foreshard::workload
