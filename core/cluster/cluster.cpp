#include "core/cluster/cluster.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <set>

namespace foreshard::cluster {

namespace {

constexpr std::string_view sqliteScheme = "sqlite:";

Result<std::string> sqlitePath(const ShardSpec& spec) {
    if (!spec.uri.starts_with(sqliteScheme))
        return Error{ErrorCategory::unsupported, fmt::format("Shard {}: this build cannot open {}.", spec.name, spec.uri.substr(0, spec.uri.find(':') + 1)),
                     "Name a SQLite database as sqlite:FILE.", {}};
    std::string path = spec.uri.substr(sqliteScheme.size());
    if (path.empty() || path.find('\0') != std::string::npos)
        return Error{ErrorCategory::usage, fmt::format("Shard {}: the URI names no file.", spec.name), "Write it as sqlite:FILE.", {}};
    return path;
}

bool validName(const std::string& name) {
    return !name.empty() && name.size() <= 64 &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == std::string::npos;
}

}  // namespace

Result<Cluster> Cluster::make(std::vector<ShardSpec> shards) {
    std::set<std::string> names, files;
    for (const auto& spec : shards) {
        if (!validName(spec.name))
            return Error{ErrorCategory::usage, fmt::format("'{}' cannot be the name of a shard.", spec.name), "Use letters, digits, '_' and '-'.", {}};
        if (!names.insert(spec.name).second)
            return Error{ErrorCategory::usage, fmt::format("Two shards are called {}.", spec.name), "Give each shard a name of its own.", {}};
        FS_ASSIGN(const std::string path, sqlitePath(spec));
        std::error_code ignored;
        const auto whole = std::filesystem::weakly_canonical(path, ignored);
        if (!files.insert(ignored ? path : whole.string()).second)
            return Error{ErrorCategory::usage, fmt::format("Two shards are the same database: {}.", path), "Give each shard a database of its own.", {}};
    }
    Cluster cluster;
    cluster.shards_ = std::move(shards);
    return cluster;
}

bool Cluster::exists(uint32_t index) const {
    const auto path = sqlitePath(shards_.at(index));
    std::error_code ignored;
    return path.ok() && std::filesystem::exists(*path, ignored);
}

bool Cluster::canBeMade(uint32_t index) const {
    const auto path = sqlitePath(shards_.at(index));
    std::error_code ignored;
    if (!path.ok()) return false;
    const auto folder = std::filesystem::absolute(*path, ignored).parent_path();
    return std::filesystem::is_directory(folder, ignored) && ::access(folder.c_str(), W_OK | X_OK) == 0;
}

Result<std::unique_ptr<Shard>> Cluster::open(uint32_t index, const OpenOptions& options) const {
    if (index >= shards_.size())
        return Error{ErrorCategory::usage, fmt::format("The cluster has {} shards; number {} is not one of them.", shards_.size(), index),
                     "Add the shard to the cluster.", {}};
    FS_ASSIGN(const std::string path, sqlitePath(shards_[index]));
    return openSqlite(shards_[index].name, path, options);
}

}  // namespace foreshard::cluster
