#include "app/cli/render_contents.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include <algorithm>

#include "app/cli/render_parts.h"
#include "core/base/units.h"
#include "core/workload/access_kinds.h"
#include "core/workload/co_access.h"
#include "core/workload/heat.h"

namespace foreshard::cli {

namespace {

using workload::ColumnId;
using workload::Workload;

constexpr size_t keysInText = 3, keysInJson = 100;

std::string columnName(const Workload& w, ColumnId id) {
    const auto& column = w.facts->columns[id];
    return w.facts->schema.tables[column.table].qualifiedName() + "." + column.expression;
}

std::string countText(Weight weight) { return groupThousands(static_cast<int64_t>(fromWeight(weight))); }

// A key for people; of a text that the sample does not hold, its hash.
std::string keyText(const workload::HeavyKey& key) { return key.value.known() ? toText(key.value) : fmt::format("#{:016x}", key.hash); }

struct ColumnSums {
    Weight reads = 0, writes = 0, boundReads = 0, boundWrites = 0;
};

ColumnSums sumsOf(const workload::ColumnRates& rates) {
    ColumnSums sums;
    for (const auto& total : rates.totals) {
        sums.reads += total.reads;
        sums.writes += total.writes;
        sums.boundReads += total.boundReads;
        sums.boundWrites += total.boundWrites;
    }
    return sums;
}

// "17: 12.3 %, 4: 9 – 9.4 %": shares of all accesses by key, as surely as they are known.
std::string heavyKeysText(const workload::ColumnSketch& sketch) {
    std::string text;
    for (size_t i = 0; i < std::min(keysInText, sketch.keys.size()); ++i) {
        const auto share = [&](Weight count) { return formatShare(static_cast<double>(count) / static_cast<double>(std::max<Weight>(1, sketch.total))); };
        const auto low = share(sketch.keys[i].count), high = share(sketch.keys[i].count + sketch.error);
        text += fmt::format("{}{}: {}", i > 0 ? ", " : "", keyText(sketch.keys[i]), low == high ? low : low + " – " + high);
    }
    return text;
}

Json columnJson(const Workload& w, ColumnId id, const ColumnSums& sums) {
    const auto& column = w.facts->columns[id];
    Json json;
    json["table"] = w.facts->schema.tables[column.table].qualifiedName();
    json["column"] = column.expression;
    json["type"] = toString(column.type);
    json["table_reads"] = fromWeight(sums.reads);
    json["table_writes"] = fromWeight(sums.writes);
    json["reads"] = fromWeight(sums.boundReads);
    json["writes"] = fromWeight(sums.boundWrites);
    const auto* sketch = w.facts->keySketches.empty() ? nullptr : &w.facts->keySketches[id];
    json["keys"] = sketch ? Json(sketch->distinct) : Json();
    json["keys_standard_error"] = !sketch ? Json() : sketch->exact() ? Json(0.0) : Json(workload::distinctStandardError);
    json["key_accesses"] = sketch ? Json(fromWeight(sketch->total)) : Json();
    json["count_error"] = sketch ? Json(fromWeight(sketch->error)) : Json();
    json["heavy_keys"] = sketch ? heavyKeysJson(*sketch, keysInJson) : Json();
    return json;
}

Json pointsJson(const workload::TemplateSeries& total, Instant interval) {
    Json list = Json::array();
    for (const auto& point : total.points) list.push_back({{"time", formatRfc3339(point.interval * interval)}, {"calls", fromWeight(point.calls)}});
    return list;
}

// Of all templates; intervals without calls are absent.
workload::TemplateSeries summed(const std::vector<workload::TemplateSeries>& templates) {
    std::map<int64_t, Weight> sums;
    for (const auto& series : templates)
        for (const auto& point : series.points) sums[point.interval] += point.calls;
    workload::TemplateSeries total;
    for (const auto& [interval, calls] : sums) total.points.push_back({interval, calls, 0, 0, 0, 0});
    return total;
}

std::optional<double> shareOf(Weight part, const workload::ReachCounts& counts) {
    const Weight all = counts.point + counts.range + counts.scan;
    return all > 0 ? std::optional(static_cast<double>(part) / static_cast<double>(all)) : std::nullopt;
}

void addReach(Json& json, const std::string& name, const workload::ReachCounts& counts) {
    json["point_" + name] = fromWeight(counts.point);
    json["range_" + name] = fromWeight(counts.range);
    json["scan_" + name] = fromWeight(counts.scan);
}

std::string tablesText(const Workload& w, Json& list) {
    TextTable text({"table", "reads", "point", "range", "scan", "writes", "point", "range", "scan"});
    const auto reach = workload::tableReach(w);
    for (size_t id = 0; id < reach.size(); ++id) {
        const auto& [reads, writes] = reach[id];
        const Weight allReads = reads.point + reads.range + reads.scan, allWrites = writes.point + writes.range + writes.scan;
        if (allReads + allWrites == 0) continue;
        Json json;
        json["table"] = w.facts->schema.tables[id].qualifiedName();
        addReach(json, "reads", reads);
        addReach(json, "writes", writes);
        list.push_back(std::move(json));
        text.row({w.facts->schema.tables[id].qualifiedName(), countText(allReads), shareText(shareOf(reads.point, reads)), shareText(shareOf(reads.range, reads)),
                  shareText(shareOf(reads.scan, reads)), countText(allWrites), shareText(shareOf(writes.point, writes)), shareText(shareOf(writes.range, writes)),
                  shareText(shareOf(writes.scan, writes))});
    }
    return text.render();
}

std::string togetherText(const Workload& w, Json& list) {
    TextTable text({"transactions", "agree", "by chance", "declared", "columns"});
    for (const auto& each : workload::coAccess(*w.facts)) {
        const auto left = columnName(w, each.columns.left), right = columnName(w, each.columns.right);
        list.push_back({{"left", left}, {"right", right}, {"transactions", each.transactions}, {"share", each.share}, {"chance", each.chance}, {"declared", each.declared},
                        {"joined", each.joined}, {"parent", each.parent ? Json(columnName(w, *each.parent)) : Json()}});
        const bool fromLeft = each.parent == each.columns.right;
        text.row({groupThousands(static_cast<int64_t>(each.transactions)), formatShare(each.share), formatShare(each.chance), each.declared ? "yes" : "no",
                  each.parent ? fmt::format("{} → {}", fromLeft ? left : right, fromLeft ? right : left) : fmt::format("{} – {}", left, right)});
    }
    return list.empty() ? "" : "\nColumns whose values travel together in transactions, beyond chance:\n" + text.render();
}

}  // namespace

Json heavyKeysJson(const workload::ColumnSketch& sketch, size_t most, std::optional<std::pair<int64_t, int64_t>> numbers) {
    Json list = Json::array();
    for (const auto& key : sketch.keys) {
        if (list.size() == most) break;
        const bool number = key.value.kind == ValueKind::integer || key.value.kind == ValueKind::timestamp;
        if (numbers && (!number || key.value.number < numbers->first || key.value.number > numbers->second)) continue;
        list.push_back({{"key", key.value.known() ? Json(toText(key.value)) : Json()}, {"hash", fmt::format("{:016x}", key.hash)},
                        {"count_low", fromWeight(key.count)}, {"count_high", fromWeight(key.count + sketch.error)}});
    }
    return list;
}

Outcome columnsOutcome(const Workload& w) {
    struct Row { ColumnId id; ColumnSums sums; };
    std::vector<Row> rows;
    for (ColumnId id = 0; id < w.facts->columns.size(); ++id) rows.push_back({id, sumsOf(w.rates.columns[id])});
    std::erase_if(rows, [](const Row& row) { return row.sums.boundReads + row.sums.boundWrites == 0; });
    std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.sums.boundReads + a.sums.boundWrites > b.sums.boundReads + b.sums.boundWrites; });
    Outcome outcome{std::make_shared<Json>(), {}, {}, false, {}};
    auto& list = (*outcome.json)["columns"] = Json::array();
    TextTable table({"reads", "writes", "keys", "column", "heaviest keys, share of accesses"});
    for (const auto& [id, sums] : rows) {
        list.push_back(columnJson(w, id, sums));
        const auto* sketch = w.facts->keySketches.empty() ? nullptr : &w.facts->keySketches[id];
        const auto keys = sketch ? (sketch->exact() ? "" : "≈ ") + groupThousands(static_cast<int64_t>(sketch->distinct)) : "–";
        table.row({countText(sums.boundReads), countText(sums.boundWrites), keys, columnName(w, id), sketch ? heavyKeysText(*sketch) : ""});
    }
    outcome.text = table.render();
    return outcome;
}

