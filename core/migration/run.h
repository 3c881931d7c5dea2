// One run of a migration, forwards or back: begins or takes up again, settles what a crash left, runs the steps whose turn it
// is, notes on the cluster how far it came. Used inside the room by execute(), resume() and rollback().
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/cluster/two_phase.h"
#include "core/migration/capture.h"
#include "core/migration/state.h"

namespace foreshard::migration {

class Run {
public:
    enum class Direction : uint8_t { forwards, back };

    Run(const MigrationPlan& plan, const cluster::Cluster& cluster, const ExecuteOptions& options, Job& job, Direction direction)
        : plan_(plan), cluster_(cluster), options_(options), job_(job), back_(direction == Direction::back) {}

    // Everything, from opening the log to the final note. An Error is noted on the lead before it is given.
    Status go();

private:
    enum class Stop : uint8_t { no, paused, failed };
    using ShardPtr = std::unique_ptr<cluster::Shard>;

    // Beginning.
    Status open();
    Status openLog(const std::optional<PlanRecord>& record);
    Status sameLogOnAll(const std::filesystem::path& log);
    Status begin();
    Status beginOn(uint32_t index, const cluster::ClusterState& model);
    Result<cluster::ClusterState> stateToBegin();
    Status recover();
    Status recoverShard(uint32_t index);

    // Rounds.
    Result<bool> runRounds();          // true: every step is done
    std::vector<const Step*> ready(const std::vector<Step>& steps, const std::map<std::string, StepRecord>& done) const;
    Status runTogether(const std::vector<const Step*>& steps);
    Status runNoted(const Step& step);
    Status runStep(const Step& step, uint64_t& rows);
    bool mayGoOn();
    Status noteStep(const std::string& step, const StepRecord& record);

    // Steps.
    Result<ShardPtr> connect(uint32_t index, bool create = false) const;
    CaptureScope scopeOf(uint32_t shard) const;
    Result<bool> neverMade(uint32_t index);
    Status createSchema(uint32_t index);
    Status moveChunk(const Step& step, uint64_t& rows);
    Status checkFlows(cluster::Shard& source, cluster::Shard& target, const cluster::Chunk& chunk, uint64_t& rows);
    Status copyTable(const Step& step, uint64_t& rows);
    Status checkAll();
    Status switchDesign();
    Status cleanUp();
    Status layoutInForce(const cluster::Layout& from, const std::optional<cluster::Layout>& to, const std::string& plan);
    const std::vector<Step>& steps() const { return back_ ? plan_.reverse : plan_.steps; }
    uint32_t leadIndex() const { return plan_.from.home(); }

    const MigrationPlan& plan_;
    const cluster::Cluster& cluster_;
    const ExecuteOptions& options_;
    Job& job_;
    const bool back_;
    std::mutex leadMutex_;
    ShardPtr lead_;
    std::unique_ptr<cluster::DecisionLog> log_;
    std::shared_ptr<const cluster::Placement> placement_;
    cluster::ChunkMap chunks_;
    std::atomic<Stop> stop_{Stop::no};
    std::atomic<uint64_t> moved_{0};
};

// Why the plan cannot begin or go on in this direction, whatever the caller's options; reads only.
Status admissible(const MigrationPlan& plan, const cluster::Cluster& cluster, Run::Direction direction);

}  // namespace foreshard::migration
