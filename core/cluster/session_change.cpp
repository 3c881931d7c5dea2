// Changes of rows wherever they live. Several shards take part in two-phase commit with this session as coordinator. A
// replicated table is written on its authority first: whoever holds the lock there decides which copies are complete.
#include <set>

#include "core/cluster/crash_points.h"
#include "core/cluster/session_internal.h"

namespace foreshard::cluster {

namespace {

Touch touchOf(const RowOperation& operation) {
    return {operation.table, operation.kind == OperationKind::insert ? operation.set : operation.where};
}

Status checkUpdate(const RowOperation& operation, const PlacedTable& table) {
    if (operation.kind != OperationKind::update) return {};
    const auto fixed = [&](const std::string& column) {
        const auto is = [&](const std::string& other) { return sameName(column, other); };
        return std::any_of(table.placing.begin(), table.placing.end(), is) || std::any_of(table.info.primaryKey.begin(), table.info.primaryKey.end(), is);
    };
    for (const auto& [column, cell] : operation.set)
        if (fixed(column))
            return Error{ErrorCategory::unsupported, fmt::format("An update of {} cannot change {}: the row might have to change shards.", operation.table, column),
                         "Delete the row and insert it anew.", {}};
    return {};
}

}  // namespace

int Session::Part::rank() const {
    int rank = 2;
    for (const auto& item : items)
        if (!item.copy) rank = std::min(rank, replicated(*item.target.table) ? 0 : 1);
    return rank;
}

Result<std::vector<Session::Part>> Session::partsOf(const std::vector<RowOperation>& operations) const {
    std::vector<Part> parts;
    std::vector<uint32_t> absent;
    const auto add = [&](uint32_t shard, const RowOperation& operation, const Target& target, bool copy) {
        auto part = std::find_if(parts.begin(), parts.end(), [&](const Part& each) { return each.shard == shard; });
        if (part == parts.end()) part = parts.insert(parts.end(), Part{shard, {}});
        part->items.push_back({operation, target, copy});
    };
    std::set<uint32_t> everywhere(placement_->from().shards.begin(), placement_->from().shards.end());
    if (placement_->to()) everywhere.insert(placement_->to()->shards.begin(), placement_->to()->shards.end());
    for (const auto& operation : operations) {
        FS_ASSIGN(const Target wanted, target(touchOf(operation)));
        FS_TRY(checkUpdate(operation, *wanted.table));
        const uint32_t owner = likelyOwner(wanted);
        add(owner, operation, wanted, false);
        if (!replicated(*wanted.table)) continue;
        for (const uint32_t shard : everywhere)
            if (shard != owner && cluster_.exists(shard)) add(shard, operation, wanted, true);
            else if (shard != owner) absent.push_back(shard);
    }
    for (auto& part : parts) part.absent = absent;
    std::sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) { return std::pair(a.rank(), a.shard) < std::pair(b.rank(), b.shard); });
    return parts;
}

// Shards without a file, judged under the authority's lock: no migration can make a copy there meanwhile.
Result<Session::Standing> Session::absentHolders(Shard& shard, const Part& part) {
    for (const uint32_t index : part.absent) {
        if (cluster_.exists(index)) return Standing::elsewhere;   // made meanwhile: it may have taken its copy already
        for (const auto& item : part.items) {
            if (item.copy || !replicated(*item.target.table)) continue;
            FS_ASSIGN(const bool held, copyHeld(shard, item.target.table->info.name, index));
            if (held || ownsBefore(index))
                return Error{ErrorCategory::notFound, fmt::format("Shard {}, which holds a copy of {}, is not there.", cluster_.spec(index).name, item.target.table->info.name), "Put its file back.", {}};
        }
    }
    return Standing::owned;
}

// What of the part is to be done on the shard, judged inside its transaction.
Result<Session::Standing> Session::lockedStanding(Shard& shard, const Part& part, std::vector<const Part::Item*>& wanted, std::optional<Intent>& inTheWay) {
    FS_ASSIGN(const Standing same, sameLayout(shard, part.shard));
    if (same != Standing::owned) return same;
    FS_ASSIGN(const Standing whole, absentHolders(shard, part));
    if (whole != Standing::owned) return whole;
    for (const auto& item : part.items) {
        bool takesPart = true;
        FS_ASSIGN(const Standing where, item.copy ? copyStanding(shard, item.target, takesPart, inTheWay) : standing(shard, part.shard, item.target, true, inTheWay));
        if (where != Standing::owned) return where;
        if (takesPart) wanted.push_back(&item);
    }
    return Standing::owned;
}

Status Session::waitFor(uint32_t shard, const std::optional<Intent>& inTheWay, Deadline& deadline) {
    if (inTheWay) return afterLock(shard, *inTheWay, deadline);
    FS_TRY(deadline.pause("the rows are changing shards"));
    FS_ASSIGN(Shard * there, connection(shard));
    FS_ASSIGN(const bool old, stale(*there));
    return old ? load() : Status();
}

