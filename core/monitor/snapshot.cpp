// Monitor::status(): what is remembered, as rows for pages, JSON and metrics.
#include <algorithm>
#include <cmath>

#include "core/monitor/monitor.h"

namespace foreshard::monitor {

namespace {

void addTo(std::vector<double>& sums, const std::vector<double>& values) {
    sums.resize(std::max(sums.size(), values.size()), 0.0);
    for (size_t i = 0; i < values.size(); ++i) sums[i] += values[i];
}

void addPredicted(ShardStatus& shard, const Predicted* predicted) {
    std::optional<double> p50, p10, p90;
    if (predicted && shard.shard < predicted->load.size()) {
        p50 = predicted->load[shard.shard];
        // A shard's band: its expected load times the total's band.
        if (predicted->p50 > 0) {
            p10 = *p50 * predicted->p10 / predicted->p50;
            p90 = *p50 * predicted->p90 / predicted->p50;
        }
    }
    shard.predicted.push_back(p50);
    shard.p10.push_back(p10);
    shard.p90.push_back(p90);
}

}  // namespace

SeriesError Monitor::errorOf(const std::string& name, std::optional<size_t> series) const {
    SeriesError error;
    error.name = name;
    double squares = 0, absolute = 0, volume = 0;
    for (const auto& score : scores_) {
        if (series && (*series >= score.seriesActual.size() || *series >= score.seriesPredicted.size())) continue;
        const double actual = series ? score.seriesActual[*series] : score.actual, predicted = series ? score.seriesPredicted[*series] : score.p50;
        const double log = std::log1p(actual) - std::log1p(predicted);
        squares += log * log;
        absolute += std::abs(actual - predicted);
        volume += actual;
        ++error.intervals;
    }
    if (error.intervals > 0) error.logMse = squares / error.intervals;
    if (volume > 0) error.nd = absolute / volume;
    return error;
}

Snapshot Monitor::status() const {
    Snapshot snapshot;
    snapshot.design = design_.id;
    snapshot.shards = design_.shards;
    snapshot.interval = interval_;
    for (uint32_t shard = 0; shard < design_.shards; ++shard) snapshot.loads.push_back({shard, {}, {}, {}, {}});
    const double seconds = static_cast<double>(interval_) / microsPerSecond;
    std::vector<double> measured, predicted;
    double multi = 0, transactions = 0, predictedShare = 0;
    size_t predictedShares = 0;
    for (const auto& closed : closed_) {
        snapshot.times.push_back(instantOf(closed.measured.interval));
        for (auto& shard : snapshot.loads) {
            const bool known = shard.shard < closed.measured.accesses.size();
            shard.measured.push_back(known ? std::optional(closed.measured.accesses[shard.shard] / seconds) : std::nullopt);
            addPredicted(shard, closed.predicted ? &*closed.predicted : nullptr);
        }
        addTo(measured, closed.measured.accesses);
        multi += closed.measured.multiShard;
        transactions += closed.measured.transactions;
        if (!closed.predicted) continue;
        addTo(predicted, closed.predicted->load);
        if (closed.predicted->multiShardShare) predictedShare += *closed.predicted->multiShardShare, ++predictedShares;
    }
    for (const auto& [interval, expected] : predicted_) {
        if (interval_ == 0) break;
        snapshot.times.push_back(instantOf(interval));
        for (auto& shard : snapshot.loads) {
            shard.measured.push_back(std::nullopt);
            addPredicted(shard, &expected);
        }
    }
    snapshot.loadMaxOverMean = maxOverMean(measured);
    snapshot.loadMaxOverMeanPredicted = maxOverMean(predicted);
    if (!closed_.empty()) snapshot.newestMaxOverMean = closed_.back().measured.maxOverMean();
    if (transactions > 0) snapshot.multiShardShare = multi / transactions;
    if (predictedShares > 0) snapshot.multiShardSharePredicted = predictedShare / static_cast<double>(predictedShares);
    snapshot.total = errorOf("all templates", std::nullopt);
    for (size_t s = 0; s < seriesNames_.size(); ++s) snapshot.series.push_back(errorOf(seriesNames_[s], s));
    snapshot.retrainingOffered = drift_.active();
    snapshot.skewLimit = options_.skew.limit;
    snapshot.skewRule = toWords(options_.skew);
    for (const auto& closed : closed_) {
        const auto ratio = closed.measured.maxOverMean();
        if (!ratio || closed.measured.meanAccesses() < options_.skew.accessesPerShard) continue;
        ++snapshot.telling;
        if (*ratio <= options_.skew.limit) continue;
        ++snapshot.aboveLimit;
        snapshot.highestAbove = std::max(snapshot.highestAbove, *ratio);
    }
    snapshot.findings.assign(findings_.begin(), findings_.end());
    snapshot.intervalsClosed = intervalsClosed_;
    snapshot.calls = calls_;
    snapshot.accesses = accesses_;
    return snapshot;
}

}  // namespace foreshard::monitor
