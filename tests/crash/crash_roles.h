// The processes of the crash test: one that migrates and is killed, writers that survive and journal what was acknowledged,
// a reader that looks at all shards. Each is this test's own executable with a role as its first argument.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/cluster/cluster.h"
#include "core/migration/migration.h"
#include "core/sharding/design.h"

namespace crash {

using namespace foreshard;

constexpr int shardCount = 3;
// Ids of a writer's own rows begin here, times its number.
constexpr int64_t writerIds = 1'000'000;

cluster::Cluster clusterIn(const std::string& folder);
sharding::Design designOf(uint32_t shards);    // 1: one database
std::string logOf(const std::string& folder, const std::string& plan);

// Runs a role when the arguments name one; gives its exit code. Roles: migrate, rollback (number: dies at that crash point;
// 0: never), write (number: which writer), read (number: customers that were there from the beginning).
std::optional<int> runRole(int argc, char** argv);

// What the journals say must be there: key → content, "table|id…" → cells as text. `unknown`: keys of changes that failed
// without saying how they ended.
struct Expected {
    std::map<std::string, std::string> rows;
    std::set<std::string> unknown;
    uint64_t acknowledged = 0, failed = 0;
};
void readJournal(const std::string& path, Expected& expected);

// All rows of all shards; a row that is there twice gets "#2".
std::map<std::string, std::string> contentsOf(const std::string& folder);

}  // namespace crash
