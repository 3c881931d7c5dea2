// Capture: the list of rows that will leave a shard, each with its position, kept true while writers go on. For every moving
// table two tables of our own: a manifest (chunk, key, sub, identity) and a list of rows changed since, filled by triggers
// that store identities only. absorb() brings the manifest up to date; inside the transaction that picks a batch it makes
// the manifest exact. Functions of a connection; used inside the room.
#pragma once

#include <functional>

#include "core/base/job.h"
#include "core/cluster/two_phase.h"

namespace foreshard::migration {

struct CaptureScope {
    const cluster::Placement& placement;
    const cluster::ChunkMap& chunks;
    uint32_t shard = 0;                // whose connection it is
    bool reverse = false;              // rows going back to where they came from
};

// Tables of the chunks that leave this shard.
std::vector<const cluster::PlacedTable*> capturedTables(const CaptureScope& scope);

// False where rows may have been renumbered since the lists were built (VACUUM does that to hidden row ids, and no trigger
// sees it): they have to be built anew. Any change of the schema counts as that.
Result<bool> captureStands(cluster::Shard& service, const CaptureScope& scope);
// Builds everything anew, in slices that writers wait for one at a time. May be repeated. `goOn`: asked before each slice; once it
// says no, the call ends as cancelled, and building begins anew next time.
Status buildCapture(cluster::Shard& service, const CaptureScope& scope, Job& job, const std::function<bool()>& goOn = {});
// Within a write transaction. Manifest entries of rows changed since are replaced.
Status absorb(cluster::Shard& service, const CaptureScope& scope);
// Has absorb look at this row again.
Status markDirty(cluster::Shard& service, const cluster::PlacedTable& table, const cluster::Cells& identity);
// What the functions above run, for review, in the order in which they run it. A capture begins and ends with its frame; in
// between each table is prepared, then read slice by slice (the first one is given), and every row that leaves is entered.
std::vector<std::string> beginCaptureSql();
std::vector<std::string> prepareCaptureSql(const cluster::Shard& shard, const cluster::PlacedTable& table);
std::string captureSliceSql(const cluster::Shard& shard, const cluster::PlacedTable& table, bool first);
std::string enterSql(const cluster::PlacedTable& table);
std::string endCaptureSql();
struct AbsorbSql {
    std::string any, forget, read, clear;   // changed rows there? their entries; the rows themselves; done
};
AbsorbSql absorbSql(const cluster::Shard& shard, const cluster::PlacedTable& table);
std::vector<std::string> dropCaptureSql(const cluster::Placement& placement);

// Removes tables and triggers; nothing where there are none.
Status dropCapture(cluster::Shard& service, const cluster::Placement& placement);

}  // namespace foreshard::migration
