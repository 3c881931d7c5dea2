// monitor and report as JSON and as text.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "app/cli/render.h"
#include "app/cli/render_parts.h"
#include "app/verbs/monitor.h"
#include "core/base/units.h"

namespace foreshard::cli {

namespace {

// Mean over the closed intervals in which `values` says something; nothing where none does.
std::optional<double> meanOf(const std::vector<std::optional<double>>& values, const std::vector<std::optional<double>>& where) {
    double sum = 0;
    int count = 0;
    for (size_t i = 0; i < values.size() && i < where.size(); ++i)
        if (values[i] && where[i]) sum += *values[i], ++count;
    return count ? std::optional(sum / count) : std::nullopt;
}

Json findingJson(const monitor::Finding& finding) {
    return {{"rule", finding.rule},
            {"severity", monitor::toString(finding.level)},
            {"since", formatRfc3339(finding.since)},
            {"until", finding.until ? Json(formatRfc3339(*finding.until)) : Json()},
            {"what", finding.what},
            {"evidence", finding.evidence}};
}

std::string findingText(const monitor::Finding& finding) {
    return fmt::format("{} {} since {}{}: {} {}\n", monitor::toString(finding.level), finding.rule, formatRfc3339(finding.since),
                       finding.until ? " until " + formatRfc3339(*finding.until) : std::string(), finding.what, finding.evidence);
}

std::string logsText(const verbs::MonitorOptions& options) {
    std::string text;
    for (const auto& log : options.logs) text += (text.empty() ? "" : ", ") + log.string();
    return text;
}

// Says as it happens what a run that does not end by itself would say at its end alone.
class Narrator {
public:
    Narrator(const verbs::MonitorOptions& options, bool quiet) : options_(options), quiet_(quiet) {}

    void hear(const verbs::Monitoring& now) {
        if (quiet_ || (!options_.follow && options_.listen.empty())) return;
        if (!begun_) begin(now);
        for (auto it = now.snapshot.findings.rbegin(); it != now.snapshot.findings.rend(); ++it) {
            const auto key = std::tuple(it->rule, it->since, it->active());
            if (known_.insert(key).second && !first_) std::fputs(findingText(*it).c_str(), stderr);
        }
        first_ = false;
    }

private:
    void begin(const verbs::Monitoring& now) {
        begun_ = true;
        if (!now.listening.empty()) std::fprintf(stderr, "Metrics at %s\n", now.listening.c_str());
        if (options_.follow) std::fprintf(stderr, "Following %s; Ctrl+C ends it.\n", logsText(options_).c_str());
    }

