// monitor and report as JSON and as text.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

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

}  // namespace

Result<Outcome> runMonitor(const verbs::MonitorOptions& options, Job& job) {
    FS_ASSIGN(const auto watched, verbs::monitorLogs(options, job));
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
        table.row({std::to_string(load.shard), numberText(measured), numberText(predicted), formatCount(accesses)});
    }
    json["load_max_over_mean"] = orNull(s.loadMaxOverMean);
    json["load_max_over_mean_predicted"] = orNull(s.loadMaxOverMeanPredicted);
    json["multi_shard_share"] = orNull(s.multiShardShare);
    json["multi_shard_share_predicted"] = orNull(s.multiShardSharePredicted);
    json["model_error"] = orNull(s.total.nd);
    json["model_error_log_mse"] = orNull(s.total.logMse);
    json["intervals_closed"] = s.intervalsClosed;
    json["calls"] = s.calls;
    json["retraining_offered"] = s.retrainingOffered;
    json["retrained"] = watched.retrained.empty() ? Json() : Json(watched.retrained);
    json["listening"] = watched.listening.empty() ? Json() : Json(watched.listening);
    json["drift"] = Json::array();
    json["alerts"] = Json::array();
    for (const auto& finding : s.findings) json[finding.rule == "drift" ? "drift" : "alerts"].push_back(findingJson(finding));
    outcome.text = table.render() + fmt::format("load max/mean {} (predicted {}), multi-shard {} (predicted {}), model error ND {} over {} intervals\n", ratioText(s.loadMaxOverMean),
                                                ratioText(s.loadMaxOverMeanPredicted), shareText(s.multiShardShare), shareText(s.multiShardSharePredicted), numberText(s.total.nd), s.total.intervals);
    for (const auto& finding : s.findings)
        outcome.text += fmt::format("{} {} since {}{}: {} {}\n", monitor::toString(finding.level), finding.rule, formatRfc3339(finding.since),
                                    finding.until ? " until " + formatRfc3339(*finding.until) : std::string(), finding.what, finding.evidence);
    if (s.retrainingOffered) outcome.text += "The volume models no longer fit: run again with --retrain, or train.\n";
    if (!watched.retrained.empty()) outcome.text += watched.retrained + "\n";
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
    return outcome;
}

}  // namespace foreshard::cli
