// show P metrics: what the server counted by itself, as JSON and as text.
#include <fmt/format.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "app/cli/render_parts.h"
#include "app/verbs/metrics.h"
#include "app/verbs/workload.h"
#include "core/base/units.h"

namespace foreshard::cli {

namespace {

using workload::Metrics;
using workload::StatementCounters;

// Of one statement, what is shown.
struct Line {
    const workload::StatementKey* key = nullptr;
    const workload::StatementMetrics* statement = nullptr;
    StatementCounters last;            // as counted when it was seen last
    std::vector<workload::MetricsStep> steps;
    bool inLog = false;
};

double meanMs(const StatementCounters& counters) { return counters.calls ? static_cast<double>(counters.duration) * 1e-6 / static_cast<double>(counters.calls) : 0; }

std::vector<Line> linesOf(const Metrics& metrics, const workload::Workload* workload) {
    std::set<std::string_view> logged;
    if (workload)
        for (const auto& each : workload->facts->templates) logged.insert(each.text);
    std::vector<Line> lines;
    for (const auto& [key, statement] : metrics.statements) {
        if (statement.counters.empty()) continue;
        lines.push_back({&key, &statement, statement.counters.rbegin()->second, metrics.stepsOf(statement), logged.contains(statement.text)});
    }
    std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) { return a.last.calls > b.last.calls; });
    return lines;
}

// Whether a column for this part of the key tells lines apart.
bool differ(const std::vector<Line>& lines, std::string workload::StatementKey::*part) {
    return std::any_of(lines.begin(), lines.end(), [&](const Line& line) { return line.key->*part != lines.front().key->*part; });
}

Json countersJson(const StatementCounters& counters) { return {{"calls", counters.calls}, {"mean_ms", meanMs(counters)}, {"rows", counters.rows}}; }

Json lineJson(const Line& line) {
    Json json{{"database", line.key->database}, {"user", line.key->user}, {"query_id", line.key->id}, {"text", line.statement->text}, {"in_log", line.inLog}};
    json.update(countersJson(line.last));
    json["steps"] = Json::array();
    for (const auto& step : line.steps) {
        Json each{{"from", formatRfc3339(step.range.begin)}, {"to", formatRfc3339(step.range.end)}};
        each.update(countersJson(step.added));
        each["at_least"] = step.atLeast;
        json["steps"].push_back(std::move(each));
    }
    return json;
}

}  // namespace

Outcome metricsOutcome(const Metrics& metrics, const workload::Workload* workload) {
    const auto lines = linesOf(metrics, workload);
    Outcome outcome;
    outcome.json = std::make_shared<Json>();
    (*outcome.json)["snapshots"] = Json::array();
    for (const Instant time : metrics.snapshots) (*outcome.json)["snapshots"].push_back(formatRfc3339(time));
    auto& list = (*outcome.json)["statements"] = Json::array();
    const bool databases = differ(lines, &workload::StatementKey::database), users = differ(lines, &workload::StatementKey::user);
    std::vector<std::string> head{"calls", "between snapshots", "mean ms", "rows", "in the log"};
    if (databases) head.push_back("database");
    if (users) head.push_back("user");
    head.push_back("statement");
    TextTable table(head);
    for (const auto& line : lines) {
        list.push_back(lineJson(line));
        uint64_t added = 0;
        bool atLeast = false;
        for (const auto& step : line.steps) added += step.added.calls, atLeast |= step.atLeast;
        const auto between = metrics.snapshots.size() < 2 ? std::string("–") : groupThousands(static_cast<int64_t>(added)) + (atLeast ? "+" : "");
        std::vector<std::string> row{groupThousands(static_cast<int64_t>(line.last.calls)), between, fmt::format("{:.3g}", meanMs(line.last)), groupThousands(static_cast<int64_t>(line.last.rows)), line.inLog ? "yes" : "no"};
        if (databases) row.push_back(line.key->database);
        if (users) row.push_back(line.key->user);
        row.push_back(line.statement->text);
        table.row(std::move(row));
    }
    outcome.text = wrapped("", fmt::format("{} of {} statements, counted by the server: totals without the times and values of calls, and without those of the log. "
                                           "A + says that the server had reset or dropped a counter in between, so that there were at least so many.",
                                           counted(metrics.snapshots.size(), "snapshot", "snapshots"), metrics.statements.size())) + table.render();
    return outcome;
}

void mentionMetrics(Outcome& outcome, const Metrics& metrics) {
    const auto first = formatRfc3339(*metrics.snapshots.begin()), last = formatRfc3339(*metrics.snapshots.rbegin());
    (*outcome.json)["metrics"] = {{"snapshots", metrics.snapshots.size()}, {"statements", metrics.statements.size()}, {"first", first}, {"last", last}};
    outcome.text += wrapped("beside the log: ", fmt::format("metrics of the server, {} of {} statements, {} – {} (show P metrics); none of them is counted above", counted(metrics.snapshots.size(), "snapshot", "snapshots"),
                                                            metrics.statements.size(), first, last));
}

}  // namespace foreshard::cli
