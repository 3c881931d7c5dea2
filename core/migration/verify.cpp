// Verification: reads everything once, in snapshots that no batch separates, and counts what is not where it belongs.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <thread>

#include "core/base/hash.h"
#include "core/cluster/row_sql.h"
#include "core/cluster/two_phase.h"
#include "core/migration/migration.h"

namespace foreshard::migration {

using namespace cluster;

namespace {

using Mark128 = std::pair<uint64_t, uint64_t>;

Mark128 markOf(const Cells& cells) {
    ByteWriter out;
    writeCells(out, cells);
    return {hashText(out.bytes()), hashText(out.bytes(), 0x9e3779b97f4a7c15ULL)};
}

struct OpenShard {
    std::unique_ptr<Shard> connection;
    std::optional<ClusterState> state;
    std::map<uint32_t, ChunkMark> marks;
    std::vector<TableInfo> tables;
    std::map<std::string, CopyState> copies;   // reference tables
};

class Verifier {
public:
    Verifier(const Cluster& cluster, Job& job) : cluster_(cluster), job_(job) {}

    Result<Verification> run(const std::optional<Layout>& assumed) {
        FS_TRY(findLayouts(assumed));
        FS_TRY(openShards());
        Verification out;
        job_.beginPass("verifying", 0, "rows");
        for (const auto& [index, shard] : shards_) {
            if (!shard.state) continue;
            FS_ASSIGN(const uint32_t doubt, inDoubt(*shard.connection));
            out.inDoubt += doubt;
        }
        out.ok = out.inDoubt == 0;
        for (const auto& table : placement_->tables()) {
            TableCheck check;
            check.table = table.designName;
            FS_TRY(table.referenceBefore || table.referenceAfter ? checkCopies(table, check) : checkRows(table, check));
            FS_TRY(checkFlows(table, check));
            out.ok = out.ok && check.missing == 0 && check.misplaced == 0 && check.duplicate.value_or(0) == 0 && check.checksumEqual;
            out.tables.push_back(std::move(check));
        }
        for (auto& [index, shard] : shards_) shard.connection->rollback();
        return out;
    }

private:
    Status findLayouts(const std::optional<Layout>& assumed) {
        std::optional<ClusterState> newest;
        OpenOptions options;
        options.readOnly = true;
        for (uint32_t i = 0; i < cluster_.size(); ++i) {
            if (!cluster_.exists(i)) continue;
            FS_ASSIGN(const auto shard, cluster_.open(i, options));
            FS_ASSIGN(auto state, readState(*shard));
            if (state && (!newest || state->generation > newest->generation)) newest = std::move(state);
        }
        if (!newest && !assumed)
            return Error{ErrorCategory::notFound, "No shard of the cluster says which design is in force.", "Start a migration, or say which design the shards follow.", {}};
        state_ = newest ? *newest : ClusterState{{}, 0, cluster_.size(), 0, {}, *assumed, std::nullopt, {}};
        chunks_ = ChunkMap(state_.chunks);
        FS_ASSIGN(const auto lead, cluster_.open(state_.from.home(), options));
        FS_ASSIGN(auto tables, lead->tables());
        FS_ASSIGN(placement_, Placement::make(state_.from, state_.to, std::move(tables), state_.tables));
        return {};
    }

