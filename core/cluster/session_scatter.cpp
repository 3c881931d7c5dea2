// Reads of every shard. Snapshots are opened on all of them first; only when both ends of every chunk have applied the same
// number of batches is anything read.
#include <set>

#include "core/cluster/session_internal.h"

namespace foreshard::cluster {

Result<bool> Session::openSnapshots(std::map<uint32_t, Shard*>& shards, std::vector<uint32_t>& straddled) {
    std::map<uint32_t, std::map<uint32_t, uint64_t>> epochs;   // chunk → shard → epoch
    for (auto& [index, shard] : shards) {
        FS_TRY(shard->begin(Shard::Lock::read));
        FS_ASSIGN(const bool old, stale(*shard));
        if (old) return false;
        FS_ASSIGN(const auto marks, readMarks(*shard));
        for (const auto& [chunk, mark] : marks) epochs[chunk][index] = mark.epoch;
    }
    std::set<uint32_t> owners(placement_->from().shards.begin(), placement_->from().shards.end());
    for (const auto& chunk : chunks_.chunks()) {
        if (epochs[chunk.id][chunk.from] != epochs[chunk.id][chunk.to]) straddled.insert(straddled.end(), {chunk.from, chunk.to});
        if (epochs[chunk.id][chunk.to] > 0) owners.insert(chunk.to);
    }
    // A target that no batch has reached owns nothing; it may not even have the tables yet.
    std::erase_if(shards, [&](const auto& shard) {
        if (owners.contains(shard.first)) return false;
        shard.second->rollback();
        return true;
    });
    return true;
}

Status Session::settleAll(uint32_t index, Deadline& deadline) {
    FS_ASSIGN(Shard * shard, connection(index));
    FS_ASSIGN(const auto intents, readIntents(*shard));
    for (const auto& intent : intents) FS_TRY(afterLock(index, intent, deadline));
    return {};
}

Status Session::scatter(const std::function<Status(Shard&, uint32_t)>& work) {
    Deadline deadline(options_.timeoutMilliseconds);
    for (;;) {
        std::set<uint32_t> indexes(placement_->from().shards.begin(), placement_->from().shards.end());
        // A target that the migration has not made yet holds nothing; were it lost, its epochs would tell.
        if (placement_->to())
            for (const uint32_t index : placement_->to()->shards)
                if (cluster_.exists(index)) indexes.insert(index);
        std::map<uint32_t, Shard*> shards;
        for (const uint32_t index : indexes) {
            FS_ASSIGN(shards[index], connection(index));
        }
        std::vector<uint32_t> straddled;
        auto opened = openSnapshots(shards, straddled);
        Status done = opened.status();
        if (opened.ok() && *opened && straddled.empty())
            for (auto& [index, shard] : shards)
                if (done.ok()) done = work(*shard, index);
        for (auto& [index, shard] : shards) shard->rollback();
        if (!done.ok()) return done;
        if (*opened && straddled.empty()) return {};
        ++counters_.retriedReads;
        if (!*opened) FS_TRY(load());
        for (const uint32_t index : straddled) FS_TRY(settleAll(index, deadline));
        FS_TRY(deadline.pause("batches follow one another too fast for a snapshot"));
    }
}

}  // namespace foreshard::cluster
