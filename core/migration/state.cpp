#include "core/migration/state.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/base/hash.h"
#include "core/cluster/decision_log.h"
#include "core/migration/lint.h"

namespace foreshard::migration {

using namespace cluster;

Result<std::optional<PlanRecord>> readPlanRecord(Shard& shard, const std::string& plan) {
    FS_ASSIGN(const auto state, readState(shard));
    if (!state) return std::optional<PlanRecord>();
    const Cells values{plan};
    FS_ASSIGN(const auto row, shard.one("SELECT state, log, path, pause, note FROM foreshard_plan WHERE plan = ?", values));
    if (!row) return std::optional<PlanRecord>();
    const int64_t number = integerOf((*row)[0]);
    if (number < 0 || number > static_cast<int64_t>(MigrationState::rolledBack))
        return Error{ErrorCategory::format, fmt::format("The record of plan {} on shard {} cannot be read.", plan, shard.name()), "Use the Foreshard that wrote it.", {}};
    return std::optional(PlanRecord{static_cast<MigrationState>(number), textOf((*row)[1]), logPlaceOf(shard.place(), textOf((*row)[2])), integerOf((*row)[3]) != 0, textOf((*row)[4])});
}

Status writePlanRecord(Shard& shard, const MigrationPlan& plan, const PlanRecord& record) {
    const Cells values{plan.id, record.log, keptLogPlace(shard.place(), record.path), static_cast<int64_t>(record.state), int64_t{record.pause}, record.note, Blob{writePlan(plan)}};
    return shard.execute("INSERT OR REPLACE INTO foreshard_plan(plan, log, path, state, pause, note, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)", values);
}

Status setPlanState(Shard& shard, const std::string& plan, MigrationState state, const std::string& note) {
    const Cells values{static_cast<int64_t>(state), note, plan};
    return shard.execute("UPDATE foreshard_plan SET state = ?, note = ? WHERE plan = ?", values);
}

Status setPause(Shard& shard, const std::string& plan, bool pause) {
    const Cells values{int64_t{pause}, plan};
    return shard.execute("UPDATE foreshard_plan SET pause = ? WHERE plan = ?", values);
}

Result<bool> pauseRequested(Shard& shard, const std::string& plan) {
    const Cells values{plan};
    FS_ASSIGN(const auto row, shard.one("SELECT pause FROM foreshard_plan WHERE plan = ?", values));
    return row && integerOf((*row)[0]) != 0;
}

Result<std::map<std::string, StepRecord>> readSteps(Shard& lead, const std::string& plan) {
    std::map<std::string, StepRecord> steps;
    const Cells values{plan};
    FS_TRY(lead.query("SELECT step, state, rows, seconds, note FROM foreshard_step WHERE plan = ?", values, [&](const Cells& row) {
        const auto state = static_cast<StepState>(std::clamp<int64_t>(integerOf(row[1]), 0, static_cast<int64_t>(StepState::undone)));
        const auto* seconds = std::get_if<double>(&row[3]);
        steps[textOf(row[0])] = {state, static_cast<uint64_t>(integerOf(row[2])), seconds ? *seconds : 0, textOf(row[4])};
        return true;
    }));
    return steps;
}

Status writeStepRecord(Shard& lead, const std::string& plan, const std::string& step, const StepRecord& record) {
    const Cells values{plan, step, static_cast<int64_t>(record.state), static_cast<int64_t>(record.rows), record.seconds, record.note};
    return lead.execute("INSERT OR REPLACE INTO foreshard_step(plan, step, state, rows, seconds, note) VALUES (?, ?, ?, ?, ?, ?)", values);
}

bool cleaningUp(const MigrationPlan& plan, const std::map<std::string, StepRecord>& steps) {
    return std::any_of(plan.steps.begin(), plan.steps.end(), [&](const Step& step) { return step.kind == StepKind::cleanUp && steps.contains(step.id); });
}

std::set<uint32_t> involvedShards(const MigrationPlan& plan) {
    std::set<uint32_t> all(plan.from.shards.begin(), plan.from.shards.end());
    all.insert(plan.to.shards.begin(), plan.to.shards.end());
    return all;
}

const Chunk* chunkOf(const MigrationPlan& plan, uint32_t id) {
    const auto found = std::find_if(plan.chunks.begin(), plan.chunks.end(), [&](const Chunk& chunk) { return chunk.id == id; });
    return found == plan.chunks.end() ? nullptr : &*found;
}

Result<uint64_t> clusterFingerprint(const Cluster& cluster, const Layout& from, const Layout& to) {
    std::set<uint32_t> involved(from.shards.begin(), from.shards.end());
    involved.insert(to.shards.begin(), to.shards.end());
    std::vector<std::string> facts;
    for (const uint32_t index : involved) {
        const bool owner = std::find(from.shards.begin(), from.shards.end(), index) != from.shards.end();
        if (!owner && !cluster.exists(index)) {
            facts.push_back(fmt::format("{} absent", index));
            continue;
        }
        OpenOptions options;
        options.readOnly = true;
        FS_ASSIGN(const auto shard, cluster.open(index, options));
        FS_ASSIGN(const auto tables, shard->tables());
        for (const auto& table : tables) facts.push_back(fmt::format("{} {}", index, normalDdl(table.ddl)));
        FS_ASSIGN(const auto objects, shard->objects());
        for (const auto& object : objects)
            if (object.kind == "index") facts.push_back(fmt::format("{} {}", index, normalDdl(object.sql)));
        FS_ASSIGN(const auto state, readState(*shard));
        if (state) facts.push_back(fmt::format("{} {} {} {}", index, state->cluster, state->generation, state->plan));
    }
    uint64_t hash = hashText("cluster");
    for (const auto& fact : facts) hash = combineHash(hash, hashText(fact));
    return hash;
}

Status checkInForce(const Cluster& cluster, const Layout& from, const Layout& to) {
    std::set<uint32_t> involved(from.shards.begin(), from.shards.end());
    involved.insert(to.shards.begin(), to.shards.end());
    std::map<uint32_t, ClusterState> states;
    uint64_t newest = 0;
    for (const uint32_t index : involved) {
        if (!cluster.exists(index)) continue;
        OpenOptions options;
        options.readOnly = true;
        FS_ASSIGN(const auto shard, cluster.open(index, options));
        FS_ASSIGN(const auto state, readState(*shard));
        if (!state) continue;
        newest = std::max(newest, state->generation);
        states.emplace(index, *state);
    }
    std::string id;
    for (const auto& [index, there] : states) {
        const auto* state = &there;
        const std::string& name = cluster.spec(index).name;
        if (state->migrating())
            return Error{ErrorCategory::conflict, fmt::format("Plan {} is under way on shard {}.", state->plan, name), "Finish it or roll it back first.", {}};
        if (!id.empty() && state->cluster != id)
            return Error{ErrorCategory::conflict, fmt::format("Shard {} belongs to another cluster.", name), "Check the cluster's list of shards.", {}};
        id = state->cluster;
        // A shard that an earlier migration has emptied still says what was in force then.
        const bool owner = std::find(from.shards.begin(), from.shards.end(), index) != from.shards.end();
        if (!owner && state->generation < newest) continue;
        if (state->from.design.fingerprint() != from.design.fingerprint() || state->from.shards != from.shards)
            return Error{ErrorCategory::conflict, fmt::format("On shard {} design {} is in force, not {}.", name, state->from.design.id, from.design.id),
                         "Plan from the design in force.", {}};
    }
    return {};
}

}  // namespace foreshard::migration
