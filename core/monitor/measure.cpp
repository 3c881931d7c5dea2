#include "core/monitor/measure.h"

#include <algorithm>
#include <numeric>

#include "core/cost/projection.h"
#include "core/sharding/router.h"

namespace foreshard::monitor {

namespace {

constexpr int64_t mostIntervals = 1'000'000;

Status checkWorkload(const workload::Workload& workload) {
    if (!workload.facts || workload.rates.interval <= 0 || workload.rates.range.empty())
        return Error{ErrorCategory::usage, "There is nothing observed to measure.", "Read a log first.", {}};
    if (workload.rates.endInterval() - workload.rates.firstInterval() > mostIntervals)
        return Error{ErrorCategory::usage, "The log spans too many intervals to watch.", "Use a longer interval.", {}};
    return {};
}

void countTransactions(const workload::Workload& observed, const sharding::Design& design, std::vector<Measured>& intervals) {
    const sharding::Router router(observed.facts, design);
    const int64_t first = observed.rates.firstInterval();
    for (const auto& transaction : observed.facts->transactions) {
        const int64_t at = intervalIndex(transaction.time, observed.rates.interval) - first;
        if (transaction.aborted || at < 0 || at >= static_cast<int64_t>(intervals.size())) continue;
        auto& interval = intervals[static_cast<size_t>(at)];
        const double weight = fromWeight(transaction.weight);
        interval.transactions += weight;
        if (router.footprint(transaction).multiShard()) interval.multiShard += weight;
    }
}

}  // namespace

std::optional<double> maxOverMean(const std::vector<double>& loads) {
    const double total = std::accumulate(loads.begin(), loads.end(), 0.0);
    if (total <= 0) return std::nullopt;
    return *std::max_element(loads.begin(), loads.end()) * static_cast<double>(loads.size()) / total;
}

std::optional<double> Measured::maxOverMean() const { return monitor::maxOverMean(accesses); }

size_t Measured::hottest() const { return static_cast<size_t>(std::max_element(accesses.begin(), accesses.end()) - accesses.begin()); }

double Measured::meanAccesses() const {
    return accesses.empty() ? 0 : std::accumulate(accesses.begin(), accesses.end(), 0.0) / static_cast<double>(accesses.size());
}

SeriesIndex seriesIndex(const models::TrainedModels& models, const models::Forecast& forecast) {
    SeriesIndex index;
    for (size_t s = 0; s < models.series.size(); ++s)
        for (const uint64_t fingerprint : models.series[s].templates) index.byTemplate.emplace(fingerprint, static_cast<uint32_t>(s));
    index.count = static_cast<uint32_t>(forecast.series.size());
    if (forecast.series.size() > models.series.size()) index.others = static_cast<uint32_t>(models.series.size());
    return index;
}

Result<std::vector<Measured>> measure(const workload::Workload& observed, const sharding::Design& design, const SeriesIndex& series, Job& job) {
    FS_TRY(checkWorkload(observed));
    FS_ASSIGN(const cost::Projection projection, cost::project(observed, design, job));
    const int64_t first = observed.rates.firstInterval();
    std::vector<Measured> intervals(static_cast<size_t>(observed.rates.endInterval() - first));
    const double seconds = static_cast<double>(observed.rates.interval) / microsPerSecond;
    for (size_t i = 0; i < intervals.size(); ++i) {
        intervals[i].interval = first + static_cast<int64_t>(i);
        intervals[i].series.assign(series.count, 0.0);
        for (const auto& load : projection.load)
            if (i < load.values.size()) intervals[i].accesses.push_back(load.values[i] * seconds);
        if (intervals[i].accesses.size() != design.shards) intervals[i].accesses.clear();
    }
    for (size_t id = 0; id < observed.rates.templates.size(); ++id) {
        const auto found = series.byTemplate.find(observed.facts->templates[id].fingerprint);
        const auto own = found != series.byTemplate.end() ? std::optional(found->second) : series.others;
        for (const auto& point : observed.rates.templates[id].points) {
            const int64_t at = point.interval - first;
            if (at < 0 || at >= static_cast<int64_t>(intervals.size())) continue;
            intervals[static_cast<size_t>(at)].calls += fromWeight(point.calls);
            if (own && *own < series.count) intervals[static_cast<size_t>(at)].series[*own] += fromWeight(point.calls);
        }
    }
    if (projection.multiShardShare) countTransactions(observed, design, intervals);   // else coverage forbids a share
    FS_TRY(job.checkpoint());
    return intervals;
}

Result<std::vector<Predicted>> predict(const models::Forecast& forecast, const sharding::Design& design, Job& job) {
    if (!forecast.workload) return Error{ErrorCategory::usage, "There is no forecast to compare with.", "Forecast first.", {}};
    FS_TRY(checkWorkload(*forecast.workload));
    FS_ASSIGN(const cost::Projection projection, cost::project(*forecast.workload, design, job));
    std::vector<Predicted> intervals(forecast.total.times.size());
    for (size_t i = 0; i < intervals.size(); ++i) {
        auto& interval = intervals[i];
        interval.interval = intervalIndex(forecast.total.times[i], forecast.workload->rates.interval);
        interval.p10 = forecast.total.p10[i];
        interval.p50 = forecast.total.p50[i];
        interval.p90 = forecast.total.p90[i];
        interval.multiShardShare = projection.multiShardShare;
        for (const auto& series : forecast.series) interval.series.push_back(i < series.p50.size() ? series.p50[i] : 0.0);
        for (const auto& load : projection.load)
            if (i < load.values.size()) interval.load.push_back(load.values[i]);
        if (interval.load.size() != design.shards) interval.load.clear();
    }
    return intervals;
}

}  // namespace foreshard::monitor
