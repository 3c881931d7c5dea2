#include "core/models/backtest.h"

#include <algorithm>
#include <cmath>

#include "core/models/series.h"

namespace foreshard::models {

namespace {

constexpr size_t leastLength = 4;

// Mean absolute error of seasonal naive, one step at a time, over the training part; in counts.
double naiveError(std::span<const double> counts, uint32_t season) {
    if (counts.size() <= season) return 0;
    double sum = 0;
    for (size_t i = season; i < counts.size(); ++i) sum += std::abs(counts[i] - counts[i - season]);
    return sum / static_cast<double>(counts.size() - season);
}

}  // namespace

std::optional<double> crossCoverage(const std::vector<double>& residuals, const BacktestPlan& plan) {
    if (plan.origins.size() < 2) return std::nullopt;
    size_t inside = 0;
    for (size_t origin = 0; origin < plan.origins.size(); ++origin) {
        const size_t first = origin * plan.horizon, end = first + plan.horizon;
        std::vector<double> others;
        for (size_t i = 0; i < residuals.size(); ++i)
            if (i < first || i >= end) others.push_back(residuals[i]);
        std::sort(others.begin(), others.end());
        const Band band = bandOf(others);
        for (size_t i = first; i < end; ++i) inside += band.contains(residuals[i]) ? 1 : 0;
    }
    return static_cast<double>(inside) / static_cast<double>(residuals.size());
}

BacktestPlan planBacktest(size_t length, uint32_t horizon, uint32_t maxOrigins) {
    BacktestPlan plan;
    if (length < leastLength || horizon == 0 || maxOrigins == 0) return plan;
    plan.horizon = static_cast<uint32_t>(std::min<size_t>(horizon, length / 4));
    const size_t count = std::min<size_t>(maxOrigins, length / 2 / plan.horizon);
    for (size_t i = 0; i < count; ++i) plan.origins.push_back(length - (count - i) * plan.horizon);
    return plan;
}

Result<std::vector<double>> runBacktest(std::span<const double> series, const BacktestPlan& plan, const Predictor& predictor, Job& job) {
    std::vector<double> predicted;
    for (const size_t origin : plan.origins) {
        FS_TRY(job.checkpoint());
        FS_ASSIGN(auto values, predictor(series.first(origin), plan.horizon, origin));
        if (!values || values->size() != plan.horizon) return std::vector<double>{};
        predicted.insert(predicted.end(), values->begin(), values->end());
    }
    return predicted;
}

BacktestRow scoreBacktest(std::span<const double> series, const BacktestPlan& plan, std::span<const double> predicted,
                          VolumeModel model, uint32_t season) {
    BacktestRow row;
    row.model = model;
    row.season = season;
    row.origins = static_cast<uint32_t>(plan.origins.size());
    if (plan.origins.empty()) return row;
    std::vector<double> counts;
    for (const double value : series) counts.push_back(fromLog(value));
    double absolute = 0, volume = 0, scaled = 0;
    size_t scaledOrigins = 0;
    for (size_t o = 0; o < plan.origins.size(); ++o) {
        double here = 0;
        for (size_t step = 0; step < plan.horizon; ++step) {
            const size_t at = plan.origins[o] + step;
            const double guess = predicted[o * plan.horizon + step];
            row.logMse += (series[at] - guess) * (series[at] - guess);
            here += std::abs(counts[at] - fromLog(guess));
            volume += counts[at];
        }
        absolute += here;
        const double scale = naiveError(std::span(counts).first(plan.origins[o]), season);
        if (scale <= 0) continue;
        scaled += here / plan.horizon / scale;
        ++scaledOrigins;
    }
    row.logMse /= static_cast<double>(predicted.size());
    if (volume > 0) row.nd = absolute / volume;
    if (scaledOrigins > 0) row.mase = scaled / static_cast<double>(scaledOrigins);
    row.coverage = crossCoverage(residualsOf(series, plan, predicted), plan);
    return row;
}

std::vector<double> residualsOf(std::span<const double> series, const BacktestPlan& plan, std::span<const double> predicted) {
    std::vector<double> residuals;
    if (plan.origins.empty()) return residuals;
    for (size_t i = 0; i < predicted.size(); ++i) residuals.push_back(series[plan.origins.front() + i] - predicted[i]);
    return residuals;
}

Band bandOf(std::span<const double> sorted, double low, double high) {
    if (sorted.empty()) return {};
    const auto n = static_cast<double>(sorted.size());
    const auto rank = [&](double share) { return static_cast<size_t>(std::clamp(std::ceil((n + 1) * share), 1.0, n)); };   // 1-based
    return {std::min(0.0, sorted[sorted.size() - rank(low)]), std::max(0.0, sorted[rank(high) - 1])};
}

}  // namespace foreshard::models
