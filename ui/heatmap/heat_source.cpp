#include "ui/heatmap/heat_source.h"

#include <algorithm>

#include "core/base/units.h"
#include "core/workload/heat.h"

namespace foreshard::ui {

namespace {

using workload::ColumnId;
using workload::ColumnRates;
using workload::Workload;

template <typename Row>
void append(std::vector<Row>& to, const std::vector<Row>& from, int64_t first, int64_t end) {
    std::copy_if(from.begin(), from.end(), std::back_inserter(to), [&](const Row& r) { return r.interval >= first && r.interval < end; });
}

void append(ColumnRates& to, const ColumnRates& from, int64_t first, int64_t end) {
    append(to.slots, from.slots, first, end);
    append(to.ranges, from.ranges, first, end);
    append(to.totals, from.totals, first, end);
}

// What is shown: whole intervals of the observed and, after it, of the predicted part.
struct Frame {
    int64_t first = 0, now = 0, end = 0;
};

Frame frameOf(const Workload& observed, const Workload* forecast, const HeatOptions& options) {
    if (observed.rates.range.empty()) return {};
    Frame f{observed.rates.firstInterval(), observed.rates.endInterval(), observed.rates.endInterval()};
    if (forecast) f.end = std::max(f.end, forecast->rates.endInterval());
    if (options.time && !options.time->empty()) {
        f.first = std::max(f.first, intervalIndex(options.time->begin, observed.rates.interval));
        f.end = std::min(f.end, intervalIndex(options.time->end - 1, observed.rates.interval) + 1);
    }
    return f;
}

// One column of both as a workload of its own, so that both parts are cut into the same buckets.
Workload joined(const Workload& observed, const Workload* forecast, ColumnId column, const Frame& frame) {
    Workload out;
    out.facts = observed.facts;
    out.rates.interval = observed.rates.interval;
    out.rates.range = {frame.first * observed.rates.interval, frame.end * observed.rates.interval};
    out.rates.columns.resize(observed.rates.columns.size());
    auto& rates = out.rates.columns[column];
    append(rates, observed.rates.columns[column], frame.first, std::min(frame.now, frame.end));
    if (forecast && column < forecast->rates.columns.size()) append(rates, forecast->rates.columns[column], std::max(frame.now, frame.first), frame.end);
    return out;
}

void addRows(HeatGrid& grid, const workload::HeatMatrix& matrix, const workload::Facts& facts, const Frame& frame) {
    const auto& key = facts.columns[matrix.column];
    const auto table = facts.schema.tables[key.table].qualifiedName();
    const double perSecond = microsPerSecond / static_cast<double>(grid.interval);
    for (size_t r = 0; r < matrix.rows.size(); ++r) {
        const auto& bucket = matrix.rows[r];
        const bool numbers = !bucket.byHash;
        grid.rows.push_back({table, key.expression, bucket.label, numbers ? bucket.low : 0, numbers ? bucket.high : -1});
        const size_t at = grid.cells.size();
        grid.cells.resize(at + grid.columns, 0.0f);
        for (size_t c = 0; c < matrix.times.size(); ++c) {
            const auto column = matrix.firstInterval + static_cast<int64_t>(c) - frame.first;
            if (column >= 0 && column < static_cast<int64_t>(grid.columns)) grid.cells[at + static_cast<size_t>(column)] = static_cast<float>(matrix.at(r, c) * perSecond);
        }
    }
}

// "12 accesses/h" is a figure; "0.0033 accesses/s" is a riddle.
void perHourWhereSmall(HeatGrid& grid) {
    const auto most = std::max_element(grid.cells.begin(), grid.cells.end());
    if (most == grid.cells.end() || *most >= 1) return;
    constexpr float secondsPerHour = 3600;
    for (auto& cell : grid.cells) cell *= secondsPerHour;
    grid.unit = "accesses/h";
}

}  // namespace

std::vector<ColumnId> busiestColumns(const Workload& workload) {
    std::vector<std::pair<double, ColumnId>> loads;
    for (ColumnId c = 0; c < workload.rates.columns.size(); ++c) {
        double bound = 0;
        for (const auto& total : workload.rates.columns[c].totals) bound += fromWeight(total.boundReads + total.boundWrites);
        if (bound > 0) loads.emplace_back(bound, c);
    }
    std::sort(loads.begin(), loads.end(), [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
    std::vector<ColumnId> out;
    for (const auto& [load, column] : loads) out.push_back(column);
    return out;
}

HeatGrid heatGrid(const Workload& observed, const Workload* forecast, const HeatOptions& options) {
    if (forecast && forecast->rates.interval != observed.rates.interval) forecast = nullptr;
    const auto frame = frameOf(observed, forecast, options);
    HeatGrid grid;
    grid.interval = std::max<Instant>(1, observed.rates.interval);
    grid.begin = frame.first * grid.interval;
    auto columns = options.columns;
    if (columns.empty()) {
        columns = busiestColumns(observed);
        if (columns.size() > options.maxColumns) columns.resize(options.maxColumns);
    }
    if (frame.end <= frame.first || columns.empty()) return grid;
    grid.columns = static_cast<size_t>(frame.end - frame.first);
    grid.predictedFrom = forecast ? static_cast<size_t>(std::clamp<int64_t>(frame.now - frame.first, 0, frame.end - frame.first)) : grid.columns;
    if (forecast) grid.basis = forecast->rates.heatBasis;
    if (observed.rates.origin == workload::Origin::forecast) {      // all of it is predicted
        grid.predictedFrom = 0;
        grid.basis = observed.rates.heatBasis;
    }
    const auto share = static_cast<uint32_t>(std::max<size_t>(2, options.maxRows / columns.size()));
    for (const auto column : columns) {
        if (column < observed.rates.columns.size()) addRows(grid, workload::heat(joined(observed, forecast, column, frame), column, share), *observed.facts, frame);
    }
    perHourWhereSmall(grid);
    return grid;
}

}  // namespace foreshard::ui