// False: another connection holds the shard; that is waited out like an intent.
Result<bool> Session::beginWrite(Transaction& transaction) {
    const auto begun = transaction.begin(Shard::Lock::write);
    if (begun.ok()) return true;
    if (begun.error().category == ErrorCategory::conflict) return false;
    return begun.error();
}

Result<bool> Session::tryLocal(const Part& part, Deadline& deadline) {
    FS_ASSIGN(Shard * shard, connection(part.shard));
    std::optional<Intent> inTheWay;
    {
        Transaction transaction(*shard);
        FS_ASSIGN(const bool begun, beginWrite(transaction));
        if (!begun) {
            FS_TRY(deadline.pause("the shard is locked"));
            return false;
        }
        std::vector<const Part::Item*> wanted;
        FS_ASSIGN(const Standing where, lockedStanding(*shard, part, wanted, inTheWay));
        if (where == Standing::owned) {
            for (const auto* item : wanted) FS_TRY(runOperation(*shard, *placement_, item->operation));
            FS_TRY(transaction.commit());
            return true;
        }
    }
    FS_TRY(waitFor(part.shard, inTheWay, deadline));
    return false;
}

Result<Session::Standing> Session::prepare(const Part& part, Intent& intent, bool& left, std::optional<Intent>& inTheWay) {
    FS_ASSIGN(Shard * shard, connection(part.shard));
    Transaction transaction(*shard);
    FS_ASSIGN(const bool begun, beginWrite(transaction));
    if (!begun) return Standing::locked;
    std::vector<const Part::Item*> wanted;
    FS_ASSIGN(const Standing where, lockedStanding(*shard, part, wanted, inTheWay));
    left = wanted.empty();
    if (where != Standing::owned || left) return where;
    std::vector<RowOperation> operations;
    for (const auto* item : wanted) {
        operations.push_back(item->operation);
        const auto& info = item->target.table->info;
        // Two rows may be at odds by another unique key: then only one of them may be decided.
        if (info.otherUnique) intent.locks.push_back(wholeTable(info));
        else intent.locks.push_back({0, lockOf(info), item->target.spot.low, item->target.spot.high});
    }
    FS_TRY(addOperations(*shard, *placement_, intent, operations));
    FS_TRY(transaction.commit());
    return Standing::owned;
}

void Session::settleOwn(const std::vector<std::pair<uint32_t, Intent>>& prepared, bool commit, Deadline& deadline) {
    for (const auto& [index, intent] : prepared) {
        const auto once = [&, index = index, &intent = intent]() -> Status {
            FS_ASSIGN(Shard * shard, connection(index));
            return settle(*shard, *placement_, intent, commit);
        };
        Status done = once();
        while (!done.ok() && done.error().category == ErrorCategory::conflict && deadline.pause("").ok()) done = once();
        if (!done.ok()) owed_.push_back({index, intent, commit});
        if (commit) crashPoint("change.applied");
    }
}

void Session::settleOwed() {
    std::erase_if(owed_, [&](const Owed& owed) {
        const auto shard = connection(owed.shard);
        return shard.ok() && settle(**shard, *placement_, owed.intent, owed.commit).ok();
    });
}

// After a failure only the log itself can tell: it is let go, so that anybody may read it.
Status Session::decide(uint64_t transaction) {
    const auto decided = log_->commit(transaction);
    if (!decided.ok()) log_.reset();
    return decided;
}

Result<bool> Session::tryAcross(const std::vector<Part>& parts, Deadline& deadline) {
    Intent blank;
    blank.log = log_->id();
    blank.path = log_->path();
    blank.transaction = log_->nextTransaction();
    blank.role = IntentRole::operations;
    std::vector<std::pair<uint32_t, Intent>> prepared;
    for (const auto& part : parts) {
        Intent intent = blank;
        std::optional<Intent> inTheWay;
        bool left = false;
        const auto where = prepare(part, intent, left, inTheWay);
        if (!where.ok() || *where != Standing::owned) {
            settleOwn(prepared, false, deadline);
            if (!where.ok()) return where.error();
            FS_TRY(waitFor(part.shard, inTheWay, deadline));
            return false;
        }
        if (!left) prepared.emplace_back(part.shard, intent);
        crashPoint("change.prepared");
    }
    FS_TRY(decide(blank.transaction));
    crashPoint("change.decided");
    // Decided, and so done: whoever meets an intent from here on applies it, should this session fail to.
    settleOwn(prepared, true, deadline);
    return true;
}

Status Session::change(const std::vector<RowOperation>& operations) {
    Deadline deadline(options_.timeoutMilliseconds);
    settleOwed();
    if (!log_ && !options_.decisionLog.empty()) {
        FS_ASSIGN(log_, DecisionLog::open(options_.decisionLog, true));
    }
    for (;;) {
        FS_ASSIGN(const auto parts, partsOf(operations));
        if (parts.empty()) return {};
        if (parts.size() > 1 && !log_)
            return Error{ErrorCategory::usage, "A change on several shards needs a decision log of its own.", "Open the session with one.", {}};
        FS_ASSIGN(const bool done, parts.size() == 1 ? tryLocal(parts.front(), deadline) : tryAcross(parts, deadline));
        if (done) return {};
    }
}

}  // namespace foreshard::cluster
