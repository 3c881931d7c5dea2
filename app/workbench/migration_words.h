// What a migration and its steps say of themselves on the Migrate page: what is there now, given what has happened, what will
// be, and the way back. Sentences for people. Pure; any thread.
#pragma once

#include <string>

#include "core/migration/migration.h"

namespace foreshard::workbench {

// `after` is empty where nothing more will come of it.
struct MigrationWords { std::string now, after, wayBack; };

// `at`: how far `step` has come; `status`: of the migration that it belongs to.
MigrationWords stepWords(const migration::MigrationPlan& plan, const migration::Step& step, const migration::StepStatus& at, const migration::MigrationStatus& status);
// Of the plan as a whole.
MigrationWords planWords(const migration::MigrationPlan& plan, const migration::MigrationStatus& status);

}  // namespace foreshard::workbench
