// Evaluator: the cost of a whole-schema design, kept up to date while single tables change. Changing a table costs
// O(transactions that touch it); the sums are exactly those of a fresh evaluation (integers for transactions; loads are summed
// table by table in one order). The sample, load counts and sizes are shared by any number of Evaluators. Not thread-safe;
// Basis is immutable but for the sample's cache, so that Evaluators of one Basis share a thread.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/cost/joins.h"
#include "core/cost/load_model.h"
#include "core/cost/movement.h"
#include "core/cost/sample.h"
#include "core/cost/storage.h"

namespace foreshard::cost {

// What any design of a workload is evaluated on; the workload must outlive it.
struct Basis {
    struct Options {
        std::optional<TimeRange> transactions;   // nothing: all
        std::optional<TimeRange> rates;          // nothing: all
        size_t windows = 8;                      // of the loads
        size_t limit = 0;                        // of the sample, see Sample::make
        const sharding::Design* today = nullptr; // what moves is counted from it; null: nothing is known to lie anywhere
        const std::vector<double>* expectedRows = nullptr;   // of a call of each template, for joins; see joinsOf()
    };
    static Result<std::unique_ptr<Basis>> make(const workload::Workload& workload, Job& job, const Options& options);
    static Result<std::unique_ptr<Basis>> make(const workload::Workload& workload, Job& job) { return make(workload, job, Options()); }
    Basis(const workload::Workload& workload, const Options& options, std::unique_ptr<Sample> sample);

    std::shared_ptr<const workload::Facts> facts;
    std::unique_ptr<Sample> sample;
    LoadModel loads;                  // in windows
    // Of all tables' rows, each table's share: by row counts where all are known, else by the distinct rows that the sample is
    // likely to have met.
    std::vector<double> sizeShares;
    double accesses = 0;                  // of all tables
    // How many accesses come at once, in one transaction: that of an average access. Counts of accesses scatter by so much more than
    // independent ones would.
    double accessesAtOnce = 1;
    std::vector<double> accessShares;     // of them, each table's
    std::vector<JoinUse> joins;
    std::vector<std::vector<double>> futures;   // of a forecast, see windowFactors(); in the windows of `loads`
    std::optional<Movement> movement;     // from today's layout
    std::vector<double> byteShares;       // of all tables' bytes, each table's; sizeShares where not all are known
};

// Weighted, committed transactions.
struct Sums {
    Weight transactions = 0;
    Weight multiShard = 0, multiShardWrite = 0, multiShardRead = 0;
    Weight writeVisits = 0, readVisits = 0;     // shards beyond the first, of multi-shard writes and reads
    std::vector<Weight> byFanOut;               // [k]: touching k shards
    bool operator==(const Sums&) const = default;
};

class Evaluator {
public:
    // Every table starts unsharded on shard 0.
    Evaluator(const Basis& basis, uint32_t shards);
    ~Evaluator();

    uint32_t shards() const { return shards_; }
    // `slots` for hash and directory (null: dealt out evenly); `lookups`: those of the table; `stored` as for Router. Visits
    // to the tables that hold stored lookups are not counted.
    void set(workload::TableId table, const sharding::TableDesign& design, const sharding::SlotMap* slots, std::span<const sharding::Lookup> lookups = {},
             const sharding::LookupSource* stored = nullptr);
    // All tables of a design; those that it does not name are unsharded on shard 0.
    void set(const sharding::Design& design);

    const Sums& sums() const { return sums_; }
    // Rows of joins that are sent between shards, times the weights of their transactions: those of joins whose tables do not lie
    // together by the joined columns, where both are used on several shards.
    Weight shippedRows() const { return shippedRows_; }
    // Of all bytes, those that have to be sent from today's layout (a copy for k more shards counts k); 0 without one.
    double movedShare() const;
    // Of a transaction of the sample; and where its accesses of one table go, null where it has none.
    sharding::Footprint footprint(uint32_t transaction) const;
    const TouchShards* touchOf(uint32_t transaction, workload::TableId table) const;
    // Accesses of all tables, [shard × windows + window]; by shard alone; and of one table.
    std::vector<double> load() const;
    std::vector<double> loadByShard() const;
    const TableLoad& load(workload::TableId table) const;
    sharding::Strategy strategy(workload::TableId table) const;
    const sharding::TableDesign& design(workload::TableId table) const;
    bool loadExact() const;
    StorageByShard storage() const;
    // By shard: the sum of each table's weight times its share of rows there (a copy counts whole; what is unknown is even).
    std::vector<double> storageOf(std::span<const double> weights) const;

private:
    struct State;
    void add(uint32_t transaction, int sign);
    Weight shipped(const JoinUse& join) const;
    void ship(workload::TableId table);

    const Basis& basis_;
    uint32_t shards_;
    Sums sums_;
    std::vector<State> tables_;       // by TableId
    Weight shippedRows_ = 0;
    std::vector<Weight> shippedByJoin_;               // parallel to Basis::joins
    std::vector<std::vector<uint32_t>> joinsOfTable_; // indexes into it
};

}  // namespace foreshard::cost
