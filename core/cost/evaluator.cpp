#include "core/cost/evaluator.h"

#include <algorithm>
#include <numeric>

#include "core/base/hash.h"
#include "core/cost/futures.h"

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
    double moved = 0;                              // of rows, from today's layout
};

namespace {

// Rows that the sampled accesses of each table are likely to have met: no more than the combinations of its columns' values,
// and no more than there are different touches, each with as many rows as it names values.
std::vector<double> rowsMet(const workload::Facts& facts, const Sample& sample) {
    const size_t tables = facts.schema.tables.size();
    std::vector<double> combinations(tables, 1.0), rows(tables);
    std::vector<std::vector<std::pair<uint64_t, uint32_t>>> touches(tables);   // signature, values named
    for (TableId id = 0; id < tables; ++id) touches[id].resize(sample.touches(id).size());
    for (workload::ColumnId id = 0; id < facts.columns.size(); ++id) {
        const KeyUse& use = sample.columnUse(id);
        const TableId table = facts.columns[id].table;
        if (!use.points.empty()) combinations[table] = std::min(1e15, combinations[table] * static_cast<double>(use.points.size()));
        for (auto entry = use.entries.begin(); entry != use.entries.end();) {
            const uint32_t touch = entry->touch;
            uint32_t values = 0;
            for (; entry != use.entries.end() && entry->touch == touch; ++entry, ++values)
                touches[table][touch].first += mixHash(combineHash(id, entry->item));
            touches[table][touch].second = std::max(touches[table][touch].second, values);
        }
    }
    for (TableId id = 0; id < tables; ++id) {
        std::sort(touches[id].begin(), touches[id].end());
        touches[id].erase(std::unique(touches[id].begin(), touches[id].end()), touches[id].end());
        for (const auto& [signature, values] : touches[id]) rows[id] += values;
        rows[id] = std::min(rows[id], combinations[id]);
    }
    return rows;
}

std::vector<double> sizeSharesOf(const workload::Facts& facts, const Sample& sample) {
    const auto& tables = facts.schema.tables;
    const bool known = std::all_of(tables.begin(), tables.end(), [](const auto& table) { return table.rows.has_value(); });
    std::vector<double> sizes(tables.size());
    if (!known) sizes = rowsMet(facts, sample);
    for (TableId id = 0; known && id < tables.size(); ++id) sizes[id] = static_cast<double>(*tables[id].rows);
    const double all = std::accumulate(sizes.begin(), sizes.end(), 0.0);
    if (all > 0)
        for (double& size : sizes) size /= all;
    return sizes;
}

std::vector<double> byteSharesOf(const schema::Schema& schema, const std::vector<double>& sizeShares) {
    double all = 0;
    for (const auto& table : schema.tables) {
        if (!table.bytes) return sizeShares;
        all += static_cast<double>(*table.bytes);
    }
    std::vector<double> shares;
    for (const auto& table : schema.tables) shares.push_back(all > 0 ? static_cast<double>(*table.bytes) / all : 0);
    return shares;
}

double accessesAtOnceOf(const Sample& sample) {
    double accesses = 0, squares = 0;
    for (const auto& transaction : sample.transactions()) {
        double one = 0;
        for (const auto& of : sample.touchesOf(transaction)) one += sample.touches(of.table)[of.touch].reads + sample.touches(of.table)[of.touch].writes;
        accesses += fromWeight(transaction.weight) * one;
        squares += fromWeight(transaction.weight) * one * one;
    }
    return accesses > 0 ? squares / accesses : 1;
}

// Of many futures so many are looked at: enough to tell the ninth of ten.
constexpr size_t mostFutures = 20;

}  // namespace

Basis::Basis(const workload::Workload& workload, const Options& options, std::unique_ptr<Sample> sampled)
    : facts(workload.facts), sample(std::move(sampled)), loads(workload, std::max<size_t>(1, options.windows), options.rates),
      sizeShares(sizeSharesOf(*facts, *sample)) {
    for (TableId id = 0; id < facts->schema.tables.size(); ++id) {
        accessShares.push_back(0);
        for (const auto& access : loads.totals(id)) accessShares.back() += access.reads + access.writes;
        accesses += accessShares.back();
    }
    if (accesses > 0)
        for (double& share : accessShares) share /= accesses;
    accessesAtOnce = accessesAtOnceOf(*sample);
    joins = joinsOf(workload, *sample, options.rates, options.expectedRows);
    futures = windowFactors(workload, options.rates.value_or(workload.rates.range), loads.intervals(), mostFutures);
    byteShares = byteSharesOf(facts->schema, sizeShares);
    if (options.today) movement.emplace(*sample, *options.today);
}

Result<std::unique_ptr<Basis>> Basis::make(const workload::Workload& workload, Job& job, const Options& options) {
    FS_ASSIGN(auto sample, Sample::make(workload, job, options.transactions, options.limit));
    return std::make_unique<Basis>(workload, options, std::move(sample));
}

Evaluator::Evaluator(const Basis& basis, uint32_t shards) : basis_(basis), shards_(std::max(1u, shards)), tables_(basis.facts->schema.tables.size()), shippedByJoin_(basis.joins.size()), joinsOfTable_(tables_.size()) {
    for (uint32_t i = 0; i < basis.joins.size(); ++i)
        for (const TableId table : {basis.joins[i].left, basis.joins[i].right}) joinsOfTable_[table].push_back(i);
    sums_.transactions = basis.sample->committed();
    sums_.byFanOut.assign(shards_ + 1, 0);
    for (TableId table = 0; table < tables_.size(); ++table) tables_[table].touches.resize(basis.sample->touches(table).size());
    for (uint32_t t = 0; t < basis.sample->transactions().size(); ++t) add(t, 1);
    for (TableId table = 0; table < tables_.size(); ++table) set(table, TableDesign{}, nullptr);
}