    const verbs::MonitorOptions& options_;
    const bool quiet_;
    bool begun_ = false, first_ = true;
    std::set<std::tuple<std::string, Instant, bool>> known_;
};

// What this run has added, and why it is nothing where it is nothing.
std::string newsText(const verbs::Monitoring& watched, const verbs::MonitorOptions& options) {
    const auto& s = watched.snapshot;
    std::string text = fmt::format("Design {} in force, {} shard{}; {} interval{} judged, {} of them now.\n", s.design, s.shards, s.shards == 1 ? "" : "s", s.intervalsClosed,
                                   s.intervalsClosed == 1 ? "" : "s", watched.newIntervals);
    if (watched.limitBefore) text += fmt::format("What is remembered has been judged again: the limit was {:.2f} and is {:.2f} now.\n", *watched.limitBefore, s.skewLimit);
    if (watched.newIntervals > 0) return text;
    const bool measured = std::any_of(s.loads.begin(), s.loads.end(), [](const auto& load) { return std::any_of(load.measured.begin(), load.measured.end(), [](const auto& v) { return v.has_value(); }); });
    const auto until = watched.judgedUntil ? formatRfc3339(*watched.judgedUntil) : std::string();
    text += until.empty() ? fmt::format("Nothing new in {}: it holds no whole interval.\n", logsText(options))
                          : fmt::format("Nothing new in {}: what is before {} was judged before, and no interval after it is over.{}\n", logsText(options), until,
                                        measured ? " What follows is remembered." : "");
    if (!measured) text += "Nothing is measured under this design yet: it is measured from the next interval on.\n";
    return text;
}

std::string findingsText(const monitor::Snapshot& s) {
    const auto& findings = s.findings;
    std::string text;
    for (const auto& finding : findings) text += findingText(finding);
    const auto active = [&](bool drift) { return std::any_of(findings.begin(), findings.end(), [&](const auto& each) { return each.active() && (each.rule == "drift") == drift; }); };
    if (!active(false) && !active(true)) text += findings.empty() ? "No alerts, no drift.\n" : "No alert and no drift now.\n";
    const bool alerted = std::any_of(findings.begin(), findings.end(), [](const auto& each) { return each.rule == "skew"; });
    if (alerted) return text;
    std::string rule = s.skewRule;
    if (s.telling == 0 && !s.times.empty()) rule = "No remembered interval has accesses enough to tell skew. " + rule;
    else if (s.aboveLimit > 0) rule = fmt::format("{} of {} remembered intervals above the limit of {:.2f} (the highest {:.2f}), not enough in a row. ", s.aboveLimit, s.telling, s.skewLimit, s.highestAbove) + rule;
    return text + wrapped("", rule);
}

}  // namespace

Result<Outcome> runMonitor(const verbs::MonitorOptions& options, Job& job, bool quiet) {
    Narrator narrator(options, quiet);
    FS_ASSIGN(const auto watched, verbs::monitorLogs(options, job, [&](const verbs::Monitoring& now) { narrator.hear(now); }));
    const auto& s = watched.snapshot;
    Outcome outcome;
    outcome.json = std::make_shared<Json>();
    auto& json = *outcome.json;
    json["design"] = s.design;
    json["shards"] = Json::array();
    TextTable table({"shard", "measured accesses/s", "predicted", "accesses"});
    for (const auto& load : s.loads) {
        const auto measured = meanOf(load.measured, load.measured), predicted = meanOf(load.predicted, load.measured);
        const double accesses = load.shard < s.accesses.size() ? s.accesses[load.shard] : 0;
        json["shards"].push_back({{"shard", load.shard}, {"load_measured", finiteOrNull(measured)}, {"load_predicted", finiteOrNull(predicted)}, {"accesses", accesses}});
        table.row({std::to_string(load.shard), numberText(measured), numberText(predicted), measured ? formatCount(accesses) : "–"});
    }
    json["load_max_over_mean"] = orNull(s.loadMaxOverMean);
    json["load_max_over_mean_predicted"] = orNull(s.loadMaxOverMeanPredicted);
    json["multi_shard_share"] = orNull(s.multiShardShare);
    json["multi_shard_share_predicted"] = orNull(s.multiShardSharePredicted);
    json["model_error"] = orNull(s.total.nd);
    json["model_error_log_mse"] = orNull(s.total.logMse);
    json["intervals_closed"] = s.intervalsClosed;
    json["intervals_new"] = watched.newIntervals;
    json["judged_until"] = watched.judgedUntil ? Json(formatRfc3339(*watched.judgedUntil)) : Json();
    json["calls"] = s.calls;
    json["skew_limit"] = s.skewLimit;
    json["intervals_above_limit"] = s.aboveLimit;
    json["retraining_offered"] = s.retrainingOffered;
    json["retrained"] = watched.retrained.empty() ? Json() : Json(watched.retrained);
    json["listening"] = watched.listening.empty() ? Json() : Json(watched.listening);
    json["drift"] = Json::array();
    json["alerts"] = Json::array();
    for (const auto& finding : s.findings) json[finding.rule == "drift" ? "drift" : "alerts"].push_back(findingJson(finding));
    outcome.text = newsText(watched, options) + table.render() +
                   fmt::format("load max/mean {} (predicted {}), multi-shard {} (predicted {}), model error ND {} over {} intervals\n", ratioText(s.loadMaxOverMean),
                               ratioText(s.loadMaxOverMeanPredicted), shareText(s.multiShardShare), shareText(s.multiShardSharePredicted), numberText(s.total.nd), s.total.intervals) +
                   findingsText(s);
    if (s.retrainingOffered) outcome.text += "The volume models no longer fit: run again with --retrain, or train.\n";
    if (!watched.retrained.empty()) outcome.text += watched.retrained + "\n";
    FS_ASSIGN(const auto project, project::Project::open(options.project));
    FS_TRY(warnOfStale(outcome, project, {project::Stage::models, project::Stage::forecast}));
    return outcome;
}

Result<Outcome> runReport(const verbs::ReportOptions& options, Job& job) {
    FS_TRY(verbs::writeReport(options, {}, job));
    Outcome outcome;
    outcome.json = std::make_shared<Json>();
    std::error_code ignored;
    (*outcome.json)["output"] = options.output.string();
    (*outcome.json)["bytes"] = std::filesystem::file_size(options.output, ignored);
    outcome.text = fmt::format("Wrote {}.\n", options.output.string());
    FS_ASSIGN(const auto project, project::Project::open(options.project));
    using project::Stage;
    FS_TRY(warnOfStale(outcome, project, {Stage::workload, Stage::models, Stage::forecast, Stage::advice, Stage::plan}));
    return outcome;
}

}  // namespace foreshard::cli
