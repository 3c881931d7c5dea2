#include "core/models/hot/edge.h"

#include <algorithm>
#include <cmath>

namespace foreshard::models {

namespace {

constexpr size_t remembered = 4;         // windows
constexpr double growingShare = 0.9;     // of the fresh keys of each window that lie above all before
constexpr size_t mostSteps = 1'000;      // of a window that are remembered

}  // namespace

GrowingEdge::GrowingEdge(const std::vector<int64_t>& values) : values_(values), freshNow_(values.size()) {
    items_.reserve(values.size());
    for (uint32_t i = 0; i < values.size(); ++i) items_.emplace(values[i], i);
}

void GrowingEdge::access(uint32_t item, bool first) {
    if (values_.empty()) return;
    if (first) {
        ++now_.fresh;
        freshNow_[item] = true;
        const int64_t value = values_[item];
        if (!highest_ || value > *highest_) {
            int64_t step = 0;
            if (highest_ && now_.steps.size() < mostSteps && !__builtin_sub_overflow(value, *highest_, &step)) now_.steps.push_back(step);
            highest_ = value;
            ++now_.above;
        }
    }
    now_.accesses += freshNow_[item];
}

void GrowingEdge::endWindow() {
    windows_.push_back(std::move(now_));
    if (windows_.size() > remembered) windows_.pop_front();
    now_ = {};
    std::fill(freshNow_.begin(), freshNow_.end(), false);
}

ComingItems GrowingEdge::coming(size_t most) const {
    ComingItems coming;
    std::vector<int64_t> steps;
    double fresh = 0, accesses = 0;
    for (const auto& window : windows_) {
        if (window.fresh == 0 || static_cast<double>(window.above) < growingShare * static_cast<double>(window.fresh)) return coming;
        steps.insert(steps.end(), window.steps.begin(), window.steps.end());
        fresh += static_cast<double>(window.fresh);
        accesses += static_cast<double>(window.accesses);
    }
    if (windows_.size() < remembered || steps.empty()) return coming;
    const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
    std::nth_element(steps.begin(), middle, steps.end());
    const double expected = std::ceil(fresh / static_cast<double>(windows_.size()));
    int64_t value = *highest_;
    for (size_t i = 0; i < most && static_cast<double>(i) < expected; ++i) {
        if (__builtin_add_overflow(value, *middle, &value)) break;
        const auto it = items_.find(value);
        coming.items.push_back(it == items_.end() ? static_cast<uint32_t>(values_.size() + i) : it->second);
        // Who comes early in the window has longer to be touched.
        coming.rates.push_back(static_cast<float>(accesses / fresh * (1.5 - (static_cast<double>(i) + 0.5) / expected)));
    }
    return coming;
}

}  // namespace foreshard::models
