#include "core/migration/batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <thread>

#include "core/cluster/crash_points.h"

namespace foreshard::migration {

using namespace cluster;

BatchSize::BatchSize(const ExecuteOptions& options, double bytesPerRow)
    : limit_(options.latencyLimitSeconds), rows_(std::max<uint64_t>(1, options.firstBatchRows)), most_(std::max<uint64_t>(1, options.maxBatchRows)),
      bytes_(std::max<uint64_t>(1, options.maxBatchBytes)) {
    learn(1, static_cast<uint64_t>(bytesPerRow), 0, 0);
}

void BatchSize::learn(uint64_t rows, uint64_t bytes, double seconds, double syncing) {
    if (rows > 0 && seconds > 0) {
        // One batch says little: a disk has its moments.
        const auto blend = [](double before, double now) { return before == 0 ? now : 0.7 * before + 0.3 * now; };
        perRow_ = blend(perRow_, std::max(1e-9, (seconds - syncing) / static_cast<double>(rows)));
        syncing_ = blend(syncing_, syncing);
        const double wanted = std::max(limit_ - syncing_, syncing_) / perRow_, now = static_cast<double>(rows_);
        rows_ = static_cast<uint64_t>(std::max(1.0, std::clamp(wanted, now / 2, now * 2)));
    }
    const uint64_t perRow = rows > 0 ? std::max<uint64_t>(1, bytes / rows) : 1;
    rows_ = std::clamp<uint64_t>(rows_, 1, std::min(most_, std::max<uint64_t>(1, bytes_ / perRow)));
}

namespace {

// The position just before one that some row has.
Position before(const Position& position) {
    if (position.sub > 0) return {position.key, position.table, position.sub - 1};
    return {position.key, position.table - 1, UINT64_MAX};
}

}  // namespace

Position BatchMover::end() const { return scope_.reverse ? Position::before(chunk_.low) : Position::after(chunk_.high); }

// Positions not yet moved, in the order of travel, at most limit + 1 of them.
Result<std::vector<BatchMover::Place>> BatchMover::nextPlaces(const Position& watermark, uint64_t limit) {
    std::vector<Place> places;
    const Position low = scope_.reverse ? Position::before(chunk_.low) : watermark;
    const Position high = scope_.reverse ? watermark : Position::after(chunk_.high);
    const char* order = scope_.reverse ? "DESC" : "ASC";
    for (const auto* table : scope_.placement.tablesOf(chunk_.group)) {
        const auto range = rangeCondition(table->ordinal, low, high);
        Cells values{int64_t{chunk_.id}};
        values.insert(values.end(), range.values.begin(), range.values.end());
        FS_TRY(source_.query(fmt::format("SELECT key, sub FROM {} WHERE chunk = ? AND {} ORDER BY key {}, sub {} LIMIT {}", manifestTable(table->ordinal), range.sql, order, order, limit + 1),
                             values, [&](const Cells& row) {
                                 places.push_back({table->ordinal, {hashFromStored(integerOf(row[0])), table->ordinal, hashFromStored(integerOf(row[1]))}});
                                 return true;
                             }));
    }
    std::sort(places.begin(), places.end(), [&](const Place& a, const Place& b) { return scope_.reverse ? b.position < a.position : a.position < b.position; });
    if (places.size() > limit + 1) places.resize(limit + 1);
    return places;
}

// Whole keys where they fit, so that a key's rows stay together; otherwise inside the first key.
BatchMover::Range BatchMover::cut(const std::vector<Place>& places, const ChunkMark& mark, uint64_t rows) const {
    Position bound = end();
    if (places.size() > rows) {
        const Position next = places.back().position, last = places[places.size() - 2].position;
        const auto other = std::find_if(places.rbegin(), places.rend(), [&](const Place& place) { return place.position.key != next.key; });
        if (other != places.rend()) bound = scope_.reverse ? Position::before(other->position.key) : Position::after(other->position.key);
        else if (scope_.reverse) bound = last == next ? before(next) : next;
        else bound = last;
    }
    const ChunkMark after{bound, mark.epoch + 1};
    return scope_.reverse ? Range{bound, mark.watermark, after} : Range{mark.watermark, bound, after};
}

// Rows on the side that has already been left: written there by someone who does not ask the router.
Result<bool> BatchMover::stragglers(const ChunkMark& mark) {
    const Position low = scope_.reverse ? mark.watermark : Position::before(chunk_.low);
    const Position high = scope_.reverse ? Position::after(chunk_.high) : mark.watermark;
    for (const auto* table : scope_.placement.tablesOf(chunk_.group)) {
        const auto range = rangeCondition(table->ordinal, low, high);
        Cells values{int64_t{chunk_.id}};
        values.insert(values.end(), range.values.begin(), range.values.end());
        FS_ASSIGN(const auto found, source_.one(fmt::format("SELECT 1 FROM {} WHERE chunk = ? AND {} LIMIT 1", manifestTable(table->ordinal), range.sql), values));
        if (found) return true;
    }
    return false;
}

Result<BatchMover::Range> BatchMover::pickRange(const ChunkMark& mark, uint64_t rows) {
    FS_ASSIGN(const bool left, stragglers(mark));
    if (left) {
        const ChunkMark after{mark.watermark, mark.epoch + 1};
        return scope_.reverse ? Range{mark.watermark, Position::after(chunk_.high), after} : Range{Position::before(chunk_.low), mark.watermark, after};
    }
    FS_ASSIGN(const auto places, nextPlaces(mark.watermark, rows));
    return cut(places, mark, rows);
}

std::string readBatchSql(const Shard& shard, const PlacedTable& table, const Position& low, const Position& high) {
    return fmt::format("SELECT m.key, m.sub, {}, {} FROM {} m JOIN {} t ON {} WHERE m.chunk = ? AND {}", identityColumns(table, "m."), shard.quoteList(table.info.columnNames(), "t."),
                       manifestTable(table.ordinal), shard.quote(table.info.name), identityJoin(shard, table, "m."), rangeCondition(table.ordinal, low, high, "m.").sql);
}

Result<bool> BatchMover::readRows(const Range& range, std::vector<StagedRow>& rows) {
    rows.clear();
    bool sound = true;
    for (const auto* table : scope_.placement.tablesOf(chunk_.group)) {
        const auto condition = rangeCondition(table->ordinal, range.low, range.high);
        Cells values{int64_t{chunk_.id}};
        values.insert(values.end(), condition.values.begin(), condition.values.end());
        const size_t keys = table->info.identity.size();
        std::vector<Cells> outdated;
        FS_TRY(source_.query(readBatchSql(source_, *table, range.low, range.high), values, [&](const Cells& row) {
            const auto first = row.begin() + 2, data = first + static_cast<ptrdiff_t>(keys);
            Cells cells(data, row.end());
            const auto spot = scope_.placement.locateRow(*table, cells);
            const bool asListed = scope_.chunks.find(table->group, spot) == &chunk_ && storedHash(spot.low.key) == integerOf(row[0]) && storedHash(spot.low.sub) == integerOf(row[1]);
            if (asListed) rows.push_back({table->ordinal, std::move(cells)});
            else outdated.emplace_back(first, data);
            return true;
        }));
        for (const auto& identity : outdated) FS_TRY(markDirty(source_, *table, identity));
        sound = sound && outdated.empty();
    }
    return sound;
}

bool BatchMover::heldBy(const Intent& intent, Which which) const {
    if (intent.role != IntentRole::operations) return false;
    if (which == Which::all) return true;
    const auto tables = scope_.placement.tablesOf(chunk_.group);
    return std::any_of(tables.begin(), tables.end(), [&](const PlacedTable* table) {
        return table->info.otherUnique && std::any_of(intent.locks.begin(), intent.locks.end(), [&](const LockedRange& lock) { return lock.chunk == 0 && lock.table == lockOf(table->info); });
    });
}

// Writers' own transactions over these tables must be through before rows are listed, or tried. True: there was something;
// look again.
Result<bool> BatchMover::waitForOperations(Shard& shard, Which which) {
    FS_ASSIGN(const auto intents, readIntents(shard));
    const auto intent = std::find_if(intents.begin(), intents.end(), [&](const Intent& each) { return heldBy(each, which); });
    if (intent == intents.end()) return false;
    FS_ASSIGN(const Decision decision, askDecision(intent->path, intent->log, intent->transaction));
    if (decision == Decision::pending) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    else FS_TRY(settle(shard, scope_.placement, *intent, decision == Decision::commit));
    return true;
}

template <typename Fn>
Status BatchMover::synced(Fn fn) {
    const auto started = std::chrono::steady_clock::now();
    const Status status = fn();
    syncing_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    return status;
}

// Step 1 of the protocol. False: nothing is left to do.
Result<bool> BatchMover::prepareSource(uint64_t limit) {
    for (;;) {
        FS_ASSIGN(const bool stands, captureStands(source_, scope_));
        if (!stands) FS_TRY(buildCapture(source_, scope_, job_));
        FS_ASSIGN(const bool busy, waitForOperations(source_, Which::all));
        if (busy) continue;
        Transaction transaction(source_);
        FS_TRY(transaction.begin(Shard::Lock::write));
        FS_ASSIGN(const auto intents, readIntents(source_));
        if (std::any_of(intents.begin(), intents.end(), [&](const Intent& intent) { return heldBy(intent, Which::all); })) continue;
        FS_ASSIGN(const bool stillStands, captureStands(source_, scope_));
        if (!stillStands) continue;
        FS_TRY(absorb(source_, scope_));
        FS_ASSIGN(const ChunkMark mark, readMark(source_, chunk_));
        FS_ASSIGN(const Range range, pickRange(mark, limit));
        FS_ASSIGN(const bool sound, readRows(range, rows_));
        if (!sound) {
            FS_TRY(transaction.commit());   // keeps the rows marked as changed; absorb sees to them
            continue;
        }
        if (rows_.empty() && mark.watermark == end()) {
            FS_TRY(transaction.commit());
            return false;
        }
        std::map<uint32_t, Checksum> sums;
        for (const auto* table : scope_.placement.tablesOf(chunk_.group)) sums[table->ordinal];
        for (const auto& row : rows_) sums[row.table].add(scope_.placement.byOrdinal(row.table).info.name, row.cells);
        leave_ = Intent{log_.id(), log_.nextTransaction(), log_.path(), IntentRole::leave, {{chunk_.id, 0, range.low, range.high}}, range.mark, scope_.reverse, {sums.begin(), sums.end()}, {}};
        FS_TRY(addIntent(source_, leave_));
        FS_TRY(synced([&] { return transaction.commit(); }));
        return true;
    }
}

// Step 2.
Status BatchMover::prepareTarget() {
    Intent arrive = leave_;
    arrive.role = IntentRole::arrive;
    Transaction transaction(target_);
    for (;;) {
        FS_TRY(transaction.begin(Shard::Lock::write));
        FS_ASSIGN(const auto intents, readIntents(target_));
        if (std::none_of(intents.begin(), intents.end(), [&](const Intent& intent) { return heldBy(intent, Which::otherUnique); })) break;
        transaction.rollback();
        FS_TRY(waitForOperations(target_, Which::otherUnique).status());
    }
    FS_ASSIGN(const ChunkMark mark, readMark(target_, chunk_));
    if (mark.epoch + 1 != leave_.mark.epoch)
        return Error{ErrorCategory::conflict, fmt::format("Shards {} and {} do not agree on how far chunk {} has come.", source_.name(), target_.name(), chunk_.id),
                     "Was one of them restored from an older copy? Restore both to one point in time.", {}};
    FS_TRY(addArrival(target_, scope_.placement, arrive, rows_));
    const double before = syncing_;
    FS_TRY(synced([&] { return transaction.commit(); }));
    targetSync_ = syncing_ - before;
    return {};
}

// Steps 3 to 6.
Status BatchMover::commitBoth() {
    Transaction transaction(source_);
    FS_TRY(transaction.begin(Shard::Lock::write));
    std::vector<std::pair<uint32_t, Checksum>> found;
    FS_TRY(applyLeave(source_, scope_.placement, leave_, found));
    if (found != leave_.sums) {
        transaction.rollback();
        return Error{ErrorCategory::conflict, "rows changed", {}, "rows of the batch were changed by a writer that does not ask the router"};
    }
    crashPoint("batch.source-deleted");
    FS_TRY(target_.checkPresent());
    FS_TRY(source_.checkPresent());
    FS_TRY(synced([&] { return log_.commit(leave_.transaction); }));
    crashPoint("batch.decided");
    FS_TRY(synced([&] { return transaction.commit(); }));
    crashPoint("batch.source-applied");
    Intent arrive = leave_;
    arrive.role = IntentRole::arrive;
    FS_TRY(settle(target_, scope_.placement, arrive, true));
    syncing_ += targetSync_;           // its commit is like the one before
    crashPoint("batch.target-applied");
    return {};
}

Status BatchMover::abandon() {
    FS_TRY(settle(target_, scope_.placement, leave_, false));
    return settle(source_, scope_.placement, leave_, false);
}

Result<BatchMover::Outcome> BatchMover::move(uint64_t limit) {
    crashPoint("batch.begin");
    syncing_ = 0;
    FS_ASSIGN(const bool more, prepareSource(limit));
    if (!more) return Outcome{true, 0, 0, 0};
    crashPoint("batch.source-prepared");
    if (const auto prepared = prepareTarget(); !prepared.ok()) {
        (void)abandon();   // what cannot be taken back now, recovery takes back: there is no decision
        return prepared.error();
    }
    crashPoint("batch.target-prepared");
    if (const auto done = commitBoth(); !done.ok()) {
        // Decided or not: recovery reads it from the log. Undecided is taken back at once, so that writers go on.
        if (log_.committed(leave_.transaction) || done.error().category == ErrorCategory::io) return done.error();
        FS_TRY(abandon());
        if (done.error().message == "rows changed") return Outcome{};
        return done.error();
    }
    Outcome outcome{false, rows_.size(), 0, syncing_};
    for (const auto& row : rows_)
        for (const auto& cell : row.cells) outcome.bytes += cell.index() >= 3 ? textOf(cell).size() : 8;
    return outcome;
}

}  // namespace foreshard::migration
