// Complete copies of reference tables on further shards. A copy is no authority until it is marked complete, so it is filled
// in plain slices; only the last comparison keeps writers off. The protocol, and why no write misses a copy: two_phase.h.
// Used inside the room.
#pragma once

#include "core/base/job.h"
#include "core/cluster/two_phase.h"

namespace foreshard::migration {

struct CopyScope {
    const cluster::Placement& placement;
    const cluster::PlacedTable& table;
    cluster::DecisionLog& log;
    uint32_t holder = 0;               // cluster index of the copy's shard
};

// What is run, for review: the first slice of the authority and what the copy has of it, and how rows that differ are replaced;
// rows of a dropped copy go slice by slice.
struct CopySql {
    std::string home, copy, erase, insert;
};
CopySql makeCopySql(const cluster::Shard& shard, const cluster::TableInfo& table);
std::string dropRowsSql(const cluster::Shard& shard, const cluster::TableInfo& table);

// Makes `copy` equal to `home` and marks it complete. May be repeated. `rows`: rows written.
Status makeCopy(cluster::Shard& home, cluster::Shard& copy, const CopyScope& scope, Job& job, uint64_t& rows);
// Marks the copy incomplete, then empties it. Refuses where the copy holds rows that the authority lacks.
Status dropCopy(cluster::Shard& home, cluster::Shard& copy, const CopyScope& scope, Job& job, uint64_t& rows);

}  // namespace foreshard::migration
