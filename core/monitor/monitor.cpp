#include "core/monitor/monitor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/base/hash.h"
#include "core/models/series.h"
#include "core/models/series_title.h"
#include "core/monitor/evidence.h"

namespace foreshard::monitor {

namespace {

uint64_t fingerprintOf(const models::TrainedModels& models) {
    uint64_t hash = combineHash(models.workloadFingerprint, models.seed);
    hash = combineHash(hash, static_cast<uint64_t>(models.trainedOn.end));
    for (const auto& series : models.series) {
        hash = combineHash(hash, hashText(series.name));
        hash = combineHash(hash, hashText(series.checkpoint));
        for (const uint64_t fingerprint : series.templates) hash = combineHash(hash, fingerprint);
    }
    return hash;
}

}  // namespace

const char* toString(Level level) {
    switch (level) {
        case Level::note: return "note";
        case Level::warning: return "warning";
        case Level::critical: return "critical";
    }
    return "?";
}

Monitor::Monitor(sharding::Design design, Options options) : design_(std::move(design)), options_(options) {}

void Monitor::forget() {
    endActive("skew", nextToClose_ ? instantOf(*nextToClose_) : 0);
    skew_ = {};
    open_.clear();
    closed_.clear();
    predicted_.clear();
    accesses_.clear();
}

void Monitor::setDesign(sharding::Design design) {
    const bool same = design.fingerprint() == design_.fingerprint();
    design_ = std::move(design);
    if (!same) forget();
}

bool Monitor::setSkewLimit(double limit) {
    if (limit == options_.skew.limit) return false;
    options_.skew.limit = limit;
    skew_ = {};
    if (closed_.empty()) return true;
    const Instant from = instantOf(closed_.front().measured.interval);
    std::erase_if(findings_, [&](const Finding& finding) { return finding.rule == "skew" && finding.since >= from; });
    endActive("skew", from);
    for (const auto& closed : closed_) judgeSkew(closed.measured, nullptr);
    std::stable_sort(findings_.begin(), findings_.end(), [](const Finding& a, const Finding& b) { return a.since > b.since; });
    return true;
}

Status Monitor::setForecast(const models::TrainedModels& models, const models::Forecast& forecast, Job& job) {
    FS_ASSIGN(auto predicted, predict(forecast, design_, job));
    const Instant interval = forecast.workload->rates.interval;
    if (interval_ != 0 && interval_ != interval)
        return Error{ErrorCategory::conflict,
                     fmt::format("The forecast has intervals of {}, the log is watched in intervals of {}.", formatInterval(interval), formatInterval(interval_)),
                     "Read the log with the interval of the models.", {}};
    const uint64_t fingerprint = fingerprintOf(models);
    const SeriesIndex index = seriesIndex(models, forecast);
    if (fingerprint != modelsFingerprint_ || index != series_) {
        if (modelsFingerprint_ != 0 && fingerprint != modelsFingerprint_ && nextToClose_) endActive("drift", instantOf(*nextToClose_));
        if (fingerprint != modelsFingerprint_) drift_.reset();
        scores_.clear();
        predicted_.clear();
    }
    modelsFingerprint_ = fingerprint;
    series_ = index;
    seriesNames_.clear();
    for (size_t s = 0; s < forecast.series.size(); ++s)
        seriesNames_.push_back(models::seriesTitle(forecast.series[s].name, s < models.series.size() ? models.series[s].templates.size() : 1));
    for (auto& each : predicted)
        if (!nextToClose_ || each.interval >= *nextToClose_) predicted_[each.interval] = std::move(each);
    return {};
}

bool Monitor::needsForecast() const { return nextToClose_ ? !predicted_.contains(*nextToClose_) : predicted_.empty(); }

std::optional<Instant> Monitor::openFrom() const {
    if (!nextToClose_) return std::nullopt;
    return instantOf(*nextToClose_);
}

Status Monitor::observe(const workload::Workload& observed, bool ended, Job& job) {
    if (interval_ != 0 && observed.rates.interval != interval_)
        return Error{ErrorCategory::conflict,
                     fmt::format("The log was read in intervals of {}, it is watched in intervals of {}.", formatInterval(observed.rates.interval), formatInterval(interval_)),
                     "Read the log with the interval of the earlier ones.", {}};
    FS_ASSIGN(auto measured, measure(observed, design_, series_, job));
    interval_ = observed.rates.interval;
    const models::IntervalSpan complete = models::completeIntervals(observed);
    int64_t closeEnd = measured.front().interval;   // last interval with calls
    for (const auto& each : measured)
        if (each.calls > 0) closeEnd = each.interval;
    if (ended && complete.end > closeEnd) closeEnd = complete.end;

    nextToClose_ = std::max(nextToClose_.value_or(measured.front().interval), measured.front().interval);
    open_.erase(open_.begin(), open_.lower_bound(*nextToClose_));   // known in part only, and the rest will not come
    for (auto& each : measured) {
        if (each.interval < *nextToClose_) continue;
        const auto kept = open_.find(each.interval);
        if (kept == open_.end()) open_.emplace(each.interval, std::move(each));
        else if (kept->second.calls <= each.calls || kept->second.series.size() != each.series.size()) kept->second = std::move(each);
    }
    while (*nextToClose_ < closeEnd) {
        const auto next = open_.find(*nextToClose_);
        if (next == open_.end()) break;
        close(next->second, next->first >= complete.first, observed);
        open_.erase(next);
        ++*nextToClose_;
        predicted_.erase(predicted_.begin(), predicted_.lower_bound(*nextToClose_));
    }
    return {};
}

void Monitor::close(const Measured& interval, bool whole, const workload::Workload& observed) {
    ++intervalsClosed_;
    calls_ += interval.calls;
    accesses_.resize(std::max(accesses_.size(), interval.accesses.size()), 0.0);
    for (size_t shard = 0; shard < interval.accesses.size(); ++shard) accesses_[shard] += interval.accesses[shard];
    judgeSkew(interval, &observed);
    const auto expected = predicted_.find(interval.interval);
    Closed closed{interval, std::nullopt};
    if (expected != predicted_.end()) {
        closed.predicted = expected->second;
        if (whole) judgeDrift(interval, expected->second);
    }
    closed_.push_back(std::move(closed));
    while (closed_.size() > std::max<uint32_t>(1, options_.remembered)) closed_.pop_front();
}

void Monitor::judgeSkew(const Measured& interval, const workload::Workload* observed) {
    const auto ratio = interval.maxOverMean();
    if (!ratio) return;
    const Change change = skew_.feed(interval.interval, *ratio, interval.meanAccesses(), options_.skew);
    if (change == Change::ended) endActive("skew", instantOf(skew_.since()));
    if (change != Change::began) return;
    Finding finding;
    finding.rule = "skew";
    finding.level = *ratio > 1 + 2 * (options_.skew.limit - 1) ? Level::critical : Level::warning;
    finding.what = fmt::format("Shard {} carries {:.2f} times the mean load, above the limit of {:.2f}.", interval.hottest(), *ratio, options_.skew.limit);
    finding.evidence = observed ? skewEvidence(*observed, design_, interval) : shareEvidence(interval) + ".";
    finding.since = instantOf(skew_.since());
    finding.act = Act::planMove;
    add(std::move(finding));
}

void Monitor::judgeDrift(const Measured& interval, const Predicted& predicted) {
    scores_.push_back({interval.interval, interval.calls, predicted.p10, predicted.p50, predicted.p90, interval.series, predicted.series});
    while (scores_.size() > std::max<uint32_t>(1, options_.errorWindow)) scores_.pop_front();
    // A call is whole: bands are given in parts of it.
    const bool inside = interval.calls >= std::floor(predicted.p10) && interval.calls <= std::ceil(predicted.p90);
    const Change change = drift_.feed(interval.interval, inside, options_.drift);
    if (change == Change::ended) endActive("drift", instantOf(drift_.since()));
    if (change != Change::began) return;
    Finding finding;
    finding.rule = "drift";
    finding.level = Level::warning;
    finding.what = fmt::format("The volume left its forecast band in {} of the last {} intervals; train the models again.", drift_.outside(), drift_.values());
    finding.evidence = driftEvidence();
    finding.since = instantOf(drift_.since());
    finding.act = Act::retrain;
    add(std::move(finding));
}

std::string Monitor::driftEvidence() const {
    const Score& last = scores_.back();
    std::string text = fmt::format("{} calls in the newest interval, forecast {} (P10 {}, P90 {})", formatCount(last.actual), formatCount(last.p50),
                                   formatCount(last.p10), formatCount(last.p90));
    size_t worst = seriesNames_.size();
    double worstError = 0;
    for (size_t s = 0; s < std::min({seriesNames_.size(), last.seriesActual.size(), last.seriesPredicted.size()}); ++s) {
        double error = 0;
        for (const auto& score : scores_)
            if (s < score.seriesActual.size() && s < score.seriesPredicted.size()) error += std::abs(score.seriesActual[s] - score.seriesPredicted[s]);
        if (error > worstError) worst = s, worstError = error;
    }
    if (worst < seriesNames_.size()) text += "; furthest off: " + seriesNames_[worst];
    return text + ".";
}

void Monitor::endActive(const std::string& rule, Instant until) {
    for (auto& finding : findings_)
        if (finding.rule == rule && finding.active()) finding.until = std::max(until, finding.since);
}

void Monitor::add(Finding finding) {
    findings_.push_front(std::move(finding));
    while (findings_.size() > std::max<uint32_t>(1, options_.rememberedFindings)) findings_.pop_back();
}

}  // namespace foreshard::monitor
