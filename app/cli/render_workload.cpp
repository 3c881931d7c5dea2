// profile and show: the workload as JSON and as text.
#include <fmt/format.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "app/cli/render.h"
#include "app/cli/render_contents.h"
#include "app/cli/render_parts.h"
#include "app/verbs/metrics.h"
#include "app/verbs/parts.h"
#include "app/verbs/workload.h"
#include "core/base/units.h"
#include "core/workload/untimed.h"

namespace foreshard::cli {

namespace {

using workload::Workload;

Json coverageJson(const workload::Coverage& c) {
    Json json;
    json["source"] = c.source;
    json["format"] = c.format;
    json["files"] = c.files;
    json["min_duration_ms"] = orNull(c.minDurationMs);
    json["sample_rate"] = orNull(c.sampleRate);
    json["selects"] = c.selects;
    json["writes"] = c.writes;
    json["transaction_control"] = c.transactionControl;
    json["boundaries"] = workload::toString(c.boundaries);
    json["literals"] = c.literals;
    json["pooled"] = c.pooled;
    json["durations"] = c.durations;
    json["cut_statements"] = c.cutStatements;
    json["lower_bounds"] = c.lowerBounds();
    return json;
}

Json diagnosticsJson(const Diagnostics& diagnostics) {
    Json json;
    json["total"] = diagnostics.total();
    json["by_reason"] = Json::object();
    for (const auto& [reason, times] : diagnostics.byReason()) json["by_reason"][reason] = times;
    json["shown"] = Json::array();
    for (const auto& d : diagnostics.shown())
        json["shown"].push_back({{"severity", toString(d.severity)}, {"reason", d.reason}, {"file", d.file}, {"line", d.line}, {"message", d.message}});
    return json;
}

std::shared_ptr<Json> workloadJson(const Workload& w) {
    const auto& totals = w.facts->totals;
    auto json = std::make_shared<Json>();
    (*json)["bytes"] = totals.bytes;
    (*json)["lines"] = totals.lines;
    (*json)["calls"] = fromWeight(totals.calls);
    (*json)["calls_logged"] = totals.callsLogged;
    (*json)["coverage"] = Json::array();
    for (const auto& c : w.facts->coverage) (*json)["coverage"].push_back(coverageJson(c));
    (*json)["templates"] = w.facts->templates.size();
    (*json)["unparsed_calls"] = totals.unparsedCalls;
    (*json)["transactions"] = fromWeight(totals.transactions);
    (*json)["aborted"] = fromWeight(totals.aborted);
    (*json)["sessions"] = totals.sessions;
    (*json)["tables"] = w.facts->schema.tables.size();
    (*json)["interval"] = formatInterval(w.rates.interval);
    (*json)["first"] = w.rates.range.empty() ? Json() : Json(formatRfc3339(w.rates.range.begin));
    (*json)["last"] = w.rates.range.empty() ? Json() : Json(formatRfc3339(w.rates.range.end));
    (*json)["schema_events"] = Json::array();
    for (const auto& event : w.facts->schemaEvents) (*json)["schema_events"].push_back({{"time", formatRfc3339(event.time)}, {"table", event.table}, {"statement", event.statement}});
    (*json)["diagnostics"] = diagnosticsJson(w.facts->diagnostics);
    return json;
}

// What was given or found to limit the counts: ", a sample of 10 %, at least 100 ms, pooled".
std::string limitsText(const workload::Coverage& c) {
    std::string text;
    if (c.sampleRate && *c.sampleRate < 1) text += fmt::format(", a sample of {:g} %", *c.sampleRate * 100);
    if (c.minDurationMs && *c.minDurationMs > 0) text += fmt::format(", at least {:g} ms", *c.minDurationMs);
    if (c.pooled) text += ", pooled";
    return text;
}

// "shop.csv:17: ", or nothing where a diagnostic is of the whole.
std::string placeText(const Diagnostic& d) {
    if (d.file.empty()) return {};
    return d.line > 0 ? fmt::format("{}:{}: ", d.file, d.line) : d.file + ": ";
}

// The first finding of this kind; its bare name where none was kept.
std::string exampleOf(const Diagnostics& diagnostics, const std::string& reason) {
    for (const auto& d : diagnostics.shown())
        if (d.reason == reason) return placeText(d) + d.message;
    std::string words = reason;
    std::replace(words.begin(), words.end(), '_', ' ');
    return words;
}

// Warnings first.
std::vector<std::string> reasonsOf(const Diagnostics& diagnostics) {
    std::vector<std::string> reasons;
    const auto add = [&](const std::string& reason) {
        if (std::find(reasons.begin(), reasons.end(), reason) == reasons.end()) reasons.push_back(reason);
    };
    for (const auto& d : diagnostics.shown()) add(d.reason);
    for (const auto& [reason, times] : diagnostics.byReason()) add(reason);
    return reasons;
}

std::string workloadText(const Workload& w) {
    const auto& totals = w.facts->totals;
    TextTable table({"", ""});
    table.row({"read", fmt::format("{} in {} lines", formatBytes(static_cast<double>(totals.bytes)), groupThousands(static_cast<int64_t>(totals.lines)))});
    table.row({"time", w.rates.range.empty() ? "– (no statement was found)"
                       : withoutTimes(w.rates) ? "– (the log has no times)"
                                             : fmt::format("{} – {}, by {}", formatRfc3339(w.rates.range.begin), formatRfc3339(w.rates.range.end), formatInterval(w.rates.interval))});
    // Where a log holds a sample, what is counted and what was read are two numbers.
    const auto calls = static_cast<int64_t>(fromWeight(totals.calls));
    table.row({"calls", groupThousands(calls) + (calls == static_cast<int64_t>(totals.callsLogged) ? "" : fmt::format(" ({} in the log)", groupThousands(static_cast<int64_t>(totals.callsLogged))))});
    table.row({"templates", groupThousands(static_cast<int64_t>(w.facts->templates.size()))});
    table.row({"transactions", fmt::format("{} done, {} aborted", groupThousands(static_cast<int64_t>(fromWeight(totals.transactions))), groupThousands(static_cast<int64_t>(fromWeight(totals.aborted))))});
    table.row({"sessions", groupThousands(static_cast<int64_t>(totals.sessions))});
    for (const auto& c : w.facts->coverage) table.row({"source", fmt::format("{} ({}, transactions by {}{})", c.source, c.format, workload::toString(c.boundaries), limitsText(c))});
    std::string text = table.render().substr(table.render().find('\n') + 1);
    const auto& diagnostics = w.facts->diagnostics;
    if (diagnostics.total()) {
        text += fmt::format("{} diagnostic{}:\n", groupThousands(static_cast<int64_t>(diagnostics.total())), diagnostics.total() == 1 ? "" : "s");
        for (const auto& reason : reasonsOf(diagnostics))
            text += wrapped("  ", fmt::format("{} × {}", groupThousands(static_cast<int64_t>(diagnostics.byReason().at(reason))), exampleOf(diagnostics, reason)));
    }
    return text;
}

// The numbers of one template over all intervals.
struct TemplateSums {
    double calls = 0, timed = 0, counted = 0, durationMs = 0, rows = 0;
};

TemplateSums sumsOf(const workload::TemplateSeries& series) {
    TemplateSums sums;
    for (const auto& point : series.points) {
        sums.calls += fromWeight(point.calls);
        sums.timed += fromWeight(point.timedCalls);
        sums.counted += fromWeight(point.countedCalls);
        sums.durationMs += static_cast<double>(point.durationNs) * 1e-6;
        sums.rows += static_cast<double>(point.rows);
    }
    return sums;
}

Outcome templatesOutcome(const Workload& w) {
    struct Row { size_t index; TemplateSums sums; };
    std::vector<Row> rows;
    for (size_t i = 0; i < w.facts->templates.size(); ++i) rows.push_back({i, sumsOf(w.rates.templates[i])});
    std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.sums.calls > b.sums.calls; });
    Outcome outcome;
    outcome.json = std::make_shared<Json>();
    auto& list = (*outcome.json)["templates"] = Json::array();
    TextTable table({"calls", "mean ms", "kind", "statement"});
    for (const auto& [index, sums] : rows) {
        const auto& t = w.facts->templates[index];
        Json json;
        json["fingerprint"] = fmt::format("{:016x}", t.fingerprint);
        json["text"] = t.text;
        json["kind"] = sql::toString(t.facts.kind);
        json["tables"] = Json::array();
        for (const auto& access : t.accesses) {
            const auto name = w.facts->schema.tables[access.table].qualifiedName();
            if (std::find(json["tables"].begin(), json["tables"].end(), name) == json["tables"].end()) json["tables"].push_back(name);
        }
        json["calls"] = sums.calls;
        json["mean_ms"] = sums.timed > 0 ? Json(sums.durationMs / sums.timed) : Json();
        json["rows"] = sums.counted > 0 ? Json(sums.rows / sums.counted) : Json();
        json["parsed"] = t.facts.parsed;
        addQuantiles(json, w, static_cast<workload::TemplateId>(index));
        list.push_back(std::move(json));
        table.row({groupThousands(static_cast<int64_t>(sums.calls)), sums.timed > 0 ? fmt::format("{:.3g}", sums.durationMs / sums.timed) : "–", sql::toString(t.facts.kind), oneLine(t.text)});
    }
    outcome.text = table.render();
    return outcome;
}

