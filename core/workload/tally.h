// Tally: the counts of a range while they are made, by ids of a Catalog: series by template, accesses by table and key
// column, classes and samples of transactions. The hot path: no allocation in the steady state. moveInto() turns ids into
// names. Not thread-safe.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <array>
#include <span>
#include <vector>

#include "core/workload/catalog.h"
#include "core/workload/column_tally.h"
#include "core/workload/partial_data.h"
#include "core/workload/propagate.h"
#include "core/workload/record.h"
#include "core/workload/sample.h"

namespace foreshard::workload {

class Tally {
public:
    Tally(Catalog& catalog, const PartialOptions& options, Instant interval);

    // Counts become those of a wider interval, a multiple of the one before.
    void setInterval(Instant interval);
    Instant interval() const { return interval_; }

    // One call with its literals: series, accesses, key bindings.
    void call(const CatalogEntry& entry, const RecordHead& head, const std::vector<LiteralRef>& literals);
    // A finished transaction, all of whose calls are resolved and counted. `identity`: of its source and session.
    void transaction(const Transaction& transaction, uint64_t identity);

    const std::array<uint64_t, 5>& transactionsBy() const { return transactionsBy_; }
    bool overCalls() const { return overCalls_; }
    // Adds everything to an empty `into` (but sources and sessions) and is empty itself then.
    void moveInto(PartialData& into);

private:
    struct TemplateTally {
        std::vector<SeriesPoint> series;                 // by seriesInterval_
        QuantileTally durations, rows;
    };
    struct ClassTally {
        std::vector<uint64_t> templates;
        std::vector<ClassPoint> points;
        bool propagates = false;
    };

    void countColumn(const CountedColumn& column, bool write, int64_t interval, Weight weight, const std::vector<LiteralRef>& literals);
    void countSingle(const CountedColumn& column, bool write, int64_t interval, Weight weight, const std::vector<LiteralRef>& literals);
    // Fills keysHit_ and rangesHit_; false where a value is not known (then the call may touch any key).
    bool collect(const std::vector<uint32_t>& slots, ValueType type, bool ranges, const std::vector<LiteralRef>& literals);
    void indexLiterals(uint32_t slots, const std::vector<LiteralRef>& literals);
    ColumnTally& columnTally(ColumnId column);
    ClassTally& classOf(uint64_t fingerprint);
    bool readTransaction(const Transaction& transaction);
    void propagate();
    void moveTemplate(TemplateTally& from, PartialTemplate& into) const;

    Catalog& catalog_;
    PartialOptions options_;
    Instant interval_;
    Instant seriesInterval_;                             // the finest, for what is recent in the end is kept by it
    TimeRange lastMinute_;
    int64_t lastMinuteIndex_ = 0;
    int64_t seriesIndexOf(Instant time) {
        if (lastMinute_.contains(time)) return lastMinuteIndex_;
        lastMinuteIndex_ = intervalIndex(time, seriesInterval_);
        lastMinute_ = {lastMinuteIndex_ * seriesInterval_, (lastMinuteIndex_ + 1) * seriesInterval_};
        return lastMinuteIndex_;
    }
    TimeRange lastInterval_;                             // most calls lie in the interval of the one before
    int64_t lastIndex_ = 0;
    int64_t indexOf(Instant time) {
        if (lastInterval_.contains(time)) return lastIndex_;
        lastIndex_ = intervalIndex(time, interval_);
        lastInterval_ = {lastIndex_ * interval_, (lastIndex_ + 1) * interval_};
        return lastIndex_;
    }
    Propagator propagator_;
    std::vector<TemplateTally> templates_;               // by CatalogEntry::index
    std::vector<std::vector<AccessPoint>> tables_;       // by TableId
    std::vector<std::unique_ptr<ColumnTally>> columns_;  // by ColumnId; null: none yet
    absl::flat_hash_map<uint64_t, ClassTally> classes_;
    SampleTally samples_;
    std::array<uint64_t, 5> transactionsBy_{};
    bool overCalls_ = false;

    // Scratch, kept to spare allocations.
    std::vector<int32_t> firstOfSlot_, nextLiteral_;
    std::vector<uint64_t> keysHit_;
    std::vector<uint64_t> rangesHit_;
    std::vector<RecordView> records_;
    std::vector<uint64_t> keys_;
    std::vector<LiteralRef> literals_;
    std::vector<size_t> literalEnds_;
    std::vector<PropagationCall> calls_;
};

// The values of a call by slot, typed as its template's columns say.
std::vector<std::vector<Value>> slotValues(std::span<const LiteralRef> literals, const std::vector<ValueType>& types);

// The fingerprint of a class: of its templates' sorted, distinct fingerprints. Never 0.
uint64_t classFingerprint(const std::vector<uint64_t>& templates);

}  // namespace foreshard::workload
