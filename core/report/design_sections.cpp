// Designs and simulation.
#include <fmt/format.h>

#include <algorithm>

#include "core/base/units.h"
#include "core/report/sections.h"

namespace foreshard::report {

namespace {

std::string joined(const std::vector<std::string>& parts, const char* between) {
    std::string out;
    for (const std::string& part : parts) out += (out.empty() ? "" : between) + part;
    return out;
}

Table rankedTable(const advisor::Advice& advice) {
    Table table{"designs", "Designs, best first", {}, {}};
    table.columns = {{"id", "Id", "", false, true},
                     {"rank", "Rank", "", true},
                     {"name", "Design"},
                     {"multi_shard_share", "Multi-shard transactions", "%", true, false, true},
                     {"multi_shard_write_share", "Multi-shard writes", "%", true, false, true},
                     {"load_max_over_mean", "Hottest shard", "× mean load", true, false, true},
                     {"storage_max_over_mean", "Fullest shard", "× mean size", true},
                     {"held_out_multi_shard_share", "Multi-shard, later half", "%", true, false, true},
                     {"held_out_load_max_over_mean", "Hottest shard, later half", "× mean load", true, false, true},
                     {"reason", "Why", "", false, false, false, true, true}};
    for (const advisor::RankedDesign& one : advice.designs)
        table.rows.push_back({textCell(one.design.id), wholeCell(one.rank), textCell(one.design.name),
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

}  // namespace

Section designSection(const ReportInput& input) {
    Section out;
    if (!input.advice || input.advice->designs.empty()) return out;
    const advisor::RankedDesign& best = input.advice->designs.front();
    out.answer =
        fmt::format("{} on {} shards is best of {}", best.design.name.empty() ? best.design.id : best.design.name,
                    best.design.shards, input.advice->designs.size());
    const auto& share = best.heldOut.multiShardShare;
    const auto& load = best.heldOut.loadMaxOverMean;
    if (share)
        out.answer += fmt::format(": on the later half of the log {} of transactions touch more than one shard",
                                  formatShare(*share));
    if (load)
        out.answer += fmt::format("{} the hottest shard carries {:.2f} times the mean load",
                                  share ? " and" : ": on the later half of the log", *load);
    out.answer += ".";
    out.tables.push_back(rankedTable(*input.advice));
    out.tables.push_back(bestTable(best));
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
    Table table{"projections", "Side by side; the first one is the baseline", {}, {}};
    table.columns = {{"design", "Design"},
                     {"scenario", "Scenario"},
                     {"shards", "Shards", "", true},
                     {"multi_shard_share", "Multi-shard transactions", "%", true, false, true},
                     {"multi_shard_read_share", "Multi-shard reads", "%", true},
                     {"multi_shard_write_share", "Multi-shard writes", "%", true},
                     {"load_max_over_mean", "Hottest shard", "× mean load", true, false, true},
                     {"load_max_over_mean_worst", "Hottest shard, worst interval", "× mean load", true},
                     {"hottest_shard", "Hottest shard is", "", true},
                     {"storage_max_over_mean", "Fullest shard", "× mean size", true},
                     {"load_origin", "Load comes from"}};
    for (const NamedProjection& one : projections) {
        const cost::Projection& p = one.projection;
        table.rows.push_back({textCell(one.design), textCell(p.scenario), wholeCell(p.shards),
                              shareCell(p.multiShardShare), shareCell(p.multiShardReadShare),
                              shareCell(p.multiShardWriteShare), ratioCell(p.loadMaxOverMean),
                              ratioCell(p.loadMaxOverMeanWorst), wholeCell(p.hottestShard),
                              ratioCell(p.storageMaxOverMean), textCell(p.loadOrigin)});
    }
    return table;
}

// One small chart for each shard, in it one line for each projection that has the same times as the first.
ChartGrid loadPerShard(const std::vector<NamedProjection>& projections) {
    ChartGrid grid{"load-per-shard", "Load per shard over time", "accesses per second", {}};
    uint32_t shards = 0;
    for (const NamedProjection& one : projections) shards = std::max(shards, one.projection.shards);
    const std::vector<Instant>& times = projections.front().projection.times;
    for (uint32_t shard = 0; shard < std::min(shards, 32U); ++shard) {
        TimeChart chart{fmt::format("shard-{}", shard), fmt::format("shard {}", shard), grid.unit, times, {}, {},
                        static_cast<int>(shard)};
        for (const NamedProjection& one : projections)
            for (const cost::ShardLoad& load : one.projection.load)
                if (load.shard == shard && load.values.size() == times.size() && one.projection.times == times)
                    chart.lines.push_back({columnTitle(one), {load.values.begin(), load.values.end()}, {}, {}});
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
        out.answer += fmt::format(" has {} of the transactions touch more than one shard", formatShare(*last.projection.multiShardShare));
    if (last.projection.loadMaxOverMean)
        out.answer += fmt::format("{} puts {:.2f} times the mean load on shard {}, its hottest", last.projection.multiShardShare ? " and" : "",
                                  *last.projection.loadMaxOverMean, last.projection.hottestShard);
    else if (!last.projection.multiShardShare)
        out.answer += " cannot be judged: the log does not say which keys it touched";
    out.answer += ".";
    if (ChartGrid grid = loadPerShard(input.projections); !grid.charts.empty())
        out.pictures.emplace_back(std::move(grid));
    out.tables.push_back(projectionTable(input.projections));
    return out;
}

}  // namespace foreshard::report
