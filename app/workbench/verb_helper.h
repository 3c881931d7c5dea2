// How a verb of the command line becomes an action of the workbench: it is given the open project's file, and afterwards the
// parts that it changed are read again. Any thread.
#pragma once

#include "app/workbench/contents.h"
#include "ui/document/actions.h"

namespace foreshard::workbench {

Result<verbs::Path> openFile(const ui::ActionContext& context);

// The parts that `load` reads from the project, and what has become stale.
template <typename Load>
Result<ui::Contents> read(const verbs::Path& file, Load load) {
    FS_ASSIGN(const auto project, project::Project::open(file));
    ui::Contents out;
    FS_TRY(load(project, out));
    FS_TRY(loadStaleness(project, out));
    return out;
}

// `run(file)` gives a Result or a Status.
template <typename Run, typename Load>
Result<ui::Contents> runAndRead(const ui::ActionContext& context, Run run, Load load) {
    FS_ASSIGN(const auto file, openFile(context));
    if (const auto done = run(file); !done.ok()) return done.error();
    return read(file, load);
}

// The verbs of a migration (migration_actions.cpp).
void bindMigration(ui::DocumentActions& actions);

}  // namespace foreshard::workbench
