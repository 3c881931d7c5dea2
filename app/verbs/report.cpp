#include <fmt/format.h>

#include "app/verbs/cluster.h"
#include "app/verbs/designs.h"
#include "app/verbs/monitor.h"
#include "app/verbs/workload.h"
#include "core/base/file.h"
#include "core/models/forecast.h"
#include "core/monitor/monitor.h"
#include "core/report/gather.h"
#include "core/report/writers.h"

namespace foreshard::verbs {

namespace {

// Today's layout beside the best design, under the observed load.
Status addProjections(const project::Project& project, const workload::Workload& workload, report::ReportInput& input, Job& job) {
    sharding::Design shown;
    for (const char* id : {"today", "best"}) {
        FS_ASSIGN(const auto design, findDesign(project, id));
        // Once the best design is in force the two are one.
        if (!input.projections.empty() && design == shown) continue;
        shown = design;
        FS_ASSIGN(auto projection, cost::project(workload, design, job));
        input.projections.push_back({design.name, std::move(projection)});
    }
    return {};
}

Status addMigration(const Path& file, report::ReportInput& input, Job& job) {
    auto plan = currentPlan(file);
    if (!plan.ok()) return plan.error().category == ErrorCategory::notFound ? Status() : plan.status();
    input.plan = std::make_shared<const migration::MigrationPlan>(std::move(*plan));
    MigrationOptions options;
    options.project = file;
    auto now = status(options, job);
    // A cluster that cannot be reached now leaves the plan in the report, without where it stands.
    if (now.ok()) input.status = std::make_shared<const migration::MigrationStatus>(std::move(*now));
    return {};
}

Status addMonitor(const project::Project& project, report::ReportInput& input) {
    FS_ASSIGN(const auto state, project.monitorState());
    if (state.empty()) return {};
    auto seen = monitor::Monitor::readAsMeasured(state);
    if (!seen.ok() && seen.error().category == ErrorCategory::notFound) {
        FS_ASSIGN(auto design, findDesign(project, "today"));
        seen = monitor::Monitor::read(state, std::move(design));
    }
    if (!seen.ok()) return seen.error();
    input.monitor = std::make_shared<const monitor::Snapshot>(seen->status());
    return {};
}

}  // namespace

Result<report::ReportData> reportData(const ReportOptions& options, const std::set<std::string>& sections, Job& job) {
    FS_ASSIGN(const auto project, project::Project::open(options.project));
    report::ReportInput input;
    input.title = options.project.stem().string();
    input.made = nowMicros();
    input.zone = localZoneName();
    input.showLiterals = options.showLiterals;
    input.sections = sections;
    FS_ASSIGN(input.workload, requireWorkload(project));
    FS_ASSIGN(input.models, project.models());
    FS_ASSIGN(input.forecast, project.forecast());
    FS_ASSIGN(input.advice, project.advice());
    if (input.advice && !input.advice->designs.empty()) FS_TRY(addProjections(project, *input.workload, input, job));
    FS_TRY(addMigration(options.project, input, job));
    FS_TRY(addMonitor(project, input));
    FS_TRY(job.checkpoint());
    return report::gather(input);
}

Status writeReport(const ReportOptions& options, const std::set<std::string>& sections, Job& job) {
    FS_ASSIGN(const auto data, reportData(options, sections, job));
    FS_ASSIGN(const auto bytes, report::writeReport(data, options.output));
    return writeFileWhole(options.output, bytes);
}

}  // namespace foreshard::verbs
