#include "core/models/hot/coming.h"

#include <algorithm>
#include <cmath>

#include "core/models/hotspots.h"
#include "core/workload/heat.h"

namespace foreshard::models {

namespace {

constexpr uint32_t leastWindows = 16;
constexpr double leastAccesses = 20;           // in a window
constexpr double mostAccesses = 400'000;       // of a column: what is more is thinned evenly
constexpr size_t mostOfRange = 50;             // named of one column

// Counts of one interval as accesses one after the other, each row's spread evenly over the interval.
void addWindow(const std::vector<uint64_t>& counts, WindowedItems& items) {
    std::vector<std::pair<double, uint32_t>> order;
    for (uint32_t row = 0; row < counts.size(); ++row)
        for (uint64_t i = 0; i < counts[row]; ++i) order.emplace_back((static_cast<double>(i) + 0.5) / static_cast<double>(counts[row]), row);
    std::sort(order.begin(), order.end());
    for (const auto& [place, row] : order) items.accesses.push_back(row);
    items.ends.push_back(items.accesses.size());
}

// The last intervals that have traffic. Thinned counts are rounded so that each row's add up over time.
WindowedItems windowsOf(const workload::HeatMatrix& heat, uint32_t most) {
    std::vector<size_t> times;
    double all = 0;
    for (size_t t = heat.times.size(); t > 0 && times.size() < most; --t)
        if (heat.columnTotals[t - 1] > 0) times.push_back(t - 1), all += heat.columnTotals[t - 1];
    std::reverse(times.begin(), times.end());
    const double scale = std::min(1.0, mostAccesses / std::max(all, 1.0));
    WindowedItems items;
    items.count = heat.rows.size();
    std::vector<double> left(heat.rows.size(), 0.5);
    for (const size_t t : times) {
        std::vector<uint64_t> counts(heat.rows.size());
        for (size_t r = 0; r < heat.rows.size(); ++r) {
            left[r] += heat.at(r, t) * scale;
            counts[r] = static_cast<uint64_t>(left[r]);
            left[r] -= static_cast<double>(counts[r]);
        }
        addWindow(counts, items);
    }
    const auto rows = static_cast<int64_t>(heat.rows.size());
    for (int64_t r = 0; r < rows; ++r) {
        auto& beside = items.neighbours.emplace_back();
        const int64_t distance[] = {-2, -1, 1, 2};
        for (size_t n = 0; n < 4; ++n) beside[n] = r + distance[n] >= 0 && r + distance[n] < rows ? r + distance[n] : -1;
    }
    return items;
}

Result<std::optional<ComingHotspots>> comingOf(const workload::Workload& observed, workload::ColumnId column, const ComingOptions& options, Job& job) {
    const auto heat = workload::heat(observed, column, options.ranges);
    if (heat.empty() || heat.rows.size() < 4) return std::nullopt;
    const WindowedItems items = windowsOf(heat, options.windows);
    const auto windows = static_cast<uint32_t>(items.ends.size());
    if (windows < leastWindows || static_cast<double>(items.accesses.size()) < leastAccesses * windows) return std::nullopt;
    VotingOptions voting{.hot = std::max<size_t>(1, static_cast<size_t>(std::ceil(options.share * static_cast<double>(heat.rows.size()))))};
    voting.testFrom = windows / 2;
    voting.learned = options.learned;
    voting.seed = options.seed;
    voting.threads = options.threads;
    HotspotVoting portfolio(items, voting, job);
    ComingHotspots out;
    out.column = column;
    FS_ASSIGN(out.rows, portfolio.measure());
    FS_ASSIGN(auto next, portfolio.next());
    out.models = std::move(next.models);
    out.templates = templatesBinding(observed, column);
    out.precision = out.rows.back().precision;
    out.load = out.rows.back().load;
    out.tested = windows - voting.testFrom;
    const auto last = std::find_if(out.rows.begin(), out.rows.end(), [](const auto& row) { return row.model == lastWindowPredictor; });
    if (last != out.rows.end()) out.lastPrecision = last->precision, out.lastLoad = last->load;
    out.time = {observed.rates.range.end, observed.rates.range.end + observed.rates.interval};
    const size_t newest = heat.times.size() - 1;
    for (const uint32_t item : next.items) {
        if (item >= heat.rows.size() || out.keys.size() == mostOfRange) continue;
        const auto& row = heat.rows[item];
        out.keys.push_back({row.label, row.low, row.high, heat.columnTotals[newest] > 0 ? heat.at(item, newest) / heat.columnTotals[newest] : 0});
    }
    return out;
}

}  // namespace

Result<std::vector<ComingHotspots>> comingHotspots(const workload::Workload& observed, const ComingOptions& options, Job& job) {
    std::vector<ComingHotspots> all;
    for (const KeyToWatch& column : columnsToLookAt(observed)) {
        if (all.size() == options.columns) break;
        FS_TRY(job.checkpoint());
        FS_ASSIGN(auto one, comingOf(observed, column.column, options, job));
        if (one) all.push_back(std::move(*one));
    }
    return all;
}

}  // namespace foreshard::models
