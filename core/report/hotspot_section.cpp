// Hotspots: heat of the busiest key columns over time, and the ranges of keys that carry most.
#include <fmt/format.h>

#include <algorithm>

#include "core/base/units.h"
#include "core/report/key_buckets.h"
#include "core/report/sections.h"

namespace foreshard::report {

namespace {

constexpr size_t columnsShown = 6, bucketsOfColumn = 12, timesShown = 112;

struct Hot {
    uint32_t column = 0;
    double accesses = 0;
};

std::vector<Hot> busiestColumns(const workload::Workload& w) {
    std::vector<Hot> out;
    for (uint32_t i = 0; i < w.rates.columns.size() && i < w.facts->columns.size(); ++i) {
        Hot hot{i, 0};
        for (const workload::ColumnTotal& total : w.rates.columns[i].totals)
            hot.accesses += fromWeight(total.boundReads + total.boundWrites);
        if (hot.accesses > 0) out.push_back(hot);
    }
    std::stable_sort(out.begin(), out.end(), [](const Hot& a, const Hot& b) { return a.accesses > b.accesses; });
    if (out.size() > columnsShown) out.resize(columnsShown);
    return out;
}

// Joins neighbouring intervals until they fit the picture.
std::vector<double> coarser(const std::vector<double>& values, size_t factor) {
    std::vector<double> out((values.size() + factor - 1) / factor, 0.0);
    for (size_t i = 0; i < values.size(); ++i) out[i / factor] += values[i];
    return out;
}

std::string columnName(const workload::Facts& facts, const workload::KeyColumn& column) {
    const std::string table = column.table < facts.schema.tables.size()
                                  ? facts.schema.tables[column.table].qualifiedName()
                                  : std::string("?");
    return table + "." + column.expression;
}

}  // namespace

Section hotspotSection(const ReportInput& input) {
    Section out;
    if (!input.workload || !input.workload->facts) return out;
    const workload::Workload& w = *input.workload;
    const std::vector<Hot> columns = busiestColumns(w);
    const std::vector<Instant> times = intervalTimes(w.rates);
    if (columns.empty() || times.empty()) return out;

    const size_t factor = (times.size() + timesShown - 1) / timesShown;
    HeatMap heat{"heat",
                 "Accesses by key and time",
                 fmt::format("accesses per {}", formatInterval(w.rates.interval * static_cast<Instant>(factor))),
                 {},
                 {},
                 {}};
    for (size_t i = 0; i < times.size(); i += factor) heat.times.push_back(times[i]);
    Table table{"keys", "Ranges of keys that carry most", {}, {}};
    table.columns = {{"column", "Column", "", false, true},
                     {"keys", "Keys", "", false, true},
                     {"accesses", "Accesses", "accesses", true, false, true},
                     {"share", "Share of the column's accesses", "%", true}};
    struct Row {
        double share;
        std::vector<Cell> cells;
    };
    std::vector<Row> rows;
    for (const Hot& hot : columns) {
        const workload::KeyColumn& column = w.facts->columns[hot.column];
        const std::string name = columnName(*w.facts, column);
        size_t number = 0;
        for (const KeyBucket& bucket : keyBuckets(w.rates, w.rates.columns[hot.column], bucketsOfColumn)) {
            ++number;
            // A range of keys is made of key values; a slot of the hash tells none.
            const std::string label = bucket.range && !input.showLiterals
                                          ? fmt::format("key range {}", number)
                                          : bucketLabel(bucket, column.type, input.zone);
            heat.rows.push_back({name, label, coarser(bucket.accesses, factor)});
            const double share = bucket.total / hot.accesses;
            rows.push_back(
                {share, {textCell(name), textCell(label), countCell(bucket.total), shareCell(std::min(1.0, share))}});
        }
    }
    std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.share > b.share; });
    for (Row& row : rows) table.rows.push_back(std::move(row.cells));
    table.shown = 15;
    if (!table.rows.empty())
        out.answer = fmt::format("Of {} busy key columns, the most uneven is {}: {} carries {} of its accesses.",
                                 columns.size(), table.rows[0][0].text, table.rows[0][1].text, table.rows[0][3].text);
    out.pictures.emplace_back(std::move(heat));
    out.tables.push_back(std::move(table));
    out.notes.push_back(
        "A row holds neighbouring keys that carry about the same load together; a hot key has a row of its own.");
    if (!input.showLiterals) out.notes.push_back("Values of keys are masked.");
    return out;
}

}  // namespace foreshard::report
