// Two-phase commit between shards whose engine has no prepared transactions: a durable intent on every participant, the
// decision in the coordinator's log, and an idempotent local transaction that applies the intent and removes it.
//
// One batch moves the rows of one chunk in (low, high] from shard A to shard B, and the chunk's watermark with them:
//
//   1  on A, one local transaction: read the rows, write intent `leave` (range, new watermark, checksums)
//   2  on B, one local transaction: try the inserts, take them back, write the rows as staged and intent `arrive`
//   3  on A, a transaction left open: delete the rows, set watermark and epoch, remove the intent; the checksum of what was
//      deleted must be that of 1, or everything is taken back
//   4  decision log: commit, on the disk
//   5  on A: commit what 3 left open          6  on B, one local transaction: insert staged rows, set watermark, remove intent
//
// Who owns a row of the range, judged by (decision log, intents), at a crash after each number:
//   0    no intent: A by its watermark.
//   1, 2, 3   intents, no decision: A. Presumed abort removes the intents; A's rows were never touched (3 is not committed).
//   4    decision, intents on A and B: B. Any settler deletes on A as in 3 and inserts on B as in 6, in either order.
//   5    decision, intent on B only: B; A has passed its watermark, the rows are staged on B.
//   6    no intent: B by both watermarks.
// Each local transaction removes its intent together with its effect, so settling twice does nothing; a decision exists
// only when both intents are durable. While an intent is there, routed readers and writers of its range wait, or settle it
// once the coordinator's lock is free; so nobody sees A without its rows while B has not got them, nor both.
// Rolling back is the same protocol with the shards changed over and the watermark going down.
//
// Operations of a routed writer on several shards use role `operations`: staged row operations, locked positions. What is
// decided must be appliable: so where something else than the primary key is unique, a writer's operations lock the whole
// table, and writers keep off a table that a batch is about to arrive in (keepsOff).
//
// A replicated table has an authority and copies on other shards, each marked complete or not by the shard itself. A write
// prepares on the authority first, then on every shard whose copy is complete; the others it leaves out. A copy is made so:
//
//   1  authority: intent `copySource` on the whole table, added when no writer's intent on it is left there
//   2  the copy is compared with the authority and made equal     3  copy: intent `copyTarget` on the whole table
//   4  decision        5  copy: mark it complete, remove the intent        6  authority: note the holder, remove the intent
//
// No decided write W misses a complete copy, whoever dies when, and in whatever order 5 and 6 are settled:
//   W's intent and `copySource` exclude one another on the authority, for each is added in a transaction that looks for the
//   other. W first: 1 waits until W has ended there, so 2 sees what W did. `copySource` first: W waits until it is gone, so
//   4 has been decided or never will be. At the copy W then finds it complete, or incomplete for good, or `copyTarget` still
//   there. That one is in W's way like any intent: it is settled by the same decision before W looks at the mark. (W must not
//   go by the mark alone: a settler may get to 6 before 5.)
//   On each copy W meets the intents of earlier writes of the same rows, and waits: writes are applied in one order everywhere.
// Each shard counts the writes it has applied to a replicated table, and 5 takes over the authority's count, which stands
// still from 1 to 4. Snapshots with equal counts lie between the same two writes.
// A copy is dropped with the authority's write lock held and no intent left on either, first the mark, then the note, then
// the rows. A shard without file holds no copies if it has not been made yet; if the authority notes it as a holder, or it
// was part of the layout before, it has been lost, and writes of the table fail until it is back.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/cluster/catalogue.h"
#include "core/cluster/decision_log.h"