    Status openShards() {
        std::set<uint32_t> involved(state_.from.shards.begin(), state_.from.shards.end());
        if (state_.to)
            for (const uint32_t index : state_.to->shards)
                if (cluster_.exists(index)) involved.insert(index);
        OpenOptions options;
        options.readOnly = true;
        for (const uint32_t index : involved) {
            FS_ASSIGN(shards_[index].connection, cluster_.open(index, options));
        }
        FS_TRY(nobodyLost());
        // As long as batches and writes go on, snapshots are taken again until none lies in the middle of one. Where nothing
        // goes on and they still do not meet, that is how the shards are, and is counted.
        constexpr int stillAttempts = 200, attempts = 6'000;
        uint64_t before = 0;
        for (int attempt = 1, still = 1; attempt <= attempts; ++attempt) {
            FS_ASSIGN(const bool together, takeSnapshots());
            const uint64_t now = epochsHash();
            still = now == before ? still + 1 : 1;
            if (together || still == stillAttempts) return {};
            before = now;
            for (auto& [index, shard] : shards_) shard.connection->rollback();
            FS_TRY(job_.checkpoint());
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        return Error{ErrorCategory::conflict, "Batches and writes follow one another too fast for a look at all shards at one moment.", "Run verify again when there is less traffic.", {}};
    }

    // A target without file has not been made yet; unless something has moved there.
    Status nobodyLost() {
        for (const auto& chunk : chunks_.chunks()) {
            if (shards_.contains(chunk.to)) continue;
            const auto source = shards_.find(chunk.from);
            if (source == shards_.end()) continue;
            FS_ASSIGN(const auto state, readState(*source->second.connection));
            if (!state) continue;
            FS_ASSIGN(const ChunkMark mark, readMark(*source->second.connection, chunk));
            if (mark.epoch > 0)
                return Error{ErrorCategory::notFound, fmt::format("Shard {}, to which rows have moved, is not there.", cluster_.spec(chunk.to).name), "Put its file back.", {}};
        }
        return {};
    }

    Result<bool> takeSnapshots() {
        for (auto& [index, shard] : shards_) {
            FS_TRY(shard.connection->begin(Shard::Lock::read));
            FS_ASSIGN(shard.state, readState(*shard.connection));
            FS_ASSIGN(shard.tables, shard.connection->tables());
            shard.marks.clear();
            if (!shard.state) continue;
            FS_ASSIGN(const auto marks, readMarks(*shard.connection));
            shard.marks.insert(marks.begin(), marks.end());
            for (const auto& table : placement_->tables()) {
                FS_ASSIGN(shard.copies[table.info.name], readCopy(*shard.connection, table.info.name));
            }
        }
        const bool batches = std::all_of(chunks_.chunks().begin(), chunks_.chunks().end(), [&](const Chunk& chunk) { return epoch(chunk.from, chunk.id) == epoch(chunk.to, chunk.id); });
        return batches && std::all_of(placement_->tables().begin(), placement_->tables().end(), [&](const PlacedTable& table) { return copiesMeet(table); });
    }
    // All complete copies have applied as many writes as their authority.
    bool copiesMeet(const PlacedTable& table) const {
        if (!table.referenceBefore && !table.referenceAfter) return true;
        const auto authority = shards_.find(authorityOf(table));
        if (authority == shards_.end()) return true;
        const uint64_t epoch = copyOf(authority->second, table).epoch;
        return std::all_of(shards_.begin(), shards_.end(), [&](const auto& each) {
            const CopyState copy = copyOf(each.second, table);
            return !copy.complete || copy.epoch == epoch;
        });
    }
    // Where an authority changes shards, copies exist only before its first batch and after its last.
    uint32_t authorityOf(const PlacedTable& table) const {
        const bool moved = state_.to && table.group != 0 && std::any_of(chunks_.chunks().begin(), chunks_.chunks().end(), [&](const Chunk& chunk) {
            return chunk.group == table.group && epoch(chunk.from, chunk.id) > 0;
        });
        return moved ? state_.to->home() : state_.from.home();
    }
    static CopyState copyOf(const OpenShard& shard, const PlacedTable& table) {
        const auto found = shard.copies.find(table.info.name);
        return found == shard.copies.end() ? CopyState{} : found->second;
    }
    uint64_t epochsHash() const {
        uint64_t hash = 0;
        for (const auto& [index, shard] : shards_) {
            for (const auto& [chunk, mark] : shard.marks) hash = combineHash(hash, mark.epoch);
            for (const auto& [table, copy] : shard.copies) hash = combineHash(hash, copy.epoch);
        }
        return hash;
    }
    uint64_t epoch(uint32_t shard, uint32_t chunk) const {
        const auto found = shards_.find(shard);
        if (found == shards_.end()) return 0;
        const auto mark = found->second.marks.find(chunk);
        return mark == found->second.marks.end() ? 0 : mark->second.epoch;
    }

    bool owns(uint32_t index, const OpenShard& shard, const PlacedTable& table, const Cells& row) const {
        const auto spot = placement_->locateRow(table, row);
        const Chunk* chunk = chunks_.find(table.group, spot);
        if (!chunk) return index == spot.from;
        const auto mark = shard.marks.find(chunk->id);
        const bool moved = mark != shard.marks.end() && spot.high <= mark->second.watermark;
        return index == (moved ? spot.to : spot.from);
    }

    template <typename Fn>
    Status forEachRow(const OpenShard& shard, const PlacedTable& table, Fn fn) {
        if (!findTable(shard.tables, table.info.name)) return {};
        Status stopped;
        FS_TRY(shard.connection->query(selectRowsSql(*shard.connection, table.info), {}, [&](const Cells& row) {
            if ((++rows_ & 0xfff) == 0) {
                job_.progress(rows_);
                if (stopped = job_.checkpoint(); !stopped.ok()) return false;
            }
            fn(row);
            return true;
        }));
        return stopped;
    }

    Status checkRows(const PlacedTable& table, TableCheck& check) {
        std::vector<size_t> key;
        for (const auto& column : table.info.primaryKey)
            for (size_t i = 0; i < table.info.columns.size(); ++i)
                if (sameName(table.info.columns[i].name, column)) key.push_back(i);
        std::vector<Mark128> keys;
        for (const auto& [index, shard] : shards_)
            FS_TRY(forEachRow(shard, table, [&](const Cells& row) {
                if (owns(index, shard, table, row)) {
                    ++check.rows;
                    check.sum.add(table.info.name, row);
                } else {
                    ++check.misplaced;
                }
                if (key.empty()) return;
                Cells identity;
                for (const size_t place : key) identity.push_back(row[place]);
                keys.push_back(markOf(identity));
            }));
        if (key.empty()) return {};
        std::sort(keys.begin(), keys.end());
        check.duplicate = keys.size() - static_cast<size_t>(std::unique(keys.begin(), keys.end()) - keys.begin());
        return {};
    }

    Status checkCopies(const PlacedTable& table, TableCheck& check) {
        std::vector<Mark128> original;
        std::set<uint32_t> counted;
        // During a migration the authority itself may be under way from one shard to another.
        for (const auto& [index, shard] : shards_) {
            if (isCopy(index, shard, table)) continue;
            FS_TRY(forEachRow(shard, table, [&](const Cells& row) {
                if (!owns(index, shard, table, row)) return;
                ++check.rows;
                check.sum.add(table.info.name, row);
                original.push_back(markOf(row));
            }));
        }
        std::sort(original.begin(), original.end());
        if (!table.info.primaryKey.empty()) check.duplicate = 0;
        for (const auto& [index, shard] : shards_) {
            const bool mustBe = !state_.migrating() && table.referenceBefore && index != state_.from.home();
            if (!isCopy(index, shard, table)) {
                if (mustBe && shard.state) check.missing += original.size();
                if (!mustBe || shard.state) continue;
            }
            std::vector<Mark128> copy;
            FS_TRY(forEachRow(shard, table, [&](const Cells& row) { copy.push_back(markOf(row)); }));
            std::sort(copy.begin(), copy.end());
            std::vector<Mark128> lacking, extra;
            std::set_difference(original.begin(), original.end(), copy.begin(), copy.end(), std::back_inserter(lacking));
            std::set_difference(copy.begin(), copy.end(), original.begin(), original.end(), std::back_inserter(extra));
            check.missing += lacking.size();
            check.misplaced += extra.size();
            check.checksumEqual = check.checksumEqual && lacking.empty() && extra.empty();
        }
        return {};
    }
    // A shard without catalogue is taken at the design's word.
    bool isCopy(uint32_t index, const OpenShard& shard, const PlacedTable& table) const {
        if (!shard.state) return table.referenceBefore && index != state_.from.home();
        return copyOf(shard, table).complete;
    }

    Status checkFlows(const PlacedTable& table, TableCheck& check) {
        for (const auto& chunk : chunks_.chunks()) {
            if (chunk.group != table.group) continue;
            Checksum left, arrived;
            const auto from = shards_.find(chunk.from), to = shards_.find(chunk.to);
            if (from != shards_.end() && from->second.state) {
                FS_ASSIGN(left, readFlow(*from->second.connection, chunk.id, table.info.name));
            }
            if (to != shards_.end() && to->second.state) {
                FS_ASSIGN(arrived, readFlow(*to->second.connection, chunk.id, table.info.name));
            }
            check.missing += static_cast<uint64_t>(std::max<int64_t>(0, left.rows - arrived.rows));
            check.checksumEqual = check.checksumEqual && left == arrived;
        }
        return {};
    }

    const Cluster& cluster_;
    Job& job_;
    ClusterState state_;
    ChunkMap chunks_;
    std::shared_ptr<const Placement> placement_;
    std::map<uint32_t, OpenShard> shards_;
    uint64_t rows_ = 0;
};

}  // namespace

bool rowsSound(const Verification& verification) {
    return std::all_of(verification.tables.begin(), verification.tables.end(), [](const TableCheck& check) {
        return check.missing == 0 && check.duplicate.value_or(0) == 0 && check.misplaced == 0 && check.checksumEqual;
    });
}

Result<Verification> verify(const Cluster& cluster, const std::optional<Layout>& assumed, Job& job) {
    Verifier verifier(cluster, job);
    return verifier.run(assumed);
}

}  // namespace foreshard::migration
