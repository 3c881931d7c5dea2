// Session: how an application reads and writes a cluster while rows move. It looks the owner of each row up, opens a
// transaction there, and lets the shard itself confirm inside that transaction that it owns the rows; otherwise it goes
// where they went and tries again. Where it meets an intent it waits for the batch, and settles it by the decision log once
// the coordinator is gone. One thread per Session; any number of Sessions in any processes.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/cluster/cluster.h"
#include "core/cluster/two_phase.h"

namespace foreshard::cluster {

// Rows that a transaction reads or writes: what is known of them must hold the columns that decide the owner. Without the
// whole primary key, rows of a key that takes several batches cannot be placed until the last one.
struct Touch {
    std::string table;
    std::vector<std::pair<std::string, Cell>> known;
};

struct SessionOptions {
    int timeoutMilliseconds = 20'000;      // for one call, all waiting included
    int busyMilliseconds = 2'000;
    std::filesystem::path decisionLog;     // of this session alone; needed for changes on several shards
};

struct SessionCounters {
    uint64_t reroutes = 0;                 // the rows had moved
    uint64_t waits = 0;                    // an intent was in the way
    uint64_t settled = 0;                  // intents of others that this session settled
    uint64_t retriedReads = 0;             // scatter reads that straddled a batch
};

class Session {
public:
    using Work = std::function<Status(Shard&)>;

    // NotFound where no shard of the cluster has a catalogue (adoptLayout writes one).
    static Result<std::unique_ptr<Session>> open(Cluster cluster, SessionOptions options);
    ~Session();

    // Runs `work` in one transaction on the shard that owns every touched row. `work` may run again after a roll back.
    // Unsupported where they live on several shards (then change() it is), or a written table is replicated. Gives the shard.
    Result<uint32_t> write(std::span<const Touch> touches, const Work& work);
    Result<uint32_t> read(std::span<const Touch> touches, const Work& work);
    // All operations or none, wherever the rows live: on one shard a local transaction, on several two-phase commit. An
    // update must not change a column that decides the owner, nor the primary key. After an io error of the decision log
    // nobody knows yet whether it happened.
    Status change(const std::vector<RowOperation>& operations);
    // Runs `work` on every shard that may own rows, in snapshots that no batch separates: every row of a sharded table is
    // seen exactly once.
    Status scatter(const std::function<Status(Shard&, uint32_t shard)>& work);

    const SessionCounters& counters() const { return counters_; }
    const Placement& placement() const { return *placement_; }

private:
    enum class Standing { owned, elsewhere, locked };
    struct Target {
        const PlacedTable* table = nullptr;
        Placement::Spot spot;
        const Chunk* chunk = nullptr;
    };
    class Deadline;

    Session(Cluster cluster, SessionOptions options) : cluster_(std::move(cluster)), options_(std::move(options)) {}
    Status load();
    Result<Shard*> connection(uint32_t shard);
    void forget(uint32_t shard) { connections_.erase(shard); }
    Result<Target> target(const Touch& touch) const;
    Result<std::vector<Target>> targets(std::span<const Touch> touches) const;
    uint32_t likelyOwner(const Target& target) const;
    // Nothing: rows of one key that are on two shards between two of its batches.
    Result<std::optional<uint32_t>> meetingShard(const std::vector<Target>& targets, bool writing) const;
    // Judged inside a transaction on the shard, so that it holds until that ends. First whether the shard and the session
    // speak of the same layout: elsewhere means load() anew, locked that the shard has not been told yet.
    Result<Standing> sameLayout(Shard& shard, uint32_t index);
    Result<Standing> standing(Shard& shard, uint32_t index, const Target& target, bool writing, std::optional<Intent>& inTheWay);
    Result<Standing> standing(Shard& shard, uint32_t index, const std::vector<Target>& targets, bool writing, std::optional<Intent>& inTheWay);
    // Whether the shard's copy of a replicated table takes part in a write.
    Result<Standing> copyStanding(Shard& shard, const Target& target, bool& complete, std::optional<Intent>& inTheWay);
    Result<bool> stale(Shard& shard);
    bool ownsBefore(uint32_t shard) const;
    Result<uint32_t> run(std::span<const Touch> touches, const Work& work, Shard::Lock lock);
    // After it, trying again makes sense.
    Status afterLock(uint32_t shard, const Intent& intent, Deadline& deadline);
    Result<Decision> ask(const Intent& intent) const;

    // Changes on several shards: what one of them has to do.
    struct Part {
        struct Item {
            RowOperation operation;
            Target target;
            bool copy = false;         // of a reference table: left out where the copy is not complete
        };
        uint32_t shard = 0;
        std::vector<Item> items;
        std::vector<uint32_t> absent{};    // shards left out, for they have no file
        int rank() const;              // authorities of reference tables before others, mere copies last
    };
    Result<std::vector<Part>> partsOf(const std::vector<RowOperation>& operations) const;
    Result<bool> tryLocal(const Part& part, Deadline& deadline);
    Result<bool> tryAcross(const std::vector<Part>& parts, Deadline& deadline);
    Result<Standing> prepare(const Part& part, Intent& intent, bool& left, std::optional<Intent>& inTheWay);
    Result<Standing> lockedStanding(Shard& shard, const Part& part, std::vector<const Part::Item*>& wanted, std::optional<Intent>& inTheWay);
    Result<Standing> absentHolders(Shard& shard, const Part& part);
    Result<bool> beginWrite(Transaction& transaction);
    Status waitFor(uint32_t shard, const std::optional<Intent>& inTheWay, Deadline& deadline);
    // Settles own intents everywhere; what cannot be reached now is owed.
    struct Owed {
        uint32_t shard = 0;
        Intent intent;
        bool commit = false;
    };
    void settleOwn(const std::vector<std::pair<uint32_t, Intent>>& prepared, bool commit, Deadline& deadline);
    void settleOwed();
    Status decide(uint64_t transaction);

    // Scatter reads.
    Result<bool> openSnapshots(std::map<uint32_t, Shard*>& shards, std::vector<uint32_t>& straddled);
    Status settleAll(uint32_t shard, Deadline& deadline);

    Cluster cluster_;
    SessionOptions options_;
    std::map<uint32_t, std::unique_ptr<Shard>> connections_;
    uint64_t generation_ = 0;
    std::shared_ptr<const Placement> placement_;
    ChunkMap chunks_;
    std::map<uint32_t, ChunkMark> marks_;      // hints; the shards decide
    std::unique_ptr<DecisionLog> log_;
    // As long as the session lives, nobody else may take its undecided intents for aborted.
    std::vector<Owed> owed_;
    SessionCounters counters_;
};

}  // namespace foreshard::cluster
