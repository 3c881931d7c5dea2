#include "core/migration/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <set>
#include <thread>

#include "core/cluster/crash_points.h"

namespace foreshard::migration {

using namespace cluster;

namespace {

bool over(MigrationState state) { return state == MigrationState::done || state == MigrationState::rolledBack; }
bool goingBack(MigrationState state) { return state == MigrationState::rollingBack || state == MigrationState::rollbackStopped || state == MigrationState::rolledBack; }

Result<std::unique_ptr<Shard>> openLead(const MigrationPlan& plan, const Cluster& cluster, const OpenOptions& options) {
    return cluster.open(plan.from.home(), options);
}

Status sameCluster(const MigrationPlan& plan, const Cluster& cluster) {
    if (plan.shards == cluster.specs()) return {};
    return Error{ErrorCategory::conflict, "The cluster's list of shards is not the one that the plan was made for.", "Make the plan again.", {}};
}

}  // namespace

Status admissible(const MigrationPlan& plan, const Cluster& cluster, Run::Direction direction) {
    FS_TRY(sameCluster(plan, cluster));
    OpenOptions options;
    options.readOnly = true;
    FS_ASSIGN(const auto lead, openLead(plan, cluster, options));
    FS_ASSIGN(const auto record, readPlanRecord(*lead, plan.id));
    const bool back = direction == Run::Direction::back;
    if (!record) {
        if (back) return Error{ErrorCategory::conflict, "The migration was never started: there is nothing to go back from.", "To put the plan away, make another one.", {}};
        if (plan.blocked())
            return Error{ErrorCategory::conflict, fmt::format("The plan cannot be executed: {}", plan.lint.front().evidence), plan.lint.front().remedy, {}};
        FS_TRY(checkInForce(cluster, plan.from, plan.to));
        FS_ASSIGN(const uint64_t now, clusterFingerprint(cluster, plan.from, plan.to));
        if (now != plan.stateFingerprint)
            return Error{ErrorCategory::conflict, "The cluster is not as it was when the plan was made.", "Make the plan again.", {}};
        return {};
    }
    if (over(record->state))
        return Error{ErrorCategory::conflict, fmt::format("Plan {} has been used: it is {}.", plan.id, toString(record->state)),
                     record->state == MigrationState::done ? "To go back, plan the move to the previous design." : "Make a new plan.", {}};
    FS_ASSIGN(const auto steps, readSteps(*lead, plan.id));
    if (back && !goingBack(record->state) && cleaningUp(plan, steps))
        return Error{ErrorCategory::conflict, "The new design is in force and the migration is being cleaned up: there is no way back from the middle of that.",
                     "Resume, which ends it; then plan the move to the previous design.", {}};
    if (!back && goingBack(record->state))
        return Error{ErrorCategory::conflict, "The migration is being rolled back.", "Finish the rollback, then make a new plan.", {}};
    return {};
}

Result<Run::ShardPtr> Run::connect(uint32_t index, bool create) const {
    OpenOptions options;
    options.create = create;
    options.service = true;
    options.busyMilliseconds = options_.busyMilliseconds;
    return cluster_.open(index, options);
}

CaptureScope Run::scopeOf(uint32_t shard) const { return {*placement_, chunks_, shard, back_}; }

// ---- beginning ----------------------------------------------------------------------------------------------------

// A shard in the log's folder remembers the log as its neighbour: in a moved folder it finds it again, in a copied one the copied
// log. One elsewhere belongs to the log at the place where the plan began: of several copies of the folder none but the one that
// lies there may go on, and this is found out before anything is changed.
Status Run::sameLogOnAll(const std::filesystem::path& log) {
    OpenOptions options;
    options.readOnly = true;
    options.busyMilliseconds = options_.busyMilliseconds;
    for (const uint32_t index : involvedShards(plan_)) {
        if (!cluster_.exists(index)) continue;
        FS_ASSIGN(const auto shard, cluster_.open(index, options));
        FS_ASSIGN(const auto record, readPlanRecord(*shard, plan_.id));
        if (!record || wholeLogPath(record->path) == log) continue;
        return Error{ErrorCategory::conflict, fmt::format("Plan {} is being run with the decision log {}; shard {} takes no other.", plan_.id, record->path, shard->name()),
                     "Run it from there. If the project's folder was moved, put it back, for not all of its shards were moved with it.", {}};
    }
    return {};
}

Status Run::openLog(const std::optional<PlanRecord>& record) {
    if (options_.decisionLog.empty())
        return Error{ErrorCategory::usage, "A migration needs a decision log.", "Name a file for it, on a disk that outlives a crash.", {}};
    const auto path = wholeLogPath(options_.decisionLog);
    FS_TRY(sameLogOnAll(path));
    FS_ASSIGN(log_, DecisionLog::open(path, record.has_value()));
    if (record && record->log != log_->id())
        return Error{ErrorCategory::conflict, fmt::format("{} is not the decision log that plan {} was started with.", path.string(), plan_.id), "Put the right file back.", {}};
    return {};
}

Status Run::open() {
    FS_ASSIGN(lead_, connect(leadIndex()));
    FS_ASSIGN(const auto before, readPlanRecord(*lead_, plan_.id));
    FS_TRY(openLog(before));
    // Asked again under the log's lock: another process may have finished in between.
    FS_TRY(admissible(plan_, cluster_, back_ ? Direction::back : Direction::forwards));
    FS_ASSIGN(auto tables, lead_->tables());
    FS_ASSIGN(const auto state, readState(*lead_));
    FS_ASSIGN(placement_, Placement::make(plan_.from, plan_.to, std::move(tables), before && state ? state->tables : std::vector<std::string>{}));
    chunks_ = ChunkMap(plan_.chunks);
    return {};
}

Result<ClusterState> Run::stateToBegin() {
    FS_ASSIGN(const auto own, readState(*lead_));
    if (own && own->plan == plan_.id) return *own;
    ClusterState state;
    for (const uint32_t index : involvedShards(plan_)) {
        if (!cluster_.exists(index)) continue;
        FS_ASSIGN(const auto shard, connect(index));
        FS_ASSIGN(const auto there, readState(*shard));
        if (!there) continue;
        state.cluster = there->cluster;
        state.generation = std::max(state.generation, there->generation);
    }
    if (state.cluster.empty()) {
        std::random_device device;
        state.cluster = fmt::format("{:08x}{:08x}", device(), device());
    }
    ++state.generation;
    state.plan = plan_.id;
    state.from = plan_.from;
    state.to = plan_.to;
    state.chunks = plan_.chunks;
    for (const auto& table : placement_->tables()) state.tables.push_back(table.info.name);
    return state;
}

Status Run::beginOn(uint32_t index, const ClusterState& model) {
    FS_ASSIGN(const auto shard, connect(index));
    Transaction transaction(*shard);
    FS_TRY(transaction.begin(Shard::Lock::write));
    FS_TRY(createCatalogue(*shard));
    FS_ASSIGN(const auto there, readState(*shard));
    if (there && there->cluster != model.cluster)
        return Error{ErrorCategory::conflict, fmt::format("Shard {} belongs to another cluster.", shard->name()), "Check the cluster's list of shards.", {}};
    FS_ASSIGN(const auto record, readPlanRecord(*shard, plan_.id));
    if (record) return {};
    if (!there && index != plan_.from.home() && std::find(plan_.from.shards.begin(), plan_.from.shards.end(), index) != plan_.from.shards.end())
        for (const auto& table : placement_->tables())
            if (table.referenceBefore) FS_TRY(setCopyComplete(*shard, table.info.name, true));
    if (!there || there->generation < model.generation) {
        ClusterState state = model;
        state.shard = index;
        state.shards = cluster_.size();
        FS_TRY(clearMigration(*shard));   // of an earlier plan whose clean-up was never ended
        FS_TRY(writeState(*shard, state));
    }
    FS_TRY(writePlanRecord(*shard, plan_, {MigrationState::running, log_->id(), log_->path(), false, {}}));
    return transaction.commit();
}

Status Run::begin() {
    FS_ASSIGN(const ClusterState model, stateToBegin());
    // The lead first: from then on the plan is used, and nobody begins it with another log.
    FS_TRY(beginOn(leadIndex(), model));
    crashPoint("begin.lead");
    for (const uint32_t index : involvedShards(plan_))
        if (index != leadIndex() && cluster_.exists(index)) {
            FS_TRY(beginOn(index, model));
            crashPoint("begin.shard");
        }
    FS_TRY(setPause(*lead_, plan_.id, false));
    return setPlanState(*lead_, plan_.id, back_ ? MigrationState::rollingBack : MigrationState::running, {});
}

Status Run::recoverShard(uint32_t index) {
    FS_ASSIGN(const auto shard, connect(index));
    FS_ASSIGN(const auto state, readState(*shard));
    if (!state) return {};
    FS_ASSIGN(const auto intents, readIntents(*shard));
    for (const auto& intent : intents) {
        Decision decision = log_->committed(intent.transaction) ? Decision::commit : Decision::abort;
        if (intent.log != log_->id()) {
            FS_ASSIGN(decision, askDecision(intent.path, intent.log, intent.transaction));
        }
        if (decision == Decision::pending) continue;   // a writer at work; batches wait for it where they must
        const bool commit = decision == Decision::commit;
        auto settled = settle(*shard, *placement_, intent, commit);
        if (!settled.ok() && commit && intent.role == IntentRole::leave && settled.error().category == ErrorCategory::conflict) {
            // Renumbered by a VACUUM since? Then new lists find the same rows again.
            FS_TRY(buildCapture(*shard, {*placement_, chunks_, index, intent.reverse}, job_));
            settled = settle(*shard, *placement_, intent, commit);
        }
        FS_TRY(settled);
        crashPoint("recover.settled");
    }
    return {};
}

Status Run::recover() {
    for (const uint32_t index : involvedShards(plan_))
        if (cluster_.exists(index)) FS_TRY(recoverShard(index));
    return {};
}

// ---- rounds -------------------------------------------------------------------------------------------------------

bool Run::mayGoOn() {
    if (stop_ != Stop::no) return false;
    bool pause = job_.stopRequested();
    if (!pause) {
        std::lock_guard lock(leadMutex_);
        const auto asked = pauseRequested(*lead_, plan_.id);
        pause = asked.ok() && *asked;   // a lead that cannot be read shows when its state is written
    }
    Stop none = Stop::no;
    if (pause) stop_.compare_exchange_strong(none, Stop::paused);
    return !pause;
}

Status Run::noteStep(const std::string& step, const StepRecord& record) {
    std::lock_guard lock(leadMutex_);
    FS_TRY(lead_->checkPresent());
    return writeStepRecord(*lead_, plan_.id, step, record);
}

Status Run::runNoted(const Step& step) {
    StepRecord record{StepState::running, 0, 0, {}};
    FS_TRY(noteStep(step.id, record));
    const auto started = std::chrono::steady_clock::now();
    Status status = runStep(step, record.rows);
    record.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    if (status.ok()) record.state = stop_ == Stop::no || step.kind != StepKind::moveChunk ? StepState::done : StepState::running;
    else if (status.error().category != ErrorCategory::cancelled) record.state = StepState::failed;
    if (!status.ok() && status.error().category == ErrorCategory::cancelled) {
        Stop none = Stop::no;
        stop_.compare_exchange_strong(none, Stop::paused);
        status = {};
    }
    if (!status.ok()) record.note = status.error().message;
    crashPoint("step.ran");
    if (const auto noted = noteStep(step.id, record); !noted.ok() && status.ok()) status = noted;
    if (!status.ok()) stop_ = Stop::failed;
    return status;
}

Status Run::runTogether(const std::vector<const Step*>& steps) {
    std::vector<Status> results(steps.size());
    if (!options_.parallel || steps.size() == 1) {
        for (size_t i = 0; i < steps.size() && stop_ == Stop::no; ++i) results[i] = runNoted(*steps[i]);
    } else {
        std::vector<std::thread> threads;
        for (size_t i = 0; i < steps.size(); ++i) threads.emplace_back([&, i] { results[i] = runNoted(*steps[i]); });
        for (auto& thread : threads) thread.join();
    }
    for (const auto& result : results) FS_TRY(result);
    return {};
}

std::vector<const Step*> Run::ready(const std::vector<Step>& steps, const std::map<std::string, StepRecord>& records) const {
    const auto done = [&](const Step& step) {
        const auto found = records.find(step.id);
        return found != records.end() && found->second.state == StepState::done;
    };
    std::vector<const Step*> out;
    for (const auto& step : steps) {
        if (done(step) || (!back_ && !plan_.approved(step.id))) continue;
        if (!std::all_of(step.needs.begin(), step.needs.end(), [&](uint32_t need) { return done(steps[need]); })) continue;
        if (out.empty() || out.front()->round == step.round) out.push_back(&step);
    }
    return out;
}

Result<bool> Run::runRounds() {
    for (;;) {
        if (!mayGoOn()) return false;
        FS_ASSIGN(const auto records, readSteps(*lead_, plan_.id));
        const auto now = ready(steps(), records);
        if (now.empty())
            return std::all_of(steps().begin(), steps().end(), [&](const Step& step) {
                const auto found = records.find(step.id);
                return found != records.end() && found->second.state == StepState::done;
            });
        FS_TRY(runTogether(now));
    }
}

Status Run::go() {
    FS_TRY(open());
    FS_TRY(begin());
    const auto finish = [&]() -> Result<MigrationState> {
        FS_TRY(recover());
        job_.beginPass(back_ ? "moving rows back" : "moving rows", plan_.rowsToMove(), "rows");
        FS_ASSIGN(const bool done, runRounds());
        if (done) return back_ ? MigrationState::rolledBack : MigrationState::done;
        if (back_) return MigrationState::rollbackStopped;
        return stop_ == Stop::paused ? MigrationState::paused : MigrationState::waiting;
    };
    const auto end = finish();
    std::lock_guard lock(leadMutex_);
    if (!end.ok()) {
        (void)setPlanState(*lead_, plan_.id, back_ ? MigrationState::rollbackStopped : MigrationState::failed, end.error().message);
        return end.error();
    }
    if (over(*end))
        for (const uint32_t index : involvedShards(plan_)) {
            if (index == leadIndex() || !cluster_.exists(index)) continue;
            FS_ASSIGN(const auto shard, connect(index));
            FS_TRY(setPlanState(*shard, plan_.id, *end, {}));
        }
    return setPlanState(*lead_, plan_.id, *end, {});
}

}  // namespace foreshard::migration