Outcome transactionsOutcome(const Workload& w) {
    auto classes = w.facts->classes;
    std::stable_sort(classes.begin(), classes.end(), [](const auto& a, const auto& b) { return a.count > b.count; });
    Outcome outcome;
    outcome.json = std::make_shared<Json>();
    auto& list = (*outcome.json)["classes"] = Json::array();
    TextTable table({"count", "aborted", "templates"});
    const auto columnName = [&](workload::ColumnId id) {
        const auto& column = w.facts->columns[id];
        return w.facts->schema.tables[column.table].qualifiedName() + "." + column.expression;
    };
    for (const auto& c : classes) {
        Json json;
        json["fingerprint"] = fmt::format("{:016x}", c.fingerprint);
        json["count"] = fromWeight(c.count);
        json["aborted"] = fromWeight(c.aborted);
        json["templates"] = Json::array();
        std::string names;
        for (const auto id : c.templates) {
            json["templates"].push_back(fmt::format("{:016x}", w.facts->templates[id].fingerprint));
            names += (names.empty() ? "" : " | ") + w.facts->templates[id].text.substr(0, 40);
        }
        json["agreements"] = Json::array();
        for (const auto& agreement : c.agreements)
            json["agreements"].push_back({{"left", columnName(agreement.columns.left)}, {"right", columnName(agreement.columns.right)},
                                          {"share", agreement.share}, {"chance", agreement.chance}, {"bound_both", agreement.boundBoth}});
        list.push_back(std::move(json));
        table.row({groupThousands(static_cast<int64_t>(fromWeight(c.count))), groupThousands(static_cast<int64_t>(fromWeight(c.aborted))), names});
    }
    (*outcome.json)["sampled_transactions"] = w.facts->transactions.size();
    outcome.text = table.render();
    return outcome;
}

}  // namespace

