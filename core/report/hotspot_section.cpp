// Hotspots: heat of the busiest key columns over time, and the ranges of keys that carry most.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "core/base/units.h"
#include "core/models/hotspots.h"
#include "core/report/key_buckets.h"
#include "core/report/sections.h"

namespace foreshard::report {

namespace {

constexpr size_t columnsShown = 6, bucketsOfColumn = 12, timesShown = 112;

struct Hot {
    uint32_t column = 0;
    double accesses = 0;
    bool few = false;
};

size_t distinct(const workload::ColumnRates& column) {
    std::set<uint64_t> keys;
    for (const workload::RangeCount& count : column.ranges) keys.insert(count.range);
    if (column.ranges.empty())
        for (const workload::SlotCount& count : column.slots) keys.insert(count.slot);
    return keys.size();
}

// A column of a handful of values (a line number, a state) is always uneven and no key to shard by: it comes last.
std::vector<Hot> busiestColumns(const workload::Workload& w) {
    std::vector<Hot> out;
    for (uint32_t i = 0; i < w.rates.columns.size() && i < w.facts->columns.size(); ++i) {
        Hot hot{i, 0};
        for (const workload::ColumnTotal& total : w.rates.columns[i].totals)
            hot.accesses += fromWeight(total.boundReads + total.boundWrites);
        hot.few = distinct(w.rates.columns[i]) < 8;
        if (hot.accesses > 0) out.push_back(hot);
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const Hot& a, const Hot& b) { return a.few != b.few ? b.few : a.accesses > b.accesses; });
    if (!out.empty() && !out.front().few) std::erase_if(out, [](const Hot& one) { return one.few; });
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

struct BucketRow {
    std::string column, label;
    double total = 0, share = 0;
    double overEven = 0;  // its share, times the number of buckets: 1 where load is even
    double peak = 0;      // its busiest interval over its mean one; 0 where it is quiet half of the time
    Instant peakTime = 0;
};

// Load that only moves on (new ids at the upper end) is no peak of a bucket, which then is quiet before and after.
void findPeak(BucketRow& row, const std::vector<double>& accesses, const std::vector<Instant>& times) {
    const auto active = std::count_if(accesses.begin(), accesses.end(), [](double one) { return one > 0; });
    if (accesses.size() != times.size() || static_cast<size_t>(active) * 2 < accesses.size() || row.total <= 0) return;
    const auto highest = std::max_element(accesses.begin(), accesses.end());
    row.peak = *highest * static_cast<double>(accesses.size()) / row.total;
    row.peakTime = times[static_cast<size_t>(highest - accesses.begin())];
}

std::string answerOf(const std::vector<BucketRow>& rows, const std::string& zone) {
    const BucketRow& uneven = rows.front();
    const auto peak = std::max_element(rows.begin(), rows.end(),
                                       [](const BucketRow& a, const BucketRow& b) { return a.peak < b.peak; });
    std::string out = uneven.overEven < 1.05 ? std::string("No keys carry more than an even share of their column's accesses")
                                             : fmt::format("{} of {} carries {} of the column's accesses, {:.1f} times an even share",
                                                           uneven.label, uneven.column, formatShare(uneven.share), uneven.overEven);
    if (peak->peak > 1)
        out += fmt::format("; the sharpest peak is {} of {} with {:.1f} times its usual load from {}", peak->label,
                           peak->column, peak->peak, formatForPeople(peak->peakTime, zone));
    out += ".";
    out[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(out[0])));
    return out;
}

Table bucketTable(const std::vector<BucketRow>& rows) {
    Table table{"keys", "Keys that carry most beside the others of their column", {}, {}};
    table.columns = {{"column", "Column", "", false, true},
                     {"keys", "Keys", "", false, true},
                     {"accesses", "Accesses", "", true, false, true},
                     {"share", "Share of the column", "", true},
                     {"over_even", "Of an even share", "×", true},
                     {"peak_over_mean", "Peak over mean", "×", true}};
    for (const BucketRow& row : rows)
        table.rows.push_back({textCell(row.column), textCell(row.label), countCell(row.total),
                              shareCell(std::min(1.0, row.share)), ratioCell(row.overEven),
                              row.peak > 0 ? ratioCell(row.peak) : unknownCell()});
    table.shown = 15;
    return table;
}

// The keys of an edge are others at every time: its share is no share of the column.
Cell namedShare(const models::Hotspot& one) {
    Cell cell = shareCell(one.share);
    if (one.kind == models::HotspotKind::monotonicEdge) cell.text += " met the newest keys";
    if (one.kind == models::HotspotKind::scan) cell.text += " of the table's accesses";
    return cell;
}

std::string whereOf(const models::Hotspot& one, const workload::Facts& facts) {
    const auto& column = facts.columns[one.column];
    return one.kind == models::HotspotKind::scan ? facts.schema.tables[column.table].qualifiedName() : columnName(facts, column);
}

// What was found by name: tenants that grow, bursts, edges that only move on.
Table namedTable(const std::vector<models::Hotspot>& hotspots, const ReportInput& input) {
    Table table{"hotspots", "Hotspots, largest share first, then edges of growing keys (their share is of accesses that met the newest keys of their time) and scans", {}, {}};
    table.columns = {{"kind", "Kind"},
                     {"column", "Column", "", false, true},
                     {"keys", "Keys", "", false, true},
                     {"share", "Share of the column", "", true, false, true},
                     {"predicted_share", "Predicted", "", true},
                     {"what", "What"},
                     {"remedy", "Remedy", "", false, false, false, true}};
    const workload::Facts& facts = *input.workload->facts;
    for (const models::Hotspot& one : hotspots)
        table.rows.push_back({textCell(models::toString(one.kind)), textCell(whereOf(one, facts)),
                              textCell(input.showLiterals ? one.keys : "(masked)"), namedShare(one),
                              one.predictedShare ? shareCell(*one.predictedShare) : unknownCell(), textCell(one.what), textCell(one.remedy)});
    return table;
}

std::string answerOf(const std::vector<models::Hotspot>& hotspots, const workload::Facts& facts) {
    const models::Hotspot& top = hotspots.front();
    const bool said = top.kind == models::HotspotKind::monotonicEdge || top.kind == models::HotspotKind::scan;
    return fmt::format("{}; ahead of all a {} of {}: {}.",
                       hotspots.size() == 1 ? std::string("One hotspot was found") : fmt::format("{} hotspots were found", hotspots.size()),
                       models::toString(top.kind), whereOf(top, facts),
                       said ? top.what : fmt::format("it takes {} of the column's accesses ({})", formatShare(top.share), top.what));
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
    const std::string unit =
        fmt::format("accesses per {}", formatInterval(w.rates.interval * static_cast<Instant>(factor)));
    HeatMap heat{"heat", "Accesses by key and time", unit, {}, {}, {}};
    for (size_t i = 0; i < times.size(); i += factor) heat.times.push_back(times[i]);
    std::vector<BucketRow> rows;
    for (const Hot& hot : columns) {
        const workload::KeyColumn& column = w.facts->columns[hot.column];
        const auto buckets = keyBuckets(w.rates, w.rates.columns[hot.column], bucketsOfColumn);
        for (size_t i = 0; i < buckets.size(); ++i) {
            // A range of keys is made of key values; a slot of the hash tells none.
            const bool masked = buckets[i].range && !input.showLiterals;
            BucketRow row{columnName(*w.facts, column), masked ? fmt::format("key range {}", i + 1)
                                                               : bucketLabel(buckets[i], column.type, input.zone)};
            row.total = buckets[i].total;
            row.share = row.total / hot.accesses;
            row.overEven = row.share * static_cast<double>(buckets.size());
            findPeak(row, buckets[i].accesses, times);
            heat.rows.push_back({row.column, row.label, coarser(buckets[i].accesses, factor)});
            rows.push_back(std::move(row));
        }
    }
    if (rows.empty()) return out;
    std::stable_sort(rows.begin(), rows.end(),
                     [](const BucketRow& a, const BucketRow& b) { return a.overEven > b.overEven; });
    const auto* ahead = input.forecast && input.forecast->workload && input.forecast->workload->facts == w.facts ? input.forecast->workload.get() : nullptr;
    const auto hotspots = models::findHotspots(w, ahead);
    out.answer = hotspots.empty() ? answerOf(rows, input.zone) : answerOf(hotspots, *w.facts);
    out.pictures.emplace_back(std::move(heat));
    if (!hotspots.empty()) out.tables.push_back(namedTable(hotspots, input));
    out.tables.push_back(bucketTable(rows));
    out.notes.push_back(
        "A row holds neighbouring keys that carry about the same load together; a hot key has a row of its own.");
    if (!input.showLiterals) out.notes.push_back("Values of keys are masked.");
    return out;
}

}  // namespace foreshard::report
