#include "core/advisor/objective.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/quantile.h"
#include "core/cost/futures.h"

namespace foreshard::advisor {

namespace {

// By how much the hottest of equal shards is likely to lead: the most of so many draws of a count, of which `atOnce` come together.
double chanceOf(double mean, uint32_t shards, double atOnce) { return std::sqrt(2 * std::log(static_cast<double>(shards)) * mean * atOnce); }

// What is left of a lead by more than chance. Chance adds to a small lead and hardly to one far above it (the hottest shard is then the
// same one whatever chance does), so that the lead is shrunk by the positive-part rule of James and Stein, not lessened by all of it.
double beyondChance(double lead, double chance) { return lead > chance ? lead - chance * chance / lead : 0; }

// `load`: by shard and window. A lead that lasts is told from chance by all windows together, one that moves by its window.
double peakOf(const std::vector<double>& load, size_t windows, uint32_t shards, double atOnce) {
    double all = 0, moving = 0, hottestOfAll = 0;
    for (size_t window = 0; window < windows; ++window) {
        double hottest = 0, sum = 0;
        for (size_t at = window; at < load.size(); at += windows) hottest = std::max(hottest, load[at]), sum += load[at];
        const double mean = sum / shards;
        all += mean;
        moving += beyondChance(hottest - mean, chanceOf(mean, shards, atOnce));
    }
    for (size_t begin = 0; begin + windows <= load.size(); begin += windows)
        hottestOfAll = std::max(hottestOfAll, std::accumulate(load.begin() + static_cast<std::ptrdiff_t>(begin), load.begin() + static_cast<std::ptrdiff_t>(begin + windows), 0.0));
    const double lasting = beyondChance(hottestOfAll - all, chanceOf(all, shards, atOnce));
    return (all + std::max(moving, lasting)) * shards;
}

double peakWork(const cost::Evaluator& evaluator, const cost::Basis& basis) {
    return basis.accesses > 0 ? peakOf(evaluator.load(), basis.loads.intervals(), evaluator.shards(), basis.accessesAtOnce) / basis.accesses : 1;
}

// Peak work under each future, against an even deal of what all of them bring in the mean.
void addFutures(const cost::Evaluator& evaluator, const cost::Basis& basis, Cost& cost) {
    if (basis.futures.empty() || basis.accesses <= 0) return;
    const size_t windows = basis.loads.intervals();
    const auto tables = static_cast<workload::TableId>(basis.facts->schema.tables.size());
    std::vector<double> peaks, load(evaluator.shards() * windows);
    double mean = 0;
    for (const auto& factors : basis.futures) {
        std::fill(load.begin(), load.end(), 0.0);
        for (workload::TableId table = 0; table < tables; ++table) {
            const auto& values = evaluator.load(table).values;
            for (size_t at = 0; at < values.size(); ++at) load[at] += values[at] * factors[table * windows + at % windows];
            for (size_t window = 0; window < windows; ++window) {
                const auto& all = basis.loads.totals(table)[window];
                mean += (all.reads + all.writes) * factors[table * windows + window] / static_cast<double>(basis.futures.size());
            }
        }
        peaks.push_back(peakOf(load, windows, evaluator.shards(), basis.accessesAtOnce));
    }
    if (mean <= 0) return;
    for (double& peak : peaks) peak /= mean;
    cost.peakP50 = quantile(peaks, 0.5);
    cost.peakP90 = quantile(peaks, 0.9);
}

double peakStorage(const cost::Evaluator& evaluator, const cost::Basis& basis) {
    const std::vector<double> storage = evaluator.storageOf(basis.sizeShares);
    const double peak = *std::max_element(storage.begin(), storage.end());
    return peak > 0 ? peak * evaluator.shards() : 1;
}

// The table's share of all accesses, times how far its key's values fall short of what its shards need.
double fewness(const cost::Evaluator& evaluator, const cost::Basis& basis, workload::TableId table) {
    const auto& key = evaluator.design(table).key;
    const auto column = key.size() == 1 ? basis.facts->findColumn(table, key[0].expression) : std::nullopt;
    if (!column) return 0;
    const double keys = static_cast<double>(std::max<size_t>(1, basis.sample->columnUse(*column).points.size()));
    return basis.accessShares[table] * std::min(1.0, keysPerShard * evaluator.shards() / keys);
}

// What copies, lone small tables and tables on one shard alone cost beside the load.
double shapeCost(const cost::Evaluator& evaluator, const cost::Basis& basis, const ObjectiveWeights& weights) {
    const auto tables = static_cast<workload::TableId>(basis.facts->schema.tables.size());
    std::vector<uint32_t> groups;        // of the keyed tables
    for (workload::TableId table = 0; table < tables; ++table)
        if (evaluator.design(table).keyed()) groups.push_back(evaluator.design(table).group);
    double sum = 0;
    for (workload::TableId table = 0; table < tables; ++table) {
        const double size = std::min(1.0, basis.sizeShares[table] / largeTable);
        switch (evaluator.strategy(table)) {
            case sharding::Strategy::reference: sum += weights.copiedTable * (0.1 + 0.9 * size); break;
            case sharding::Strategy::unsharded: sum += basis.accessShares[table] > 0 ? weights.strayTable : 0; break;
            default:
                if (evaluator.strategy(table) == sharding::Strategy::directory) sum += weights.namedKeys * basis.accessShares[table];
                if (evaluator.strategy(table) == sharding::Strategy::consistentHash) sum += weights.ringKey * basis.accessShares[table];
                sum += weights.fewKeys * fewness(evaluator, basis, table);
                if (evaluator.design(table).key.size() > 1) sum += weights.compositeKey * basis.accessShares[table];
                if (std::count(groups.begin(), groups.end(), evaluator.design(table).group) == 1) sum += weights.loneTable * (1 - size);
        }
    }
    return sum;
}

}  // namespace

Cost costOf(const cost::Evaluator& evaluator, const cost::Basis& basis, const ObjectiveWeights& weights) {
    const cost::Sums& sums = evaluator.sums();
    Cost cost;
    cost.peakWork = peakWork(evaluator, basis);
    cost.peakStorage = peakStorage(evaluator, basis);
    if (sums.transactions > 0) {
        cost.writeVisits = static_cast<double>(sums.writeVisits) / static_cast<double>(sums.transactions);
        cost.readVisits = static_cast<double>(sums.readVisits) / static_cast<double>(sums.transactions);
        cost.shippedRows = static_cast<double>(evaluator.shippedRows()) / static_cast<double>(sums.transactions);
    }
    cost.movedShare = evaluator.movedShare();
    addFutures(evaluator, basis, cost);
    cost.total = weights.peakWork * (cost.peakWork - 1) + weights.writeVisit * cost.writeVisits + weights.readVisit * cost.readVisits +
                 weights.peakStorage * (cost.peakStorage - 1) + weights.shippedRow * cost.shippedRows + weights.movedShare * cost.movedShare +
                 weights.peakP50 * (cost.peakP50 - 1) + weights.peakP90 * (cost.peakP90 - 1) + shapeCost(evaluator, basis, weights);
    return cost;
}

std::vector<double> partsOf(const cost::Evaluator& evaluator, const cost::Basis& basis, const ObjectiveWeights& weights) {
    std::vector<double> parts;
    for (const auto& named : namedWeights()) {
        ObjectiveWeights one;
        for (const auto& other : namedWeights()) one.*other.value = 0;
        one.*named.value = weights.*named.value;
        parts.push_back(costOf(evaluator, basis, one).total);
    }
    return parts;
}

}  // namespace foreshard::advisor
