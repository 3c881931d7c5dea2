// Migration and monitor.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "core/base/units.h"
#include "core/report/sections.h"

namespace foreshard::report {

// ---- migration ----------------------------------------------------------------------------------------------------

namespace {

Table stepTable(const migration::MigrationPlan& plan, const migration::MigrationStatus* status) {
    Table table{"steps", "Steps, in the order of execution", {}, {}};
    table.columns = {{"id", "Step", "", false, true},
                     {"round", "Round", "", true},
                     {"kind", "What"},
                     {"chunk", "Chunk"},
                     {"from", "From"},
                     {"to", "To"},
                     {"rows", "Rows", "", true, false, true},
                     {"bytes", "Size", "", true},
                     {"seconds", "Took", "", true},
                     {"reversible", "Way back"},
                     {"approved", "Approved"},
                     {"state", "State"}};
    const bool ended = status && (status->state == migration::MigrationState::done || status->state == migration::MigrationState::rolledBack);
    for (const migration::Step& step : plan.steps) {
        const migration::StepStatus* run = nullptr;
        if (status)
            for (const migration::StepStatus& one : status->steps)
                if (one.step == step.id) run = &one;
        const bool approved = plan.approved(step.id);
        const auto state = run ? run->state : approved ? migration::StepState::approved : migration::StepState::planned;
        table.rows.push_back({textCell(step.id), wholeCell(step.round), textCell(migration::toString(step.kind)),
                              textCell(step.chunk.empty() ? step.table : step.chunk),
                              textCell(plan.shardName(step.from)), textCell(plan.shardName(step.to)),
                              step.rows ? wholeCell(*step.rows) : unknownCell(),
                              step.bytes ? bytesCell(static_cast<double>(*step.bytes)) : unknownCell(),
                              secondsCell(run ? run->seconds : std::nullopt), textCell(step.reversible && !ended ? "yes" : "no"),
                              textCell(approved ? "yes" : "no"), textCell(migration::toString(state))});
    }
    table.shown = 200;
    return table;
}

}  // namespace

Section migrationSection(const ReportInput& input) {
    Section out;
    if (!input.plan) return out;
    const migration::MigrationPlan& plan = *input.plan;
    out.answer = fmt::format("The plan moves {} in {} and {}", counted(static_cast<double>(plan.rowsToMove()), "row"),
                             counted(static_cast<double>(plan.steps.size()), "step"), counted(static_cast<double>(plan.rounds()), "round"));
    if (input.status)
        out.answer += fmt::format("; it is {}, {} of {} steps are done", migration::toString(input.status->state),
                                  input.status->stepsDone, input.status->stepsTotal);
    out.answer += ".";
    out.tables.push_back(stepTable(plan, input.status.get()));
    // What spoke against it was of the time before: a move that is over has answered it.
    if (!plan.lint.empty() && !(input.status && input.status->state == migration::MigrationState::done)) {
        Table lint{"lint",
                   "What speaks against it",
                   {{"severity", "Severity"},
                    {"what", "Rule", "", false, true},
                    {"evidence", "Evidence"},
                    {"remedy", "Remedy"}},
                   {}};
        for (const migration::LintFinding& one : plan.lint)
            lint.rows.push_back(
                {textCell(toString(one.severity)), textCell(one.what), textCell(one.evidence), textCell(one.remedy)});
        out.tables.push_back(std::move(lint));
    }
    return out;
}

// ---- monitor ------------------------------------------------------------------------------------------------------

namespace {

Table measuredTable(const monitor::Snapshot& m) {
    Table table{
        "measured",
        "Measured and predicted",
        {{"what", "What"}, {"unit", "Unit"}, {"measured", "Measured", "", true}, {"predicted", "Predicted", "", true}},
        {}};
    table.rows = {{textCell("Hottest shard"), textCell("× mean load"), ratioCell(m.loadMaxOverMean),
                   ratioCell(m.loadMaxOverMeanPredicted)},
                  {textCell("Multi-shard transactions"), textCell("share; predicted: of the whole log"), shareCell(m.multiShardShare),
                   shareCell(m.multiShardSharePredicted)},
                  {textCell("Error of the volume models"), textCell("absolute error / volume"), ratioCell(m.total.nd),
                   unknownCell()}};
    return table;
}

Table findingTable(const monitor::Snapshot& m, const std::string& zone) {
    Table table{"findings",
                "Findings, newest first",
                {{"rule", "Rule", "", false, true},
                 {"level", "Level"},
                 {"what", "What"},
                 {"evidence", "Evidence"},
                 {"since", "Since"},
                 {"until", "Until"}},
                {}};
    for (const monitor::Finding& one : m.findings)
        table.rows.push_back({textCell(one.rule), textCell(monitor::toString(one.level)), textCell(one.what),
                              textCell(one.evidence), timeCell(one.since, zone),
                              one.until ? timeCell(*one.until, zone) : textCell("still so")});
    return table;
}

// Evidence names keys as "key 17 of orders.customer_id" and "keys 4112 … 4351 of orders.customer_id".
std::string withoutKeys(const std::string& evidence) {
    std::string out;
    for (size_t at = 0; at < evidence.size();) {
        const size_t word = std::min(evidence.find("key ", at), evidence.find("keys ", at));
        const size_t end = word == std::string::npos ? word : evidence.find(" of ", word);
        if (end == std::string::npos) return out + evidence.substr(at);
        out += evidence.substr(at, word - at) + (evidence.compare(word, 5, "keys ") == 0 ? "keys (masked)" : "a key (masked)");
        at = end;
    }
    return out;
}

std::vector<double> numbers(const std::vector<std::optional<double>>& values, double factor) {
    std::vector<double> out;
    for (const auto& value : values) out.push_back(value ? *value * factor : std::numeric_limits<double>::quiet_NaN());
    return out;
}

LoadUnit unitOf(const monitor::Snapshot& m) {
    double highest = 0;
    for (const auto& shard : m.loads)
        for (const auto* values : {&shard.measured, &shard.predicted})
            for (const auto& value : *values) highest = std::max(highest, value.value_or(0));
    return loadUnit(highest);
}

}  // namespace

Section monitorSection(const ReportInput& input) {
    Section out;
    if (!input.monitor) return out;
    const monitor::Snapshot& m = *input.monitor;
    const auto active =
        std::count_if(m.findings.begin(), m.findings.end(), [](const monitor::Finding& one) { return one.active(); });
    out.answer = m.findings.empty() ? std::string("Nothing out of the ordinary was found.")
                                    : fmt::format("{}, {} of them still so.", counted(static_cast<double>(m.findings.size()), "finding"), active);
    const LoadUnit unit = unitOf(m);
    ChartGrid grid{"measured-load", "Load per shard, measured and predicted", unit.name, {}};
    for (const monitor::ShardStatus& shard : m.loads) {
        TimeChart chart{fmt::format("monitored-{}", shard.shard),
                        fmt::format("shard {}", shard.shard),
                        grid.unit,
                        m.times,
                        {},
                        {},
                        static_cast<int>(shard.shard)};
        chart.lines.push_back({"measured", scaled(shard.measured, unit.factor), {}, {}});
        chart.lines.push_back({"predicted", scaled(shard.predicted, unit.factor), numbers(shard.p10, unit.factor), numbers(shard.p90, unit.factor)});
        grid.charts.push_back(std::move(chart));
    }
    if (!grid.charts.empty() && !m.times.empty()) out.pictures.emplace_back(std::move(grid));
    out.tables.push_back(measuredTable(m));
    if (!m.findings.empty()) out.tables.push_back(findingTable(m, input.zone));
    if (!input.showLiterals && !m.findings.empty())
        for (auto& row : out.tables.back().rows) row[3] = textCell(withoutKeys(row[3].text));
    return out;
}

}  // namespace foreshard::report
