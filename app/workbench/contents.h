// What the pages show, read from a project. Qt-free but for the types of ui/document; any thread.
#pragma once

#include <optional>

#include "app/verbs/options.h"
#include "core/base/result.h"
#include "core/migration/migration.h"
#include "core/project/project.h"
#include "ui/document/contents.h"

namespace foreshard::workbench {

// Everything that the project holds.
Result<ui::Contents> loadContents(const verbs::Path& project);

// Parts of it, after the verb that changed them.
Status loadWorkload(const project::Project& project, ui::Contents& out);
Status loadForecast(const project::Project& project, ui::Contents& out);
Status loadDesigns(const project::Project& project, ui::Contents& out);
Status loadMigration(const verbs::Path& project, ui::Contents& out);
Status loadStaleness(const project::Project& project, ui::Contents& out);

ui::MigrationView migrationView(const migration::MigrationPlan& plan, const migration::MigrationStatus& status);
void addDryRun(ui::MigrationView& view, const migration::DryRun& dry);
void addVerification(ui::MigrationView& view, const migration::Verification& verification);

}  // namespace foreshard::workbench
