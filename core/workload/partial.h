// Partial: what part of a log says, in a form that merges exactly; finish() derives a Workload from it.
//
// merge is associative and commutative to the byte of writePartial: any split of a source into byte ranges (at borders of
// records), read in any order by any number of builders, gives the same bytes as reading it whole. Transactions that a
// split cuts, and calls whose tables depend on a search_path set before the split, wait in the Partial until the range
// to the left is merged in. Past a stated limit (PartialOptions) a Partial is flagged and the exactness of what went over
// the limit is lost, never its sums.
//
// Transactions, by session: BEGIN … COMMIT or ROLLBACK; calls of one virtual transaction id; otherwise each call stands
// alone (autocommit). A failed statement or a session that ends aborts the open one; ROLLBACK TO drops the calls since its
// savepoint; PREPARE TRANSACTION counts as commit; a second BEGIN, another virtual transaction id or "n/0" closes what is
// open as committed (its end was not logged). A block still open where the log ends is counted in the diagnostics alone.
//
// PartialBuilder: one per thread; keep it over many ranges, it remembers the templates it has parsed. Partial: plain value,
// not thread-safe; copies are deep.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/diagnostics.h"
#include "core/base/result.h"
#include "core/schema/schema.h"
#include "core/workload/call_event.h"
#include "core/workload/workload.h"

namespace foreshard::workload {

class MaskKey;        // mask.h
struct PartialData;   // partial_data.h
struct RangeState;    // builder.cpp

// All Partials that are to be merged need the same options.
struct PartialOptions {
    // Width of the counting interval in µs; one of `calendarIntervals`, or any other width given by a person. 0: not known
    // yet; then chosen by intervalForSpan() of what was read, and coarsened by that rule alone.
    Instant interval = 0;
    // Transactions kept of each stratum (template set mod 4,096, hour, aborted or not) at most; halved, and hours joined,
    // as often as it takes to keep no more than about `sampleCalls` calls in all.
    uint32_t samplePerStratum = 4'096;
    uint64_t sampleCalls = 120'000;
    uint32_t maxTemplates = 50'000;          // those with the smallest fingerprints; the rest becomes one series
    uint32_t maxClasses = 65'536;            // likewise
    uint32_t callsPerTransaction = 256;      // the first ones are kept; a longer one keeps its set of templates
    uint32_t valuesPerSlot = 1'024;          // a longer list ends in a missing value: "and others"
    // Calls that wait for the range to the left, which tells whether a transaction is open and what SET said; past it they
    // count as autocommit under default settings.
    uint64_t waitingBytes = 256 << 20;
    // Counts by (key column, interval, slot or range), 32 bytes each: 512 MB. Past it columns lose theirs in the fixed order of
    // count_limit.h, and finish() estimates what they lost from the sample and names them.
    uint64_t maxCounts = 16 << 20;
    // Heavy keys of each key column are known up to 1/(heavyKeys + 1) of its accesses (key_sketch.h). With the registers for the number of
    // keys a column takes 32 bytes a counter and 4 KB at most: 266 KB by default. Up to 2 heavyKeys different keys all is exact. 0: none.
    uint32_t heavyKeys = 8'192;
    // MaskKey::check() of the key that values are masked with; 0: they stand as they are.
    uint64_t mask = 0;
    bool operator==(const PartialOptions&) const = default;
};

// 1 min, 5 min, 15 min, 1 h, 6 h, 1 d. Each divides the next.
extern const Instant calendarIntervals[6];
// The fixed rule for a log from `first` to `last`: 1 min below 4 h, 5 min below 12 h, 15 min below 2 d, 1 h below 62 d,
// 6 h below 375 d, else 1 d; so a log of an hour up to four years has 48 to 1,500 intervals.
Instant intervalForSpan(Instant first, Instant last);

class Partial {
public:
    Partial();
    explicit Partial(std::unique_ptr<PartialData> data);
    Partial(const Partial&);
    Partial(Partial&&) noexcept;
    Partial& operator=(const Partial&);
    Partial& operator=(Partial&&) noexcept;
    ~Partial();

    // An error of category conflict where schema, options or format do not fit, or both hold the same bytes of a source;
    // then *this is as it was. An empty Partial is neutral.
    Status merge(const Partial& other);
    Status merge(Partial&& other);

    bool empty() const;
    uint64_t callsLogged() const;
    TimeRange times() const;           // first call … last call + 1 µs; empty without calls
    bool overLimit() const;            // see PartialOptions
    uint64_t waitingCalls() const;     // that wait for the range to the left
    const PartialData& data() const { return *data_; }
    PartialData takeData() &&;

private:
    std::unique_ptr<PartialData> data_;
};

// What the reader of a byte range knows of it beside its calls.
struct RangeNotes {
    uint64_t lines = 0;
    Coverage coverage;                 // of the source as far as this range tells; merged flag by flag
    Diagnostics diagnostics;
};

class PartialBuilder {
public:
    // `mask`: the key of options.mask, needed where that is not 0.
    explicit PartialBuilder(std::shared_ptr<const schema::Schema> schema, PartialOptions options = {}, std::shared_ptr<const MaskKey> mask = {});
    ~PartialBuilder();
    PartialBuilder(PartialBuilder&&) noexcept;
    PartialBuilder& operator=(PartialBuilder&&) noexcept;

    // `source` names the stream of bytes (not the path: the same log elsewhere has the same name where the reader can tell);
    // rotated files of one server may share one source with offsets that run on. A range that begins at 0 begins the
    // source: sessions then start outside a transaction, with the default search_path. `autocommitTold`: sessions whose autocommit was
    // off before are told of by a SET in front of their calls, and those of all others commit by themselves; false: the range to the left decides.
    void beginRange(std::string_view source, uint64_t beginOffset, bool autocommitTold = true);
    // Events of the range in the order of their offsets.
    void add(const CallEvent& event);
    void sessionStarted(const SessionEvent& event);
    void sessionEnded(const SessionEvent& event);
    // [beginOffset, endOffset) is done. Bytes and lines go into the totals.
    Partial finishRange(uint64_t endOffset, const RangeNotes& notes);

    uint64_t callsSoFar() const;       // of the open range

private:
    std::unique_ptr<RangeState> state_;
};

std::string writePartial(const Partial& partial);
Result<Partial> readPartial(std::string_view bytes);   // format or version error, never a crash

struct FinishOptions {
    std::optional<TimeRange> range;    // widened to whole intervals; nothing: all
    uint32_t maxClasses = 4'096;       // by traffic; the rest is aggregated under fingerprint 0
    unsigned threads = 0;              // 0: one per core; the result is the same with any number
};

// Calls that still wait are taken as if their range began the source. Same Partial, same Workload, to the byte.
std::shared_ptr<const Workload> finish(const Partial& partial, const FinishOptions& options = {});
std::shared_ptr<const Workload> finish(Partial&& partial, const FinishOptions& options = {});   // without a copy

}  // namespace foreshard::workload
