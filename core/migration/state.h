// State of a migration as the cluster remembers it: the plan's row on every shard, the states of its steps on the lead (the
// first shard of the old layout), and what the shards looked like when the plan was made. Used inside the room.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "core/cluster/catalogue.h"
#include "core/migration/migration.h"

namespace foreshard::migration {

struct PlanRecord {
    MigrationState state = MigrationState::planned;
    std::string log, path;             // id and absolute place of the decision log; on the shard as keptLogPlace() has it
    bool pause = false;
    std::string note;                  // for a failure: its sentence
};

// Nothing where the plan never began on this shard.
Result<std::optional<PlanRecord>> readPlanRecord(cluster::Shard& shard, const std::string& plan);
Status writePlanRecord(cluster::Shard& shard, const MigrationPlan& plan, const PlanRecord& record);
Status setPlanState(cluster::Shard& shard, const std::string& plan, MigrationState state, const std::string& note);
Status setPause(cluster::Shard& shard, const std::string& plan, bool pause);
Result<bool> pauseRequested(cluster::Shard& shard, const std::string& plan);

struct StepRecord {
    StepState state = StepState::planned;
    uint64_t rows = 0;
    double seconds = 0;
    std::string note;
};
Result<std::map<std::string, StepRecord>> readSteps(cluster::Shard& lead, const std::string& plan);
Status writeStepRecord(cluster::Shard& lead, const std::string& plan, const std::string& step, const StepRecord& record);

// Tables, indexes and design in force on every shard of both layouts.
Result<uint64_t> clusterFingerprint(const cluster::Cluster& cluster, const cluster::Layout& from, const cluster::Layout& to);
// Conflict where the catalogue has another design in force than `from`, or a migration is under way.
Status checkInForce(const cluster::Cluster& cluster, const cluster::Layout& from, const cluster::Layout& to);

std::set<uint32_t> involvedShards(const MigrationPlan& plan);
// The last step forwards has begun: marks that a rollback would need may be gone.
bool cleaningUp(const MigrationPlan& plan, const std::map<std::string, StepRecord>& steps);

const cluster::Chunk* chunkOf(const MigrationPlan& plan, uint32_t id);

}  // namespace foreshard::migration