Evaluator::~Evaluator() = default;

sharding::Footprint Evaluator::footprint(uint32_t transaction) const {
    sharding::Footprint footprint;
    for (const auto& touch : basis_.sample->touchesOf(basis_.sample->transactions()[transaction])) {
        const TouchShards& shards = tables_[touch.table].touches[touch.touch];
        footprint.reads.unite(shards.reads);
        footprint.writes.unite(shards.writes);
        footprint.readsReference = footprint.readsReference || shards.readsReference;
    }
    return footprint;
}

const TouchShards* Evaluator::touchOf(uint32_t transaction, TableId table) const {
    for (const auto& touch : basis_.sample->touchesOf(basis_.sample->transactions()[transaction]))
        if (touch.table == table) return &tables_[table].touches[touch.touch];
    return nullptr;
}

void Evaluator::add(uint32_t transaction, int sign) {
    const auto& t = basis_.sample->transactions()[transaction];
    const sharding::Footprint footprint = this->footprint(transaction);
    const uint32_t fanOut = footprint.fanOut();
    const Weight weight = sign * t.weight;
    sums_.byFanOut[std::min(fanOut, shards_)] += weight;
    if (fanOut <= 1) return;
    const bool write = footprint.multiShardWrite();
    sums_.multiShard += weight;
    (write ? sums_.multiShardWrite : sums_.multiShardRead) += weight;
    (write ? sums_.writeVisits : sums_.readVisits) += weight * static_cast<Weight>(fanOut - 1);
}

Weight Evaluator::shipped(const JoinUse& join) const {
    const State &left = tables_[join.left], &right = tables_[join.right];
    for (const State* side : {&left, &right})
        if (side->design.strategy == sharding::Strategy::reference) return 0;
    const auto by = [&](const State& side, workload::ColumnId column) { return side.design.key.size() == 1 && side.design.key[0].expression == basis_.facts->columns[column].expression; };
    if (left.design.keyed() && right.design.keyed() && left.design.group == right.design.group && by(left, join.leftColumn) && by(right, join.rightColumn)) return 0;
    ShardSet shards;
    for (const TouchShards* touch : {&left.touches[join.leftTouch], &right.touches[join.rightTouch]}) {
        shards.unite(touch->reads);
        shards.unite(touch->writes);
    }
    const uint32_t visited = shards.count();
    return visited < 2 ? 0 : join.rows / visited * (visited - 1);
}

void Evaluator::ship(TableId table) {
    for (const uint32_t i : joinsOfTable_[table]) {
        const Weight rows = shipped(basis_.joins[i]);
        shippedRows_ += rows - shippedByJoin_[i];
        shippedByJoin_[i] = rows;
    }
}

double Evaluator::movedShare() const {
    double share = 0;
    for (TableId table = 0; table < tables_.size(); ++table) share += basis_.byteShares[table] * tables_[table].moved;
    return share;
}

void Evaluator::set(TableId table, const TableDesign& design, const SlotMap* slots, std::span<const sharding::Lookup> lookups, const sharding::LookupSource* stored) {
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
        use = &basis_.sample->keyUse(table, design.key, lookups, stored);
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
    state.load = basis_.loads.load(table, design, placement.get(), shards_, !lookups.empty(),
                                   [&] { return visitsOf(*basis_.sample, touches, *use, design, *placement, shards_); });
    state.shares = rowShares(design, use, placement.get(), shards_);
    if (basis_.movement) state.moved = basis_.movement->moved(table, design, placement.get(), state.shares, shards_);
    ship(table);
}

void Evaluator::set(const Design& design) {
    const auto& tables = basis_.facts->schema.tables;
    for (TableId id = 0; id < tables.size(); ++id) {
        const TableDesign* table = design.find(tables[id].qualifiedName());
        const auto slots = table ? design.slotMaps.find(table->group) : design.slotMaps.end();
        set(id, table ? *table : TableDesign{}, slots == design.slotMaps.end() ? nullptr : &slots->second,
            table ? design.lookupsOf(table->table) : std::vector<sharding::Lookup>());
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
const TableDesign& Evaluator::design(TableId table) const { return tables_[table].design; }

bool Evaluator::loadExact() const {
    return std::all_of(tables_.begin(), tables_.end(), [](const State& table) { return table.load.exact; });
}

std::vector<double> Evaluator::storageOf(std::span<const double> weights) const {
    std::vector<double> sum(shards_);
    for (TableId table = 0; table < tables_.size() && table < weights.size(); ++table)
        for (uint32_t shard = 0; shard < shards_; ++shard)
            sum[shard] += weights[table] * (tables_[table].shares ? (*tables_[table].shares)[shard] : 1.0 / shards_);
    return sum;
}

StorageByShard Evaluator::storage() const {
    std::vector<std::optional<std::vector<double>>> shares;
    for (const State& table : tables_) shares.push_back(table.shares);
    return cost::storageOf(basis_.facts->schema, shares, shards_);
}

}  // namespace foreshard::cost
