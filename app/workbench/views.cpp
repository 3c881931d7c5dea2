// Hotspots, monitoring and the report as the pages show them.
#include <fmt/format.h>

#include "app/verbs/monitor.h"
#include "app/workbench/contents.h"
#include "core/models/forecast.h"
#include "core/models/hotspots.h"
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

std::vector<ui::HotspotView> hotspotViews(const workload::Workload& observed, const workload::Workload* forecast) {
    std::vector<ui::HotspotView> views;
    for (const auto& spot : models::findHotspots(observed, forecast)) {
        const auto& column = observed.facts->columns[spot.column];
        ui::HotspotView view;
        view.table = observed.facts->schema.tables[column.table].qualifiedName();
        view.column = column.expression;
        view.kind = models::toString(spot.kind);
        view.keys = spot.keys;
        view.what = spot.what;
        view.share = spot.share;
        view.predictedShare = spot.predictedShare;
        for (const auto id : spot.templates) view.templates.push_back(observed.facts->templates[id].text);
        view.remedy = spot.remedy;
        view.time = spot.burst;
        views.push_back(std::move(view));
    }
    return views;
}

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
    for (const auto& finding : snapshot.findings)
        view.findings.push_back({finding.rule, monitor::toString(finding.level), finding.what, finding.evidence, finding.since, finding.until, actOf(finding.act)});
    return view;
}

Status loadMonitor(const project::Project& project, ui::Contents& out) {
    FS_ASSIGN(const auto state, project.monitorState());
    if (state.empty() || !out.today) return {};
    FS_ASSIGN(const auto seen, monitor::Monitor::read(state, *out.today));
    out.monitor = std::make_shared<const ui::MonitorView>(monitorView(seen.status(), {}, {}));
    return {};
}

Status loadReport(const verbs::Path& file, const std::vector<std::string>& sections, ui::Contents& out, Job& job) {
    verbs::ReportOptions options;
    options.project = file;
    const std::set<std::string> wanted(sections.begin(), sections.end());
    FS_ASSIGN(const auto data, verbs::reportData(options, wanted, job));
    auto view = std::make_shared<ui::ReportView>();
    for (const auto& [id, title] : report::reportSections()) view->sections.push_back({id, title, wanted.empty() || wanted.contains(id)});
    view->html = report::writeHtml(data);
    out.report = std::move(view);
    return {};
}

}  // namespace foreshard::workbench
