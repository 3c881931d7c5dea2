// Errors of forecasts, as `evaluate volume` prints them. Pure; any thread. A ratio whose denominator is zero is nothing.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/models/portfolio/candidate.h"

namespace foreshard::models {

struct VolumeErrors {
    double logMse = 0;               // mean squared error of ln(1+count)
    std::optional<double> nd;        // sum of absolute errors / sum of counts
    std::optional<double> mase;      // mean absolute error of each series over that of its seasonal naive in the training part; mean over series
    std::optional<double> smape;     // 0…200: mean of 200 |a-f| / (|a|+|f|), a pair of zeros counting as 0
    size_t values = 0;
};

// By series: mean absolute error of seasonal naive, one season back, on the counts before its end; 0: no scale.
std::vector<double> seasonalScales(const Panel& panel, std::span<const size_t> ends, uint32_t season);

// Questions whose target is unknown are left out.
VolumeErrors errorsOf(const Panel& panel, std::span<const Question> questions, std::span<const float> answers, std::span<const double> scales);

}  // namespace foreshard::models
