// The verbs: thin, each standing alone.
#include "core/migration/migration.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/base/units.h"
#include "core/cluster/decision_log.h"
#include "core/cluster/two_phase.h"
#include "core/migration/run.h"
#include "core/migration/state.h"

namespace foreshard::migration {

using namespace cluster;

const char* toString(MigrationState state) {
    static constexpr const char* names[] = {"planned", "running", "interrupted", "paused", "waiting", "failed", "done", "rolling back", "rollback stopped", "rolled back"};
    return names[static_cast<size_t>(state)];
}

namespace {

Result<MigrationStatus> runIn(const MigrationPlan& plan, const Cluster& cluster, const ExecuteOptions& options, Job& job, Run::Direction direction) {
    FS_TRY(admissible(plan, cluster, direction));
    {
        Run run(plan, cluster, options, job, direction);
        FS_TRY(run.go());
    }
    return status(plan, cluster);
}

Result<std::optional<PlanRecord>> leadRecord(const MigrationPlan& plan, const Cluster& cluster) {
    OpenOptions options;
    options.readOnly = true;
    FS_ASSIGN(const auto lead, cluster.open(plan.from.home(), options));
    return readPlanRecord(*lead, plan.id);
}

// What approval the migration waits for; empty where some approved step can run, or nothing is left to approve.
std::string awaited(const MigrationPlan& plan, const MigrationStatus& status) {
    const auto done = [&](size_t i) { return status.steps[i].state == StepState::done; };
    const Step* first = nullptr;             // not approved, and its turn has come
    const Step* held = nullptr;              // approved, and must wait for others
    for (size_t i = 0; i < plan.steps.size(); ++i) {
        const Step& step = plan.steps[i];
        if (done(i)) continue;
        const bool turn = std::all_of(step.needs.begin(), step.needs.end(), done);
        const bool approved = plan.approved(step.id);
        if (turn && approved) return {};
        if (turn && !first) first = &step;
        if (approved && !held) held = &step;
    }
    if (!first) return {};
    if (held) return fmt::format("Step {} is approved but cannot run before step {}, which is not.", held->id, first->id);
    return plan.approvals.empty() ? "No step is approved." : fmt::format("The next step, {}, waits for approval.", first->id);
}

}  // namespace

Result<MigrationStatus> execute(const MigrationPlan& plan, const Cluster& cluster, const ExecuteOptions& options, Job& job) {
    FS_TRY(admissible(plan, cluster, Run::Direction::forwards));
    FS_ASSIGN(const auto now, status(plan, cluster));
    // A plan that was never started stays so where nothing could run.
    if (const auto waitsFor = awaited(plan, now); now.state == MigrationState::planned && !waitsFor.empty())
        return Error{ErrorCategory::conflict, "There is nothing to execute. " + waitsFor, "Approve steps, the first ones first, then migrate.", {}};
    return runIn(plan, cluster, options, job, Run::Direction::forwards);
}

Result<MigrationStatus> resume(const MigrationPlan& plan, const Cluster& cluster, const ExecuteOptions& options, Job& job) {
    FS_ASSIGN(const auto record, leadRecord(plan, cluster));
    if (!record) return Error{ErrorCategory::conflict, "The migration was never started: there is nothing to resume.", "Approve steps, then migrate.", {}};
    const bool back = record->state == MigrationState::rollingBack || record->state == MigrationState::rollbackStopped;
    FS_ASSIGN(const auto now, status(plan, cluster));
    if (const auto waitsFor = awaited(plan, now); now.state == MigrationState::waiting && !waitsFor.empty() && now.inDoubt == 0)
        return Error{ErrorCategory::conflict, "There is nothing to resume. " + waitsFor, "Approve more steps, then resume.", {}};
    return runIn(plan, cluster, options, job, back ? Run::Direction::back : Run::Direction::forwards);
}

Result<MigrationStatus> rollback(const MigrationPlan& plan, const Cluster& cluster, const ExecuteOptions& options, Job& job) {
    return runIn(plan, cluster, options, job, Run::Direction::back);
}

Status requestPause(const MigrationPlan& plan, const Cluster& cluster) {
    FS_ASSIGN(const auto record, leadRecord(plan, cluster));
    const bool runs = record && (record->state == MigrationState::running || record->state == MigrationState::rollingBack) && coordinatorAlive(record->path);
    if (!runs) return Error{ErrorCategory::conflict, "No process is running the migration: there is nothing to pause.", "Ask for its status: it says where the migration stands.", {}};
    FS_ASSIGN(const auto lead, cluster.open(plan.from.home()));
    return setPause(*lead, plan.id, true);
}

namespace {

// What may be done in which state, and what is said where it may not.
void judgeVerbs(MigrationStatus& status, const MigrationPlan& plan, bool cleaning, const std::string& waitsFor) {
    using enum MigrationState;
    const auto state = status.state;
    const bool runs = state == running || state == rollingBack;
    const bool ended = state == done || state == rolledBack;
    const bool back = state == rollbackStopped || state == rollingBack;
    const auto judge = [&](const char* verb, bool may, std::string why) {
        if (may) status.legal.emplace_back(verb);
        else status.illegal.push_back({verb, std::move(why)});
    };
    const std::string used = fmt::format("The plan has been used: it is {}.", toString(state));
    const std::string busy = "A process is running it; pause it first.";
    judge("approve", !ended && !back, ended ? used : "It is being rolled back.");
    judge("migrate", !ended && !runs && !back && !plan.blocked() && waitsFor.empty(),
          ended ? used : runs ? busy : back ? "It is being rolled back." : plan.blocked() ? "Lint found errors: " + plan.lint.front().evidence : waitsFor);
    judge("pause", runs, "No process is running it.");
    const bool nothingToGoOn = state == waiting && !waitsFor.empty() && status.inDoubt == 0;
    judge("resume", !ended && !runs && state != planned && !nothingToGoOn, ended ? used : runs ? busy : nothingToGoOn ? waitsFor : "It was never started.");
    const bool noWayBack = cleaning && !back;
    judge("rollback", !ended && !runs && !noWayBack && state != planned,
          state == done ? "It is done; plan the move to the previous design." : ended ? used : runs ? busy : noWayBack ? "It is being cleaned up; resume ends it." : "It was never started.");
    judge("verify", true, {});
}

std::string stopped(const std::string& note, const char* next) { return note.empty() ? fmt::format("It stopped with an error. {}", next) : fmt::format("It stopped: {} {}", note, next); }

std::string sentence(const MigrationStatus& status, const std::string& note, const std::string& waitsFor) {
    using enum MigrationState;
    switch (status.state) {
        case planned: return waitsFor.empty() ? "Not started." : "Not started. " + waitsFor;
        case running: return "Running.";
        case interrupted: return "It was cut off; resume or rollback settles what was left.";
        case paused: return "Paused after a batch.";
        case waiting: return waitsFor.empty() ? "Its next steps are approved; migrate goes on." : "Every approved step whose turn has come is done. " + waitsFor;
        case failed: return stopped(note, "Put that right, then resume or roll back.");
        case done: return "Done.";
        case rollingBack: return "Going back.";
        case rollbackStopped: return note.empty() ? "Going back stopped on the way; resume or rollback goes on." : stopped(note, "Put that right, then resume or rollback goes on going back.");
        case rolledBack: return "Rolled back: every row is where it was. Tables made on new shards stay, empty; Foreshard's own (foreshard_…) stay on all shards, to say so.";
    }
    return {};
}

// Rows that have left their old shard, asked of the shards themselves.
void countMoved(const MigrationPlan& plan, const Cluster& cluster, MigrationStatus& out) {
    OpenOptions options;
    options.readOnly = true;
    std::map<uint32_t, uint64_t> byChunk;
    for (const uint32_t index : involvedShards(plan)) {
        if (!cluster.exists(index)) {
            const bool needed = std::find(plan.from.shards.begin(), plan.from.shards.end(), index) != plan.from.shards.end();
            if (needed && !out.error) out.error = Error{ErrorCategory::notFound, fmt::format("Shard {} is not there.", cluster.spec(index).name), "Put its file back.", {}};
            continue;
        }
        const auto shard = cluster.open(index, options);
        if (!shard.ok()) {
            if (!out.error) out.error = shard.error();
            continue;
        }
        const auto state = readState(**shard);
        if (!state.ok() || !*state) continue;
        if (const auto doubt = inDoubt(**shard); doubt.ok()) out.inDoubt += *doubt;
        for (const auto& chunk : plan.chunks) {
            if (chunk.from != index) continue;
            const auto flows = readFlows(**shard, chunk.id);
            if (!flows.ok()) continue;
            for (const auto& [table, sum] : *flows) byChunk[chunk.id] += static_cast<uint64_t>(std::max<int64_t>(0, sum.rows));
        }
    }
    const bool ended = out.state == MigrationState::done || out.state == MigrationState::rolledBack;
    for (size_t i = 0; i < plan.steps.size(); ++i) {
        const auto& step = plan.steps[i];
        if (step.kind == StepKind::moveChunk && !ended) out.steps[i].rows = byChunk[step.chunkId];
        if (step.kind == StepKind::moveChunk || step.kind == StepKind::copyReference) out.rowsMoved += out.steps[i].rows;
    }
}

// A step that was done and is gone back over.
bool undone(const MigrationPlan& plan, const Step& step, const std::map<std::string, StepRecord>& records) {
    return std::any_of(plan.reverse.begin(), plan.reverse.end(), [&](const Step& back) {
        const auto record = records.find(back.id);
        if (record == records.end() || record->second.state != StepState::done) return false;
        if (step.kind == StepKind::moveChunk) return back.kind == StepKind::moveChunk && back.chunkId == step.chunkId;
        if (step.kind == StepKind::copyReference) return back.kind == StepKind::dropCopies && back.table == step.table && back.to == step.to;
        if (step.kind == StepKind::dropCopies) return back.kind == StepKind::copyReference && back.table == step.table && back.to == step.to;
        if (step.kind == StepKind::capture || step.kind == StepKind::verify) return back.kind == StepKind::cleanUp;
        return back.kind == step.kind && step.kind == StepKind::switchDesign;
    });
}

}  // namespace

Result<MigrationStatus> status(const MigrationPlan& plan, const Cluster& cluster) {
    MigrationStatus out;
    OpenOptions options;
    options.readOnly = true;
    FS_ASSIGN(const auto lead, cluster.open(plan.from.home(), options));
    FS_ASSIGN(const auto record, readPlanRecord(*lead, plan.id));
    std::map<std::string, StepRecord> records;
    if (record) {
        out.state = record->state;
        const bool claims = out.state == MigrationState::running || out.state == MigrationState::rollingBack;
        if (claims && !coordinatorAlive(record->path)) out.state = out.state == MigrationState::running ? MigrationState::interrupted : MigrationState::rollbackStopped;
        FS_ASSIGN(records, readSteps(*lead, plan.id));
    }
    out.stepsTotal = static_cast<uint32_t>(plan.steps.size());
    out.rowsTotal = plan.rowsToMove();
    for (const auto& step : plan.steps) {
        StepStatus each{step.id, plan.approved(step.id) ? StepState::approved : StepState::planned, 0, std::nullopt, {}};
        if (const auto found = records.find(step.id); found != records.end()) {
            each.state = found->second.state;
            each.rows = found->second.rows;
            each.seconds = found->second.seconds;
            each.note = found->second.note;
        }
        if (records.contains(step.id) && undone(plan, step, records)) each.state = StepState::undone;
        if (each.state == StepState::undone) each.rows = 0;
        if (each.state == StepState::done) ++out.stepsDone;
        out.steps.push_back(std::move(each));
    }
    countMoved(plan, cluster, out);
    out.rowsTotal = std::max(out.rowsTotal, out.rowsMoved);
    const std::string waitsFor = awaited(plan, out);
    out.note = sentence(out, record ? record->note : std::string(), waitsFor);
    if (out.inDoubt > 0)
        out.note += " " + inDoubtWords(out.inDoubt);
    if (out.error && out.note.find(out.error->message) == std::string::npos) out.note += " " + out.error->message;
    if (!out.error && record && !record->note.empty()) out.error = Error{ErrorCategory::conflict, record->note, "Put it right, then resume.", {}};
    judgeVerbs(out, plan, cleaningUp(plan, records), waitsFor);
    return out;
}

std::string inDoubtWords(uint32_t count) {
    return fmt::format("In doubt: {} on the shards, of commits that were cut off. The decision log says what holds; resume, rollback or the next writer settles it.", counted(count, "intent", "intents"));
}

Result<DryRun> dryRun(const MigrationPlan& plan, const Cluster& cluster, Job& job) {
    DryRun out;
    if (const auto may = admissible(plan, cluster, Run::Direction::forwards); !may.ok()) out.obstacles.push_back(may.error().message);
    FS_TRY(job.checkpoint());
    FS_ASSIGN(const auto now, status(plan, cluster));
    const auto sql = stepSql(plan, cluster);   // what cannot be told is left out: the obstacles say why
    std::vector<bool> would(plan.steps.size(), false);
    for (size_t i = 0; i < plan.steps.size(); ++i) {
        const Step& step = plan.steps[i];
        const bool done = now.steps[i].state == StepState::done;
        const auto blocker = std::find_if(step.needs.begin(), step.needs.end(), [&](uint32_t need) { return !would[need] && now.steps[need].state != StepState::done; });
        DryRunStep each{step, false, {}, {}};
        if (!done && sql.ok()) each.sql = (*sql)[i];
        if (done) each.why = "Done already.";
        else if (!plan.approved(step.id)) each.why = "Not approved.";
        else if (blocker != step.needs.end()) each.why = fmt::format("Needs step {}, which would not run.", plan.steps[*blocker].id);
        else if (!out.obstacles.empty()) each.why = out.obstacles.front();
        else {
            each.wouldRun = would[i] = true;
            each.why = step.rows ? fmt::format("Would {}: {} rows.", toString(step.kind), *step.rows) : fmt::format("Would {}.", toString(step.kind));
            if (step.kind == StepKind::moveChunk || step.kind == StepKind::copyReference) out.rows += step.rows.value_or(0) - std::min(step.rows.value_or(0), now.steps[i].rows);
        }
        out.steps.push_back(std::move(each));
    }
    return out;
}

}  // namespace foreshard::migration
