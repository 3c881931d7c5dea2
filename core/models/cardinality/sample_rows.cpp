#include "core/models/cardinality/sample_rows.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/base/hash.h"

namespace foreshard::models {

namespace {

bool setIn(const QueryUse& use, uint32_t row) { return use.sample[row / 8] >> (7 - row % 8) & 1; }

// Where in its interval a row is taken to lie: anywhere, but always at the same place.
double placeOf(uint32_t row) { return (static_cast<double>(mixHash(row + 1) >> 11) * 0x1p-53); }

bool holds(const ColumnBound& bound, double value) {
    if (!bound.equals.empty()) return std::any_of(bound.equals.begin(), bound.equals.end(), [&](double v) { return std::abs(v - value) <= 0.5; });
    return (!bound.above || value >= bound.low) && (!bound.below || value <= bound.high);
}

}  // namespace

SampleRows SampleRows::learn(QueryList queries, const CardinalityStatistics& statistics) {
    SampleRows all;
    for (const bool misses : {false, true})
        for (const auto* query : queries) all.narrow(*query, statistics, misses);
    return all;
}

void SampleRows::narrow(const CountedQuery& query, const CardinalityStatistics& statistics, bool misses) {
    const auto bounds = boundsOf(query);
    for (uint32_t u = 0; u < query.uses.size(); ++u) {
        const auto& use = query.uses[u];
        if (use.sampleRows == 0) continue;
        auto& table = tables_[use.table];
        table.rows = std::max(table.rows, use.sampleRows);
        Conditions own;
        for (const auto& bound : bounds) {
            if (bound.use != u) continue;
            auto& intervals = table.columns[bound.column];
            const auto* column = statistics.column(use.table, bound.column);
            intervals.resize(table.rows, column ? Interval{column->low - 0.5, column->high + 0.5} : Interval{0, 1});
            own.emplace_back(&bound, &intervals);
        }
        for (uint32_t row = 0; row < use.sampleRows; ++row)
            if (setIn(use, row) != misses) (misses ? narrowMissed : narrowHit)(own, row);
    }
}

void SampleRows::narrowHit(const Conditions& conditions, uint32_t row) {
    for (const auto& [bound, intervals] : conditions) {
        auto& interval = (*intervals)[row];
        if (bound->equals.size() == 1) interval = {bound->equals[0] - 0.5, bound->equals[0] + 0.5};
        if (bound->above) interval.low = std::max(interval.low, bound->low);
        if (bound->below) interval.high = std::min(interval.high, bound->high);
    }
}

// A row misses the one condition that is not known to hold; where there are more of them, nothing is known.
void SampleRows::narrowMissed(const Conditions& conditions, uint32_t row) {
    const std::pair<const ColumnBound*, std::vector<Interval>*>* missed = nullptr;
    for (const auto& each : conditions) {
        const auto& interval = (*each.second)[row];
        if (holds(*each.first, interval.low) && holds(*each.first, interval.high)) continue;
        if (missed) return;
        missed = &each;
    }
    if (!missed) return;
    const auto& [bound, intervals] = *missed;
    auto& interval = (*intervals)[row];
    if (bound->above && !bound->below) interval.high = std::min(interval.high, bound->low);
    if (bound->below && !bound->above) interval.low = std::max(interval.low, bound->high);
}

void SampleRows::fill(CountedQuery& query) const {
    const auto bounds = boundsOf(query);
    for (uint32_t u = 0; u < query.uses.size(); ++u) {
        auto& use = query.uses[u];
        const auto table = tables_.find(use.table);
        use.sampleRows = use.sampleHits = 0;
        use.sample.clear();
        if (table == tables_.end()) continue;
        use.sampleRows = table->second.rows;
        use.sample.assign((use.sampleRows + 7) / 8, 0xff);
        for (const auto& bound : bounds) {
            const auto column = table->second.columns.find(bound.column);
            if (bound.use != u || column == table->second.columns.end()) continue;
            for (uint32_t row = 0; row < column->second.size(); ++row) {
                const auto& interval = column->second[row];
                const double value = interval.low + (interval.high - interval.low) * placeOf(row);
                if (!holds(bound, value)) use.sample[row / 8] &= static_cast<uint8_t>(~(1u << (7 - row % 8)));
            }
        }
        for (uint32_t row = 0; row < use.sampleRows; ++row) use.sampleHits += setIn(use, row);
    }
}

}  // namespace foreshard::models
