// What each kind of step does. All of them may be run again after a crash in their middle.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "core/cluster/crash_points.h"
#include "core/migration/batch.h"
#include "core/migration/copies.h"
#include "core/migration/missing_schema.h"
#include "core/migration/pace.h"
#include "core/migration/run.h"

namespace foreshard::migration {

using namespace cluster;

// On the way back: a new shard that the migration was cut off before it had made whole. Nothing is there to be undone. One
// that was made and is missing now is lost, which is another matter.
Result<bool> Run::neverMade(uint32_t index) {
    const auto& before = plan_.from.shards;
    if (!back_ || index == noShard || std::find(before.begin(), before.end(), index) != before.end()) return false;
    std::lock_guard lock(leadMutex_);
    FS_ASSIGN(const auto records, readSteps(*lead_, plan_.id));
    for (const Step& step : plan_.steps) {
        if (step.kind != StepKind::createSchema || step.to != index) continue;
        const auto found = records.find(step.id);
        return found == records.end() || found->second.state != StepState::done;
    }
    return false;
}

Status Run::runStep(const Step& step, uint64_t& rows) {
    for (const uint32_t index : {step.from, step.to}) {
        FS_ASSIGN(const bool nothingThere, neverMade(index));
        if (nothingThere) return {};
    }
    switch (step.kind) {
        case StepKind::createSchema: return createSchema(step.to);
        case StepKind::capture: {
            FS_ASSIGN(const auto shard, connect(step.to));
            return buildCapture(*shard, scopeOf(step.to), job_, [this] { return mayGoOn(); });
        }
        case StepKind::moveChunk: return moveChunk(step, rows);
        case StepKind::dropCopies:
        case StepKind::copyReference: return copyTable(step, rows);
        case StepKind::verify: return checkAll();
        case StepKind::switchDesign: return switchDesign();
        case StepKind::cleanUp: return cleanUp();
    }
    return {};
}

Status Run::createSchema(uint32_t index) {
    FS_ASSIGN(const auto model, connect(leadIndex()));
    FS_ASSIGN(const auto shard, connect(index, true));
    crashPoint("schema.opened");
    Transaction transaction(*shard);
    FS_TRY(transaction.begin(Shard::Lock::write));
    FS_TRY(createCatalogue(*shard));
    FS_ASSIGN(const auto leadState, readState(*model));
    FS_ASSIGN(const auto there, readState(*shard));
    if (there && there->cluster != leadState->cluster)
        return Error{ErrorCategory::conflict, fmt::format("Shard {} belongs to another cluster.", shard->name()), "Check the cluster's list of shards.", {}};
    if (!there) {
        ClusterState state = *leadState;
        state.shard = index;
        FS_TRY(writeState(*shard, state));
        FS_TRY(writePlanRecord(*shard, plan_, {MigrationState::running, log_->id(), log_->path(), false, {}}));
    }
    FS_ASSIGN(const auto missing, missingSchema(*model, shard.get()));
    for (const auto& ddl : missing) FS_TRY(shard->create(ddl));
    crashPoint("schema.created");
    return transaction.commit();
}

Status Run::moveChunk(const Step& step, uint64_t& rows) {
    const Chunk* chunk = chunks_.byId(step.chunkId);
    FS_ASSIGN(const auto source, connect(step.from));
    FS_ASSIGN(const auto target, connect(step.to));
    BatchMover mover(*source, *target, *log_, scopeOf(step.from), *chunk, job_);
    BatchSize size(options_, step.rows.value_or(0) ? static_cast<double>(step.bytes.value_or(0)) / static_cast<double>(*step.rows) : 0);
    for (;;) {
        if (!mayGoOn()) return {};
        const auto started = std::chrono::steady_clock::now();
        FS_ASSIGN(const auto outcome, mover.move(size.rows()));
        if (outcome.finished) break;
        const Held held = std::chrono::steady_clock::now() - started;
        size.learn(outcome.rows, outcome.bytes, held.count(), outcome.syncing);
        Pace::keepOff(held, 0.25);         // between its transactions a batch lets go of the source, too
        rows += outcome.rows;
        job_.progress(moved_ += outcome.rows);
    }
    return checkFlows(*source, *target, *chunk, rows);
}

Status Run::checkFlows(Shard& source, Shard& target, const Chunk& chunk, uint64_t& rows) {
    FS_ASSIGN(const auto left, readFlows(source, chunk.id));
    FS_ASSIGN(const auto arrived, readFlows(target, chunk.id));
    if (!back_) {
        rows = 0;
        for (const auto& [table, sum] : left) rows += static_cast<uint64_t>(std::max<int64_t>(0, sum.rows));
    }
    if (left == arrived) return {};
    return Error{ErrorCategory::conflict, fmt::format("What left shard {} is not what arrived on {}: the checksums of chunk {} differ.", source.name(), target.name(), chunk.id),
                 "Run verify: it names the tables. A writer that does not ask the router can cause this.", {}};
}

Status Run::copyTable(const Step& step, uint64_t& rows) {
    FS_ASSIGN(const auto home, connect(step.from));
    FS_ASSIGN(const auto copy, connect(step.to));
    const PlacedTable* table = placement_->find(step.table);
    if (!table) return Error{ErrorCategory::notFound, fmt::format("Shard {} has no table {}.", home->name(), step.table), "Was it dropped? Make a new plan.", {}};
    const CopyScope scope{*placement_, *table, *log_, step.to};
    if (step.kind == StepKind::dropCopies) return dropCopy(*home, *copy, scope, job_, rows);
    FS_TRY(makeCopy(*home, *copy, scope, job_, rows));
    // What is there, whoever put it: an earlier run may have been cut off after the copy was whole.
    FS_TRY(copy->query(fmt::format("SELECT count(*) FROM {}", copy->quote(table->info.name)), {}, [&](const Cells& row) {
        rows = static_cast<uint64_t>(std::get<int64_t>(row[0]));
        return true;
    }));
    job_.progress(moved_ += rows);
    return {};
}

Status Run::checkAll() {
    Job quiet;   // its passes are not those of the run
    FS_TRY(recover());   // what writers that died have left
    FS_ASSIGN(const auto checked, verify(cluster_, std::nullopt, quiet));
    if (checked.ok) return {};
    for (const auto& table : checked.tables)
        if (table.missing || table.misplaced || table.duplicate.value_or(0) || !table.checksumEqual)
            return Error{ErrorCategory::conflict, fmt::format("{} did not pass the check: {} rows missing, {} misplaced, {} there twice{}.", table.table, table.missing, table.misplaced,
                         table.duplicate.value_or(0), table.checksumEqual ? "" : ", checksums differ"), "Run verify for all tables; put the rows right, then resume.", {}};
    return Error{ErrorCategory::conflict, "Some batches are not settled yet.", "Resume; that settles them.", {}};
}

namespace {

bool says(const ClusterState& state, const Layout& from, const std::optional<Layout>& to, const std::string& plan) {
    return state.plan == plan && state.from == from && state.to == to;
}

}  // namespace

// On every shard, under a generation above all that any of them has: a switch that was cut off, in this direction or the
// other, has left some ahead of the rest.
Status Run::layoutInForce(const Layout& from, const std::optional<Layout>& to, const std::string& plan) {
    std::map<uint32_t, ShardPtr> shards;
    uint64_t newest = 0;
    bool agreed = true;
    std::optional<uint64_t> common;
    for (const uint32_t index : involvedShards(plan_)) {
        if (!cluster_.exists(index)) continue;   // never made: rolled back before its turn came
        FS_ASSIGN(auto shard, connect(index));
        FS_ASSIGN(const auto state, readState(*shard));
        if (!state) continue;
        agreed = agreed && says(*state, from, to, plan) && common.value_or(state->generation) == state->generation;
        common = state->generation;
        newest = std::max(newest, state->generation);
        shards[index] = std::move(shard);
    }
    if (agreed) return {};
    for (const auto& [index, shard] : shards) {
        Transaction transaction(*shard);
        FS_TRY(transaction.begin(Shard::Lock::write));
        FS_ASSIGN(auto state, readState(*shard));
        if (!state) continue;
        state->generation = newest + 1;
        state->plan = plan;
        state->from = from;
        state->to = to;
        state->chunks = to ? plan_.chunks : std::vector<Chunk>{};
        FS_TRY(writeState(*shard, *state));
        FS_TRY(transaction.commit());
        crashPoint("switch.shard");
    }
    return {};
}

Status Run::switchDesign() {
    std::lock_guard lock(leadMutex_);
    if (back_) return layoutInForce(plan_.from, plan_.to, plan_.id);
    return layoutInForce(plan_.to, std::nullopt, plan_.id);
}

Status Run::cleanUp() {
    std::lock_guard lock(leadMutex_);
    FS_TRY(layoutInForce(back_ ? plan_.from : plan_.to, std::nullopt, {}));
    for (const uint32_t index : involvedShards(plan_)) {
        if (!cluster_.exists(index)) continue;
        FS_ASSIGN(const auto shard, connect(index));
        FS_ASSIGN(const auto state, readState(*shard));
        if (!state) continue;
        Transaction transaction(*shard);
        FS_TRY(transaction.begin(Shard::Lock::write));
        FS_TRY(dropCapture(*shard, *placement_));
        FS_TRY(clearMigration(*shard));
        FS_TRY(transaction.commit());
        crashPoint("clean.shard");
    }
    return {};
}

}  // namespace foreshard::migration
