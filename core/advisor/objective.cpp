#include "core/advisor/objective.h"

#include <algorithm>
#include <numeric>

namespace foreshard::advisor {

namespace {

double peakWork(const cost::Evaluator& evaluator, const cost::Basis& basis) {
    const std::vector<double> load = evaluator.load();
    const size_t windows = basis.loads.intervals();
    double peak = 0, work = 0;
    for (size_t window = 0; window < windows; ++window) {
        double hottest = 0;
        for (size_t at = window; at < load.size(); at += windows) hottest = std::max(hottest, load[at]);
        peak += hottest;
    }
    for (workload::TableId table = 0; table < basis.facts->schema.tables.size(); ++table)
        for (const auto& access : basis.loads.totals(table)) work += access.reads + access.writes;
    return work > 0 ? peak * evaluator.shards() / work : 1;
}

double peakStorage(const cost::Evaluator& evaluator, const cost::Basis& basis) {
    const auto storage = evaluator.storage();
    double rows = 0;
    for (const auto& table : basis.facts->schema.tables)
        if (table.rows) rows += static_cast<double>(*table.rows);
    if (!(rows > 0)) return 1;
    return *std::max_element(storage.knownRows.begin(), storage.knownRows.end()) * evaluator.shards() / rows;
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
    }
    double copied = 0, stray = 0;
    for (workload::TableId table = 0; table < basis.facts->schema.tables.size(); ++table) {
        copied += evaluator.strategy(table) == sharding::Strategy::reference;
        stray += evaluator.strategy(table) == sharding::Strategy::unsharded;
    }
    cost.total = weights.peakWork * (cost.peakWork - 1) + weights.writeVisit * cost.writeVisits + weights.readVisit * cost.readVisits +
                 weights.peakStorage * (cost.peakStorage - 1) + weights.copiedTable * copied + weights.strayTable * stray;
    return cost;
}

}  // namespace foreshard::advisor
