#include "app/verbs/cluster.h"

#include <fmt/format.h>

#include <set>

#include "core/base/units.h"
#include "core/project/shard_places.h"

namespace foreshard::verbs {

Result<Clusters> addCluster(const ClusterOptions& options, Job&) {
    FS_ASSIGN(auto project, project::Project::open(options.project));
    if (options.name.empty()) return Error{ErrorCategory::usage, "A cluster needs a name.", "Write: foreshard cluster P add NAME URI…", {}};
    std::vector<project::ClusterShard> shards;
    std::set<std::string> seen;
    const auto folder = project::folderOf(options.project);
    for (const auto& uri : options.uris) {
        if (!uri.starts_with("sqlite:") || uri.size() == 7)
            return Error{ErrorCategory::unsupported, fmt::format("\"{}\" is no shard that this version can reach.", uri), "Write sqlite:FILE.", {}};
        if (!seen.insert(project::wholeUri(folder, uri)).second) return Error{ErrorCategory::usage, fmt::format("{} is named twice.", uri), "Give every shard a file of its own.", {}};
        shards.push_back({fmt::format("shard{}", shards.size()), project::keptUri(folder, uri)});
    }
    FS_ASSIGN(const auto known, project.clusters());
    const auto before = known.find(options.name);
    if (before != known.end() && before->second != shards && !options.replace)
        return Error{ErrorCategory::conflict,
                     fmt::format("There is a cluster {} with {} already.", options.name, counted(before->second.size(), "shard", "shards")),
                     "Choose another name, or add --replace; rows on shards that fall out of it are then no longer looked for.", {}};
    FS_TRY(project.saveCluster(options.name, shards));
    return project.clusters();
}

Result<Clusters> listClusters(const ClusterOptions& options, Job&) {
    FS_ASSIGN(const auto project, project::Project::open(options.project));
    return project.clusters();
}

}  // namespace foreshard::verbs
