#include "core/cost/evaluator.h"

#include <algorithm>

namespace foreshard::cost {

using sharding::Design;
using sharding::KeyPlacement;
using sharding::ShardSet;
using sharding::SlotMap;
using sharding::TableDesign;
using workload::TableId;

struct Evaluator::State {
    TableDesign design;
    std::vector<TouchShards> touches;
    TableLoad load;
    std::optional<std::vector<double>> shares;     // of rows
};

Basis::Basis(const workload::Workload& workload, const Options& options, std::unique_ptr<Sample> sampled)
    : facts(workload.facts), sample(std::move(sampled)), loads(workload, std::max<size_t>(1, options.windows), options.rates) {}

Result<std::unique_ptr<Basis>> Basis::make(const workload::Workload& workload, Job& job, const Options& options) {
    FS_ASSIGN(auto sample, Sample::make(workload, job, options.transactions, options.limit));
    return std::make_unique<Basis>(workload, options, std::move(sample));
}

Evaluator::Evaluator(const Basis& basis, uint32_t shards) : basis_(basis), shards_(std::max(1u, shards)), tables_(basis.facts->schema.tables.size()) {
    sums_.transactions = basis.sample->committed();
    sums_.byFanOut.assign(shards_ + 1, 0);
    for (TableId table = 0; table < tables_.size(); ++table) tables_[table].touches.resize(basis.sample->touches(table).size());
    for (uint32_t t = 0; t < basis.sample->transactions().size(); ++t) add(t, 1);
    for (TableId table = 0; table < tables_.size(); ++table) set(table, TableDesign{}, nullptr);
}

Evaluator::~Evaluator() = default;

void Evaluator::add(uint32_t transaction, int sign) {
    const auto& t = basis_.sample->transactions()[transaction];
    sharding::Footprint footprint;
    for (const auto& touch : basis_.sample->touchesOf(t)) {
        const TouchShards& shards = tables_[touch.table].touches[touch.touch];
        footprint.reads.unite(shards.reads);
        footprint.writes.unite(shards.writes);
        footprint.readsReference = footprint.readsReference || shards.readsReference;
    }
    const uint32_t fanOut = footprint.fanOut();
    const Weight weight = sign * t.weight;
    sums_.byFanOut[std::min(fanOut, shards_)] += weight;
    if (fanOut <= 1) return;
    const bool write = footprint.multiShardWrite();
    sums_.multiShard += weight;
    (write ? sums_.multiShardWrite : sums_.multiShardRead) += weight;
    (write ? sums_.writeVisits : sums_.readVisits) += weight * static_cast<Weight>(fanOut - 1);
}

void Evaluator::set(TableId table, const TableDesign& design, const SlotMap* slots) {
    State& state = tables_[table];
    const auto& touches = basis_.sample->touches(table);
    std::unique_ptr<const KeyPlacement> placement;
    std::vector<TouchShards> routed;
    const KeyUse* use = nullptr;
    if (design.keyed()) {
        Design one;
        one.shards = shards_;
        if (slots) one.slotMaps[design.group] = *slots;
        placement = makePlacement(design, one);
        use = &basis_.sample->keyUse(table, design.key);
        routed = routeKeyed(touches, *use, *placement);
    } else {
        routed = routeWithoutKey(touches, design, shards_);
    }
    for (uint32_t i = 0; i < touches.size(); ++i) {
        if (routed[i] == state.touches[i]) continue;
        add(touches[i].transaction, -1);
        state.touches[i] = std::move(routed[i]);
        add(touches[i].transaction, 1);
    }
    state.design = design;
    state.load = basis_.loads.load(table, design, placement.get(), shards_,
                                   [&] { return visitsOf(*basis_.sample, touches, *use, *placement, shards_); });
    state.shares = rowShares(design, use, placement.get(), shards_);
}

void Evaluator::set(const Design& design) {
    const auto& tables = basis_.facts->schema.tables;
    for (TableId id = 0; id < tables.size(); ++id) {
        const TableDesign* table = design.find(tables[id].qualifiedName());
        const auto slots = table ? design.slotMaps.find(table->group) : design.slotMaps.end();
        set(id, table ? *table : TableDesign{}, slots == design.slotMaps.end() ? nullptr : &slots->second);
    }
}

std::vector<double> Evaluator::load() const {
    std::vector<double> sum(shards_ * basis_.loads.intervals());
    for (const State& table : tables_)
        for (size_t i = 0; i < sum.size(); ++i) sum[i] += table.load.values[i];
    return sum;
}

std::vector<double> Evaluator::loadByShard() const {
    const size_t windows = basis_.loads.intervals();
    const std::vector<double> all = load();
    std::vector<double> sum(shards_);
    for (size_t i = 0; i < all.size(); ++i) sum[i / windows] += all[i];
    return sum;
}

const TableLoad& Evaluator::load(TableId table) const { return tables_[table].load; }

sharding::Strategy Evaluator::strategy(TableId table) const { return tables_[table].design.strategy; }

bool Evaluator::loadExact() const {
    return std::all_of(tables_.begin(), tables_.end(), [](const State& table) { return table.load.exact; });
}

StorageByShard Evaluator::storage() const {
    std::vector<std::optional<std::vector<double>>> shares;
    for (const State& table : tables_) shares.push_back(table.shares);
    return storageOf(basis_.facts->schema, shares, shards_);
}

}  // namespace foreshard::cost
