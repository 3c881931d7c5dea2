// Designs and simulation.
#include <fmt/format.h>

#include <algorithm>

#include "core/base/units.h"
#include "core/base/words.h"
#include "core/models/series_title.h"
#include "core/report/design_pictures.h"
#include "core/report/sections.h"

namespace foreshard::report {

namespace {

Table rankedTable(const advisor::Advice& advice) {
    const std::string part = partSearched(advice);
    Table table{"designs", "Designs, best first", {}, {}};
    table.columns = {{"id", "Id", "", false, true},
                     {"rank", "Rank", "", true},
                     {"name", "Design"},
                     {"beaten_by", "Runner-up to", "", false, true},
                     {"multi_shard_share", "Multi-shard transactions, " + part, "", true, false, true},
                     {"multi_shard_write_share", "Multi-shard writes, " + part, "", true, false, true},
                     {"load_max_over_mean", "Hottest shard, " + part, "× mean load", true, false, true},
                     {"storage_max_over_mean", "Fullest shard", "× mean size", true},
                     {"held_out_multi_shard_share", "Multi-shard, later half", "", true, false, true},
                     {"held_out_load_max_over_mean", "Hottest shard, later half", "× mean load", true, false, true},
                     {"reason", "Why", "", false, false, false, true, true}};
    for (const advisor::RankedDesign& one : advice.designs)
        table.rows.push_back({textCell(one.design.id), wholeCell(one.rank), textCell(one.design.name), textCell(one.beatenBy),
                              shareCell(one.scores.multiShardShare), shareCell(one.scores.multiShardWriteShare),
                              ratioCell(one.scores.loadMaxOverMean), ratioCell(one.scores.storageMaxOverMean),
                              shareCell(one.heldOut.multiShardShare), ratioCell(one.heldOut.loadMaxOverMean),
                              textCell(one.reason)});
    return table;
}

std::string lookupsOf(const sharding::Design& design, const std::string& table) {
    std::string out;
    for (const sharding::Lookup& lookup : design.lookups)
        if (lookup.table == table)
            out += fmt::format("{}{} → {}", out.empty() ? "" : "; ", keyText(lookup.from), keyText(lookup.to));
    return out;
}

Table bestTable(const advisor::RankedDesign& best) {
    Table table{"best-design",
                fmt::format("{}, table by table", best.design.name.empty() ? best.design.id : best.design.name),
                {},
                {}};
    table.columns = {{"table", "Table", "", false, true},
                     {"strategy", "Strategy"},
                     {"key", "Sharding key", "", false, true},
                     {"lookups", "Lookups", "", false, true},
                     {"why", "Why", "", false, false, false, true}};
    for (const sharding::TableDesign& one : best.design.tables) {
        const auto why = best.why.find(one.table);
        table.rows.push_back({textCell(one.table), textCell(sharding::toString(one.strategy)),
                              textCell(keyText(one.key)), textCell(lookupsOf(best.design, one.table)),
                              textCell(why == best.why.end() ? std::string() : joined(why->second, " "))});
    }
    table.shown = 200;
    return table;
}

// What stays on several shards, by the kind of transaction.
Table crossingTable(const std::vector<advisor::Crossing>& crossings, const std::string& part) {
    Table table{"crossings", "Transactions that stay on several shards, worst first", {}, {}};
    table.columns = {{"statements", "Statements", "", false, true, false, true},
                     {"share", "Of all transactions, " + part, "", true, false, true},
                     {"fan_out", "Shards each visits", "", true},
                     {"share_after", "With the remedy", "", true},
                     {"why", "Why, and what would help", "", false, false, false, true, true}};
    for (const advisor::Crossing& one : crossings) {
        // A transaction of many templates is known by its first ones.
        std::string statements;
        for (size_t i = 0; i < std::min<size_t>(one.statements.size(), 3); ++i)
            statements += (i ? "; " : "") + models::seriesTitle(one.statements[i], 1, 80);
        if (one.statements.size() > 3) statements += fmt::format(" + {} more", one.statements.size() - 3);
        table.rows.push_back({textCell(std::move(statements)), shareCell(one.share), ratioCell(one.fanOut),
                              one.shareAfter ? shareCell(*one.shareAfter) : unknownCell(),
                              textCell(one.fix.empty() ? one.why : one.why + " " + one.fix)});
    }
    table.shown = 20;
    return table;
}

// Constraints that no shard keeps by itself, and the DDL that mends them.
Table constraintTable(const std::vector<advisor::ConstraintFate>& constraints) {
    Table table{"constraints", "Constraints that no shard keeps by itself", {}, {}};
    table.columns = {{"table", "Table", "", false, true},
                     {"name", "Constraint", "", false, true},
                     {"kind", "Kind"},
                     {"columns", "Columns", "", false, true},
                     {"fate", "What becomes of it"},
                     {"ddl", "DDL that mends it", "", false, true, false, true},
                     {"why", "Why", "", false, false, false, true, true}};
    for (const advisor::ConstraintFate& one : constraints)
        if (one.fate != advisor::Fate::local)
            table.rows.push_back({textCell(one.table), textCell(one.name), textCell(one.kind),
                                  textCell(joined(one.columns)), textCell(advisor::toString(one.fate)),
                                  textCell(one.ddl), textCell(one.why)});
    table.shown = 100;
    return table;
}

// The line above the tables: how good the best one is, and whether anything stands behind it.
std::string designAnswer(const advisor::Advice& advice) {
    const advisor::RankedDesign& best = advice.designs.front();
    const auto others = std::count_if(advice.designs.begin(), advice.designs.end(),
                                      [](const advisor::RankedDesign& one) { return one.beatenBy.empty(); });
    std::string out = fmt::format("{} on {}", best.design.name.empty() ? best.design.id : best.design.name,
                                  counted(best.design.shards, "shard"));
    const auto& share = best.heldOut.multiShardShare;
    const auto& load = best.heldOut.loadMaxOverMean;
    if (!share && !load && !best.scores.multiShardShare && !best.scores.loadMaxOverMean)
        return out + " is what the keys of the schema suggest; no design can be judged, for the log does not say which keys it touched.";
    if (others > 1) out += fmt::format(" is best of {} that are each good at something", others);
    else if (advice.designs.size() > 1) out += " is best; the others are runners-up, to compare with";
    else out += " is the one design found";
    if (share)
        out += fmt::format(": on the later half of the log {} of transactions touch more than one shard",
                           formatShare(*share));
    if (load)
        out += fmt::format("{} the hottest shard carries {:.2f} times the mean load",
                           share ? " and" : ": on the later half of the log", *load);
    return out + ".";
}

}  // namespace

Section designSection(const ReportInput& input) {
    Section out;
    if (!input.advice || input.advice->designs.empty()) return out;
    const advisor::RankedDesign& best = input.advice->designs.front();
    out.answer = designAnswer(*input.advice);
    out.tables.push_back(rankedTable(*input.advice));
    for (auto& chart : paretoCharts(*input.advice)) out.pictures.emplace_back(std::move(chart));
    if (input.workload)
        if (auto graph = tableGraph(*input.workload, best.design); !graph.edges.empty()) out.pictures.emplace_back(std::move(graph));
    out.tables.push_back(bestTable(best));
    if (!best.crossings.empty()) out.tables.push_back(crossingTable(best.crossings, partSearched(*input.advice)));
    if (Table lost = constraintTable(best.constraints); !lost.rows.empty()) out.tables.push_back(std::move(lost));
    for (const std::string& risk : best.risks) out.notes.push_back("Risk: " + risk);
    for (const std::string& limit : input.advice->limits) out.notes.push_back(limit);
    return out;
}

// ---- simulation ---------------------------------------------------------------------------------------------------

namespace {

std::string columnTitle(const NamedProjection& one) {
    return one.projection.scenario.empty() ? one.design : fmt::format("{}, {}", one.design, one.projection.scenario);
}

Table projectionTable(const std::vector<NamedProjection>& projections) {
    Table table{"projections", projections.size() > 1 ? "Side by side, on the whole log; the first one is the baseline" : "What it does, on the whole log", {}, {}};
    table.columns = {{"design", "Design"},
                     {"scenario", "Scenario"},
                     {"shards", "Shards", "", true},
                     {"multi_shard_share", "Multi-shard transactions, whole log", "", true, false, true},
                     {"multi_shard_read_share", "Multi-shard reads", "", true},
                     {"multi_shard_write_share", "Multi-shard writes", "", true},
                     {"load_max_over_mean", "Hottest shard", "× mean load", true, false, true},
                     {"load_max_over_mean_worst", "Hottest shard, worst interval", "× mean load", true},
                     {"hottest_shard", "Hottest shard is", "", true},
                     {"storage_max_over_mean", "Fullest shard", "× mean size", true},
                     {"bytes_moved", "To move from the baseline", "", true},
                     {"load_origin", "Load comes from"}};
    for (const NamedProjection& one : projections) {
        const cost::Projection& p = one.projection;
        table.rows.push_back({textCell(one.design), textCell(p.scenario), wholeCell(p.shards),
                              shareCell(p.multiShardShare), shareCell(p.multiShardReadShare),
                              shareCell(p.multiShardWriteShare), ratioCell(p.loadMaxOverMean),
                              ratioCell(p.loadMaxOverMeanWorst), p.hottestShard ? wholeCell(*p.hottestShard) : unknownCell(),
                              ratioCell(p.storageMaxOverMean), bytesCell(p.bytesMoved), textCell(p.loadOrigin)});
    }
    return table;
}

// One small chart for each shard, in it one line for each projection that has the same times as the first.
ChartGrid loadPerShard(const std::vector<NamedProjection>& projections) {
    uint32_t shards = 0;
    double highest = 0;
    for (const NamedProjection& one : projections) {
        shards = std::max(shards, one.projection.shards);
        for (const cost::ShardLoad& load : one.projection.load)
            for (const double value : load.values) highest = std::max(highest, value);
    }
    const LoadUnit unit = loadUnit(highest);
    ChartGrid grid{"load-per-shard", "Load per shard over time", unit.name, {}};
    const std::vector<Instant>& times = projections.front().projection.times;
    for (uint32_t shard = 0; shard < std::min(shards, 32U); ++shard) {
        TimeChart chart{fmt::format("shard-{}", shard), fmt::format("shard {}", shard), grid.unit, times, {}, {},
                        static_cast<int>(shard)};
        for (const NamedProjection& one : projections)
            for (const cost::ShardLoad& load : one.projection.load)
                if (load.shard == shard && load.values.size() == times.size() && one.projection.times == times)
                    chart.lines.push_back({columnTitle(one), scaled({load.values.begin(), load.values.end()}, unit.factor), {}, {}});
        if (!chart.lines.empty()) grid.charts.push_back(std::move(chart));
    }
    return grid;
}

}  // namespace

Section simulationSection(const ReportInput& input) {
    Section out;
    if (input.projections.empty()) return out;
    const NamedProjection& last = input.projections.back();
    const std::string scenario = last.projection.scenario.empty() ? "observed" : last.projection.scenario;
    out.answer = fmt::format("Under the {} load, {}", scenario, last.design);
    if (last.projection.multiShardShare)
        out.answer += fmt::format(" lets {} of the transactions of the whole log touch more than one shard", formatShare(*last.projection.multiShardShare));
    if (last.projection.loadMaxOverMean && last.projection.hottestShard)
        out.answer += fmt::format("{} puts {:.2f} times the mean load on shard {}, its hottest", last.projection.multiShardShare ? " and" : "",
                                  *last.projection.loadMaxOverMean, *last.projection.hottestShard);
    else if (!last.projection.multiShardShare)
        out.answer += " cannot be judged: the log does not say which keys it touched";
    out.answer += ".";
    if (ChartGrid grid = loadPerShard(input.projections); !grid.charts.empty())
        out.pictures.emplace_back(std::move(grid));
    out.tables.push_back(projectionTable(input.projections));
    for (const NamedProjection& one : input.projections)
        if (one.projection.load.empty() && !one.projection.loadOrigin.empty()) out.notes.push_back(fmt::format("The load per shard of {} is {}.", one.design, one.projection.loadOrigin));
    return out;
}

}  // namespace foreshard::report