Outcome accessOutcome(const Workload& w) {
    Outcome outcome{std::make_shared<Json>(), {}, {}, false, {}};
    auto& json = *outcome.json;
    json["tables"] = Json::array();
    json["together"] = Json::array();
    outcome.text = tablesText(w, json["tables"]);
    outcome.text += togetherText(w, json["together"]);
    return outcome;
}

Outcome volumeOutcome(const Workload& w) {
    Outcome outcome{std::make_shared<Json>(), {}, {}, false, {}};
    auto& list = (*outcome.json)["tiers"] = Json::array();
    TextTable table({"interval", "from", "to", "calls", "most in one interval"});
    const auto add = [&](Instant interval, TimeRange range, const std::vector<workload::TemplateSeries>& templates) {
        const auto total = summed(templates);
        list.push_back({{"interval", formatInterval(interval)}, {"from", formatRfc3339(range.begin)}, {"to", formatRfc3339(range.end)}, {"points", pointsJson(total, interval)}});
        Weight calls = 0, most = 0;
        for (const auto& point : total.points) calls += point.calls, most = std::max(most, point.calls);
        table.row({formatInterval(interval), formatRfc3339(range.begin), formatRfc3339(range.end), countText(calls), countText(most)});
    };
    for (const auto& tier : w.rates.recent) add(tier.interval, tier.range, tier.templates);
    // The tiers end where the coarser one begins; the last one tells what is before them all.
    TimeRange rest = w.rates.range;
    if (!w.rates.recent.empty()) rest.end = std::max(rest.begin, w.rates.recent.back().range.begin);
    auto before = w.rates.templates;
    for (auto& series : before) std::erase_if(series.points, [&](const auto& point) { return point.interval * w.rates.interval >= rest.end; });
    if (!rest.empty()) add(w.rates.interval, rest, before);
    outcome.text = table.render();
    return outcome;
}

