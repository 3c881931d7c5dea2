#include "app/verbs/cluster.h"

#include <fmt/format.h>

#include <set>

namespace foreshard::verbs {

Result<Clusters> addCluster(const ClusterOptions& options, Job&) {
    FS_ASSIGN(auto project, project::Project::open(options.project));
    if (options.name.empty()) return Error{ErrorCategory::usage, "A cluster needs a name.", "Write: foreshard cluster P add NAME URI…", {}};
    std::vector<project::ClusterShard> shards;
    std::set<std::string> seen;
    for (const auto& uri : options.uris) {
        if (!uri.starts_with("sqlite:") || uri.size() == 7)
            return Error{ErrorCategory::unsupported, fmt::format("\"{}\" is no shard that this version can reach.", uri), "Write sqlite:FILE.", {}};
        // Relative names are kept relative to where the project stands, so that both can move together.
        if (!seen.insert((std::filesystem::absolute(options.project).parent_path() / uri.substr(7)).lexically_normal().string()).second)
            return Error{ErrorCategory::usage, fmt::format("{} is named twice.", uri), "Give every shard a file of its own.", {}};
        shards.push_back({fmt::format("shard{}", shards.size()), uri});
    }
    FS_ASSIGN(const auto known, project.clusters());
    const auto before = known.find(options.name);
    if (before != known.end() && before->second != shards && !options.replace)
        return Error{ErrorCategory::conflict,
                     fmt::format("There is a cluster {} with {} already.", options.name, before->second.size() == 1 ? "one shard" : fmt::format("{} shards", before->second.size())),
                     "Choose another name, or add --replace; rows on shards that fall out of it are then no longer looked for.", {}};
    FS_TRY(project.saveCluster(options.name, shards));
    return project.clusters();
}

Result<Clusters> listClusters(const ClusterOptions& options, Job&) {
    FS_ASSIGN(const auto project, project::Project::open(options.project));
    return project.clusters();
}

}  // namespace foreshard::verbs
