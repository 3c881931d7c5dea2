// Monitoring and the report as the pages show them.
#include <fmt/format.h>

#include <algorithm>

#include "app/verbs/monitor.h"
#include "app/workbench/contents.h"
#include "core/monitor/monitor.h"
#include "core/report/gather.h"
#include "core/report/writers.h"

namespace foreshard::workbench {

namespace {

ui::FindingAct actOf(monitor::Act act) {
    switch (act) {
        case monitor::Act::none: return ui::FindingAct::none;
        case monitor::Act::retrain: return ui::FindingAct::retrain;
        case monitor::Act::compareDesigns: return ui::FindingAct::compareDesigns;
        case monitor::Act::planMove: return ui::FindingAct::planMove;
    }
    return ui::FindingAct::none;
}

}  // namespace

ui::MonitorView monitorView(const monitor::Snapshot& snapshot, const std::string& listening, const std::vector<std::string>& watching) {
    ui::MonitorView view;
    view.design = snapshot.design;
    view.watching = watching;
    view.listening = listening;
    for (const auto& load : snapshot.loads) view.shards.push_back({load.shard, snapshot.times, load.measured, load.predicted, load.p10, load.p90});
    view.loadMaxOverMean = snapshot.loadMaxOverMean;
    view.loadMaxOverMeanPredicted = snapshot.loadMaxOverMeanPredicted;
    view.multiShardShare = snapshot.multiShardShare;
    view.multiShardSharePredicted = snapshot.multiShardSharePredicted;
    view.modelError = snapshot.total.nd;
    view.rule = snapshot.skewRule;
    view.telling = snapshot.telling;
    view.aboveLimit = snapshot.aboveLimit;
    view.limit = snapshot.skewLimit;
    view.highestAbove = snapshot.highestAbove;
    for (const auto& finding : snapshot.findings)
        view.findings.push_back({finding.rule, monitor::toString(finding.level), finding.what, finding.evidence, finding.since, finding.until, actOf(finding.act)});
    return view;
}

Status loadMonitor(const project::Project& project, ui::Contents& out) {
    FS_ASSIGN(const auto state, project.monitorState());
    if (state.empty() || !out.today) return {};
    const auto seen = monitor::Monitor::readAsMeasured(state);
    if (seen.ok()) {
        out.monitor = std::make_shared<const ui::MonitorView>(monitorView(seen->status(), {}, {}));
        return {};
    }
    if (seen.error().category != ErrorCategory::notFound) return seen.error();
    // An older state does not say under which design it was measured; under another there is no load to show.
    std::vector<const sharding::Design*> designs{out.today.get()};
    if (out.advice) {
        for (const auto& ranked : out.advice->designs) designs.push_back(&ranked.design);
    }
    for (const auto* design : designs) {
        FS_ASSIGN(const auto under, monitor::Monitor::read(state, *design));
        const auto now = under.status();
        if (out.monitor && now.times.empty()) continue;
        out.monitor = std::make_shared<const ui::MonitorView>(monitorView(now, {}, {}));
        if (!now.times.empty()) break;
    }
    return {};
}

Status loadReport(const verbs::Path& file, const std::vector<std::string>& sections, ui::Contents& out, Job& job) {
    verbs::ReportOptions options;
    options.project = file;
    const std::set<std::string> wanted(sections.begin(), sections.end());
    FS_ASSIGN(const auto data, verbs::reportData(options, wanted, job));
    auto view = std::make_shared<ui::ReportView>();
    for (const auto& [id, title, whenEmpty] : report::reportSections()) {
        const bool included = wanted.empty() || wanted.contains(id);
        const bool said = std::any_of(data.sections.begin(), data.sections.end(), [&](const auto& section) { return section.id == id; });
        view->sections.push_back({id, title, included, included && !said ? whenEmpty : std::string()});
    }
    view->html = report::writeHtml(data);
    out.report = std::move(view);
    return {};
}

}  // namespace foreshard::workbench
