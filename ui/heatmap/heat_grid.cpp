#include "ui/heatmap/heat_grid.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace foreshard::ui {

namespace {
constexpr float span = 1e3f;      // the log scale spans at most three decades below the most
}

HeatScale scaleOf(const HeatGrid& grid, bool logarithmic) {
    HeatScale scale{std::numeric_limits<float>::max(), 0, logarithmic};
    for (const float v : grid.cells) {
        if (!(v > 0)) continue;
        scale.least = std::min(scale.least, v);
        scale.most = std::max(scale.most, v);
    }
    if (scale.most <= 0) return {0, 0, logarithmic};
    scale.least = std::max(scale.least, scale.most / span);
    return scale;
}

float shareOf(const HeatScale& scale, float value) {
    if (std::isnan(value)) return -1;
    if (!(value > 0) || scale.most <= 0) return 0;
    if (!scale.logarithmic) return std::min(1.0f, value / scale.most);
    if (scale.most <= scale.least) return 1;
    // The least positive value still differs from nothing.
    constexpr float foot = 0.06f;
    const float share = std::log(std::max(value, scale.least) / scale.least) / std::log(scale.most / scale.least);
    return foot + (1 - foot) * std::min(1.0f, share);
}

float valueAt(const HeatScale& scale, float share) {
    if (!scale.logarithmic || scale.most <= scale.least) return share * scale.most;
    constexpr float foot = 0.06f;
    return share < foot ? 0 : scale.least * std::pow(scale.most / scale.least, (share - foot) / (1 - foot));
}

}  // namespace foreshard::ui
