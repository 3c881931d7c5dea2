// What the Migrate page shows: a frozen plan joined with its approvals, lint and run state. Made by whoever binds
// DocumentActions; the page never reads a plan or a cluster itself. Plain values; unknown is nothing, never 0.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"

namespace foreshard::ui {

enum class StepState : uint8_t { planned, running, done, failed, rolledBack };

struct LintView {
    std::string severity;              // "note", "warning", "error"
    std::string what, evidence, remedy;
};

struct StepView {
    std::string id;
    uint32_t round = 1;
    std::string kind;                  // "create tables", "move chunk", …
    std::string chunk;                 // "customer: slots 512–767"
    std::string from, to;              // shard names
    bool moves = false;                // rows arrive on `to`
    std::optional<double> rows, bytes, seconds;
    std::optional<double> rowsMoved;
    bool approved = false;
    bool reversible = true;
    StepState state = StepState::planned;
    std::string now, after;            // what is there now, what will be there; a sentence each; after empty: it stays so
    std::string sql;                   // what will run, shards named in comments; empty where nothing more will
    std::string wayBack;               // how to undo it
    std::vector<LintView> lint;
};

struct ShardProgressView {
    std::string shard;
    double rowsMoved = 0;
    std::optional<double> rowsTotal;
};

// The act that a state of the migration allows. A disabled button says why.
struct LegalAct {
    bool allowed = false;
    std::string why;                   // where it is not allowed
};

struct VerifyRowView {
    std::string table;
    uint64_t rows = 0, missing = 0, duplicate = 0, misplaced = 0;
    bool checksumEqual = false;
};

struct MigrationView {
    std::string plan;                  // id
    std::string fromDesign, toDesign;  // names for people
    std::string previousDesign;        // what was in force before the last finished move; empty: not known
    std::string now, after, wayBack;   // of the whole, as of a step
    uint32_t rounds = 0;
    std::vector<StepView> steps;       // by round, then in order
    std::vector<LintView> lint;        // of the plan as a whole

    std::string state = "planned";     // as the verb `status` prints it: planned, running, paused, done, …
    bool dryRunDone = false;
    std::string dryRunSummary;         // a sentence; empty before the first dry run
    std::vector<ShardProgressView> progress;
    std::optional<double> foregroundMs, foregroundLimitMs;   // P95 of foreground calls and what it may be
    std::optional<double> throttle;    // share of full speed, 0…1
    LegalAct execute, dryRun, pause, resume, rollback, verify;
    std::vector<VerifyRowView> verified;   // empty before the first verification
    std::optional<bool> verifiedOk;
    bool onlyInDoubt = false;          // not ok, and yet no row is missing, there twice or misplaced
};

}  // namespace foreshard::ui
