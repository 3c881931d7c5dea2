// Lint: what speaks against a migration, or has to be known before it: each finding with its evidence and a remedy. An
// error forbids execution. Pure; reads what planning has measured.
#pragma once

#include <map>
#include <vector>

#include "core/cluster/cluster.h"
#include "core/migration/diff.h"
#include "core/migration/plan.h"

namespace foreshard::migration {

struct ShardInventory {
    bool exists = false;
    std::vector<cluster::TableInfo> tables;
    std::vector<cluster::SchemaObject> objects;    // indexes, triggers, views
};

struct LintInput {
    const cluster::Cluster& cluster;
    const cluster::Placement& placement;           // with both layouts
    const Diff& diff;
    const std::map<uint32_t, ShardInventory>& shards;   // those of both layouts, by cluster index
    uint32_t lead = 0;                             // whose tables are the model for all
};

// Worst first; of one severity in the order of `what`, then of the evidence.
std::vector<LintFinding> lint(const LintInput& input);

// A CREATE statement as text that differs only where it means something else.
std::string normalDdl(std::string_view ddl);

}  // namespace foreshard::migration