namespace foreshard::cluster {

enum class IntentRole : uint8_t { leave, arrive, operations, copySource, copyTarget };

// What an intent keeps others from touching: positions of a chunk's range, or a whole table (chunk 0).
struct LockedRange {
    uint32_t chunk = 0;
    uint32_t table = 0;                // lockOf(table), where chunk is 0
    Position low, high;                // (low, high] for a chunk, [low, high] for a table
    bool operator==(const LockedRange&) const = default;
};

struct Intent {
    std::string log;                   // id of the decision log
    uint64_t transaction = 0;
    std::string path;                  // of the decision log, absolute; on the shard as keptLogPlace() has it
    IntentRole role = IntentRole::leave;
    std::vector<LockedRange> locks;
    ChunkMark mark;                    // leave, arrive: the chunk's after the commit; copy roles: epoch of the copy
    bool reverse = false;              // flows are taken off instead of added
    std::vector<std::pair<uint32_t, Checksum>> sums;   // leave, arrive: by table ordinal
    std::string table;                 // copy roles
    uint32_t holder = 0;               // copySource: shard of the copy
    bool operator==(const Intent&) const = default;
};

struct StagedRow {
    uint32_t table = 0;                // ordinal
    Cells cells;                       // in the order of info.columns
};

enum class OperationKind : uint8_t { insert, update, erase };
// One row changed by a writer. `where`: column = value, for update and erase; `set`: the new cells.
struct RowOperation {
    OperationKind kind = OperationKind::insert;
    std::string table;
    std::vector<std::pair<std::string, Cell>> set, where;
};

// Stands for a table in locks: the same for everybody, whatever other tables there are.
uint32_t lockOf(const TableInfo& table);
// Every position of a table.
LockedRange wholeTable(const TableInfo& table);
// Whether the intent keeps others from rows at [low, high] of the table; chunk 0: none of the migration's.
bool keepsOff(const Intent& intent, uint32_t chunk, const PlacedTable& table, const Position& low, const Position& high, bool writing);

void writeIntent(ByteWriter& out, const Intent& intent);
Intent readIntent(ByteReader& in);
void writeOperation(ByteWriter& out, const RowOperation& operation);
RowOperation readOperation(ByteReader& in);

Result<std::vector<Intent>> readIntents(Shard& shard);
// Intents whose coordinator is gone: somebody has to settle them by the decision log. Those of living writers are not among
// them, for they will settle their own.
Result<uint32_t> inDoubt(Shard& shard);
// Within the caller's transaction.
Status addIntent(Shard& shard, const Intent& intent);
// Tries the inserts inside a savepoint, so that a row that B would refuse stops the batch before its decision.
Status addArrival(Shard& service, const Placement& placement, const Intent& intent, const std::vector<StagedRow>& rows);
Status addOperations(Shard& service, const Placement& placement, const Intent& intent, const std::vector<RowOperation>& operations);

// One operation, within the caller's transaction. Identifiers are quoted, cells bound. Counts for a replicated table.
Status runOperation(Shard& shard, const Placement& placement, const RowOperation& operation);

// Deletes what the intent says, within the caller's transaction. `found`: checksums of what was there.
Status applyLeave(Shard& service, const Placement& placement, const Intent& intent, std::vector<std::pair<uint32_t, Checksum>>& found);
// The whole effect of a decided intent, in a transaction of its own; nothing where the intent is gone already.
// `service` connections keep triggers quiet.
Status settle(Shard& service, const Placement& placement, const Intent& intent, bool commit);

// Names of the capture tables of a moving table on its shard: rows with their positions, and rows changed since.
std::string manifestTable(uint32_t ordinal);
std::string dirtyTable(uint32_t ordinal);
// "k1, k2, …": the identity columns there.
std::string identityColumns(const PlacedTable& table, std::string_view prefix = {});
// t.id = m.k1 AND …: rows of the table t and their entries, `entries` = "m."
std::string identityJoin(const Shard& shard, const PlacedTable& table, std::string_view entries);

// SQL condition on (key, sub) of a manifest for positions in (low, high] of a table, with its values.
struct RangeCondition {
    std::string sql;
    Cells values;
};
RangeCondition rangeCondition(uint32_t ordinal, const Position& low, const Position& high, std::string_view prefix = {});

// What applyLeave() runs for one table of a chunk: each takes the chunk's id and the values of the range.
struct LeaveSql {
    std::string select, eraseRows, eraseEntries;
};
LeaveSql leaveSql(const Shard& shard, const PlacedTable& table, const Position& low, const Position& high);

}  // namespace foreshard::cluster
