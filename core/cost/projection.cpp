#include "core/cost/projection.h"

#include <algorithm>
#include <cmath>

#include "core/base/quantile.h"
#include "core/cost/evaluator.h"
#include "core/cost/futures.h"

namespace foreshard::cost {

using sharding::Design;
using sharding::TableDesign;
using workload::TableId;
using workload::Workload;

namespace {

// Loads of all tables by shard and interval, kept apart by table for the paths of a forecast.
struct Loads {
    std::vector<std::vector<double>> tables;   // [table][shard × intervals + interval]
    std::vector<double> sum;
    bool exact = true;
    const char* unknown = nullptr;             // why they cannot be told; null: they can
};

// Why nobody can tell the load of a table that is spread by its key; null where the counts or the sample can.
const char* keyedLoadUnknown(const workload::Facts& facts, uint32_t shards) {
    if (shards == 1) return nullptr;
    if (std::any_of(facts.coverage.begin(), facts.coverage.end(), [](const auto& source) { return !source.literals; })) return "unknown: the log does not say which keys it touched";
    return shards > countingSlots ? "unknown: there are more shards than counting slots" : nullptr;
}

Result<Loads> loadsOf(const LoadModel& model, const Workload& workload, const Basis& basis, const Design& design, uint32_t shards, Job& job) {
    Loads loads;
    loads.sum.assign(shards * model.intervals(), 0.0);
    const char* unknown = keyedLoadUnknown(*workload.facts, shards);
    const auto& tables = workload.facts->schema.tables;
    for (TableId id = 0; id < tables.size(); ++id) {
        FS_TRY(job.checkpoint());
        static const TableDesign unnamed;
        const TableDesign* named = design.find(tables[id].qualifiedName());
        const TableDesign& table = named ? *named : unnamed;
        const auto placement = table.keyed() ? makePlacement(table, design) : nullptr;
        const auto lookups = design.lookupsOf(table.table);
        TableLoad load = model.load(id, table, placement.get(), shards, !lookups.empty(), [&] {
            return visitsOf(*basis.sample, basis.sample->touches(id), basis.sample->keyUse(id, table.key, lookups), table, *placement, shards);
        });
        loads.exact = loads.exact && load.exact;
        if (placement && std::any_of(load.values.begin(), load.values.end(), [](double value) { return value > 0; })) loads.unknown = unknown;
        for (size_t i = 0; i < load.values.size(); ++i) loads.sum[i] += load.values[i];
        loads.tables.push_back(std::move(load.values));
    }
    return loads;
}

void fillShares(const Sums& sums, bool unknown, Projection& out) {
    if (sums.transactions <= 0 || unknown) return;
    const auto share = [&](Weight weight) { return static_cast<double>(weight) / static_cast<double>(sums.transactions); };
    out.multiShardShare = share(sums.multiShard);
    out.multiShardWriteShare = share(sums.multiShardWrite);
    out.multiShardReadShare = share(sums.multiShardRead);
    for (const Weight weight : sums.byFanOut) out.fanOutMix.push_back(share(weight));
}

const char* originOf(const Loads& loads, const workload::Facts& facts) {
    if (loads.unknown) return loads.unknown;
    if (std::any_of(facts.coverage.begin(), facts.coverage.end(), [](const auto& source) { return source.lowerBounds(); })) return "lower bounds: the log leaves calls out";
    return loads.exact ? "exact slot counts" : "sample estimate";
}

void fillLoad(const Loads& loads, const workload::Rates& rates, size_t intervals, bool unknown, Projection& out) {
    const double seconds = static_cast<double>(rates.interval) / microsPerSecond;
    for (size_t i = 0; i < intervals; ++i) out.times.push_back((rates.firstInterval() + static_cast<int64_t>(i)) * rates.interval);
    if (loads.unknown) return;
    std::vector<double> totals(out.shards), byInterval(intervals);
    for (uint32_t shard = 0; shard < out.shards; ++shard) {
        ShardLoad load{shard, {}};
        for (size_t i = 0; i < intervals; ++i) {
            const double accesses = loads.sum[shard * intervals + i];
            load.values.push_back(accesses / seconds);
            totals[shard] += accesses;
            byInterval[i] += accesses;
        }
        out.load.push_back(std::move(load));
    }
    if (unknown) return;
    out.loadMaxOverMean = maxOverMean(totals);
    if (out.loadMaxOverMean) out.hottestShard = static_cast<uint32_t>(std::max_element(totals.begin(), totals.end()) - totals.begin());
    double all = 0;
    for (const double accesses : byInterval) all += accesses;
    for (size_t i = 0; i < intervals; ++i) {
        if (byInterval[i] < all / 100 || byInterval[i] <= 0) continue;
        std::vector<double> at(out.shards);
        for (uint32_t shard = 0; shard < out.shards; ++shard) at[shard] = loads.sum[shard * intervals + i];
        out.loadMaxOverMeanWorst = std::max(out.loadMaxOverMeanWorst.value_or(0), *maxOverMean(at));
    }
}

Status fillPeaks(const Loads& loads, const Workload& workload, size_t intervals, Projection& out, Job& job) {
    const double seconds = static_cast<double>(workload.rates.interval) / microsPerSecond;
    std::vector<std::vector<double>> peaks(out.shards);   // by shard, one for each path
    for (const auto& path : workload.rates.paths) {
        FS_TRY(job.checkpoint());
        std::vector<double> sum(loads.sum.size());
        for (TableId table = 0; table < loads.tables.size(); ++table) {
            const auto factors = tableFactors(workload, path, table, intervals);
            for (size_t at = 0; at < sum.size(); ++at) sum[at] += loads.tables[table][at] * factors[at % intervals];
        }
        for (uint32_t shard = 0; shard < out.shards; ++shard) {
            const auto begin = sum.begin() + static_cast<std::ptrdiff_t>(shard * intervals);
            peaks[shard].push_back(intervals == 0 ? 0 : *std::max_element(begin, begin + static_cast<std::ptrdiff_t>(intervals)) / seconds);
        }
    }
    for (const auto& shard : peaks) {
        if (shard.empty()) break;
        out.peakP50.push_back(quantile(shard, 0.5));
        out.peakP90.push_back(quantile(shard, 0.9));
    }
    return {};
}

void fillStorage(const StorageByShard& storage, Projection& out) {
    out.storageRows = storage.rows;
    out.storageBytes = storage.bytes;
    for (const auto* values : {&storage.bytes, &storage.rows}) {
        std::vector<double> known;
        for (const auto& value : *values)
            if (value) known.push_back(*value);
        if (known.size() != out.shards) continue;
        out.storageMaxOverMean = maxOverMean(known);
        return;
    }
}

}  // namespace

bool sharesUnknown(const workload::Facts& facts) {
    return std::any_of(facts.coverage.begin(), facts.coverage.end(), [](const auto& source) { return source.lowerBounds() || !source.literals; });
}

Result<Projection> project(const Workload& workload, const Basis& basis, const Design& design, Job& job) {
    Projection out;
    out.design = design.id;
    out.scenario = workload.rates.origin == workload::Origin::forecast ? "forecast" : "observed";
    out.shards = std::clamp(design.shards, 1u, sharding::maxShards);
    out.transactions = basis.sample->transactions().size();
    const bool unknown = sharesUnknown(*workload.facts);

    Evaluator evaluator(basis, out.shards);
    evaluator.set(design);
    FS_TRY(job.checkpoint());
    fillShares(evaluator.sums(), unknown, out);
    fillStorage(evaluator.storage(), out);

    const LoadModel model(workload);
    FS_ASSIGN(const Loads loads, loadsOf(model, workload, basis, design, out.shards, job));
    out.loadOrigin = originOf(loads, *workload.facts);
    fillLoad(loads, workload.rates, model.intervals(), unknown, out);
    if (!loads.unknown) FS_TRY(fillPeaks(loads, workload, model.intervals(), out, job));
    return out;
}

Result<Projection> project(const Workload& workload, const Design& design, Job& job) {
    if (!workload.facts) return Error{ErrorCategory::usage, "There is no workload to project onto a design.", "Read logs first.", {}};
    FS_ASSIGN(const auto basis, Basis::make(workload, job));
    return project(workload, *basis, design, job);
}

}  // namespace foreshard::cost
