// Migration: from one design to another on a live cluster. What the verbs plan, approve, migrate, pause, resume, rollback,
// verify and status call; each call stands alone, so that separate processes can make them. What has happened so far is
// asked of the cluster, never of the caller. Long calls report rows to the Job and stop, after the batch under way, when
// it is asked to. Different processes may call at once: the decision log's lock lets one of them move rows.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/cluster/cluster.h"
#include "core/migration/plan.h"

namespace foreshard::migration {

// ---- plan ---------------------------------------------------------------------------------------------------------

struct PlanOptions {
    // Cluster index of each shard of the design; empty: shard n of the design is number n of the cluster.
    std::vector<uint32_t> fromShards, toShards;
    uint64_t chunkRows = 200'000;      // chunks of about this many rows, where slots allow it
};

// Measures and plans; writes nothing. Shards that hold rows under `from` must exist; others may be created by the plan.
// Conflict where another design than `from` is in force on the cluster, or a migration is under way. Findings that forbid
// execution are in plan.lint, not errors: the plan can be looked at all the same.
Result<MigrationPlan> makePlan(const cluster::Cluster& cluster, const sharding::Design& from, const sharding::Design& to,
                               const PlanOptions& options, Job& job);

// Appends approvals ("who" for the record). Usage error for a step the plan has not; approving twice adds nothing.
Status approve(MigrationPlan& plan, const std::vector<std::string>& steps, const std::string& who, Instant when);

// ---- run ----------------------------------------------------------------------------------------------------------

struct ExecuteOptions {
    std::filesystem::path decisionLog; // made on first use; the cluster remembers it and takes no other
    double latencyLimitSeconds = 0.05; // a batch, for which writers of its keys wait, aims to stay below this; on slow disks
                                       // below twice the time that its waiting for them takes
    uint64_t firstBatchRows = 200;
    uint64_t maxBatchRows = 20'000;
    uint64_t maxBatchBytes = 8'000'000;
    bool parallel = true;              // steps of one round at the same time
    int busyMilliseconds = 5'000;      // how long another connection's lock is waited for
};

// Statements on one shard, in order; values are bound where a ? stands.
struct ShardSql {
    std::string shard;                 // name
    std::string when;                  // when in the step, or to what end; no sentence
    std::vector<std::string> statements;
};
// What each step of the plan would run if it ran now, in the order of plan.steps; empty where that is nothing. The texts are
// those that are executed. Left out are reads and writes of Foreshard's own tables that are the same for every plan and touch
// no row of the user's: `when` names them. Reads only.
Result<std::vector<std::vector<ShardSql>>> stepSql(const MigrationPlan& plan, const cluster::Cluster& cluster);
// As text: a comment with shard and occasion before its statements.
std::string sqlText(const std::vector<ShardSql>& parts);

struct DryRunStep {
    Step step;
    bool wouldRun = false;
    std::string why;                   // why not, or what it would do, a sentence
    std::vector<ShardSql> sql;         // of steps that are not done
};
struct DryRun {
    std::vector<DryRunStep> steps;     // in order of execution
    std::vector<std::string> obstacles;   // why execute() would refuse; empty: it would run
    uint64_t rows = 0;                 // that the steps that would run move
};

// Reads only.
Result<DryRun> dryRun(const MigrationPlan& plan, const cluster::Cluster& cluster, Job& job);

enum class MigrationState : uint8_t {
    planned,        // never started
    running,        // a process holds the decision log
    interrupted,    // started, and nobody is running it: crashed or killed
    paused,         // stopped after a batch, on request
    waiting,        // every approved step is done; others wait for approval
    failed,         // stopped by an error; see note
    done,
    rollingBack,    // a process holds the decision log, going back
    rollbackStopped,// began to go back and is not there yet
    rolledBack,
};
const char* toString(MigrationState state);

struct StepStatus {
    std::string step;
    StepState state = StepState::planned;
    uint64_t rows = 0;                 // moved so far
    std::optional<double> seconds;     // measured
    std::string note;                  // what went wrong, or what was found
};

struct IllegalVerb {
    std::string verb, why;
};

struct MigrationStatus {
    MigrationState state = MigrationState::planned;
    uint32_t stepsDone = 0, stepsTotal = 0;
    uint64_t rowsMoved = 0, rowsTotal = 0;
    uint32_t inDoubt = 0;              // intents on shards whose coordinator is gone; resume, rollback and writers settle them
    std::vector<std::string> legal;    // verbs
    std::vector<IllegalVerb> illegal;
    std::vector<StepStatus> steps;     // in the order of the plan
    std::string note;                  // the state in a sentence
    std::optional<Error> error;        // why it stopped, where it failed
};

// Runs the approved steps whose turn it is; goes on where an earlier run stopped, whatever stopped it. Conflict where the
// plan was used before, or the state has moved since it was made. A pause, a stop of the job (state paused), and missing
// approvals (state waiting) are not errors. An Error leaves a cluster that can be resumed, with every row owned once.
Result<MigrationStatus> execute(const MigrationPlan& plan, const cluster::Cluster& cluster, const ExecuteOptions& options, Job& job);
// execute(), for a migration that was started before; conflict where it was not, or waits for approvals alone.
Result<MigrationStatus> resume(const MigrationPlan& plan, const cluster::Cluster& cluster, const ExecuteOptions& options, Job& job);
// Goes back to where the plan began, from the watermarks. Conflict where it is done, was never started, or runs.
Result<MigrationStatus> rollback(const MigrationPlan& plan, const cluster::Cluster& cluster, const ExecuteOptions& options, Job& job);
// Asks the process that runs the plan to stop after its batch. Conflict where none does.
Status requestPause(const MigrationPlan& plan, const cluster::Cluster& cluster);

Result<MigrationStatus> status(const MigrationPlan& plan, const cluster::Cluster& cluster);

// ---- verify -------------------------------------------------------------------------------------------------------

struct TableCheck {
    std::string table;                 // as the design calls it
    uint64_t rows = 0;                 // owned rows on all shards; copies of reference tables count once
    uint64_t missing = 0;              // left a shard and did not arrive; rows that a copy lacks
    std::optional<uint64_t> duplicate; // rows whose primary key is on several shards; nothing without a primary key
    uint64_t misplaced = 0;            // on a shard that does not own them
    bool checksumEqual = true;         // what left equals what arrived; copies equal their original
    cluster::Checksum sum;             // of the owned rows
    bool operator==(const TableCheck&) const = default;
};

struct Verification {
    bool ok = false;
    std::vector<TableCheck> tables;
    uint32_t inDoubt = 0;
};

// What is said of intents in doubt; `count` of them, at least one.
std::string inDoubtWords(uint32_t count);

// No row missing, there twice or misplaced, and the checksums agree; intents may be in doubt all the same.
bool rowsSound(const Verification& verification);

// Reads every row of every shard against the layouts that the cluster's catalogue has in force (in the middle of a
// migration, the watermarks). `assumed`: the layout where the cluster has no catalogue yet.
Result<Verification> verify(const cluster::Cluster& cluster, const std::optional<cluster::Layout>& assumed, Job& job);

}  // namespace foreshard::migration
