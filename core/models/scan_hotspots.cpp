#include "core/models/scan_hotspots.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/units.h"

namespace foreshard::models {

namespace {

using workload::Workload;

struct TableScans {
    double all = 0, scans = 0, writes = 0;         // accesses; those that bind no key; those of them that change rows
    std::vector<std::pair<double, workload::TemplateId>> causes;
};

// Whether the table's rows are found by the keys of another one that the statement binds: through an equality of columns.
bool isJoinedToBound(const workload::Facts& facts, const workload::Template& statement, workload::TableId table) {
    const auto isBound = [&](workload::TableId other) {
        return std::any_of(statement.accesses.begin(), statement.accesses.end(), [&](const auto& access) { return access.table == other && !access.bindings.empty(); });
    };
    return std::any_of(statement.joins.begin(), statement.joins.end(), [&](const workload::ColumnPair& join) {
        const auto left = facts.columns[join.left].table, right = facts.columns[join.right].table;
        return (left == table && right != table && isBound(right)) || (right == table && left != table && isBound(left));
    });
}

double callsOf(const Workload& w, workload::TemplateId id) {
    double calls = 0;
    for (const auto& point : w.rates.templates[id].points) calls += fromWeight(point.calls);
    return calls;
}

std::vector<TableScans> scansByTable(const Workload& w) {
    std::vector<TableScans> tables(w.facts->schema.tables.size());
    for (workload::TemplateId id = 0; id < w.facts->templates.size() && id < w.rates.templates.size(); ++id) {
        const double calls = callsOf(w, id);
        if (calls <= 0) continue;
        for (const auto& access : w.facts->templates[id].accesses) {
            if (access.table >= tables.size() || access.kind == workload::AccessKind::insert) continue;
            auto& table = tables[access.table];
            table.all += calls;
            if (!access.bindings.empty() || isJoinedToBound(*w.facts, w.facts->templates[id], access.table)) continue;
            table.scans += calls;
            if (access.kind != workload::AccessKind::read) table.writes += calls;
            if (table.causes.empty() || table.causes.back().second != id) table.causes.emplace_back(calls, id);
        }
    }
    return tables;
}

// The key column of each table that is bound most; nothing for a table without one.
std::vector<std::optional<workload::ColumnId>> busiestColumns(const Workload& w) {
    std::vector<std::optional<workload::ColumnId>> busiest(w.facts->schema.tables.size());
    std::vector<double> most(busiest.size(), -1);
    for (workload::ColumnId id = 0; id < w.facts->columns.size(); ++id) {
        double bound = 0;
        for (const auto& total : w.rates.columns[id].totals) bound += fromWeight(total.boundReads) + fromWeight(total.boundWrites);
        const auto table = w.facts->columns[id].table;
        if (table < busiest.size() && bound > most[table]) most[table] = bound, busiest[table] = id;
    }
    return busiest;
}

}  // namespace

std::vector<Hotspot> scanHotspots(const Workload& observed, const HotspotRules& rules) {
    auto tables = scansByTable(observed);
    const auto columns = busiestColumns(observed);
    double all = 0;
    for (const auto& table : tables) all += table.all;
    std::vector<Hotspot> found;
    for (size_t t = 0; t < tables.size(); ++t) {
        auto& table = tables[t];
        if (!columns[t] || table.scans <= 0 || table.scans < rules.leastScanShare * table.all || table.scans < rules.leastScanCalls * all) continue;
        Hotspot spot;
        spot.column = *columns[t];
        spot.kind = HotspotKind::scan;
        spot.keys = "all rows";
        spot.low = INT64_MIN, spot.high = INT64_MAX;
        spot.share = table.scans / table.all;
        spot.what = fmt::format("{} of the accesses bind no key", formatShare(spot.share));
        spot.remedy = table.writes > 0 ? "Bind the sharding key in the statements; every shard changes rows together until then."
                                       : "Keep a copy on every shard if the table is small, or bind the sharding key in the statements.";
        std::sort(table.causes.begin(), table.causes.end(), [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
        for (size_t i = 0; i < table.causes.size() && i < 5; ++i) spot.templates.push_back(table.causes[i].second);
        found.push_back(std::move(spot));
    }
    std::stable_sort(found.begin(), found.end(), [](const Hotspot& a, const Hotspot& b) { return a.share > b.share; });
    return found;
}

}  // namespace foreshard::models
