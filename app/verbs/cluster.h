// The verbs of a migration: cluster, plan, approve, migrate, pause, resume, rollback, verify, status. Qt-free.
#pragma once

#include <map>
#include <vector>

#include "app/verbs/options.h"
#include "core/base/job.h"
#include "core/project/project.h"

namespace foreshard::verbs {

using Clusters = std::map<std::string, std::vector<project::ClusterShard>>;

// Adds a cluster (replacing one of that name). Shards are named shard0, shard1, …; a missing SQLite file will be made when
// a plan runs, its folder must exist.
Result<Clusters> addCluster(const ClusterOptions& options, Job& job);
Result<Clusters> listClusters(const ClusterOptions& options, Job& job);

}  // namespace foreshard::verbs