Outcome workloadOutcome(const Workload& w) {
    Outcome outcome{workloadJson(w), workloadText(w), {}, false, {}};
    warnOfCoverage(outcome, w);
    return outcome;
}

namespace {

// Says that metrics stand beside the workload, where they do.
Result<Outcome> withMetrics(Outcome outcome, const project::Project& project) {
    FS_ASSIGN(const auto metrics, project.metrics());
    if (metrics && !metrics->empty()) mentionMetrics(outcome, *metrics);
    return outcome;
}

// What was said of the files and is no part of the workload: which were left out, and why.
void sayOfFiles(Outcome& outcome, const Diagnostics& said, const Diagnostics& known) {
    auto& list = (*outcome.json)["file_notes"] = Json::array();
    for (const auto& d : said.shown())
        if (!known.byReason().contains(d.reason)) list.push_back({{"severity", toString(d.severity)}, {"reason", d.reason}, {"file", d.file}, {"message", d.message}});
    for (const auto& reason : reasonsOf(said)) {
        if (known.byReason().contains(reason)) continue;
        const auto times = said.byReason().at(reason);
        const auto text = exampleOf(said, reason) + (times > 1 ? fmt::format(" {} more are like that.", groupThousands(static_cast<int64_t>(times - 1))) : std::string());
        const bool note = std::any_of(said.shown().begin(), said.shown().end(), [&](const Diagnostic& d) { return d.reason == reason && d.severity == Severity::note; });
        if (note) outcome.text += wrapped("", text);
        else outcome.warnings.push_back(text);
    }
}

}  // namespace

