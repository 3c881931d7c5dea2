#include "app/workbench/contents.h"

#include "app/verbs/cluster.h"
#include "app/verbs/designs.h"
#include "core/models/forecast.h"
#include "core/project/shard_places.h"
#include "core/workload/workload.h"
#include "ui/document/hotspot_views.h"

namespace foreshard::workbench {

namespace {

ui::PageId pageOf(project::Stage stage) {
    switch (stage) {
        case project::Stage::workload: return ui::PageId::workload;
        case project::Stage::models:
        case project::Stage::forecast: return ui::PageId::forecast;
        case project::Stage::advice: return ui::PageId::designs;
        case project::Stage::plan: return ui::PageId::migrate;
        case project::Stage::monitor: return ui::PageId::monitor;
    }
    return ui::PageId::workload;
}

Result<std::shared_ptr<const ui::KeptModelsSet>> keptModels(const project::Project& project, const workload::Workload* workload) {
    auto set = std::make_shared<ui::KeptModelsSet>();
    FS_ASSIGN(const auto records, project.modelsRecords());
    FS_ASSIGN(const auto events, project.events());
    const uint64_t fingerprint = workload ? models::dataFingerprint(workload->fingerprint(), models::fingerprintOf(events)) : 0;
    for (const auto& record : records) {
        ui::KeptModelsView view{record.number, record.created, record.inForce, record.pinned, record.workloadFingerprint == fingerprint, nullptr, {}};
        // What cannot be read is shown as such: it is no reason not to open the project.
        if (auto models = project.modelsNumbered(record.number); models.ok()) view.models = std::move(*models);
        else view.why = models.error().message;
        set->kept.push_back(std::move(view));
    }
    if (auto studies = project.studies(); studies.ok()) set->studies = std::move(*studies);
    return std::shared_ptr<const ui::KeptModelsSet>(std::move(set));
}

// After loadWorkload and loadForecast.
void findHotspots(ui::Contents& out) {
    if (!out.workload) return;
    const auto* ahead = out.forecast && out.forecast->workload->facts == out.workload->facts ? out.forecast->workload.get() : nullptr;
    out.hotspots = std::make_shared<const std::vector<ui::HotspotView>>(ui::hotspotViews(*out.workload, ahead));
}

}  // namespace

Status loadWorkload(const project::Project& project, ui::Contents& out) {
    FS_ASSIGN(out.workload, project.workload());
    return {};
}

Status loadKeptModels(const project::Project& project, const workload::Workload* workload, ui::Contents& out) {
    FS_ASSIGN(out.keptModels, keptModels(project, workload));
    return {};
}

Status loadForecast(const project::Project& project, ui::Contents& out) {
    FS_ASSIGN(out.models, project.models());
    FS_ASSIGN(out.forecast, project.forecast());
    if (!out.workload) FS_TRY(loadWorkload(project, out));
    FS_TRY(loadKeptModels(project, out.workload.get(), out));
    findHotspots(out);
    return {};
}

Status loadDesigns(const project::Project& project, ui::Contents& out) {
    FS_ASSIGN(out.advice, project.advice());
    const auto today = verbs::findDesign(project, "today");
    if (today.ok()) out.today = std::make_shared<const sharding::Design>(*today);
    return {};
}

Status loadMigration(const verbs::Path& file, ui::Contents& out) {
    FS_ASSIGN(const auto now, verbs::migrationNow(file));
    if (!now) return {};
    auto view = migrationView(now->plan, now->status);
    view.previousDesign = now->previous;
    addSql(view, now->sql);
    out.migration = std::make_shared<const ui::MigrationView>(std::move(view));
    return {};
}

Status loadShards(const verbs::Path& file, ui::Contents& out) {
    Job job;
    FS_ASSIGN(const auto clusters, verbs::listClusters({.project = file}, job));
    ui::ShardPlaces places;
    if (const auto found = clusters.find(windowCluster); found != clusters.end())
        for (const auto& shard : found->second) places.push_back({shard.uri, project::wholeUri(project::folderOf(file), shard.uri)});
    out.shards = std::make_shared<const ui::ShardPlaces>(std::move(places));
    return {};
}

Status loadStaleness(const project::Project& project, ui::Contents& out) {
    FS_ASSIGN(const auto stages, project.staleness());
    std::set<ui::PageId> stale;
    for (const auto& [stage, state] : stages)
        if (state.freshness == project::Freshness::stale) stale.insert(pageOf(stage));
    out.stale = std::move(stale);
    return {};
}

Result<ui::Contents> loadContents(const verbs::Path& file) {
    FS_ASSIGN(const auto project, project::Project::open(file));
    ui::Contents out;
    out.project = ui::ProjectInfo{file.stem().string(), std::filesystem::absolute(file), false};
    FS_TRY(loadWorkload(project, out));
    FS_TRY(loadForecast(project, out));
    FS_TRY(loadDesigns(project, out));
    FS_ASSIGN(out.decisions, project.decisions());
    FS_ASSIGN(auto events, project.events());
    out.events = std::make_shared<const ui::CalendarEvents>(std::move(events));
    FS_TRY(loadShards(file, out));
    FS_TRY(loadMigration(file, out));
    FS_TRY(loadMonitor(project, out));
    FS_TRY(loadStaleness(project, out));
    return out;
}

}  // namespace foreshard::workbench
