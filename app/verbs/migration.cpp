#include <fmt/format.h>

#include "app/verbs/cluster.h"
#include "app/verbs/designs.h"
#include "app/verbs/workload.h"
#include "core/project/shard_places.h"

namespace foreshard::verbs {

namespace {

// What every verb of a migration works on.
struct Opened {
    project::Project project;
    migration::MigrationPlan plan;
    cluster::Cluster cluster;
    migration::ExecuteOptions options;
};

// The shards of a cluster as the project names them; relative files stand beside the project.
Result<cluster::Cluster> openCluster(const project::Project& project, const std::vector<project::ClusterShard>& shards) {
    std::vector<cluster::ShardSpec> specs;
    const auto folder = project::folderOf(project.file());
    for (const auto& shard : shards) specs.push_back({shard.name, project::wholeUri(folder, shard.uri)});
    return cluster::Cluster::make(std::move(specs));
}

// A plan as the project keeps it, and back: its shards like those of the cluster, so that it is run on those beside the project.
std::string keptPlan(migration::MigrationPlan plan, const Path& folder) {
    for (auto& shard : plan.shards) shard.uri = project::keptUri(folder, shard.uri);
    return migration::writePlan(plan);
}
Result<migration::MigrationPlan> wholePlan(std::string_view bytes, const Path& folder) {
    FS_ASSIGN(auto plan, migration::readPlan(bytes));
    for (auto& shard : plan.shards) shard.uri = project::wholeUri(folder, shard.uri);
    return plan;
}

Error noPlan(const Path& project) {
    return {ErrorCategory::notFound, "The project has no migration plan.", fmt::format("Run: foreshard plan {}", project.string()), {}};
}

Result<std::optional<Opened>> findPlan(const Path& file) {
    FS_ASSIGN(auto project, project::Project::open(file));
    FS_ASSIGN(const auto record, project.plan());
    if (!record) return std::optional<Opened>();
    const auto folder = project::folderOf(file);
    FS_ASSIGN(auto plan, wholePlan(record->plan, folder));
    FS_ASSIGN(auto cluster, cluster::Cluster::make(plan.shards));
    migration::ExecuteOptions options;
    options.decisionLog = folder / (file.stem().string() + ".decisions");
    return std::optional(Opened{std::move(project), std::move(plan), std::move(cluster), std::move(options)});
}

Result<Opened> openPlan(const Path& file) {
    FS_ASSIGN(auto found, findPlan(file));
    if (!found) return noPlan(file);
    return std::move(*found);
}

bool over(const migration::MigrationStatus& status) { return status.state == migration::MigrationState::done || status.state == migration::MigrationState::rolledBack; }

// A finished migration puts its target in force, a rolled back one its origin. Whoever runs it may be killed between the
// cluster's last word and the project's note of it: so whoever asks the cluster later notes it too.
Status noteOutcome(Opened& opened, const migration::MigrationStatus& status) {
    if (!over(status)) return {};
    const bool done = status.state == migration::MigrationState::done;
    const auto& design = done ? opened.plan.to.design : opened.plan.from.design;
    FS_ASSIGN(const auto noted, opened.project.designInForce());
    FS_ASSIGN(const auto before, opened.project.designBefore());
    if (noted && *noted == design && (before || !done)) return {};
    return opened.project.saveDesignInForce(design, done ? &opened.plan.from.design : nullptr);
}

using Runner = Result<migration::MigrationStatus> (*)(const migration::MigrationPlan&, const cluster::Cluster&, const migration::ExecuteOptions&, Job&);

Result<migration::MigrationStatus> run(const MigrationOptions& options, Job& job, Runner runner) {
    FS_ASSIGN(auto opened, openPlan(options.project));
    FS_ASSIGN(auto status, runner(opened.plan, opened.cluster, opened.options, job));
    FS_TRY(noteOutcome(opened, status));
    return status;
}

}  // namespace

Result<migration::MigrationPlan> plan(const PlanOptions& options, Job& job) {
    FS_ASSIGN(auto project, project::Project::open(options.project));
    FS_ASSIGN(const auto workload, project.workload());
    if (workload) FS_TRY(requireValues(*workload, "A plan moves rows by their keys"));
    FS_ASSIGN(const auto clusters, project.clusters());
    if (clusters.empty())
        return Error{ErrorCategory::notFound, "The project names no cluster.", fmt::format("Run: foreshard cluster {} add NAME sqlite:FILE…", options.project.string()), {}};
    if (options.cluster.empty() && clusters.size() > 1)
        return Error{ErrorCategory::usage, "The project names several clusters.", "Say which one with --cluster.", {}};
    const auto chosen = options.cluster.empty() ? clusters.begin() : clusters.find(options.cluster);
    if (chosen == clusters.end())
        return Error{ErrorCategory::notFound, fmt::format("There is no cluster \"{}\".", options.cluster), fmt::format("Run: foreshard cluster {} list", options.project.string()), {}};

    FS_ASSIGN(const auto before, project.plan());
    if (before) {
        MigrationOptions old;
        old.project = options.project;
        const auto stands = status(old, job);
        if (stands.ok() && stands->state != migration::MigrationState::planned && !over(*stands))
            return Error{ErrorCategory::conflict, "The project's plan is under way.", "Finish it with resume, or undo it with rollback, before you plan anew.", stands->note};
    }
    FS_ASSIGN(const auto from, findDesign(project, options.from));
    FS_ASSIGN(const auto to, findDesign(project, options.to.empty() ? "best" : options.to));
    if (from == to)
        return Error{ErrorCategory::conflict, fmt::format("\"{}\" is in force already: there is nothing to move.", to.name.empty() ? to.id : to.name), "Plan the move to another design.", {}};
    FS_ASSIGN(const auto cluster, openCluster(project, chosen->second));
    FS_ASSIGN(auto made, migration::makePlan(cluster, from, to, {}, job));
    project::Project::PlanRecord record;
    record.plan = keptPlan(made, project::folderOf(options.project));
    record.fromDesign = sharding::writeDesign(from);
    record.toDesign = sharding::writeDesign(to);
    record.cluster = chosen->first;
    FS_ASSIGN(record.adviceFingerprint, project.adviceFingerprint());
    FS_TRY(project.savePlan(record));
    return made;
}

Result<migration::MigrationPlan> currentPlan(const Path& file) {
    FS_ASSIGN(auto opened, openPlan(file));
    return std::move(opened.plan);
}

Result<std::optional<MigrationNow>> migrationNow(const Path& file) {
    FS_ASSIGN(auto found, findPlan(file));
    if (!found) return std::optional<MigrationNow>();
    Opened& opened = *found;
    MigrationNow now;
    FS_ASSIGN(now.status, migration::status(opened.plan, opened.cluster));
    FS_TRY(noteOutcome(opened, now.status));
    if (!over(now.status))
        if (auto sql = migration::stepSql(opened.plan, opened.cluster); sql.ok()) now.sql = std::move(*sql);   // else the status says what is wrong
    FS_ASSIGN(const auto before, opened.project.designBefore());
    if (before) now.previous = before->name;
    now.plan = std::move(opened.plan);
    return std::optional(std::move(now));
}

Result<migration::MigrationPlan> approve(const MigrationOptions& options, Job&) {
    FS_ASSIGN(auto opened, openPlan(options.project));
    const auto now = migration::status(opened.plan, opened.cluster);
    if (now.ok())      // a cluster that cannot be asked hinders nobody from approving
        for (const auto& verb : now->illegal)
            if (verb.verb == "approve") return Error{ErrorCategory::conflict, fmt::format("Nothing can be approved. {}", verb.why), "Make a new plan.", {}};
    auto steps = options.steps;
    if (steps.size() == 1 && steps.front() == "all") {
        steps.clear();
        for (const auto& step : opened.plan.steps) steps.push_back(step.id);
    }
    const char* user = std::getenv("USER");
    FS_TRY(migration::approve(opened.plan, steps, user ? user : "", nowMicros()));
    FS_ASSIGN(auto record, opened.project.plan());
    if (!record) return noPlan(options.project);
    record->plan = keptPlan(opened.plan, project::folderOf(options.project));
    FS_TRY(opened.project.savePlan(*record));
    return std::move(opened.plan);
}

Result<migration::DryRun> dryRun(const MigrationOptions& options, Job& job) {
    FS_ASSIGN(const auto opened, openPlan(options.project));
    return migration::dryRun(opened.plan, opened.cluster, job);
}

Result<migration::MigrationStatus> execute(const MigrationOptions& options, Job& job) { return run(options, job, migration::execute); }
Result<migration::MigrationStatus> resume(const MigrationOptions& options, Job& job) { return run(options, job, migration::resume); }
Result<migration::MigrationStatus> rollback(const MigrationOptions& options, Job& job) { return run(options, job, migration::rollback); }

Result<migration::MigrationStatus> pause(const MigrationOptions& options, Job&) {
    FS_ASSIGN(const auto opened, openPlan(options.project));
    FS_TRY(migration::requestPause(opened.plan, opened.cluster));
    return migration::status(opened.plan, opened.cluster);
}

Result<migration::MigrationStatus> status(const MigrationOptions& options, Job&) {
    FS_ASSIGN(auto opened, openPlan(options.project));
    FS_ASSIGN(auto now, migration::status(opened.plan, opened.cluster));
    FS_TRY(noteOutcome(opened, now));
    return now;
}

Result<migration::Verification> verify(const MigrationOptions& options, Job& job) {
    FS_ASSIGN(const auto opened, openPlan(options.project));
    return migration::verify(opened.cluster, opened.plan.from, job);
}

}  // namespace foreshard::verbs
