#include <algorithm>
#include <cmath>
#include <map>

#include "core/base/units.h"
#include "tests/ui/fixtures.h"

namespace foreshard::ui::fixtures {

namespace {

// Templates by volume, three to a series.
std::vector<std::vector<uint64_t>> groups() {
    const auto w = workload();
    std::vector<std::pair<double, uint64_t>> volumes;
    for (size_t i = 0; i < w->facts->templates.size(); ++i) {
        double sum = 0;
        for (const auto& p : w->rates.templates[i].points) sum += fromWeight(p.calls);
        volumes.emplace_back(-sum, w->facts->templates[i].fingerprint);
    }
    std::sort(volumes.begin(), volumes.end());
    std::vector<std::vector<uint64_t>> out;
    for (size_t i = 0; i < volumes.size(); ++i) {
        if (i % 3 == 0) out.emplace_back();
        out.back().push_back(volumes[i].second);
    }
    return out;
}

std::string nameOf(uint64_t fingerprint) {
    for (const auto& t : workload()->facts->templates) {
        if (t.fingerprint == fingerprint) return t.text.substr(0, 44);
    }
    return {};
}

}  // namespace

std::shared_ptr<const models::TrainedModels> models() {
    auto out = std::make_shared<models::TrainedModels>();
    out->trainedOn = workload()->rates.range;
    out->library = "LibTorch 1.13.1";
    out->seconds = 21.4;
    size_t n = 0;
    for (const auto& group : groups()) {
        models::SeriesModel s;
        s.name = nameOf(group.front());
        s.templates = group;
        s.shares.assign(group.size(), 1.0 / static_cast<double>(group.size()));
        s.model = n % 4 == 3 ? models::VolumeModel::seasonalNaive : models::VolumeModel::nlinear;
        const double base = 0.04 + 0.02 * static_cast<double>(n);
        const bool linear = s.model == models::VolumeModel::nlinear;
        s.backtest.push_back({.model = models::VolumeModel::nlinear, .chosen = linear, .logMse = linear ? base * 0.68 : base * 1.1, .nd = 0.09, .mase = 0.74, .skill = linear ? 0.32 : -0.1, .coverage = 0.81, .origins = 12});
        s.backtest.push_back({.model = models::VolumeModel::seasonalNaive, .season = 24, .logMse = base * 1.4, .nd = 0.14, .mase = 1.0, .skill = -0.4, .coverage = 0.77, .origins = 12});
        s.backtest.push_back({.model = models::VolumeModel::seasonalNaive, .season = 168, .chosen = !linear, .logMse = base, .nd = 0.12, .mase = 0.93, .skill = 0.0, .coverage = 0.83, .origins = 12});
        out->series.push_back(std::move(s));
        ++n;
    }
    out->total = out->series.front();
    out->total->name = "all templates";
    for (auto& row : out->total->backtest) row.logMse *= 0.6;
    return out;
}

std::shared_ptr<const KeptModelsSet> keptModels() {
    auto out = std::make_shared<KeptModelsSet>();
    for (uint32_t number = 1; number <= 3; ++number) {
        auto set = std::make_shared<models::TrainedModels>(*models());
        for (size_t s = 0; s < set->series.size(); ++s)
            for (auto& row : set->series[s].backtest) row.logMse *= 1 + 0.1 * (static_cast<double>(number) - 2) * (s % 2 == 0 ? 1 : -0.3);
        out->kept.push_back({number, shopBegin + number * microsPerDay, number == 2, false, number > 1, std::move(set), {}});
    }
    models::Study study{.name = "network", .space = {{models::realParameter("learning_rate", 1e-4, 1e-1, true), models::integerParameter("width", 8, 256)}}};
    for (int i = 0; i < 24; ++i) {
        models::Trial trial{.setting = {1e-3 * (1 + i % 7), 16.0 + 8 * (i % 5)}, .state = i % 5 == 3 ? models::TrialState::stopped : models::TrialState::finished};
        trial.loss = 0.62 + 0.3 * std::exp(-i / 6.0) * (1 + std::sin(i * 2.3)) + (i % 5 == 3 ? 0.15 : 0);
        study.trials.push_back(std::move(trial));
    }
    out->studies.push_back(std::move(study));
    return out;
}

std::shared_ptr<const models::Forecast> forecast() {
    const auto observed = workload();
    auto w = std::make_shared<workload::Workload>();
    w->facts = observed->facts;
    w->rates = observed->rates;
    auto& r = w->rates;
    constexpr int ahead = 24;
    r.origin = workload::Origin::forecast;
    r.range = {observed->rates.range.end, observed->rates.range.end + ahead * microsPerHour};
    r.heatBasis = "shares of the last 24 h, times the volume forecast";
    // A week before, a little more of everything.
    const auto shift = [&](auto& rows, auto scale) {
        std::erase_if(rows, [&](const auto& x) { return x.interval * microsPerHour < r.range.begin - 168 * microsPerHour || x.interval * microsPerHour >= r.range.begin - 144 * microsPerHour; });
        for (auto& x : rows) {
            x.interval += 168;
            scale(x);
        }
    };
    for (auto& t : r.templates) shift(t.points, [](auto& p) { p.calls = p.calls * 9 / 8; });
    for (auto& c : r.columns) {
        shift(c.ranges, [](auto& x) { x.reads = x.reads * 9 / 8; });
        shift(c.totals, [](auto& x) { x.reads = x.reads * 9 / 8; });
    }
    auto out = std::make_shared<models::Forecast>();
    out->range = r.range;
    const auto trained = models();
    std::map<uint64_t, size_t> indexOf;
    for (size_t i = 0; i < w->facts->templates.size(); ++i) indexOf[w->facts->templates[i].fingerprint] = i;
    out->total.skill = 0.29;
    out->total.coverage = 0.81;
    out->total.name = "all";
    for (const auto& s : trained->series) {
        models::SeriesForecast f{.name = s.name, .model = s.model, .skill = s.backtest[0].skill, .coverage = 0.81};
        for (int h = 0; h < ahead; ++h) {
            double calls = 0;
            for (const auto fingerprint : s.templates) {
                for (const auto& p : r.templates[indexOf[fingerprint]].points) {
                    if (p.interval == r.range.begin / microsPerHour + h) calls += fromWeight(p.calls);
                }
            }
            const double spread = 0.08 + 0.004 * h;
            f.times.push_back(r.range.begin + h * microsPerHour);
            f.p50.push_back(calls);
            f.p10.push_back(calls * (1 - spread));
            f.p90.push_back(calls * (1 + 1.2 * spread));
        }
        if (out->total.times.empty()) {
            out->total.times = f.times;
            out->total.p10 = out->total.p50 = out->total.p90 = std::vector<double>(f.times.size(), 0);
        }
        for (size_t h = 0; h < f.times.size(); ++h) {
            out->total.p10[h] += f.p10[h] * 1.03;
            out->total.p50[h] += f.p50[h];
            out->total.p90[h] += f.p90[h] * 0.97;
        }
        out->series.push_back(std::move(f));
    }
    const auto marked = events()->back();
    out->events.push_back({marked.name, marked.begin, marked.end, 1, 1.8});
    out->workload = std::move(w);
    return out;
}

std::shared_ptr<const CalendarEvents> events() {
    const auto friday = shopBegin + 12 * microsPerDay + 18 * microsPerHour, next = workload()->rates.range.end + 8 * microsPerHour;
    return std::make_shared<const CalendarEvents>(CalendarEvents{{"flash sale", friday, friday + 4 * microsPerHour, {}}, {"flash sale", next, next + 6 * microsPerHour, {}}});
}

std::shared_ptr<const std::vector<HotspotView>> hotspots() {
    auto out = std::make_shared<std::vector<HotspotView>>();
    const auto friday = shopBegin + 12 * microsPerDay + 20 * microsPerHour;
    out->push_back({"public.orders", "tenant_id", "tenant", "tenant 17", "growing tenant: +38 % a week", 0.19, 0.23, {}, "pin tenant 17 to a shard of its own", std::nullopt});
    out->push_back({"public.stock", "product_id", "single key", "512", "flash sale, Fri 20:00", 0.41, std::nullopt, {}, "queue stock updates of one product", TimeRange{friday, friday + 2 * microsPerHour}});
    return out;
}

}  // namespace foreshard::ui::fixtures
