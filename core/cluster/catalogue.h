// Catalogue of ownership: what each shard itself knows of the cluster, in tables called foreshard_… beside the user's. A
// shard decides alone, inside the transaction that reads or writes, whether it owns a position: by the watermark of the
// chunk as it stands on this shard. Functions of a connection; the caller holds the transaction where one is needed.
//
//   foreshard_state     one row: cluster, own number, generation, layouts, the migration under way
//   foreshard_chunk     chunks of the migration; watermark and epoch as far as this shard has applied them
//   foreshard_flow      checksum of what a chunk gave or took here, by table (rolled back rows are taken off again)
//   foreshard_copy      reference tables: is the copy on this shard complete (the authority itself carries no mark), and how
//                       many writes of routed writers it has applied: copies whose count is the authority's are equal to it
//   foreshard_holder    on the authority of a reference table: shards that a migration has made a complete copy on
//   foreshard_plan      plans ever started here, so that none runs twice
//   foreshard_intent, foreshard_staged    two_phase.h
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/cluster/placement.h"

namespace foreshard::cluster {

struct ClusterState {
    std::string cluster;               // id shared by all shards
    uint32_t shard = 0;                // own number
    uint32_t shards = 1;
    uint64_t generation = 0;           // grows with every change of layouts
    std::string plan;                  // migration under way; empty: none
    Layout from;                       // in force; while a migration is under way, where rows start from
    std::optional<Layout> to;          // only while a migration is under way
    std::vector<Chunk> chunks;         // only while a migration is under way
    std::vector<std::string> tables;   // of the migration, in the order of their ordinals: tables made later come after them

    bool migrating() const { return to.has_value(); }
};

struct ChunkMark {
    Position watermark;                // rows up to it live on the target
    uint64_t epoch = 0;                // batches applied here
    bool operator==(const ChunkMark&) const = default;
};

// Makes the tables where they are missing; refuses a catalogue of a newer version.
Status createCatalogue(Shard& shard);
// Nothing where the shard has no catalogue.
Result<std::optional<ClusterState>> readState(Shard& shard);
// Replaces state and chunk definitions; marks of chunks that stay are kept, new chunks begin at their low end.
Status writeState(Shard& shard, const ClusterState& state);
Result<uint64_t> readGeneration(Shard& shard);   // 0 without a catalogue

// Where the shard does not know the chunk (not begun here yet) nothing has moved: the mark before its first position.
Result<ChunkMark> readMark(Shard& shard, const Chunk& chunk);
Result<std::vector<std::pair<uint32_t, ChunkMark>>> readMarks(Shard& shard);
Status writeMark(Shard& shard, uint32_t chunk, const ChunkMark& mark);

Result<Checksum> readFlow(Shard& shard, uint32_t chunk, const std::string& table);
// Sum over the chunks' tables; one entry for each table that something flowed for.
Result<std::vector<std::pair<std::string, Checksum>>> readFlows(Shard& shard, uint32_t chunk);
Status writeFlow(Shard& shard, uint32_t chunk, const std::string& table, const Checksum& sum);

struct CopyState {
    bool complete = false;
    uint64_t epoch = 0;                // writes applied here
    bool operator==(const CopyState&) const = default;
};
Result<CopyState> readCopy(Shard& shard, const std::string& table);
Status setCopyComplete(Shard& shard, const std::string& table, bool complete);   // keeps the epoch
Status setCopyEpoch(Shard& shard, const std::string& table, uint64_t epoch);
Status countCopyWrite(Shard& shard, const std::string& table);                   // epoch + 1
Result<bool> copyHeld(Shard& authority, const std::string& table, uint32_t holder);
Status setCopyHeld(Shard& authority, const std::string& table, uint32_t holder, bool held);

// How uint64 hashes are stored: shifted so that SQL's signed order is the unsigned one.
constexpr int64_t storedHash(uint64_t hash) { return static_cast<int64_t>(hash ^ (uint64_t{1} << 63)); }
constexpr uint64_t hashFromStored(int64_t stored) { return static_cast<uint64_t>(stored) ^ (uint64_t{1} << 63); }

// Forgets chunks, marks and flows of a migration that is over.
Status clearMigration(Shard& shard);

// What createCatalogue(), writeState() (for the state's one row), setCopyComplete() and clearMigration() run, for review.
std::vector<std::string> createCatalogueSql();
std::string writeStateSql();
std::string setCopyCompleteSql();
std::vector<std::string> clearMigrationSql();

// Says on the layout's shards, which must exist, that it is in force; for clusters that were never migrated.
class Cluster;
Status adoptLayout(const Cluster& cluster, const Layout& layout);

}  // namespace foreshard::cluster
