#include "core/cluster/session.h"

#include <set>

#include "core/cluster/session_internal.h"

namespace foreshard::cluster {

Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::open(Cluster cluster, SessionOptions options) {
    std::unique_ptr<Session> session(new Session(std::move(cluster), std::move(options)));
    if (!session->options_.decisionLog.empty()) {
        FS_ASSIGN(session->log_, DecisionLog::open(session->options_.decisionLog, false));
    }
    FS_TRY(session->load());
    return session;
}

Result<Shard*> Session::connection(uint32_t shard) {
    auto& slot = connections_[shard];
    if (!slot) {
        OpenOptions options;
        options.busyMilliseconds = options_.busyMilliseconds;
        FS_ASSIGN(slot, cluster_.open(shard, options));
    }
    return slot.get();
}

Status Session::load() {
    std::optional<ClusterState> newest;
    for (uint32_t i = 0; i < cluster_.size(); ++i) {
        if (!cluster_.exists(i)) continue;   // not part of a layout yet; an owner's absence shows when it is needed
        FS_ASSIGN(Shard * shard, connection(i));
        FS_ASSIGN(auto state, readState(*shard));
        if (state && (!newest || state->generation > newest->generation)) newest = std::move(state);
    }
    if (!newest)
        return Error{ErrorCategory::notFound, "No shard of the cluster says which design is in force.", "Start a migration, or say which design the shards follow.", {}};
    FS_ASSIGN(Shard * lead, connection(newest->from.home()));
    FS_ASSIGN(auto tables, lead->tables());
    FS_ASSIGN(placement_, Placement::make(newest->from, newest->to, std::move(tables), newest->tables));
    generation_ = newest->generation;
    chunks_ = ChunkMap(newest->chunks);
    marks_.clear();
    for (const auto& chunk : newest->chunks) {
        FS_ASSIGN(Shard * source, connection(chunk.from));
        FS_ASSIGN(const uint64_t told, readGeneration(*source));
        marks_[chunk.id].watermark = Position::before(chunk.low);
        if (told == 0) continue;   // the migration has not begun there yet
        FS_ASSIGN(marks_[chunk.id], readMark(*source, chunk));
    }
    return {};
}

Result<Session::Target> Session::target(const Touch& touch) const {
    Target target;
    target.table = placement_->find(touch.table);
    if (!target.table) return Error{ErrorCategory::notFound, fmt::format("The cluster has no table {}.", touch.table), "Check the table's name.", {}};
    const auto spot = placement_->locate(*target.table, [&](std::string_view column) -> const Cell* {
        for (const auto& [name, cell] : touch.known)
            if (sameName(name, column)) return &cell;
        return nullptr;
    });
    if (!spot) {
        std::string columns;
        for (const auto& column : target.table->placing) columns += (columns.empty() ? "" : ", ") + column;
        return Error{ErrorCategory::usage, fmt::format("Rows of {} are found by {}; not all of these were given.", touch.table, columns), "Name them.", {}};
    }
    target.spot = *spot;
    if (spot->from == spot->to || target.table->group == 0) return target;
    target.chunk = chunks_.find(target.table->group, *spot);
    if (!target.chunk) return Error{ErrorCategory::internal, fmt::format("No chunk of the migration holds a row of {}.", touch.table), "Please report this.", {}};
    return target;
}

Result<std::vector<Session::Target>> Session::targets(std::span<const Touch> touches) const {
    std::vector<Target> out;
    for (const auto& touch : touches) {
        FS_ASSIGN(Target one, target(touch));
        out.push_back(std::move(one));
    }
    return out;
}

uint32_t Session::likelyOwner(const Target& target) const {
    if (!target.chunk) return target.spot.from;
    const auto mark = marks_.find(target.chunk->id);
    return mark != marks_.end() && target.spot.high <= mark->second.watermark ? target.spot.to : target.spot.from;
}

Result<std::optional<uint32_t>> Session::meetingShard(const std::vector<Target>& targets, bool writing) const {
    const Target* first = nullptr;
    for (const auto& target : targets) {
        if (replicated(*target.table)) {
            if (!writing) continue;   // wherever the others are, if the copy there is complete
            return Error{ErrorCategory::unsupported, fmt::format("{} is replicated: a write must reach every copy.", target.table->info.name), "Use change().", {}};
        }
        const uint32_t owner = likelyOwner(target);
        if (!first) first = &target;
        const uint32_t before = likelyOwner(*first);
        if (before == owner) continue;
        if (first->chunk && first->chunk == target.chunk && first->spot.low.key == target.spot.low.key) return std::optional<uint32_t>();
        return Error{ErrorCategory::unsupported, fmt::format("The rows live on several shards, {} and {} among them.", cluster_.spec(before).name, cluster_.spec(owner).name),
                     "Use change(), or touch them one by one.", {}};
    }
    if (!first && !targets.empty()) first = &targets.front();   // replicated rows alone: their authority
    return std::optional(first ? likelyOwner(*first) : placement_->from().home());
}

bool Session::ownsBefore(uint32_t shard) const {
    const auto& shards = placement_->from().shards;
    return std::find(shards.begin(), shards.end(), shard) != shards.end();
}

Result<bool> Session::stale(Shard& shard) {
    FS_ASSIGN(const uint64_t generation, readGeneration(shard));
    return generation > generation_;
}

Result<Session::Standing> Session::sameLayout(Shard& shard, uint32_t index) {
    FS_ASSIGN(const uint64_t generation, readGeneration(shard));
    if (generation > generation_) return Standing::elsewhere;
    // A migration of shards that knew nothing of each other begins: until this one has its catalogue nobody can keep off.
    return generation == 0 && ownsBefore(index) ? Standing::locked : Standing::owned;
}

namespace {

Result<std::optional<Intent>> findInTheWay(Shard& shard, uint32_t chunk, const PlacedTable& table, const Placement::Spot& spot, bool writing) {
    FS_ASSIGN(auto intents, readIntents(shard));
    const auto found = std::find_if(intents.begin(), intents.end(), [&](const Intent& intent) { return keepsOff(intent, chunk, table, spot.low, spot.high, writing); });
    return found == intents.end() ? std::optional<Intent>() : std::optional(std::move(*found));
}

}  // namespace

Result<Session::Standing> Session::standing(Shard& shard, uint32_t index, const Target& target, bool writing, std::optional<Intent>& inTheWay) {
    const auto& spot = target.spot;
    FS_ASSIGN(inTheWay, findInTheWay(shard, target.chunk ? target.chunk->id : 0, *target.table, spot, writing));
    if (inTheWay) return Standing::locked;
    if (replicated(*target.table)) {
        if (index == placement_->from().home() && !target.chunk) return Standing::owned;
        FS_ASSIGN(const CopyState copy, readCopy(shard, target.table->info.name));
        if (copy.complete) return Standing::owned;
    }
    if (!target.chunk) return index == spot.from ? Standing::owned : Standing::elsewhere;
    FS_ASSIGN(const ChunkMark mark, readMark(shard, *target.chunk));
    marks_[target.chunk->id] = mark;
    const bool moved = spot.high <= mark.watermark;
    if (!moved && spot.low <= mark.watermark) return Standing::locked;   // a key between two of its batches
    return index == (moved ? spot.to : spot.from) ? Standing::owned : Standing::elsewhere;
}

Result<Session::Standing> Session::copyStanding(Shard& shard, const Target& target, bool& complete, std::optional<Intent>& inTheWay) {
    complete = false;
    FS_ASSIGN(const uint64_t generation, readGeneration(shard));
    if (generation == 0) return Standing::owned;   // just made: no catalogue, no copies
    // Before the mark is believed: an intent may be about to set it, or hold back an earlier write.
    FS_ASSIGN(inTheWay, findInTheWay(shard, target.chunk ? target.chunk->id : 0, *target.table, target.spot, true));
    if (inTheWay) return Standing::locked;
    FS_ASSIGN(const CopyState copy, readCopy(shard, target.table->info.name));
    complete = copy.complete;
    return Standing::owned;
}

Result<Session::Standing> Session::standing(Shard& shard, uint32_t index, const std::vector<Target>& targets, bool writing, std::optional<Intent>& inTheWay) {
    for (const auto& target : targets) {
        FS_ASSIGN(const Standing one, standing(shard, index, target, writing, inTheWay));
        if (one != Standing::owned) return one;
    }
    return Standing::owned;
}

Result<Decision> Session::ask(const Intent& intent) const {
    if (log_ && intent.log == log_->id()) return log_->committed(intent.transaction) ? Decision::commit : Decision::abort;
    return askDecision(intent.path, intent.log, intent.transaction);
}

Status Session::afterLock(uint32_t shard, const Intent& intent, Deadline& deadline) {
    ++counters_.waits;
    FS_ASSIGN(const Decision decision, ask(intent));
    if (decision == Decision::pending) return deadline.pause("a batch that holds these rows does not end");
    FS_ASSIGN(Shard * connection, this->connection(shard));
    FS_TRY(settle(*connection, *placement_, intent, decision == Decision::commit));
    ++counters_.settled;
    return {};
}

Result<uint32_t> Session::run(std::span<const Touch> touches, const Work& work, Shard::Lock lock) {
    Deadline deadline(options_.timeoutMilliseconds);
    settleOwed();
    for (int moves = 0;;) {
        FS_ASSIGN(const auto wanted, targets(touches));
        FS_ASSIGN(const auto meeting, meetingShard(wanted, lock == Shard::Lock::write));
        if (!meeting) {
            FS_TRY(deadline.pause("a key is between two of its batches"));
            FS_TRY(load());
            continue;
        }
        const uint32_t index = *meeting;
        FS_ASSIGN(Shard * shard, connection(index));
        std::optional<Intent> inTheWay;
        Standing where = Standing::elsewhere;
        {
            Transaction transaction(*shard);
            if (const auto begun = transaction.begin(lock); !begun.ok()) {
                if (begun.error().category != ErrorCategory::conflict) forget(index);
                else if (deadline.pause("the shard is locked").ok()) continue;
                return begun.error();
            }
            FS_ASSIGN(where, sameLayout(*shard, index));
            if (where == Standing::elsewhere) {
                transaction.rollback();
                FS_TRY(load());
                continue;
            }
            if (where == Standing::owned) {
                FS_ASSIGN(where, standing(*shard, index, wanted, lock == Shard::Lock::write, inTheWay));
            }
            if (where == Standing::owned) {
                FS_TRY(work(*shard));
                if (lock == Shard::Lock::write) FS_TRY(transaction.commit());
                return index;
            }
        }
        if (inTheWay) FS_TRY(afterLock(index, *inTheWay, deadline));
        else if (where == Standing::locked || ++moves > 1) FS_TRY(deadline.pause("the rows are changing shards"));
        if (where == Standing::elsewhere) ++counters_.reroutes;
    }
}

Result<uint32_t> Session::write(std::span<const Touch> touches, const Work& work) { return run(touches, work, Shard::Lock::write); }

Result<uint32_t> Session::read(std::span<const Touch> touches, const Work& work) { return run(touches, work, Shard::Lock::read); }

}  // namespace foreshard::cluster
