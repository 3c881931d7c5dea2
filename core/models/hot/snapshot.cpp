#include "core/models/hot/snapshot.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace foreshard::models {

namespace {

constexpr size_t fewItems = 6'000;
constexpr size_t listedHalfLives[] = {2, 4, 6, 9};   // by which the hottest are listed
constexpr size_t neighbourHalfLife = 4;
constexpr float oldest = 8;   // windows

}  // namespace

SnapshotMaker::SnapshotMaker(size_t items, size_t windowLength, std::vector<std::array<int64_t, 4>> neighbours, const std::vector<int64_t>& values)
    : windowLength_(std::max<size_t>(1, windowLength)), fading_(items), first_(items), last_(items), total_(items), active_(items), neighbours_(std::move(neighbours)), edge_(values) {
    for (auto& counts : counts_) counts.assign(items, 0.0f);
}

// Counts fade by the half-life; divided by the sum of a steady stream's weights since the trace began, they are its rate: so
// that early and late windows look alike. Young keys are not corrected for their age: that they are new stands in a column.
float SnapshotMaker::rate(uint32_t item, size_t half) const {
    const double length = static_cast<double>(windowLength_), half_life = halfLives[half];
    const double windows = static_cast<double>(now_ - last_[item]) / length, all = static_cast<double>(now_) / length;
    return fading_[item][half] * static_cast<float>(std::exp2(-windows / half_life) * M_LN2 / half_life / (1 - std::exp2(-all / half_life)));
}

void SnapshotMaker::access(uint32_t item) {
    const double windows = static_cast<double>(now_ - last_[item]) / static_cast<double>(windowLength_);
    auto& fading = fading_[item];
    for (size_t h = 0; h < halfLives.size(); ++h) fading[h] = fading[h] * static_cast<float>(std::exp2(-windows / halfLives[h])) + 1;
    edge_.access(item, total_[item] == 0);
    if (total_[item]++ == 0) first_[item] = now_;
    last_[item] = now_++;
    ++counts_[0][item];
    active_[item] |= 1;
}

void SnapshotMaker::endWindow() {
    std::rotate(counts_.begin(), counts_.end() - 1, counts_.end());
    std::fill(counts_[0].begin(), counts_[0].end(), 0.0f);
    for (auto& bits : active_) bits = static_cast<uint8_t>(bits << 1);
    edge_.endWindow();
}

void SnapshotMaker::fill(uint32_t item, std::span<float> row) const {
    const auto windowsSince = [&](uint64_t time) { return static_cast<float>(now_ - time) / static_cast<float>(windowLength_); };
    for (size_t h = 0; h < halfLives.size(); ++h) row[firstFading + h] = std::log1p(rate(item, h));
    for (size_t w = 0; w < lastWindows; ++w) row[firstWindow + w] = std::log1p(counts_[w + 1][item]);
    const float age = windowsSince(first_[item]);
    row[cumulative] = std::log1p(static_cast<float>(total_[item]) / std::max(1.0f, age));
    row[sinceLast] = std::log1p(windowsSince(last_[item]));
    row[sinceFirst] = std::log1p(std::min(age, oldest));
    row[activeWindows] = static_cast<float>(std::popcount(active_[item])) / 8;
    if (neighbours_.empty()) return;
    float heat = 0;
    for (const int64_t other : neighbours_[item])
        if (other >= 0 && total_[static_cast<size_t>(other)] > 0) heat += rate(static_cast<uint32_t>(other), neighbourHalfLife);
    row[neighbourHeat] = std::log1p(heat);
}

Snapshot SnapshotMaker::take(size_t most) const {
    std::vector<uint32_t> seen;
    for (uint32_t i = 0; i < total_.size(); ++i)
        if (total_[i] > 0) seen.push_back(i);
    Snapshot snapshot;
    if (seen.size() <= std::max(fewItems, most)) {
        snapshot.items = std::move(seen);
    } else {
        std::vector<std::pair<float, uint32_t>> order(seen.size());
        for (const size_t half : listedHalfLives) {
            for (size_t i = 0; i < seen.size(); ++i) order[i] = {-rate(seen[i], half), seen[i]};
            std::nth_element(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(most), order.end());
            for (size_t i = 0; i < most; ++i) snapshot.items.push_back(order[i].second);
        }
        std::sort(snapshot.items.begin(), snapshot.items.end());
        snapshot.items.erase(std::unique(snapshot.items.begin(), snapshot.items.end()), snapshot.items.end());
    }
    for (const uint32_t item : snapshot.items) snapshot.ever.push_back(static_cast<float>(total_[item]));
    snapshot.features.values.resize(snapshot.items.size() * hotColumns);
    for (size_t i = 0; i < snapshot.items.size(); ++i) fill(snapshot.items[i], std::span(snapshot.features.values).subspan(i * hotColumns, hotColumns));
    snapshot.coming = edge_.coming(most);
    return snapshot;
}

}  // namespace foreshard::models
