// The verbs of a migration: cluster, plan, approve, migrate, pause, resume, rollback, verify, status. Qt-free; each call
// stands alone and may come from any thread or process.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "app/verbs/options.h"
#include "core/base/job.h"
#include "core/migration/migration.h"
#include "core/project/project.h"

namespace foreshard::verbs {

using Clusters = std::map<std::string, std::vector<project::ClusterShard>>;

// Adds a cluster. One of that name with other shards is a conflict, unless it is to be replaced. Shards are named shard0,
// shard1, … in the order given. A SQLite file that is not there yet is made when a plan runs. Files in the project's folder
// are kept relative to it: a project that is moved or copied with its shards goes on with those beside it.
Result<Clusters> addCluster(const ClusterOptions& options, Job& job);
Result<Clusters> listClusters(const ClusterOptions& options, Job& job);

// Makes the plan and keeps it in the project, in place of one that never ran. A plan that is under way is not replaced.
Result<migration::MigrationPlan> plan(const PlanOptions& options, Job& job);
// The plan of the project; notFound where there is none.
Result<migration::MigrationPlan> currentPlan(const Path& project);
// All about it at one moment; nothing where there is none.
struct MigrationNow {
    migration::MigrationPlan plan;
    migration::MigrationStatus status;
    std::vector<std::vector<migration::ShardSql>> sql;   // by step of the plan; empty where it has ended
    std::string previous;                  // name of the layout before the one in force; empty: not known
};
Result<std::optional<MigrationNow>> migrationNow(const Path& project);
// Steps by id, or "all".
Result<migration::MigrationPlan> approve(const MigrationOptions& options, Job& job);
Result<migration::DryRun> dryRun(const MigrationOptions& options, Job& job);
// After the last step the plan's target is the project's design in force.
Result<migration::MigrationStatus> execute(const MigrationOptions& options, Job& job);
Result<migration::MigrationStatus> resume(const MigrationOptions& options, Job& job);
Result<migration::MigrationStatus> rollback(const MigrationOptions& options, Job& job);
Result<migration::MigrationStatus> pause(const MigrationOptions& options, Job& job);
Result<migration::MigrationStatus> status(const MigrationOptions& options, Job& job);
Result<migration::Verification> verify(const MigrationOptions& options, Job& job);

}  // namespace foreshard::verbs
