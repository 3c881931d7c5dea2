#include "core/models/forecast.h"

#include <algorithm>
#include <cmath>

#include "core/base/quantile.h"
#include "core/models/heat.h"
#include "core/models/recent.h"
#include "core/models/series.h"
#include "core/models/volume.h"

namespace foreshard::models {

namespace {

constexpr uint32_t mostSteps = 100'000;
constexpr size_t mostPaths = 64, leastPaths = 16;
constexpr size_t mostFactors = 8'000'000;    // floats in all paths
constexpr size_t mostPoints = 8'000'000;     // of all templates

Result<uint32_t> stepsOf(Instant horizon, Instant interval, size_t templates) {
    if (horizon <= 0)
        return Error{ErrorCategory::usage, "The horizon is not longer than zero.", "Ask for a horizon such as 24h.", {}};
    const Instant steps = (horizon - 1) / interval + 1;
    const Instant most = std::min<Instant>(mostSteps, static_cast<Instant>(mostPoints / std::max<size_t>(1, templates)));
    if (steps > most)
        return Error{ErrorCategory::usage, "The horizon is more than " + std::to_string(most) + " intervals of " + formatInterval(interval) + ".",
                     "Ask for a shorter horizon, or profile the log with a longer interval.", {}};
    return static_cast<uint32_t>(steps);
}

SeriesForecast seriesForecast(const SeriesVolume& volume, TimeRange range, Instant interval) {
    SeriesForecast series;
    series.name = volume.model.name;
    series.model = volume.model.model;
    if (const auto* row = volume.model.chosenRow()) {
        series.skill = row->skill;
        series.coverage = row->coverage;
    }
    for (size_t step = 0; step < volume.logs.size(); ++step) {
        series.times.push_back(range.begin + static_cast<Instant>(step) * interval);
        series.p10.push_back(volume.quantileLow(step));
        series.p50.push_back(volume.expected(step));
        series.p90.push_back(volume.quantileHigh(step));
    }
    return series;
}

std::vector<workload::TemplateSeries> templateSeries(const std::vector<SeriesVolume>& volumes, const workload::Workload& observed,
                                                     HeatWindows windows, int64_t first, uint32_t steps) {
    std::vector<workload::TemplateSeries> templates(observed.facts->templates.size());
    for (const auto& volume : volumes) {
        for (uint32_t step = 0; step < steps; ++step) {
            const double expected = volume.expected(step);
            // Cumulative rounding: the members' calls add up to the rounded volume of the series.
            double share = 0;
            Weight told = 0;
            for (size_t m = 0; m < volume.members.size(); ++m) {
                share += volume.shares[m];
                const auto upTo = static_cast<Weight>(std::llround(expected * share * static_cast<double>(weightOne)));
                const Weight calls = upTo - told;
                told = upTo;
                if (calls > 0)
                    templates[volume.members[m]].points.push_back(
                        expectedPoint(observed.rates.templates[volume.members[m]], windows, first + step, calls));
            }
        }
    }
    return templates;
}

workload::Path templatePath(const std::vector<SeriesVolume>& volumes, const std::vector<std::vector<float>>& factors, size_t templates) {
    workload::Path path;
    path.templateFactor.resize(templates);
    for (size_t s = 0; s < volumes.size(); ++s) {
        if (volumes[s].model.residualPath.empty() && volumes[s].eventSpread.empty()) continue;
        for (const auto id : volumes[s].members) path.templateFactor[id] = factors[s];
    }
    return path;
}

// totals[path][step]
SeriesForecast totalForecast(const TrainedModels& models, const std::vector<SeriesVolume>& volumes, const std::vector<std::vector<double>>& totals, TimeRange range,
                             Instant interval, uint32_t steps) {
    SeriesForecast total;
    total.name = "all templates";
    for (uint32_t step = 0; step < steps; ++step) {
        double expected = 0;
        for (const auto& volume : volumes) expected += volume.expected(step);
        std::vector<double> sampled;
        for (const auto& path : totals) sampled.push_back(path[step]);
        total.times.push_back(range.begin + static_cast<Instant>(step) * interval);
        total.p50.push_back(expected);
        total.p10.push_back(sampled.empty() ? expected : std::min(expected, quantile(sampled, 0.1)));
        total.p90.push_back(sampled.empty() ? expected : std::max(expected, quantile(sampled, 0.9)));
    }
    if (models.totalRow.origins > 0) {
        total.skill = models.totalRow.skill;
        total.coverage = models.totalRow.coverage;
    }
    // The one model of all series; a sum of several is an average of none, but nearest to one.
    if (!volumes.empty()) total.model = volumes.front().model.model;
    for (const auto& volume : volumes)
        if (volume.model.model != total.model) total.model = VolumeModel::average;
    return total;
}

ShareBand bandAt(const SeriesVolume& volume, workload::TemplateId id, const workload::Facts& facts) {
    const auto& model = volume.model;
    for (size_t i = 0; i < model.bands.size(); ++i)
        if (model.templates[i] == facts.templates[id].fingerprint) return model.bands[i];
    return {volume.band.low, volume.band.high, std::nullopt};
}

// Bands of templates and classes, and how they widen.
void addShares(Forecast& result, const TrainedModels& models, const std::vector<SeriesVolume>& volumes, const workload::Workload& observed, uint32_t steps) {
    for (uint32_t s = 0; s < volumes.size(); ++s)
        for (const auto id : volumes[s].members) result.templates.push_back({id, s, bandAt(volumes[s], id, *observed.facts)});
    std::sort(result.templates.begin(), result.templates.end(), [](const ShareForecast& a, const ShareForecast& b) { return a.index < b.index; });
    for (uint32_t id = 0; id < observed.facts->classes.size(); ++id) {
        const uint64_t fingerprint = observed.facts->classes[id].fingerprint;
        const auto found = std::lower_bound(models.classes.begin(), models.classes.end(), fingerprint, [](const ClassBand& a, uint64_t b) { return a.fingerprint < b; });
        if (found != models.classes.end() && found->fingerprint == fingerprint) result.classes.push_back({id, static_cast<uint32_t>(volumes.size()), found->band});
    }
    for (uint32_t step = 0; step < steps; ++step) {
        double widest = 1;
        for (const auto& volume : volumes) widest = std::max(widest, volume.widening(step));
        result.widening.push_back(static_cast<float>(widest));
    }
}

// The band is no narrower than that of `whole`, which it is a share of.
SeriesForecast withBand(const Forecast& forecast, const SeriesForecast& whole, const ShareBand& band, std::vector<double> expected) {
    SeriesForecast own;
    own.model = whole.model;
    own.times = whole.times;
    own.coverage = band.coverage;
    for (size_t step = 0; step < expected.size(); ++step) {
        const double log = std::log1p(expected[step]), middle = std::log1p(whole.p50[step]), widening = step < forecast.widening.size() ? static_cast<double>(forecast.widening[step]) : 1.0;
        own.p10.push_back(fromLog(log + std::min(band.low * widening, std::log1p(whole.p10[step]) - middle)));
        own.p90.push_back(fromLog(log + std::max(band.high * widening, std::log1p(whole.p90[step]) - middle)));
    }
    own.p50 = std::move(expected);
    return own;
}

Status checkUse(const TrainedModels& models, const workload::Workload& observed) {
    if (!observed.facts || observed.rates.interval <= 0 || observed.rates.range.empty())
        return Error{ErrorCategory::usage, "There is no observed workload to forecast from.", "Profile a log first.", {}};
    if (models.interval != observed.rates.interval)
        return Error{ErrorCategory::conflict,
                     "The models were trained on intervals of " + formatInterval(models.interval) + ", the workload has intervals of " +
                         formatInterval(observed.rates.interval) + ".",
                     "Train the models again.", {}};
    if (observed.rates.templates.size() != observed.facts->templates.size())
        return Error{ErrorCategory::format, "The workload's rates do not belong to its facts.", "Profile the log again.", {}};
    return {};
}

struct Sampled {
    std::vector<workload::Path> paths;
    std::vector<std::vector<double>> totals;   // [path][step]
};

Result<Sampled> samplePaths(const std::vector<SeriesVolume>& volumes, size_t templates, uint32_t steps, uint64_t seed, Job& job) {
    Sampled sampled;
    if (volumes.empty()) return sampled;
    const size_t size = std::max<size_t>(1, templates * steps);
    const size_t count = std::clamp(mostFactors / size, leastPaths, mostPaths);
    Random random(combineHash(seed, 0x70617468));
    for (size_t p = 0; p < count; ++p) {
        FS_TRY(job.checkpoint());
        const auto factors = samplePath(volumes, steps, random);
        std::vector<double> total(steps, 0.0);
        for (size_t s = 0; s < volumes.size(); ++s)
            for (uint32_t step = 0; step < steps; ++step) total[step] += volumes[s].expected(step) * static_cast<double>(factors[s][step]);
        sampled.totals.push_back(std::move(total));
        sampled.paths.push_back(templatePath(volumes, factors, templates));
    }
    return sampled;
}

}  // namespace

SeriesForecast templateForecast(const Forecast& forecast, const ShareForecast& share) {
    const auto& rates = forecast.workload->rates;
    const IntervalSpan span{rates.firstInterval(), rates.endInterval()};
    auto own = withBand(forecast, share.series < forecast.series.size() ? forecast.series[share.series] : forecast.total, share.band, denseCalls(rates.templates[share.index], span));
    own.name = forecast.workload->facts->templates[share.index].text;
    return own;
}

SeriesForecast classForecast(const Forecast& forecast, const ShareForecast& share) {
    const auto& rates = forecast.workload->rates;
    std::vector<double> expected(forecast.total.times.size());
    for (const auto& [interval, committed] : rates.classes[share.index])
        if (const int64_t step = interval - rates.firstInterval(); step >= 0 && step < static_cast<int64_t>(expected.size())) expected[static_cast<size_t>(step)] += fromWeight(committed);
    return withBand(forecast, forecast.total, share.band, std::move(expected));
}

Result<Forecast> forecast(const TrainedModels& models, const workload::Workload& observed, Instant horizon, uint64_t seed, Job& job, const std::vector<CalendarEvent>& events) {
    FS_TRY(checkUse(models, observed));
    const Instant interval = observed.rates.interval;
    FS_ASSIGN(const uint32_t steps, stepsOf(horizon, interval, observed.facts->templates.size()));
    job.beginPass("forecasting volumes");
    const IntervalSpan complete = completeIntervals(observed);
    FS_ASSIGN(auto predicted, predictVolumes(models, observed, complete, steps, events, job));
    const auto& volumes = predicted.series;

    Forecast result;
    result.events = std::move(predicted.events);
    const int64_t first = observed.rates.endInterval();
    result.range = {first * interval, (first + steps) * interval};
    for (const auto& volume : volumes) result.series.push_back(seriesForecast(volume, result.range, interval));

    auto future = std::make_shared<workload::Workload>();
    future->facts = observed.facts;
    auto& rates = future->rates;
    rates.origin = workload::Origin::forecast;
    rates.interval = interval;
    rates.range = result.range;
    const HeatWindows windows{recentSpan(complete, interval), complete};
    rates.templates = templateSeries(volumes, observed, windows, first, steps);
    job.beginPass("forecasting heat");
    FS_TRY(scaleHeat(observed, windows, rates, job));
    job.beginPass("sampling futures");
    FS_ASSIGN(auto sampled, samplePaths(volumes, observed.facts->templates.size(), steps, seed, job));
    rates.paths = std::move(sampled.paths);
    result.total = totalForecast(models, volumes, sampled.totals, result.range, interval, steps);
    addShares(result, models, volumes, observed, steps);
    result.workload = std::move(future);
    return result;
}

}  // namespace foreshard::models
