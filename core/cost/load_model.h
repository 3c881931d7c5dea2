// LoadModel: accesses of a table by shard (and interval) under a placement. Exact where the key is one column and the
// counts tell: slot counts for a hash whose slots are the counting slots or a coarser deal of them, range counts for ranges
// that do not cut a counted range. Of a counting slot that holds a pinned key the sample says how much is the key's. Elsewhere
// (composite keys, lookups, an engine's own hash) the table's exact totals are spread as the sampled accesses are: a sample estimate, and it says so. Accesses that do not bind
// the key load every shard. Weighted accesses, not rates. Keeps pointers into the workload, which must outlive it.
// Immutable; const calls from any thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/sharding/key_placement.h"
#include "core/workload/workload.h"

namespace foreshard::cost {

// How the sampled accesses of a table fall on shards: visits to each shard for one read and one write. Sums above 1 where
// accesses visit several.
struct SampledVisits {
    std::vector<double> reads, writes;             // of all accesses
    std::vector<double> looseReads, looseWrites;   // of those that bind the key to no list of values; empty: there are none
    std::vector<double> pinned;                    // directory: of the accesses of its counting slot, the share of each pinned key
};

struct TableLoad {
    std::vector<double> values;      // [shard × intervals + interval]
    bool exact = true;
};

class LoadModel {
public:
    // Counts of `range` (nothing: all), in so many windows of equal length (0: interval by interval).
    explicit LoadModel(const workload::Workload& workload, size_t windows = 0, std::optional<TimeRange> range = std::nullopt);
    LoadModel(const LoadModel&) = delete;

    // Of the answers: windows, or the workload's own.
    size_t intervals() const { return intervals_; }
    bool covers(int64_t interval) const { return interval >= first_ && interval < end_; }   // of the workload, in its range
    struct Access {
        double reads = 0, writes = 0;
    };
    // By interval (or window); of all accesses of the table.
    const std::vector<Access>& totals(workload::TableId table) const { return totals_[table]; }

    // `visits` is asked where only the sample can tell. `placement` is null for reference and unsharded tables. `lookedUp`:
    // lookups find keys of the table, which the counts do not tell.
    TableLoad load(workload::TableId table, const sharding::TableDesign& design, const sharding::KeyPlacement* placement, uint32_t shards, bool lookedUp,
                   const std::function<SampledVisits()>& visits) const;

    // Accesses of a column by counting slot, over all intervals.
    std::vector<double> slotLoad(workload::ColumnId column) const;
    // Accesses of a column by dyadic range, over all intervals, in order.
    std::vector<std::pair<uint64_t, double>> rangeLoad(workload::ColumnId column) const;
    // The same for a deal that is to last: what one slot or range carries only in a burst (a hot key that is another one soon)
    // counts no more than about twice what it carries in the median window. As above where that would leave less than half
    // of the accesses, or with few windows.
    std::vector<double> lastingSlotLoad(workload::ColumnId column) const;
    std::vector<std::pair<uint64_t, double>> lastingRangeLoad(workload::ColumnId column) const;
    // Most of the column's bound accesses of one window that one slot carries, 0…1: high although slotLoad() is even where the
    // hot key moves. And how many different slots are the hottest of a window.
    struct Hottest {
        double share = 0;
        size_t slots = 0;
    };
    Hottest hottestInAWindow(const std::vector<workload::ColumnId>& columns) const;
    // Of a column, over all intervals: accesses in all and those that bind it.
    struct Bound {
        Access all, bound;
    };
    Bound bound(workload::ColumnId column) const;

private:
    struct Spread {                                  // where a part of the hash space goes
        uint32_t shard;
        double share;
    };
    std::vector<Access> tableTotals(workload::TableId table, const std::vector<workload::TemplateSeries>& series) const;
    std::vector<Spread> spreadOfSlot(uint32_t slot, const sharding::KeyPlacement& placement, uint32_t probes) const;
    void addHash(workload::ColumnId column, const sharding::TableDesign& design, const sharding::KeyPlacement& placement, TableLoad& out) const;
    // What pinned keys take along to their shards, from where addHash() left it.
    void movePinned(workload::ColumnId column, const sharding::TableDesign& design, const sharding::KeyPlacement& placement, const std::vector<double>& pinned, TableLoad& out) const;
    void addRanges(workload::ColumnId column, const sharding::TableDesign& design, const sharding::KeyPlacement& placement, TableLoad& out) const;
    void addUnbound(workload::ColumnId column, const sharding::KeyPlacement& placement, const std::function<SampledVisits()>* visits, TableLoad& out) const;
    void spreadAsSampled(workload::TableId table, const SampledVisits& visits, TableLoad& out) const;
    // Index of an interval, or `intervals()` for one outside.
    size_t place(int64_t interval) const;

    std::shared_ptr<const workload::Facts> facts_;
    std::vector<workload::ColumnRates> collapsed_;
    const std::vector<workload::ColumnRates>* columns_ = nullptr;   // the workload's, or collapsed_ with windows for intervals
    int64_t first_ = 0;
    int64_t end_ = 0;
    bool collapsedToWindows_ = false;
    size_t intervals_ = 0;
    std::vector<std::vector<Access>> totals_;        // by TableId
};

}  // namespace foreshard::cost
