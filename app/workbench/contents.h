// What the pages show, read from a project. Qt-free but for the types of ui/document; any thread.
#pragma once

#include <optional>

#include "app/verbs/options.h"
#include "core/base/result.h"
#include "core/migration/migration.h"
#include "core/monitor/status.h"
#include "core/project/project.h"
#include "ui/document/contents.h"

namespace foreshard::workbench {

// Everything that the project holds.
Result<ui::Contents> loadContents(const verbs::Path& project);

// Parts of it, after the verb that changed them.
Status loadWorkload(const project::Project& project, ui::Contents& out);
// `workload`: the one that is open; null: none.
Status loadKeptModels(const project::Project& project, const workload::Workload* workload, ui::Contents& out);
Status loadForecast(const project::Project& project, ui::Contents& out);
Status loadDesigns(const project::Project& project, ui::Contents& out);
Status loadMigration(const verbs::Path& project, ui::Contents& out);
// The cluster that the window names: it asks for shards, never for a name.
inline constexpr const char* windowCluster = "shards";
Status loadShards(const verbs::Path& project, ui::Contents& out);
Status loadStaleness(const project::Project& project, ui::Contents& out);

Status loadMonitor(const project::Project& project, ui::Contents& out);   // after loadDesigns
// The preview of the report with these sections; empty: all.
Status loadReport(const verbs::Path& project, const std::vector<std::string>& sections, ui::Contents& out, Job& job);

ui::MonitorView monitorView(const monitor::Snapshot& snapshot, const std::string& listening, const std::vector<std::string>& watching);
ui::MigrationView migrationView(const migration::MigrationPlan& plan, const migration::MigrationStatus& status);
// What the steps that are still to run will run.
void addSql(ui::MigrationView& view, const std::vector<std::vector<migration::ShardSql>>& sql);
void addDryRun(ui::MigrationView& view, const migration::DryRun& dry);
void addVerification(ui::MigrationView& view, const migration::Verification& verification);

}  // namespace foreshard::workbench