Outcome bucketsOutcome(const Workload& w) {
    Outcome outcome{std::make_shared<Json>(), {}, {}, false, {}};
    auto& list = (*outcome.json)["buckets"] = Json::array();
    TextTable table({"reads", "writes", "column", "keys"});
    for (const auto& bucket : workload::keyBuckets(w)) {
        list.push_back({{"column", columnName(w, bucket.column)}, {"keys", bucket.row.label}, {"by_hash", bucket.row.byHash}, {"low", bucket.row.low}, {"high", bucket.row.high},
                        {"reads", fromWeight(bucket.reads)}, {"writes", fromWeight(bucket.writes)}});
        table.row({countText(bucket.reads), countText(bucket.writes), columnName(w, bucket.column), bucket.row.label});
    }
    outcome.text = table.render();
    return outcome;
}

void addQuantiles(Json& json, const Workload& w, workload::TemplateId id) {
    const auto* sketch = w.facts->templateSketches.empty() ? nullptr : &w.facts->templateSketches[id];
    for (const auto& [name, q] : {std::pair{"p50", 0.5}, {"p95", 0.95}, {"p99", 0.99}}) {
        const auto duration = sketch ? sketch->durations.at(q) : std::nullopt, rows = sketch ? sketch->rows.at(q) : std::nullopt;
        json[std::string(name) + "_ms"] = duration ? Json(*duration * 1e-6) : Json();
        json[std::string(name) + "_rows"] = orNull(rows);
    }
}

}  // namespace foreshard::cli
