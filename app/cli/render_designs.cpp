// advise, show designs, simulate and route as JSON and as text.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/cli/render.h"
#include "app/cli/render_parts.h"
#include "app/verbs/designs.h"
#include "app/verbs/workload.h"
#include "core/advisor/decisions.h"
#include "core/base/units.h"
#include "core/base/words.h"
#include "core/report/gather.h"
#include "core/workload/mask.h"

namespace foreshard::cli {

namespace {

Json scoresJson(const advisor::Scores& scores) {
    return {{"multi_shard_share", finiteOrNull(scores.multiShardShare)},
            {"multi_shard_write_share", finiteOrNull(scores.multiShardWriteShare)},
            {"load_max_over_mean", finiteOrNull(scores.loadMaxOverMean)},
            {"storage_max_over_mean", finiteOrNull(scores.storageMaxOverMean)}};
}

std::string keyText(const sharding::TableDesign& table) {
    std::vector<std::string> parts;
    for (const auto& part : table.key) parts.push_back(part.expression);
    return joined(parts);
}

Json tableJson(const sharding::TableDesign& table, const sharding::Design& design, const std::vector<std::string>& why) {
    Json json;
    json["strategy"] = sharding::toString(table.strategy);
    json["key"] = Json::array();
    for (const auto& part : table.key) json["key"].push_back(part.expression);
    json["lookups"] = Json::array();
    for (const auto& lookup : design.lookups) {
        if (lookup.table != table.table) continue;
        Json from = Json::array(), to = Json::array();
        for (const auto& part : lookup.from) from.push_back(part.expression);
        for (const auto& part : lookup.to) to.push_back(part.expression);
        json["lookups"].push_back({{"from", from}, {"to", to}, {"replicated", lookup.replicated}, {"derived_by", lookup.derived() ? Json(lookup.derivedBy) : Json()}});
    }
    json["group"] = table.group;
    json["why"] = why;
    return json;
}

Json crossingsJson(const std::vector<advisor::Crossing>& crossings) {
    Json list = Json::array();
    for (const auto& crossing : crossings)
        list.push_back({{"statements", crossing.statements}, {"share", crossing.share}, {"fan_out", crossing.fanOut}, {"why", crossing.why}, {"fix", crossing.fix},
                        {"share_after", finiteOrNull(crossing.shareAfter)}, {"fan_out_after", finiteOrNull(crossing.fanOutAfter)}});
    return list;
}

Json constraintsJson(const std::vector<advisor::ConstraintFate>& constraints) {
    Json list = Json::array();
    for (const auto& one : constraints)
        list.push_back({{"table", one.table}, {"name", one.name}, {"kind", one.kind}, {"columns", one.columns}, {"fate", advisor::toString(one.fate)}, {"why", one.why}, {"ddl", one.ddl}});
    return list;
}

Json offersJson(const std::vector<advisor::Offer>& offers) {
    Json list = Json::array();
    for (const auto& offer : offers)
        list.push_back({{"kind", offer.kind}, {"table", offer.table}, {"from", offer.from}, {"key", offer.key}, {"parent", offer.parent.empty() ? Json() : Json(offer.parent)}, {"share_before", offer.shareBefore},
                        {"share_after", offer.shareAfter}, {"upkeep_share", offer.upkeep}, {"share_with_upkeep", offer.shareWithUpkeep}, {"why", offer.why}, {"ddl", offer.ddl}});
    return list;
}

Json rankedJson(const advisor::RankedDesign& ranked) {
    static const std::vector<std::string> nothing;
    Json one;
    one["id"] = ranked.design.id;
    one["name"] = ranked.design.name;
    one["rank"] = ranked.rank;
    one["shards"] = ranked.design.shards;
    const Json scores = scoresJson(ranked.scores);
    for (const auto& [key, value] : scores.items()) one[key] = value;
    one["held_out"] = scoresJson(ranked.heldOut);
    one["reason"] = ranked.reason;
    one["beaten_by"] = ranked.beatenBy.empty() ? Json() : Json(ranked.beatenBy);
    one["pareto_front"] = ranked.onFront;
    one["objective"] = ranked.objective;
    one["regret"] = finiteOrNull(ranked.regret);
    one["offers"] = offersJson(ranked.offers);
    one["objective_parts"] = Json::object();
    for (size_t i = 0; i < ranked.parts.size() && i < advisor::namedWeights().size(); ++i) one["objective_parts"][advisor::namedWeights()[i].name] = ranked.parts[i];
    one["shipped_rows"] = ranked.shippedRows;
    one["moved_share"] = finiteOrNull(ranked.movedShare);
    one["risks"] = ranked.risks;
    one["crossings"] = crossingsJson(ranked.crossings);
    one["constraints"] = constraintsJson(ranked.constraints);
    one["tables"] = Json::object();
    for (const auto& table : ranked.design.tables) {
        const auto why = ranked.why.find(table.table);
        one["tables"][table.table] = tableJson(table, ranked.design, why == ranked.why.end() ? nothing : why->second);
    }
    return one;
}

std::string bestText(const advisor::RankedDesign& best, const std::string& part) {
    TextTable tables({"table", "strategy", "key", "why"});
    for (const auto& table : best.design.tables) {
        const auto why = best.why.find(table.table);
        tables.row({table.table, sharding::toString(table.strategy), keyText(table), why == best.why.end() || why->second.empty() ? "" : why->second.front()});
    }
    std::string text = fmt::format("\n{} ({} shards), table by table\n", best.design.id, best.design.shards) + tables.render();
    for (const auto& lookup : best.design.lookups)
        text += wrapped("", fmt::format("{}: {} is found from {} alone, as {}", lookup.table, lookup.to[0].expression, lookup.from[0].expression, lookup.derivedBy));
    if (!best.crossings.empty()) text += fmt::format("\nTransactions that cross shards, {}; those that visit most shards beyond their first come first\n", part);
    for (const auto& crossing : best.crossings)
        text += wrapped(fmt::format("{:>8}  {:.1f} shards: ", formatShare(crossing.share), crossing.fanOut), crossing.why + (crossing.fix.empty() ? "" : " " + crossing.fix));
    if (!best.offers.empty()) text += "\nWhat would keep more on one shard (no plan makes it yet; --json has the DDL)\n";
    for (const auto& offer : best.offers) text += wrapped("  ", offer.why);
    TextTable mend({"constraint", "kind", "fate", "why"});
    size_t rows = 0;
    for (const auto& one : best.constraints)
        if (one.fate != advisor::Fate::local && ++rows) mend.row({one.table + " " + one.name, one.kind, advisor::toString(one.fate), one.why});
    if (rows > 0) text += "\nConstraints that no shard keeps by itself (--json has the DDL)\n" + mend.render();
    if (!best.risks.empty()) text += "\n";
    for (const auto& risk : best.risks) text += wrapped("Risk: ", risk);
    return text;
}

Json turningPointsJson(const std::vector<advisor::TurningPoint>& points) {
    Json list = Json::array();
    for (const auto& point : points) list.push_back({{"change", point.change}, {"winner", point.winner}, {"loss", point.loss}, {"likely", point.likely}});
    return list;
}

Outcome adviceOutcome(const advisor::Advice& advice) {
    Outcome outcome;
    outcome.json = std::make_shared<Json>();
    auto& json = *outcome.json;
    json["designs"] = Json::array();
    const std::string part = report::partSearched(advice);
    TextTable ranking({"design", "shards", "multi-shard, " + part, "later half", "of it writes", "load max/mean", "storage max/mean", "to move", "name"});
    std::string reasons;
    for (const auto& ranked : advice.designs) {
        json["designs"].push_back(rankedJson(ranked));
        ranking.row({ranked.design.id, std::to_string(ranked.design.shards), shareText(ranked.scores.multiShardShare), shareText(ranked.heldOut.multiShardShare), shareText(ranked.scores.multiShardWriteShare),
                     ratioText(ranked.scores.loadMaxOverMean), ratioText(ranked.scores.storageMaxOverMean), shareText(ranked.movedShare), ranked.design.name});
        reasons += wrapped(ranked.design.id + "  ", ranked.reason);
    }
    for (const auto& weight : advisor::namedWeights()) json["weights"][weight.name] = advice.weights.*weight.value;
    json["turning_points"] = turningPointsJson(advice.turningPoints);
    json["limits"] = advice.limits;
    json["searched"] = {{"first", formatRfc3339(advice.searched.begin)}, {"last", formatRfc3339(advice.searched.end)}};
    json["held_out"] = {{"first", formatRfc3339(advice.heldOut.begin)}, {"last", formatRfc3339(advice.heldOut.end)}};
    json["evaluations"] = advice.evaluations;
    json["seconds_to_best"] = advice.secondsToBest;
    outcome.text = ranking.render();
    const bool scored = std::any_of(advice.designs.begin(), advice.designs.end(), [](const auto& ranked) { return ranked.scores.multiShardShare.has_value(); });
    if (scored && !advice.searched.empty())
        outcome.text += wrapped("", fmt::format("Figures of the {}, {} to {}, which the search saw{}.", part, formatRfc3339(advice.searched.begin), formatRfc3339(advice.searched.end),
                                                advice.heldOut.empty() ? "" : "; later half: from there to " + formatRfc3339(advice.heldOut.end) + ", which it did not see"));
    outcome.text += "\n" + reasons;
    outcome.warnings = advice.limits;
    if (!advice.designs.empty()) outcome.text += bestText(advice.designs.front(), part);
    if (!advice.turningPoints.empty()) outcome.text += "\nWhat would make another design win\n";
    for (const auto& point : advice.turningPoints) outcome.text += wrapped(point.likely ? "likely: " : "far:    ", point.change);
    return outcome;
}

// What people have decided, and the advice obeyed.
Status addObeyed(Outcome& outcome, const project::Project& project) {
    FS_ASSIGN(const auto obeyed, project.obeyedDecisions());
    auto& json = (*outcome.json)["decisions"] = Json::array();
    for (const auto& decision : obeyed) json.push_back(advisor::toWords(decision));
    if (!obeyed.empty()) outcome.text += "\nAs decided in this project\n";
    for (const auto& decision : obeyed) outcome.text += wrapped("", advisor::toWords(decision) + ".");
    return {};
}

Outcome whyNotOutcome(const advisor::WhyNot& answer) {
    Outcome outcome;
    outcome.json = std::make_shared<Json>();
    (*outcome.json)["why_not"] = {{"table", answer.table}, {"column", answer.column}, {"answer", answer.answer}, {"winner", rankedJson(answer.winner)}, {"asked", rankedJson(answer.asked)}};
    outcome.text = answer.answer + "\n";
    return outcome;
}

Json projectionJson(const verbs::SimulatedColumn& column) {
    const auto& p = column.projection;
    Json json;
    json["design"] = column.design.id;
    json["scenario"] = column.scenario.name;
    json["shards"] = p.shards;
    json["multi_shard_share"] = orNull(p.multiShardShare);
    json["multi_shard_write_share"] = orNull(p.multiShardWriteShare);
    json["multi_shard_read_share"] = orNull(p.multiShardReadShare);
    json["fan_out_mix"] = p.fanOutMix;
    json["load_max_over_mean"] = orNull(p.loadMaxOverMean);
    json["load_max_over_mean_worst"] = orNull(p.loadMaxOverMeanWorst);
    json["hottest_shard"] = orNull(p.hottestShard);
    // Latency and throughput need constants measured on the target; nothing is made up.
    for (const char* name : {"throughput_tps", "p50_ms", "p95_ms", "p99_ms"}) json[name] = nullptr;
    json["bytes_moved"] = orNull(p.bytesMoved);
    Json times = Json::array();
    for (const auto t : p.times) times.push_back(formatRfc3339(t));
    json["load"] = p.load.empty() ? Json() : Json::array();
    for (const auto& load : p.load) json["load"].push_back({{"shard", load.shard}, {"times", times}, {"values", load.values}});
    json["load_origin"] = p.loadOrigin;
    json["peak_p50"] = p.peakP50;
    json["peak_p90"] = p.peakP90;
    json["storage_bytes"] = Json::array();
    for (const auto& bytes : p.storageBytes) json["storage_bytes"].push_back(orNull(bytes));
    json["storage_rows"] = Json::array();
    for (const auto& rows : p.storageRows) json["storage_rows"].push_back(orNull(rows));
    json["storage_max_over_mean"] = orNull(p.storageMaxOverMean);
    json["error"] = Json::object();
    return json;
}

// Against the first column, the baseline.
Json differencesJson(const cost::Projection& baseline, const cost::Projection& projection) {
    Json list = Json::array();
    for (const auto& one : simulation::compare(baseline, projection))
        list.push_back({{"what", one.what}, {"baseline", orNull(one.baseline)}, {"value", orNull(one.value)}, {"change", orNull(one.change)}});
    return list;
}

// What multi-shard shares are of: a forecast has the transactions of the log that it was made from.
constexpr const char* partProjected = "whole log";

std::string differencesText(const std::vector<verbs::SimulatedColumn>& columns) {
    if (columns.size() < 2) return {};
    TextTable table({"design", "scenario", "what", "baseline", "here", "change"});
    const auto text = [](const std::optional<double>& value, bool share) { return share ? shareText(value) : numberText(value); };
    for (size_t i = 1; i < columns.size(); ++i)
        for (const auto& one : simulation::compare(columns[0].projection, columns[i].projection)) {
            if (!one.change) continue;
            const std::string change = one.share ? fmt::format("{:+.2f} points", *one.change * 100) : fmt::format("{:+.3g}", *one.change);
            table.row({columns[i].design.id, columns[i].scenario.name, one.what, text(one.baseline, one.share), text(one.value, one.share), change});
        }
    return fmt::format("\nAgainst {} under {}, {}\n", columns[0].design.id, columns[0].scenario.name, partProjected) + table.render();
}

// "1: 95.7 %, 3: 4.31 %"
std::string fanOutText(const cost::Projection& p) {
    std::string text;
    for (size_t k = 1; k < p.fanOutMix.size(); ++k)
        if (p.fanOutMix[k] > 0) text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", k, formatShare(p.fanOutMix[k]));
    return text.empty() ? "–" : text;
}

std::string peakText(const cost::Projection& p) {
    double peak = 0;
    for (const auto& load : p.load)
        for (const double value : load.values) peak = std::max(peak, value);
    return p.load.empty() ? "–" : formatCount(peak);
}

std::string projectionsText(const std::vector<verbs::SimulatedColumn>& columns) {
    TextTable table({"design", "scenario", "shards", std::string("multi-shard, ") + partProjected, "writes", "reads", "load max/mean", "hottest", "peak accesses/s", "to move", "fan-out mix"});
    std::string unknown;
    for (const auto& column : columns) {
        const auto& p = column.projection;
        table.row({column.design.id, column.scenario.name, std::to_string(p.shards), shareText(p.multiShardShare), shareText(p.multiShardWriteShare), shareText(p.multiShardReadShare),
                   ratioText(p.loadMaxOverMean), p.hottestShard ? std::to_string(*p.hottestShard) : "–", peakText(p), p.bytesMoved ? formatBytes(*p.bytesMoved) : "–", fanOutText(p)});
        if (p.load.empty()) unknown += wrapped("", fmt::format("{} under {}: load per shard {}.", column.design.id, column.scenario.name, p.loadOrigin));
    }
    return table.render() + unknown;
}

}  // namespace

Result<Outcome> showDesigns(const project::Project& project) {
    FS_ASSIGN(const auto advice, project.advice());
    if (!advice) return Error{ErrorCategory::notFound, "The project has no designs yet.", fmt::format("Run: foreshard advise {} --shards N", project.file().string()), {}};
    auto outcome = adviceOutcome(*advice);
    FS_TRY(addObeyed(outcome, project));
    FS_TRY(warnOfStale(outcome, project, {project::Stage::advice}));
    return outcome;
}

Result<Outcome> runAdvise(const verbs::AdviseOptions& options, Job& job) {
    if (!options.whyNot.empty()) {
        FS_ASSIGN(const auto answer, verbs::whyNot(options, job));
        return whyNotOutcome(answer);
    }
    FS_ASSIGN(const auto advice, verbs::advise(options, job));
    auto outcome = adviceOutcome(*advice);
    FS_ASSIGN(const auto project, project::Project::open(options.project));
    FS_TRY(addObeyed(outcome, project));
    FS_ASSIGN(const auto workload, verbs::requireWorkload(project));
    if (verbs::isMasked(*workload)) outcome.warnings.push_back(workload::maskedMessage);
    return outcome;
}

Result<Outcome> runSimulate(const verbs::SimulateOptions& options, Job& job) {
    FS_ASSIGN(const auto columns, verbs::simulate(options, job));
    Outcome outcome;
    outcome.json = std::make_shared<Json>();
    (*outcome.json)["projections"] = Json::array();
    for (const auto& column : columns) {
        Json json = projectionJson(column);
        json["differences"] = differencesJson(columns.front().projection, column.projection);
        (*outcome.json)["projections"].push_back(std::move(json));
    }
    outcome.text = projectionsText(columns) + differencesText(columns);
    FS_ASSIGN(const auto project, project::Project::open(options.project));
    FS_TRY(warnOfStale(outcome, project, {project::Stage::workload, project::Stage::advice}));
    const auto is = [&](const auto& test) { return std::any_of(columns.begin(), columns.end(), test); };
    if (is([](const auto& column) { return column.scenario.forecast; })) FS_TRY(warnOfStale(outcome, project, {project::Stage::forecast}));
    // A dash is explained where it stands.
    FS_ASSIGN(const auto observed, verbs::requireWorkload(project));
    if (is([](const auto& column) { return !column.projection.multiShardShare || column.projection.load.empty(); })) warnOfCoverage(outcome, *observed);
    return outcome;
}

Result<Outcome> runRoute(const verbs::RouteOptions& options, Job& job) {
    FS_ASSIGN(const auto routed, verbs::route(options, job));
    Outcome outcome;
    outcome.json = std::make_shared<Json>();
    (*outcome.json)["shards"] = routed.shards;
    (*outcome.json)["reason"] = routed.reason;
    (*outcome.json)["any_one"] = routed.anyOne;
    (*outcome.json)["accesses"] = Json::array();
    for (const auto& access : routed.accesses)
        (*outcome.json)["accesses"].push_back({{"table", access.table}, {"access", access.access}, {"may_move", access.route.move.has_value()}, {"shards", access.route.shards.shards()}, {"any_one", access.route.anyOne},
                                               {"reason", sharding::toString(access.route.reason)}, {"provenance", workload::toString(access.route.provenance)}});
    outcome.warnings = routed.notes;
    std::string list;
    for (const auto shard : routed.shards) list += (list.empty() ? "" : ", ") + std::to_string(shard);
    const std::string where = routed.anyOne && routed.of > 1 ? fmt::format("any one of {} shards", routed.of)
                              : list.empty()                  ? fmt::format("0 of {} shards: none, for no row can match", routed.of)
                                                              : fmt::format("{} of {} shards: {}", routed.shards.size(), routed.of, list);
    outcome.text = where + "\n" + routed.reason + "\n";
    return outcome;
}

}  // namespace foreshard::cli
