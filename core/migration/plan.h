// MigrationPlan: a frozen, reviewable account of how a cluster gets from one design to another: steps in rounds, what each
// moves, what speaks against it (lint), the way back, and the fingerprint of the state it was made from. Approvals are the
// one thing added later, and only added. A plan is used once; the cluster remembers that. Plain value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/diagnostics.h"
#include "core/base/time.h"
#include "core/cluster/cluster.h"
#include "core/cluster/placement.h"

namespace foreshard::migration {

enum class StepKind : uint8_t {
    createSchema,    // tables and indexes on a shard; the shard's database too, where there is none
    capture,         // lists the rows that will leave a shard, and follows changes from then on
    dropCopies,      // a reference table becomes one shard's own: copies on a shard are removed
    moveChunk,       // rows of one chunk change shards, in batches
    copyReference,   // a reference table gets a complete copy on a shard
    verify,          // every row where the new design says, once
    switchDesign,    // the new design is in force
    cleanUp,         // capture is taken down
};
const char* toString(StepKind kind);

enum class StepState : uint8_t { planned, approved, running, done, failed, undone };
const char* toString(StepState state);

struct Step {
    std::string id;                    // "s1"…, in the order of execution
    uint32_t round = 1;                // steps of one round do not get in each other's way
    StepKind kind = StepKind::moveChunk;
    std::string chunk;                 // for people: "slots 0–511 of customer, orders"
    uint32_t chunkId = 0;              // moveChunk
    std::string table;                 // dropCopies, copyReference
    uint32_t from = cluster::noShard;  // cluster index
    uint32_t to = cluster::noShard;
    std::optional<uint64_t> rows;      // measured when the plan was made; writers may add to it
    std::optional<uint64_t> bytes;
    bool reversible = true;
    std::vector<uint32_t> needs;       // indexes of steps that must be done before
    bool operator==(const Step&) const = default;
};

struct LintFinding {
    Severity severity = Severity::warning;   // error: the plan cannot be executed
    std::string what;                  // stable: "no_primary_key", "foreign_key_across_shards"…
    std::string evidence;              // a sentence with the names and numbers
    std::string remedy;                // a sentence
    bool operator==(const LintFinding&) const = default;
};

struct Approval {
    std::string step;
    std::string who;
    Instant when = 0;
    bool operator==(const Approval&) const = default;
};

struct MigrationPlan {
    static constexpr uint32_t formatVersion = 2;   // 2: a project keeps shards in its own folder relative to it
    std::string id;                    // unique for ever
    Instant made = 0;
    cluster::Layout from, to;
    std::vector<cluster::ShardSpec> shards;      // the whole cluster
    std::vector<cluster::Chunk> chunks;
    std::vector<Step> steps;           // sorted by round
    std::vector<Step> reverse;         // the way back, whole; runs from the watermarks
    std::vector<LintFinding> lint;     // worst first
    uint64_t stateFingerprint = 0;     // of the cluster when the plan was made: schemas and the design in force
    std::vector<Approval> approvals;   // append-only

    uint32_t rounds() const;
    const Step* find(const std::string& step) const;
    bool approved(const std::string& step) const;
    bool blocked() const;              // a lint finding of severity error
    uint64_t rowsToMove() const;
    std::string shardName(uint32_t index) const;   // empty where there is none
    bool operator==(const MigrationPlan&) const = default;
};

std::string writePlan(const MigrationPlan& plan);
Result<MigrationPlan> readPlan(std::string_view bytes);   // format or version error

}  // namespace foreshard::migration
