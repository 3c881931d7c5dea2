// What is known of every key (or range) when a window begins: exponentially fading counts at many half-lives, counts of the
// last windows, when it was first and last touched, how hot its neighbours are. Made in one pass over a trace; a snapshot
// holds nothing that came after it but `next`, which is filled when its window has passed. Not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/models/hot/edge.h"
#include "core/models/table.h"

namespace foreshard::models {

// Columns of Snapshot::features. Rates are accesses expected in one window, stored as ln(1+rate).
constexpr std::array<double, 10> halfLives = {0.03, 0.08, 0.2, 0.45, 1, 2, 4, 8, 16, 64};   // windows
constexpr uint32_t lastWindows = 4;
enum HotColumn : uint32_t {
    firstFading = 0,
    firstWindow = halfLives.size(),              // counts of the last window, the one before…
    cumulative = firstWindow + lastWindows,      // count since its first access, over the windows since then
    sinceLast,                                   // ln(1+windows since the last access)
    sinceFirst,                                  // likewise, at most 8: older keys are alike, and age must not tell the date
    activeWindows,                               // share of the last 8 windows that touched it
    neighbourHeat,                               // fading rate, half-life 1, of the two keys on each side
    hotColumns,
};

struct Snapshot {
    std::vector<uint32_t> items;                 // ascending
    Table features{hotColumns};
    std::vector<float> ever;                     // all accesses so far, parallel to items
    std::vector<float> next;                     // accesses in the window that follows, parallel to items
    ComingItems coming;                          // where keys only grow: none of `items`
};

class SnapshotMaker {
public:
    // `neighbours[i]`: items beside item i, -1 for none; empty: there are none.
    // `values`: of the keys, by item, which must outlive it; empty: they are no numbers, or items are ranges.
    SnapshotMaker(size_t items, size_t windowLength, std::vector<std::array<int64_t, 4>> neighbours, const std::vector<int64_t>& values);

    void access(uint32_t item);
    void endWindow();
    // Items that may become hot: all seen ones where they are few, else the `most` hottest at several half-lives.
    Snapshot take(size_t most) const;

private:
    float rate(uint32_t item, size_t half) const;   // now
    void fill(uint32_t item, std::span<float> row) const;

    size_t windowLength_;
    uint64_t now_ = 0;                              // accesses so far
    std::vector<std::array<float, halfLives.size()>> fading_;
    std::vector<uint64_t> first_, last_, total_;    // times; counts. total 0: not seen
    std::array<std::vector<float>, lastWindows + 1> counts_;   // [0]: the current window
    std::vector<uint8_t> active_;                   // a bit for each of the last 8 windows
    std::vector<std::array<int64_t, 4>> neighbours_;
    GrowingEdge edge_;
};

}  // namespace foreshard::models