Result<Outcome> runProfilePart(const verbs::ProfileOptions& options, Job& job) {
    Outcome outcome;
    FS_ASSIGN(outcome.data, verbs::profilePart(options, job));
    return outcome;
}

Result<Outcome> runMerge(const verbs::MergeOptions& options, Job& job) {
    FS_ASSIGN(const auto part, verbs::mergeParts(options, job));
    Outcome outcome{std::make_shared<Json>(), {}, {}, false, {}};
    auto& json = *outcome.json;
    json["calls_logged"] = part.partial.callsLogged();
    json["sources"] = Json::array();
    TextTable table({"bytes from", "to", "log"});
    for (const auto& [name, source] : part.sources)
        for (const auto& span : source.spans) {
            const auto& file = span.files.front().path;
            json["sources"].push_back({{"source", name}, {"format", ingest::toString(source.format)}, {"file", file}, {"begin", span.begin}, {"end", span.end}});
            table.row({groupThousands(static_cast<int64_t>(span.begin)), groupThousands(static_cast<int64_t>(span.end)), file});
        }
    if (options.output == "-") outcome.data = ingest::writeLogPart(part);
    else outcome.text = table.render();
    return outcome;
}

Result<Outcome> runProfile(const verbs::ProfileOptions& options, Job& job) {
    FS_ASSIGN(const auto made, verbs::profile(options, job));
    FS_ASSIGN(const auto project, project::Project::open(options.project));
    FS_ASSIGN(auto outcome, withMetrics(workloadOutcome(*made), project));
    sayOfFiles(outcome, job.diagnostics(), made->facts->diagnostics);
    return outcome;
}

Result<Outcome> runShow(const verbs::ShowOptions& options, Job& job) {
    FS_ASSIGN(const auto project, project::Project::open(options.project));
    if (options.what == "designs") return showDesigns(project);
    if (options.what == "plan") return runStatus({.project = options.project}, job);
    if (options.what == "metrics") {
        FS_ASSIGN(const auto metrics, verbs::requireMetrics(project));
        FS_ASSIGN(const auto workload, project.workload());
        return metricsOutcome(*metrics, workload.get());
    }
    FS_ASSIGN(const auto found, verbs::requireWorkload(project));
    if (options.what == "templates") return templatesOutcome(*found);
    if (options.what == "transactions") return transactionsOutcome(*found);
    if (options.what == "columns") return columnsOutcome(*found);
    if (options.what == "access") return accessOutcome(*found);
    if (options.what == "volume") return volumeOutcome(*found);
    if (options.what == "buckets") return bucketsOutcome(*found);
    return withMetrics(workloadOutcome(*found), project);
}

}  // namespace foreshard::cli
