#include "core/models/shares.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/models/recent.h"

namespace foreshard::models {

namespace {

using Values = std::vector<double>;      // parallel to the steps of the backtest

ShareBand bandFrom(const Values& actual, const Values& expected, const BacktestPlan& plan) {
    std::vector<double> residuals;
    for (size_t i = 0; i < actual.size(); ++i) residuals.push_back(std::log1p(actual[i]) - std::log1p(expected[i]));
    ShareBand own;
    own.coverage = crossCoverage(residuals, plan);
    std::sort(residuals.begin(), residuals.end());
    const Band band = bandOf(residuals);
    own.low = band.low;
    own.high = band.high;
    return own;
}

class Bander {
public:
    Bander(const workload::Workload& workload, IntervalSpan span, const BacktestPlan& plan)
        : workload_(workload), span_(span), plan_(plan), interval_(workload.rates.interval), steps_(plan.origins.size() * plan.horizon) {}

    void series(SeriesModel& model, const Cluster& cluster) {
        if (model.residualPath.size() != steps_) return;
        std::vector<double> clusterRecent;
        for (const size_t origin : plan_.origins) {
            double calls = 0;
            for (const auto id : cluster.members) calls += callsIn(workload_.rates.templates[id], recentAt(origin));
            clusterRecent.push_back(calls);
        }
        Values whole(steps_);
        for (size_t i = 0; i < steps_; ++i) whole[i] = fromLog(std::log1p(cluster.calls[plan_.origins.front() + i]) - model.residualPath[i]);
        const Band band = bandOf(model.residuals);
        for (const auto id : cluster.members) {
            if (expected_.size() >= mostBanded) {
                model.bands.push_back({band.low, band.high, std::nullopt});
                continue;
            }
            Values expected(steps_);
            for (size_t o = 0; o < plan_.origins.size(); ++o) {
                const double share = clusterRecent[o] > 0 ? callsIn(workload_.rates.templates[id], recentAt(plan_.origins[o])) / clusterRecent[o] : 0;
                for (size_t step = o * plan_.horizon; step < (o + 1) * plan_.horizon; ++step) expected[step] = share * whole[step];
            }
            model.bands.push_back(bandFrom(actualOf(denseCalls(workload_.rates.templates[id], span_)), expected, plan_));
            expected_.emplace(id, std::move(expected));
        }
    }
    // Nothing where its templates are not banded.
    std::optional<ShareBand> classBand(size_t id) const {
        const auto& templates = workload_.facts->classes[id].templates;
        std::map<workload::TemplateId, size_t> distinct;
        for (const auto each : templates) distinct.emplace(each, 0);
        Values expected(steps_);
        for (size_t o = 0; o < plan_.origins.size(); ++o) {
            const IntervalSpan recent = recentAt(plan_.origins[o]);
            double calls = 0, own = 0;
            for (const auto& [each, unused] : distinct) {
                const auto found = expected_.find(each);
                if (found == expected_.end()) return std::nullopt;
                calls += callsIn(workload_.rates.templates[each], recent);
                for (size_t step = o * plan_.horizon; step < (o + 1) * plan_.horizon; ++step) expected[step] += found->second[step];
            }
            for (const auto& [interval, committed] : workload_.rates.classes[id])
                if (interval >= recent.first && interval < recent.end) own += fromWeight(committed);
            for (size_t step = o * plan_.horizon; step < (o + 1) * plan_.horizon; ++step) expected[step] *= calls > 0 ? own / calls : 0;
        }
        Values dense(span_.size());
        for (const auto& [interval, committed] : workload_.rates.classes[id])
            if (interval >= span_.first && interval < span_.end) dense[static_cast<size_t>(interval - span_.first)] += fromWeight(committed);
        return bandFrom(actualOf(dense), expected, plan_);
    }

private:
    IntervalSpan recentAt(size_t origin) const { return recentSpan({span_.first, span_.first + static_cast<int64_t>(origin)}, interval_); }
    Values actualOf(const std::vector<double>& dense) const { return {dense.begin() + static_cast<std::ptrdiff_t>(plan_.origins.front()), dense.end()}; }

    const workload::Workload& workload_;
    IntervalSpan span_;
    const BacktestPlan& plan_;
    Instant interval_;
    size_t steps_;
    std::map<workload::TemplateId, Values> expected_;
};

}  // namespace

Status bandShares(TrainedModels& models, const std::vector<Cluster>& clusters, const workload::Workload& workload, IntervalSpan span, const BacktestPlan& plan, Job& job) {
    if (plan.origins.empty()) return {};
    Bander bander(workload, span, plan);
    for (size_t s = 0; s < clusters.size(); ++s) {
        FS_TRY(job.checkpoint());
        bander.series(models.series[s], clusters[s]);
    }
    std::vector<std::pair<Weight, size_t>> busiest;
    for (size_t id = 0; id < std::min(workload.rates.classes.size(), workload.facts->classes.size()); ++id) {
        Weight count = 0;
        for (const auto& [interval, committed] : workload.rates.classes[id]) count += committed;
        if (count > 0 && !workload.facts->classes[id].templates.empty()) busiest.emplace_back(count, id);
    }
    std::sort(busiest.begin(), busiest.end(), [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
    if (busiest.size() > mostBanded) busiest.resize(mostBanded);
    for (const auto& [count, id] : busiest) {
        FS_TRY(job.checkpoint());
        if (const auto band = bander.classBand(id)) models.classes.push_back({workload.facts->classes[id].fingerprint, *band});
    }
    std::sort(models.classes.begin(), models.classes.end(), [](const ClassBand& a, const ClassBand& b) { return a.fingerprint < b.fingerprint; });
    return {};
}

}  // namespace foreshard::models
