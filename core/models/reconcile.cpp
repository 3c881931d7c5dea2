#include "core/models/reconcile.h"

#include <algorithm>
#include <cmath>

#include "core/models/choice.h"
#include "core/models/series.h"

namespace foreshard::models {

namespace {

// What the chosen model of a series foresaw over the backtest, in ln(1+count).
std::vector<double> foreseen(const SeriesModel& model, std::span<const double> logs, const BacktestPlan& plan) {
    std::vector<double> predicted;
    for (size_t i = 0; i < model.residualPath.size(); ++i) predicted.push_back(logs[plan.origins.front() + i] - model.residualPath[i]);
    return predicted;
}

}  // namespace

double varianceOf(const SeriesModel& model) {
    const BacktestRow* row = model.chosenRow();
    return row ? row->logMse : 0;
}

void makeAddUp(std::span<double> parts, std::span<const double> variances, double total, double totalVariance) {
    double sum = 0, weights = total * total * totalVariance;
    for (const double part : parts) sum += part;
    const double gap = total - sum;
    for (size_t i = 0; i < parts.size(); ++i) weights += parts[i] * parts[i] * variances[i];
    if (!(weights > 0)) return;
    for (size_t i = 0; i < parts.size(); ++i) parts[i] = std::max(0.0, parts[i] + parts[i] * parts[i] * variances[i] / weights * gap);
}

void judgeTotal(TrainedModels& models, const std::vector<std::vector<double>>& logs, std::span<const double> total, const BacktestPlan& plan) {
    if (!models.total || plan.origins.empty()) return;
    std::vector<std::vector<double>> parts;
    std::vector<double> variances;
    for (size_t s = 0; s < models.series.size(); ++s) {
        parts.push_back(foreseen(models.series[s], logs[s], plan));
        variances.push_back(varianceOf(models.series[s]));
    }
    const auto own = foreseen(*models.total, total, plan);
    std::vector<double> plain, together, step(parts.size());
    for (size_t i = 0; i < own.size(); ++i) {
        for (size_t s = 0; s < parts.size(); ++s) step[s] = fromLog(parts[s][i]);
        const auto sumOf = [&] {
            double sum = 0;
            for (const double count : step) sum += count;
            return std::log1p(sum);
        };
        plain.push_back(sumOf());
        makeAddUp(step, variances, fromLog(own[i]), varianceOf(*models.total));
        together.push_back(sumOf());
    }
    BacktestRow before = scoreBacktest(total, plan, plain, VolumeModel::average, models.total->season);
    BacktestRow after = scoreBacktest(total, plan, together, VolumeModel::average, models.total->season);
    models.reconciliation = {after.logMse < before.logMse * (1 - choiceMargin), before.logMse, after.logMse};
    models.totalRow = models.reconciliation.used ? after : before;
    models.totalRow.chosen = true;
    // Against the best seasonal naive of the total, as every other series.
    for (const auto& row : models.total->backtest)
        if (row.model == VolumeModel::seasonalNaive && row.season == models.total->season && row.logMse > 0) models.totalRow.skill = 1 - models.totalRow.logMse / row.logMse;
}

}  // namespace foreshard::models
