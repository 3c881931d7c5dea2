#include <algorithm>

#include "core/workload/agreement.h"
#include "core/workload/intervals.h"
#include "core/workload/workload.h"

namespace foreshard::workload {

namespace {

struct Window {
    int64_t first = 0, end = 0;
};

Rates slicedRates(const Rates& from, Window window, TimeRange range) {
    Rates rates;
    rates.origin = from.origin;
    rates.interval = from.interval;
    rates.range = range;
    rates.heatBasis = from.heatBasis;
    for (const auto& series : from.templates) rates.templates.push_back({within(series.points, window.first, window.end)});
    for (const auto& column : from.columns)
        rates.columns.push_back({within(column.slots, window.first, window.end), within(column.ranges, window.first, window.end),
                                 within(column.totals, window.first, window.end)});
    for (const auto& points : from.classes) {
        auto& kept = rates.classes.emplace_back();
        for (const auto& point : points)
            if (point.first >= window.first && point.first < window.end) kept.push_back(point);
    }
    const int64_t origin = from.range.empty() ? 0 : from.firstInterval();
    for (const auto& path : from.paths) {
        auto& kept = rates.paths.emplace_back();
        for (const auto& row : path.templateFactor) {
            const auto size = static_cast<int64_t>(row.size());
            const auto begin = std::clamp<int64_t>(window.first - origin, 0, size), end = std::clamp<int64_t>(window.end - origin, 0, size);
            kept.templateFactor.emplace_back(row.begin() + begin, row.begin() + std::max(begin, end));
        }
    }
    return rates;
}

// Counts of classes and totals as the slice has them.
void recount(Facts& facts, const Rates& rates) {
    auto& totals = facts.totals;
    totals.calls = totals.transactions = totals.aborted = 0;
    for (const auto& series : rates.templates)
        for (const auto& point : series.points) totals.calls += point.calls;
    for (size_t i = 0; i < facts.classes.size(); ++i) {
        facts.classes[i].count = facts.classes[i].aborted = 0;
        if (i < rates.classes.size())
            for (const auto& point : rates.classes[i]) facts.classes[i].count += point.second;
        totals.transactions += facts.classes[i].count;
    }
    for (const auto& transaction : facts.transactions) {
        if (!transaction.aborted) continue;
        facts.classes[transaction.classId].aborted += transaction.weight;
        totals.aborted += transaction.weight;
    }
}

}  // namespace

Workload slice(const Workload& workload, TimeRange range) {
    const Instant width = workload.rates.interval;
    Window window{intervalIndex(range.begin, width), range.empty() ? intervalIndex(range.begin, width) : intervalIndex(range.end - 1, width) + 1};
    if (!workload.rates.range.empty()) {
        window.first = std::max(window.first, workload.rates.firstInterval());
        window.end = std::max(window.first, std::min(window.end, workload.rates.endInterval()));
    }
    const TimeRange whole{window.first * width, window.end * width};
    auto facts = std::make_shared<Facts>(*workload.facts);
    std::erase_if(facts->transactions, [&](const SampledTransaction& t) { return !whole.contains(t.time); });
    Workload result;
    result.rates = slicedRates(workload.rates, window, whole);
    facts->keySketches.clear();   // of the whole time
    facts->templateSketches.clear();
    recount(*facts, result.rates);
    computeAgreements(*facts);
    result.facts = std::move(facts);
    return result;
}

}  // namespace foreshard::workload
