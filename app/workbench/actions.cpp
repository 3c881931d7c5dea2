#include "app/workbench/actions.h"

#include <QStandardPaths>

#include "app/verbs/designs.h"
#include "app/verbs/models.h"
#include "app/verbs/monitor.h"
#include "app/verbs/registry.h"
#include "app/verbs/workload.h"
#include "app/workbench/next_steps.h"
#include "app/workbench/verb_helper.h"

namespace foreshard::workbench {

using ui::ActionContext;
using ui::Contents;

Result<verbs::Path> openFile(const ActionContext& context) {
    if (context.now.project) return context.now.project->path;
    return Error{ErrorCategory::notFound, "No project is open.", "Open one, or the sample.", {}};
}

namespace {

Result<Contents> open(ActionContext&, const std::filesystem::path& path) { return loadContents(path); }

Result<Contents> newFromLogs(ActionContext& context, const ui::NewProjectRequest& request) {
    verbs::ProfileOptions options{.project = request.project, .schemas = request.schemas, .logs = request.logs, .format = request.format, .columns = request.columns, .prefix = request.linePrefix};
    options.sampleRate = request.sampleRate;
    options.minDurationMs = request.minDurationMs;
    if (request.pooled) options.pooled = true;
    const auto stage = [&](verbs::WorkloadPointer soFar, double share) {
        Contents out;
        out.workload = std::move(soFar);
        out.readShare = share;
        context.publish(std::move(out));
    };
    FS_TRY(verbs::profile(options, context.job, stage).status());
    FS_ASSIGN(auto contents, loadContents(request.project));
    contents.readShare = 1;
    return contents;
}

Result<Contents> markEvents(ActionContext& context, const ui::CalendarEvents& events) {
    const auto keep = [&](const verbs::Path& file) -> Status {
        FS_ASSIGN(auto project, project::Project::open(file));
        FS_ASSIGN(const auto before, project.events());
        return before == events ? Status() : project.saveEvents(events);
    };
    return runAndRead(context, keep, [&](const project::Project& project, Contents& out) { return loadKeptModels(project, context.now.workload.get(), out); });
}

// What was marked by the time that a job began: its own saving may still be on the way.
Status keepEvents(ActionContext& context) {
    if (!context.now.events) return {};
    return markEvents(context, *context.now.events).status();
}

Result<Contents> train(ActionContext& context, const ui::TrainRequest& request) {
    FS_TRY(keepEvents(context));
    const auto& wanted = request.options;
    const auto run = [&](const verbs::Path& file) { return verbs::train({.project = file, .device = wanted.device, .budgetSeconds = wanted.budgetSeconds, .tuneTrials = request.tuneTrials, .seed = wanted.seed}, context.job); };
    return runAndRead(context, run, loadForecast);
}

Result<Contents> manageModels(ActionContext& context, const ui::ModelsRequest& request) {
    verbs::ModelsOptions options{.act = request.act};
    if (request.act != "unpin") options.numbers = {request.number};
    const auto run = [&](const verbs::Path& file) {
        options.project = file;
        return verbs::manageModels(options, context.job);
    };
    return runAndRead(context, run, loadForecast);
}

Result<Contents> forecast(ActionContext& context, const ui::ForecastRequest& request) {
    FS_TRY(keepEvents(context));
    const auto run = [&](const verbs::Path& file) { return verbs::forecast({file, request.horizon, request.seed}, context.job); };
    return runAndRead(context, run, loadForecast);
}

Result<Contents> decide(ActionContext& context, const advisor::Decisions& decisions) {
    FS_ASSIGN(const auto file, openFile(context));
    FS_ASSIGN(auto project, project::Project::open(file));
    FS_TRY(project.saveDecisions(decisions));
    Contents out;
    FS_TRY(loadStaleness(project, out));
    return out;
}

// What was decided by the time that a job began: its own saving may still be on the way.
Status keepDecisions(ActionContext& context) {
    if (!context.now.decisions) return {};
    return decide(context, *context.now.decisions).status();
}

Result<Contents> advise(ActionContext& context, const ui::AdviseRequest& request) {
    const auto& wanted = request.options;
    FS_TRY(keepDecisions(context));
    verbs::AdviseWatch watch;
    watch.keepWhenStopped = true;
    watch.better = [&](const advisor::BestSoFar& best) {
        Contents stage;
        stage.bestSoFar = std::make_shared<const advisor::BestSoFar>(best);
        context.publish(stage);
    };
    const auto run = [&](const verbs::Path& file) {
        return verbs::advise({.project = file, .shards = wanted.shards, .shardsUpTo = wanted.shardsUpTo, .pins = wanted.pins, .fromForecast = request.fromForecast, .seed = wanted.seed, .timeLimitSeconds = wanted.timeLimitSeconds}, context.job, watch);
    };
    return runAndRead(context, run, loadDesigns);
}

Result<Contents> whyNot(ActionContext& context, const ui::WhyNotRequest& request) {
    FS_ASSIGN(const auto file, openFile(context));
    FS_TRY(keepDecisions(context));
    verbs::AdviseOptions options{.project = file, .shards = request.options.shards, .fromForecast = request.fromForecast, .seed = request.options.seed};
    options.whyNot = request.question;
    FS_ASSIGN(auto answer, verbs::whyNot(options, context.job));
    Contents out;
    out.whyNot = std::make_shared<const advisor::WhyNot>(std::move(answer));
    return out;
}

Result<Contents> simulate(ActionContext& context, const ui::SimulateRequest& request) {
    FS_ASSIGN(const auto file, openFile(context));
    FS_ASSIGN(const auto project, project::Project::open(file));
    FS_ASSIGN(const auto observed, verbs::requireWorkload(project));
    auto set = std::make_shared<ui::ProjectionSet>();
    set->time = request.time;
    std::optional<workload::Workload> part;
    std::optional<sharding::Design> baseline;
    for (const auto& column : request.columns) {
        if (column.scenario.forecast && !context.now.forecast)
            return Error{ErrorCategory::notFound, "There is no forecast yet.", "Make one on the Forecast page.", {}};
        FS_ASSIGN(const auto design, verbs::findDesign(project, column.designId.empty() ? "today" : column.designId));
        const auto& whole = column.scenario.forecast ? *context.now.forecast->workload : *observed;
        if (request.time && !part) part = workload::slice(whole, *request.time);      // all columns have one workload
        FS_ASSIGN(auto projection, simulation::simulate(part ? *part : whole, design, column.scenario, context.job));
        set->columns.push_back({column.designId, design.name, column.scenario, std::move(projection), {}});
        if (!baseline) baseline = design;
        auto& last = set->columns.back().projection;
        last.bytesMoved = simulation::bytesMoved(*baseline, set->columns.front().projection, design, last);
    }
    Contents out;
    out.projections = std::move(set);
    return out;
}

Result<Contents> monitorLogs(ActionContext& context, const ui::MonitorRequest& request) {
    FS_ASSIGN(const auto file, openFile(context));
    const verbs::MonitorOptions options{.project = file, .logs = request.logs, .design = request.designId, .listen = request.listen, .follow = true};
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
        const verbs::ReportOptions options{.project = file, .output = request.exportTo};
        FS_TRY(verbs::writeReport(options, {request.sections.begin(), request.sections.end()}, context.job));
    }
    Contents out;
    FS_TRY(loadReport(file, request.sections, out, context.job));
    return out;
}

}  // namespace

ui::DocumentActions makeActions() {
    ui::DocumentActions actions;
    const auto sample = [](bool afresh) {
        return [afresh](ActionContext& context) {
            const auto folder = QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation).toStdString();
            return openSample(std::filesystem::path(folder) / "sample", afresh, context);
        };
    };
    actions.identify = identify;
    actions.openSample = sample(false);
    actions.freshSample = sample(true);
    actions.open = open;
    actions.newFromLogs = newFromLogs;
    actions.train = train;
    actions.manageModels = manageModels;
    actions.forecast = forecast;
    actions.markEvents = markEvents;
    actions.advise = advise;
    actions.decide = decide;
    actions.whyNot = whyNot;
    actions.simulate = simulate;
    actions.monitor = monitorLogs;
    actions.report = report;
    bindMigration(actions);
    visitVerbs(actions, [](const char*, auto& verb) {
        if (!verb) return;
        verb = [plain = verb](ActionContext& context, const auto&... request) -> Result<Contents> {
            auto out = plain(context, request...);
            if (out.ok()) return out;
            return inTheWindow(out.error());
        };
    });
    return actions;
}

}  // namespace foreshard::workbench
