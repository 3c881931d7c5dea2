// One batch of one chunk: picks rows in the order of movement, carries them over by two-phase commit (two_phase.h), moves the
// watermark. Used inside the room; one BatchMover per step and thread.
#pragma once

#include <memory>

#include "core/cluster/two_phase.h"
#include "core/migration/capture.h"
#include "core/migration/migration.h"

namespace foreshard::migration {

// Chooses the number of rows so that a batch takes about the latency limit. A batch has a price that does not depend on its
// size, waiting for the disks, and one by the row. Where the first alone is more than half of the limit, the rows are given as
// long as it: smaller batches would hold writers up hardly less, and the whole migration would take for ever. From one batch
// to the next the size at most doubles or halves.
class BatchSize {
public:
    BatchSize(const ExecuteOptions& options, double bytesPerRow);
    uint64_t rows() const { return rows_; }
    // `syncing`: of the seconds, those spent on waiting for disks.
    void learn(uint64_t rows, uint64_t bytes, double seconds, double syncing);

private:
    double limit_, perRow_ = 0, syncing_ = 0;
    uint64_t rows_, most_, bytes_;
};

class BatchMover {
public:
    // `source` and `target` are the ends in the direction of travel; quiet connections.
    BatchMover(cluster::Shard& source, cluster::Shard& target, cluster::DecisionLog& log, CaptureScope scope, const cluster::Chunk& chunk, Job& job)
        : source_(source), target_(target), log_(log), scope_(scope), chunk_(chunk), job_(job) {}

    struct Outcome {
        bool finished = false;         // nothing left to do for this chunk
        uint64_t rows = 0, bytes = 0;
        double syncing = 0;            // seconds spent on waiting for disks
    };
    // Moves up to about `rows` rows. Finished only when the watermark stands at the end and no straggler is left.
    Result<Outcome> move(uint64_t rows);

private:
    struct Range {
        cluster::Position low, high;   // (low, high]
        cluster::ChunkMark mark;       // afterwards
    };
    struct Place {
        uint32_t table = 0;
        cluster::Position position;
    };
    cluster::Position end() const;
    Result<std::vector<Place>> nextPlaces(const cluster::Position& watermark, uint64_t limit);
    Result<Range> pickRange(const cluster::ChunkMark& mark, uint64_t rows);
    Range cut(const std::vector<Place>& places, const cluster::ChunkMark& mark, uint64_t rows) const;
    Result<bool> stragglers(const cluster::ChunkMark& mark);
    // False where an entry was out of date: pick again.
    Result<bool> readRows(const Range& range, std::vector<cluster::StagedRow>& rows);
    enum class Which { all, otherUnique };   // of writers' operations: those on tables with more than one unique key
    Result<bool> waitForOperations(cluster::Shard& shard, Which which);
    bool heldBy(const cluster::Intent& intent, Which which) const;
    Result<bool> prepareSource(uint64_t limit);
    Status prepareTarget();
    Status commitBoth();
    Status abandon();
    // Calls a commit and takes its time.
    template <typename Fn>
    Status synced(Fn fn);

    cluster::Shard& source_;
    cluster::Shard& target_;
    cluster::DecisionLog& log_;
    CaptureScope scope_;
    const cluster::Chunk& chunk_;
    Job& job_;
    cluster::Intent leave_;
    std::vector<cluster::StagedRow> rows_;
    double syncing_ = 0, targetSync_ = 0;
};

// The rows of a chunk in (low, high] with their entries, as a batch reads them on its source; takes the chunk's id and the
// values of the range.
std::string readBatchSql(const cluster::Shard& shard, const cluster::PlacedTable& table, const cluster::Position& low, const cluster::Position& high);

}  // namespace foreshard::migration
