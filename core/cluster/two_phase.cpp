#include "core/cluster/two_phase.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "core/base/hash.h"
#include "core/cluster/crash_points.h"
#include "core/cluster/row_sql.h"

namespace foreshard::cluster {

std::string manifestTable(uint32_t ordinal) { return fmt::format("foreshard_rows_{}", ordinal); }
std::string dirtyTable(uint32_t ordinal) { return fmt::format("foreshard_dirty_{}", ordinal); }

std::string identityColumns(const PlacedTable& table, std::string_view prefix) {
    std::string out;
    for (size_t i = 1; i <= table.info.identity.size(); ++i) out += fmt::format("{}{}k{}", i > 1 ? ", " : "", prefix, i);
    return out;
}

std::string identityJoin(const Shard& shard, const PlacedTable& table, std::string_view entries) {
    std::string out;
    for (size_t i = 0; i < table.info.identity.size(); ++i) out += fmt::format("{}t.{} = {}k{}", i ? " AND " : "", shard.quote(table.info.identity[i]), entries, i + 1);
    return out;
}

RangeCondition rangeCondition(uint32_t ordinal, const Position& low, const Position& high, std::string_view prefix) {
    constexpr int64_t least = INT64_MIN, most = INT64_MAX;
    const char* above = ordinal > low.table ? ">=" : ">";
    const int64_t aboveSub = ordinal > low.table ? least : ordinal == low.table ? storedHash(low.sub) : most;
    const char* below = ordinal > high.table ? "<" : "<=";
    const int64_t belowSub = ordinal > high.table ? least : ordinal == high.table ? storedHash(high.sub) : most;
    return {fmt::format("({0}key, {0}sub) {1} (?, ?) AND ({0}key, {0}sub) {2} (?, ?)", prefix, above, below),
            {storedHash(low.key), aboveSub, storedHash(high.key), belowSub}};
}

uint32_t lockOf(const TableInfo& table) {
    std::string name = table.name;
    for (char& c : name)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return static_cast<uint32_t>(hashText(name));
}

LockedRange wholeTable(const TableInfo& table) { return {0, lockOf(table), {}, Position::after(UINT64_MAX)}; }

bool keepsOff(const Intent& intent, uint32_t chunk, const PlacedTable& table, const Position& low, const Position& high, bool writing) {
    if (intent.role == IntentRole::copySource && !writing) return false;   // its rows only must not change
    for (const auto& lock : intent.locks) {
        const bool same = lock.chunk != 0 ? lock.chunk == chunk && high > lock.low && low <= lock.high : lock.table == lockOf(table.info) && high >= lock.low && low <= lock.high;
        if (same) return true;
    }
    if (intent.role != IntentRole::arrive || !writing || !table.info.otherUnique) return false;
    return std::any_of(intent.sums.begin(), intent.sums.end(), [&](const auto& sum) { return sum.first == table.ordinal && sum.second.rows > 0; });
}

Result<std::vector<Intent>> readIntents(Shard& shard) {
    std::vector<Intent> intents;
    bool sound = true;
    FS_TRY(shard.query("SELECT log, tx, path, payload FROM foreshard_intent ORDER BY log, tx", {}, [&](const Cells& row) {
        ByteReader in(textOf(row[3]));
        intents.push_back(readIntent(in));
        intents.back().log = textOf(row[0]);
        intents.back().transaction = static_cast<uint64_t>(integerOf(row[1]));
        intents.back().path = logPlaceOf(shard.place(), textOf(row[2]));
        return sound = in.ok();
    }));
    if (!sound) return Error{ErrorCategory::format, fmt::format("An intent on shard {} cannot be read.", shard.name()), "Use the Foreshard that wrote it.", {}};
    return intents;
}

Result<uint32_t> inDoubt(Shard& shard) {
    FS_ASSIGN(const auto intents, readIntents(shard));
    return static_cast<uint32_t>(std::count_if(intents.begin(), intents.end(), [](const Intent& intent) { return !coordinatorAlive(intent.path); }));
}

Status addIntent(Shard& shard, const Intent& intent) {
    ByteWriter payload;
    writeIntent(payload, intent);
    const Cells values{intent.log, static_cast<int64_t>(intent.transaction), keptLogPlace(shard.place(), intent.path), Blob{payload.take()}};
    return shard.execute("INSERT INTO foreshard_intent(log, tx, path, payload) VALUES (?, ?, ?, ?)", values);
}

namespace {

// Makes the effects of a block vanish whatever happens in it.
class Trial {
public:
    explicit Trial(Shard& shard) : shard_(shard) {}
    Trial(const Trial&) = delete;
    Trial& operator=(const Trial&) = delete;
    Status begin() { return shard_.execute("SAVEPOINT foreshard_trial"); }
    ~Trial() {
        (void)shard_.execute("ROLLBACK TO foreshard_trial");
        (void)shard_.execute("RELEASE foreshard_trial");
    }

private:
    Shard& shard_;
};

// INSERT statements, made once a table.
class InsertTexts {
public:
    explicit InsertTexts(Shard& shard) : shard_(shard) {}
    const std::string& of(const TableInfo& table) {
        auto& text = texts_[&table];
        return text.empty() ? text = insertRowSql(shard_, table) : text;
    }

private:
    Shard& shard_;
    std::map<const TableInfo*, std::string> texts_;
};

Status insertRow(Shard& shard, const TableInfo& table, const std::string& sql, const Cells& row) {
    const auto status = shard.execute(sql, row);
    if (status.ok()) return {};
    const Error& error = status.error();
    if (error.category != ErrorCategory::conflict || error.cause.find("constraint") == std::string::npos) return error;
    std::string key;
    for (size_t i = 0; i < table.columns.size(); ++i)
        if (table.columns[i].primary) key += fmt::format("{}{} = {}", key.empty() ? "" : ", ", table.columns[i].name, toText(row[i]));
    return Error{ErrorCategory::conflict, fmt::format("Shard {} does not take a row of {}{}: {}.", shard.name(), table.name, key.empty() ? "" : " (" + key + ")", error.cause),
                 "Remove the row that stands in its way, or change the design, then resume.", error.cause};
}

Status stage(Shard& shard, const Intent& intent, int64_t sequence, std::string bytes) {
    const Cells values{intent.log, static_cast<int64_t>(intent.transaction), sequence, Blob{std::move(bytes)}};
    return shard.execute("INSERT INTO foreshard_staged(log, tx, seq, row) VALUES (?, ?, ?, ?)", values);
}

Result<std::vector<std::string>> stagedBytes(Shard& shard, const Intent& intent) {
    std::vector<std::string> staged;
    const Cells values{intent.log, static_cast<int64_t>(intent.transaction)};
    FS_TRY(shard.query("SELECT row FROM foreshard_staged WHERE log = ? AND tx = ? ORDER BY seq", values, [&](const Cells& row) {
        staged.push_back(textOf(row[0]));
        return true;
    }));
    return staged;
}

Status removeIntent(Shard& shard, const Intent& intent) {
    const Cells values{intent.log, static_cast<int64_t>(intent.transaction)};
    FS_TRY(shard.execute("DELETE FROM foreshard_staged WHERE log = ? AND tx = ?", values));
    return shard.execute("DELETE FROM foreshard_intent WHERE log = ? AND tx = ?", values);
}

Status addFlows(Shard& shard, const Placement& placement, const Intent& intent, const std::vector<std::pair<uint32_t, Checksum>>& sums) {
    for (const auto& [ordinal, sum] : sums) {
        const std::string& table = placement.byOrdinal(ordinal).info.name;
        FS_ASSIGN(Checksum total, readFlow(shard, intent.locks.front().chunk, table));
        if (intent.reverse) total.remove(sum);
        else total.unite(sum);
        FS_TRY(writeFlow(shard, intent.locks.front().chunk, table, total));
    }
    return {};
}

}  // namespace

Status runOperation(Shard& shard, const Placement& placement, const RowOperation& operation) {
    const PlacedTable* table = placement.find(operation.table);
    if (!table) return Error{ErrorCategory::notFound, fmt::format("There is no table {}.", operation.table), {}, {}};
    Cells values;
    std::string set, marks, where;
    for (const auto& [column, cell] : operation.set) {
        set += fmt::format("{}{}", set.empty() ? "" : ", ", shard.quote(column));
        set += operation.kind == OperationKind::update ? " = ?" : "";
        marks += marks.empty() ? "?" : ", ?";
        values.push_back(cell);
    }
    for (const auto& [column, cell] : operation.where) {
        where += fmt::format("{}{} IS ?", where.empty() ? "" : " AND ", shard.quote(column));
        values.push_back(cell);
    }
    const std::string name = shard.quote(table->info.name);
    if (table->referenceBefore || table->referenceAfter) FS_TRY(countCopyWrite(shard, table->info.name));
    if (operation.kind == OperationKind::insert) return shard.execute(fmt::format("INSERT INTO {} ({}) VALUES ({})", name, set, marks), values);
    if (where.empty()) return Error{ErrorCategory::usage, fmt::format("A change of {} names no row.", operation.table), {}, {}};
    if (operation.kind == OperationKind::erase) return shard.execute(fmt::format("DELETE FROM {} WHERE {}", name, where), values);
    return shard.execute(fmt::format("UPDATE {} SET {} WHERE {}", name, set, where), values);
}

Status addArrival(Shard& service, const Placement& placement, const Intent& intent, const std::vector<StagedRow>& rows) {
    {
        Trial trial(service);
        FS_TRY(trial.begin());
        InsertTexts texts(service);
        for (const auto& row : rows) {
            const TableInfo& table = placement.byOrdinal(row.table).info;
            FS_TRY(insertRow(service, table, texts.of(table), row.cells));
        }
    }
    int64_t sequence = 0;
    for (const auto& row : rows) {
        ByteWriter out;
        out.varint(row.table);
        writeCells(out, row.cells);
        FS_TRY(stage(service, intent, ++sequence, out.take()));
    }
    return addIntent(service, intent);
}

Status addOperations(Shard& service, const Placement& placement, const Intent& intent, const std::vector<RowOperation>& operations) {
    {
        Trial trial(service);
        FS_TRY(trial.begin());
        for (const auto& operation : operations) FS_TRY(runOperation(service, placement, operation));
    }
    int64_t sequence = 0;
    for (const auto& operation : operations) {
        ByteWriter out;
        writeOperation(out, operation);
        FS_TRY(stage(service, intent, ++sequence, out.take()));
    }
    return addIntent(service, intent);
}

LeaveSql leaveSql(const Shard& shard, const PlacedTable& table, const Position& low, const Position& high) {
    const RangeCondition range = rangeCondition(table.ordinal, low, high, "m.");
    const std::string name = shard.quote(table.info.name), entries = manifestTable(table.ordinal);
    return {fmt::format("SELECT {} FROM {} m JOIN {} t ON {} WHERE m.chunk = ? AND {}", shard.quoteList(table.info.columnNames(), "t."), entries, name, identityJoin(shard, table, "m."), range.sql),
            fmt::format("DELETE FROM {} WHERE ({}) IN (SELECT {} FROM {} m WHERE m.chunk = ? AND {})", name, shard.quoteList(table.info.identity), identityColumns(table, "m."), entries, range.sql),
            fmt::format("DELETE FROM {} AS m WHERE m.chunk = ? AND {}", entries, range.sql)};
}

Status applyLeave(Shard& service, const Placement& placement, const Intent& intent, std::vector<std::pair<uint32_t, Checksum>>& found) {
    const LockedRange& lock = intent.locks.front();
    found.clear();
    for (const auto& [ordinal, expected] : intent.sums) {
        const PlacedTable& table = placement.byOrdinal(ordinal);
        const RangeCondition range = rangeCondition(ordinal, lock.low, lock.high);
        Cells values{int64_t{lock.chunk}};
        values.insert(values.end(), range.values.begin(), range.values.end());
        const LeaveSql sql = leaveSql(service, table, lock.low, lock.high);
        Checksum sum;
        FS_TRY(service.query(sql.select, values, [&](const Cells& row) { return sum.add(table.info.name, row), true; }));
        found.emplace_back(ordinal, sum);
        FS_TRY(service.execute(sql.eraseRows, values));
        FS_TRY(service.execute(sql.eraseEntries, values));
    }
    FS_TRY(addFlows(service, placement, intent, found));
    FS_TRY(writeMark(service, lock.chunk, intent.mark));
    return removeIntent(service, intent);
}

namespace {

Status applyArrive(Shard& service, const Placement& placement, const Intent& intent) {
    FS_ASSIGN(const auto staged, stagedBytes(service, intent));
    InsertTexts texts(service);
    for (const auto& bytes : staged) {
        ByteReader in(bytes);
        const auto ordinal = static_cast<uint32_t>(in.varint());
        const Cells cells = readCells(in);
        if (!in.ok() || ordinal == 0 || ordinal > placement.tables().size())
            return Error{ErrorCategory::format, fmt::format("A staged row on shard {} cannot be read.", service.name()), "Use the Foreshard that wrote it.", {}};
        const TableInfo& table = placement.byOrdinal(ordinal).info;
        FS_TRY(insertRow(service, table, texts.of(table), cells));
        crashPoint("target.row-inserted");
    }
    FS_TRY(addFlows(service, placement, intent, intent.sums));
    FS_TRY(writeMark(service, intent.locks.front().chunk, intent.mark));
    return removeIntent(service, intent);
}

Status applyOperations(Shard& shard, const Placement& placement, const Intent& intent) {
    FS_ASSIGN(const auto staged, stagedBytes(shard, intent));
    for (const auto& bytes : staged) {
        ByteReader in(bytes);
        const RowOperation operation = readOperation(in);
        if (!in.ok()) return Error{ErrorCategory::format, fmt::format("A staged change on shard {} cannot be read.", shard.name()), "Use the Foreshard that wrote it.", {}};
        FS_TRY(runOperation(shard, placement, operation));
    }
    return removeIntent(shard, intent);
}

Status apply(Shard& service, const Placement& placement, const Intent& intent) {
    switch (intent.role) {
        case IntentRole::leave: {
            std::vector<std::pair<uint32_t, Checksum>> found;
            FS_TRY(applyLeave(service, placement, intent, found));
            if (found == intent.sums) return {};
            return Error{ErrorCategory::conflict, fmt::format("Rows that a batch has moved away were changed on shard {} before it was settled.", service.name()),
                         "Resume. If that says the same, a writer that does not ask the router has changed them: undo what it did, then resume.", "checksums differ"};
        }
        case IntentRole::arrive: return applyArrive(service, placement, intent);
        case IntentRole::operations: return applyOperations(service, placement, intent);
        case IntentRole::copySource:
            FS_TRY(setCopyHeld(service, intent.table, intent.holder, true));
            return removeIntent(service, intent);
        case IntentRole::copyTarget:
            FS_TRY(setCopyEpoch(service, intent.table, intent.mark.epoch));
            FS_TRY(setCopyComplete(service, intent.table, true));
            return removeIntent(service, intent);
    }
    return {};
}

}  // namespace

Status settle(Shard& service, const Placement& placement, const Intent& intent, bool commit) {
    // A writer's own operations are changes: the tables' triggers, and the capture of a move under way, must see them.
    const QuietScope quiet(service, intent.role != IntentRole::operations);
    Transaction transaction(service);
    FS_TRY(transaction.begin(Shard::Lock::write));
    const Cells values{intent.log, static_cast<int64_t>(intent.transaction)};
    FS_ASSIGN(const auto there, service.one("SELECT 1 FROM foreshard_intent WHERE log = ? AND tx = ?", values));
    if (!there) return {};
    FS_TRY(commit ? apply(service, placement, intent) : removeIntent(service, intent));
    return transaction.commit();
}

}  // namespace foreshard::cluster
