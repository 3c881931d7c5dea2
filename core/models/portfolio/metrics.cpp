#include "core/models/portfolio/metrics.h"

#include <algorithm>
#include <cmath>

#include "core/models/series.h"

namespace foreshard::models {

std::vector<double> seasonalScales(const Panel& panel, std::span<const size_t> ends, uint32_t season) {
    std::vector<double> scales;
    for (size_t s = 0; s < panel.series.size(); ++s) {
        const auto& series = panel.series[s];
        double sum = 0;
        size_t pairs = 0;
        for (size_t i = season; i < std::min(ends[s], series.logs.size()); ++i) {
            if (!series.isKnown(i) || !series.isKnown(i - season)) continue;
            sum += std::abs(fromLog(series.logs[i]) - fromLog(series.logs[i - season]));
            ++pairs;
        }
        scales.push_back(pairs ? sum / static_cast<double>(pairs) : 0);
    }
    return scales;
}

VolumeErrors errorsOf(const Panel& panel, std::span<const Question> questions, std::span<const float> answers, std::span<const double> scales) {
    VolumeErrors errors;
    double absolute = 0, volume = 0, symmetric = 0;
    std::vector<double> bySeries(panel.series.size()), counts(panel.series.size());
    for (size_t i = 0; i < questions.size(); ++i) {
        const auto& series = panel.series[questions[i].series];
        const size_t target = questions[i].target();
        if (!series.isKnown(target)) continue;
        const double log = series.logs[target], actual = fromLog(log), guess = fromLog(answers[i]), error = std::abs(actual - guess);
        errors.logMse += (log - answers[i]) * (log - answers[i]);
        absolute += error;
        volume += actual;
        if (actual + guess > 0) symmetric += 200 * error / (actual + guess);
        bySeries[questions[i].series] += error;
        ++counts[questions[i].series];
        ++errors.values;
    }
    if (errors.values == 0) return errors;
    const auto n = static_cast<double>(errors.values);
    errors.logMse /= n;
    errors.smape = symmetric / n;
    if (volume > 0) errors.nd = absolute / volume;
    double scaled = 0;
    size_t series = 0;
    for (size_t s = 0; s < bySeries.size(); ++s) {
        if (counts[s] == 0 || scales[s] <= 0) continue;
        scaled += bySeries[s] / counts[s] / scales[s];
        ++series;
    }
    if (series) errors.mase = scaled / static_cast<double>(series);
    return errors;
}

}  // namespace foreshard::models
