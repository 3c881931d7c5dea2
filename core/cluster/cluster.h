// Cluster: an ordered list of named shards. The list is a plain value that a project keeps; connections are opened from it
// by whoever needs one. A shard is named by URI: "sqlite:FILE". Any thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/cluster/shard.h"

namespace foreshard::cluster {

constexpr uint32_t noShard = UINT32_MAX;

struct ShardSpec {
    std::string name;      // letters, digits, '_' and '-'; unique in the cluster
    std::string uri;
    bool operator==(const ShardSpec&) const = default;
};

struct OpenOptions {
    bool create = false;         // make an empty database where there is none (never over something else)
    bool readOnly = false;
    bool service = false;        // the tables' own triggers and foreign keys stay quiet: rows are moved, not changed
    int busyMilliseconds = 5'000;// how long a lock of another connection is waited for
};

class Cluster {
public:
    Cluster() = default;
    // Names must be unique, URIs known and different.
    static Result<Cluster> make(std::vector<ShardSpec> shards);

    uint32_t size() const { return static_cast<uint32_t>(shards_.size()); }
    const ShardSpec& spec(uint32_t index) const { return shards_.at(index); }
    const std::vector<ShardSpec>& specs() const { return shards_; }
    // Whether there is a database (or any file) behind the URI.
    bool exists(uint32_t index) const;
    // Whether a database could be made there: its folder is there and may be written.
    bool canBeMade(uint32_t index) const;
    Result<std::unique_ptr<Shard>> open(uint32_t index, const OpenOptions& options = {}) const;
    bool operator==(const Cluster&) const = default;

private:
    std::vector<ShardSpec> shards_;
};

// A file that is missing (unless options.create), no database, or not ours to read: an Error that names it.
Result<std::unique_ptr<Shard>> openSqlite(const std::string& name, const std::string& path, const OpenOptions& options);

}  // namespace foreshard::cluster
