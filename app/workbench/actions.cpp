#include "app/workbench/actions.h"

#include <fmt/format.h>

#include <QStandardPaths>

#include "app/verbs/cluster.h"
#include "app/verbs/designs.h"
#include "app/verbs/models.h"
#include "app/verbs/monitor.h"
#include "app/verbs/workload.h"
#include "app/workbench/contents.h"

namespace foreshard::workbench {

namespace {

using ui::ActionContext;
using ui::Contents;

Result<verbs::Path> openFile(const ActionContext& context) {
    if (context.now.project) return context.now.project->path;
    return Error{ErrorCategory::notFound, "No project is open.", "Open one, or the sample.", {}};
}

// Runs a verb that saves something, then reads the parts it changed.
template <typename Load>
Result<Contents> changed(ActionContext& context, Load load) {
    FS_ASSIGN(const auto file, openFile(context));
    FS_ASSIGN(const auto project, project::Project::open(file));
    Contents out;
    FS_TRY(load(project, out));
    FS_TRY(loadStaleness(project, out));
    return out;
}

Result<Contents> open(ActionContext&, const std::filesystem::path& path) { return loadContents(path); }

Result<Contents> newFromLogs(ActionContext& context, const ui::NewProjectRequest& request) {
    verbs::ProfileOptions options;
    options.project = request.project;
    options.schemas = request.schemas;
    options.logs = request.logs;
    options.format = request.format;
    options.prefix = request.linePrefix;
    options.sampleRate = request.sampleRate;
    options.minDurationMs = request.minDurationMs;
    if (request.pooled) options.pooled = true;
    FS_TRY(verbs::profile(options, context.job).status());
    return loadContents(request.project);
}

Result<Contents> train(ActionContext& context, const ui::TrainRequest& request) {
    FS_ASSIGN(const auto file, openFile(context));
    verbs::TrainOptions options;
    options.project = file;
    options.seed = request.options.seed;
    options.device = request.options.device;
    options.budgetSeconds = request.options.budgetSeconds;
    FS_TRY(verbs::train(options, context.job).status());
    return changed(context, loadForecast);
}

Result<Contents> forecast(ActionContext& context, const ui::ForecastRequest& request) {
    FS_ASSIGN(const auto file, openFile(context));
    verbs::ForecastOptions options;
    options.project = file;
    options.horizon = request.horizon;
    options.seed = request.seed;
    FS_TRY(verbs::forecast(options, context.job).status());
    return changed(context, loadForecast);
}

Result<Contents> advise(ActionContext& context, const ui::AdviseRequest& request) {
    FS_ASSIGN(const auto file, openFile(context));
    verbs::AdviseOptions options;
    options.project = file;
    options.shards = request.options.shards;
    options.pins = request.options.pins;
    options.seed = request.options.seed;
    options.timeLimitSeconds = request.options.timeLimitSeconds;
    options.fromForecast = request.fromForecast;
    FS_TRY(verbs::advise(options, context.job).status());
    return changed(context, loadDesigns);
}

Result<Contents> simulate(ActionContext& context, const ui::SimulateRequest& request) {
    FS_ASSIGN(const auto file, openFile(context));
    FS_ASSIGN(const auto project, project::Project::open(file));
    FS_ASSIGN(const auto observed, verbs::requireWorkload(project));
    auto set = std::make_shared<ui::ProjectionSet>();
    for (const auto& column : request.columns) {
        if (column.scenario.forecast && !context.now.forecast)
            return Error{ErrorCategory::notFound, "There is no forecast yet.", "Make one on the Forecast page.", {}};
        FS_ASSIGN(const auto design, verbs::findDesign(project, column.designId.empty() ? "today" : column.designId));
        const auto& workload = column.scenario.forecast ? *context.now.forecast->workload : *observed;
        FS_ASSIGN(auto projection, simulation::simulate(workload, design, column.scenario, context.job));
        set->columns.push_back({column.designId, design.name, column.scenario, std::move(projection), {}});
    }
    Contents out;
    out.projections = std::move(set);
    return out;
}

// ---- migration ----------------------------------------------------------------------------------------------------

Result<Contents> migrationNow(const verbs::Path& file) {
    Contents out;
    FS_TRY(loadMigration(file, out));
    return out;
}

Result<Contents> plan(ActionContext& context, const ui::PlanRequest& request) {
    FS_ASSIGN(const auto file, openFile(context));
    verbs::PlanOptions options;
    options.project = file;
    if (!request.fromDesign.empty()) options.from = request.fromDesign;
    options.to = request.toDesign;
    if (!request.cluster.empty()) {
        verbs::ClusterOptions cluster;
        cluster.project = file;
        cluster.name = "shards";
        cluster.uris = request.cluster;
        FS_TRY(verbs::addCluster(cluster, context.job).status());
        options.cluster = cluster.name;
    }
    FS_TRY(verbs::plan(options, context.job).status());
    return migrationNow(file);
}

Result<Contents> approve(ActionContext& context, const ui::ApproveRequest& request) {
    FS_ASSIGN(const auto file, openFile(context));
    FS_TRY(verbs::approve({file, request.steps, false}, context.job).status());
    return migrationNow(file);
}

Result<Contents> dryRun(ActionContext& context) {
    FS_ASSIGN(const auto file, openFile(context));
    FS_ASSIGN(const auto dry, verbs::dryRun({file, {}, false}, context.job));
    FS_ASSIGN(auto out, migrationNow(file));
    auto view = std::make_shared<ui::MigrationView>(*out.migration);
    addDryRun(*view, dry);
    out.migration = std::move(view);
    return out;
}

Result<Contents> verify(ActionContext& context) {
    FS_ASSIGN(const auto file, openFile(context));
    FS_ASSIGN(const auto found, verbs::verify({file, {}, false}, context.job));
    FS_ASSIGN(auto out, migrationNow(file));
    auto view = std::make_shared<ui::MigrationView>(*out.migration);
    addVerification(*view, found);
    out.migration = std::move(view);
    return out;
}

// A verb that changes where the migration stands; whatever it says, the page shows the state afterwards.
template <Result<migration::MigrationStatus> (*verb)(const verbs::MigrationOptions&, Job&)>
Result<Contents> moving(ActionContext& context) {
    FS_ASSIGN(const auto file, openFile(context));
    const auto done = verb({file, {}, true}, context.job);
    auto now = migrationNow(file);
    if (done.ok() && now.ok()) {
        FS_ASSIGN(const auto project, project::Project::open(file));
        FS_TRY(loadDesigns(project, *now));
        FS_TRY(loadStaleness(project, *now));
        return now;
    }
    if (now.ok()) context.publish(*now);
    return done.ok() ? now : Result<Contents>(done.error());
}

// ---- monitor and report -------------------------------------------------------------------------------------------

Result<Contents> monitorLogs(ActionContext& context, const ui::MonitorRequest& request) {
    FS_ASSIGN(const auto file, openFile(context));
    verbs::MonitorOptions options;
    options.project = file;
    options.logs = request.logs;
    options.design = request.designId;
    options.listen = request.listen;
    options.follow = true;
    std::vector<std::string> watching;
    for (const auto& log : request.logs) watching.push_back(log.filename().string());
    const auto view = [&](const verbs::Monitoring& now) {
        Contents out;
        out.monitor = std::make_shared<const ui::MonitorView>(monitorView(now.snapshot, now.listening, watching));
        return out;
    };
    FS_ASSIGN(const auto last, verbs::monitorLogs(options, context.job, [&](const verbs::Monitoring& now) { context.publish(view(now)); }));
    return view(last);
}

Result<Contents> report(ActionContext& context, const ui::ReportRequest& request) {
    FS_ASSIGN(const auto file, openFile(context));
    if (!request.exportTo.empty()) {
        verbs::ReportOptions options;
        options.project = file;
        options.output = request.exportTo;
        FS_TRY(verbs::writeReport(options, {request.sections.begin(), request.sections.end()}, context.job));
    }
    Contents out;
    FS_TRY(loadReport(file, request.sections, out, context.job));
    return out;
}

}  // namespace

ui::DocumentActions makeActions() {
    ui::DocumentActions actions;
    actions.identify = identify;
    actions.openSample = [](ActionContext& context) {
        const auto folder = QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation).toStdString();
        return openSample(std::filesystem::path(folder) / "sample", context);
    };
    actions.open = open;
    actions.newFromLogs = newFromLogs;
    actions.train = train;
    actions.forecast = forecast;
    actions.advise = advise;
    actions.simulate = simulate;
    actions.plan = plan;
    actions.approve = approve;
    actions.dryRun = dryRun;
    actions.execute = moving<verbs::execute>;
    actions.pause = moving<verbs::pause>;
    actions.resume = moving<verbs::resume>;
    actions.rollback = moving<verbs::rollback>;
    actions.verify = verify;
    actions.monitor = monitorLogs;
    actions.report = report;
    return actions;
}

}  // namespace foreshard::workbench
