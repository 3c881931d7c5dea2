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
#include "simulation/scenario.h"

namespace foreshard::verbs {

namespace {

struct NamedDesign {
    std::string name;  // for people
    sharding::Design design;
};

// What the best design is held against: the layout in force or, once that is the best one, the layout before the migration.
Result<NamedDesign> baselineOf(const project::Project& project, const sharding::Design& best) {
    FS_ASSIGN(auto today, findDesign(project, "today"));
    if (today.fingerprint() != best.fingerprint()) return NamedDesign{today.name + " (today)", std::move(today)};
    FS_ASSIGN(const auto record, project.plan());
    if (record && !record->fromDesign.empty()) {
        FS_ASSIGN(auto before, sharding::readDesign(record->fromDesign));
        if (before.fingerprint() != best.fingerprint()) return NamedDesign{before.name + " (before the migration)", std::move(before)};
    }
    return NamedDesign{best.name, best};
}

// The baseline beside the best design, under the observed load.
Status addProjections(const project::Project& project, const workload::Workload& workload, report::ReportInput& input, Job& job) {
    FS_ASSIGN(const auto best, findDesign(project, "best"));
    FS_ASSIGN(const auto baseline, baselineOf(project, best));
    std::vector<NamedDesign> shown = {baseline};
    if (baseline.design.fingerprint() != best.fingerprint()) shown.push_back({best.name, best});
    for (const auto& [name, design] : shown) {
        FS_ASSIGN(auto projection, cost::project(workload, design, job));
        input.projections.push_back({name, std::move(projection)});
        auto& last = input.projections.back().projection;
        last.bytesMoved = simulation::bytesMoved(baseline.design, input.projections.front().projection, design, last);
    }
    return {};
}

// What each section no longer follows from.
Status addStale(const project::Project& project, report::ReportInput& input) {
    FS_ASSIGN(const auto states, project.staleness());
    using project::Stage;
    const std::pair<Stage, const char*> sections[] = {{Stage::workload, "workload"}, {Stage::forecast, "forecast"}, {Stage::advice, "designs"},
                                                      {Stage::advice, "simulation"}, {Stage::plan, "migration"},    {Stage::monitor, "monitor"}};
    for (const auto& [stage, section] : sections)
        if (const auto found = states.find(stage); found != states.end() && found->second.freshness == project::Freshness::stale) input.stale[section] = found->second.why;
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
    FS_TRY(addStale(project, input));
    FS_TRY(job.checkpoint());
    return report::gather(input);
}

Status writeReport(const ReportOptions& options, const std::set<std::string>& sections, Job& job) {
    FS_ASSIGN(const auto data, reportData(options, sections, job));
    FS_ASSIGN(const auto bytes, report::writeReport(data, options.output));
    return writeFileWhole(options.output, bytes);
}

}  // namespace foreshard::verbs
