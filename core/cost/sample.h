// Sample: what the committed sampled transactions of a workload touch, by table and key, in a form that is cheap to route
// again and again: for each candidate column the distinct keys (items), and which transaction uses which of them. Keys go
// through the router's own binder, so that routing an item is what the router would do. Owns copies of all it needs but the
// workload's facts, which it keeps alive. keyUse() fills a cache: one thread at a time.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <vector>

#include "core/base/job.h"
#include "core/cost/load_model.h"
#include "core/sharding/compiled_table.h"
#include "core/workload/workload.h"

namespace foreshard::cost {

// The accesses of one transaction to one table.
struct Touch {
    uint32_t transaction = 0;      // index into Sample::transactions()
    uint32_t reads = 0, writes = 0;
    bool locks = false;            // a read of it locks rows
};

// Accesses of one touch that use one item. Accesses that no entry counts do not bind the key.
struct KeyEntry {
    uint32_t touch = 0;
    uint32_t item = 0;
    uint32_t reads = 0, writes = 0;
};

struct KeyUse {
    std::vector<Value> points;                       // items 0…: keys of one part bound to one value
    std::vector<uint64_t> pointHashes;               // parallel
    std::vector<sharding::AccessKeys> others;        // items complexItem | 0…: lists, ranges, several parts, new values
    std::vector<KeyEntry> entries;                   // sorted by touch
    static constexpr uint32_t complexItem = 1u << 31;
};

class Sample {
public:
    struct Transaction {
        Weight weight = 0;
        uint32_t firstTouch = 0, touches = 0;        // into touchesOf()
    };
    struct TouchOf {
        workload::TableId table = 0;
        uint32_t touch = 0;
    };

    // Of the transactions in `range` (nothing: all); past `limit` (0: none) only each k-th, evenly in time.
    static Result<std::unique_ptr<Sample>> make(const workload::Workload& workload, Job& job, std::optional<TimeRange> range = std::nullopt, size_t limit = 0);
    ~Sample();

    const std::vector<Transaction>& transactions() const { return transactions_; }
    std::span<const TouchOf> touchesOf(const Transaction& t) const { return std::span(touchesOf_).subspan(t.firstTouch, t.touches); }
    const std::vector<Touch>& touches(workload::TableId table) const { return tables_[table].touches; }
    Weight committed() const { return committed_; }
    // Index into the facts' transactions.
    uint32_t sourceOf(uint32_t transaction) const { return source_[transaction]; }

    // Uses of a key of the table, with what these lookups of the table find. Of one part that is a candidate column, and
    // without lookups: made at once; else made on first use (and with what `stored` held then).
    const KeyUse& keyUse(workload::TableId table, std::span<const sharding::KeyPart> key, std::span<const sharding::Lookup> lookups = {},
                         const sharding::LookupSource* stored = nullptr) const;
    const KeyUse& columnUse(workload::ColumnId column) const { return columns_[column]; }
    const workload::Facts& facts() const { return *facts_; }

private:
    struct Table {
        std::vector<Touch> touches;
    };
    class Builder;
    Sample() = default;
    KeyUse makeUse(workload::TableId table, std::span<const sharding::KeyPart> key, std::span<const sharding::Lookup> lookups, const sharding::LookupSource* stored) const;

    std::shared_ptr<const workload::Facts> facts_;
    std::vector<Transaction> transactions_;
    std::vector<TouchOf> touchesOf_;
    std::vector<Table> tables_;                      // by TableId
    std::vector<KeyUse> columns_;                    // by ColumnId
    std::vector<uint32_t> source_;                   // index into facts of each transaction
    Weight committed_ = 0;
    mutable std::map<std::pair<workload::TableId, std::string>, KeyUse> others_;
};

// The shard of each point of a use.
std::vector<sharding::ShardId> pointShardsOf(const KeyUse& use, const sharding::KeyPlacement& placement);

// Where each item of a use goes under a placement, and what that makes of the touches.
struct TouchShards {
    sharding::ShardSet reads, writes;
    bool readsReference = false;
    bool operator==(const TouchShards&) const = default;
};
// Parallel to `touches`.
std::vector<TouchShards> routeKeyed(const std::vector<Touch>& touches, const KeyUse& use, const sharding::KeyPlacement& placement);
std::vector<TouchShards> routeWithoutKey(const std::vector<Touch>& touches, const sharding::TableDesign& table, uint32_t shards);

// Accesses of each point of a use, weighted by their transactions; of the transactions from `first` on.
std::vector<double> pointAccesses(const Sample& sample, const std::vector<Touch>& touches, const KeyUse& use, uint32_t first = 0);

// How the accesses of a use fall on shards, weighted by their transactions.
SampledVisits visitsOf(const Sample& sample, const std::vector<Touch>& touches, const KeyUse& use, const sharding::TableDesign& design, const sharding::KeyPlacement& placement,
                       uint32_t shards);

}  // namespace foreshard::cost
