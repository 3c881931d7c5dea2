#include "core/migration/copies.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <thread>

#include "core/cluster/crash_points.h"

namespace foreshard::migration {

using namespace cluster;

namespace {

constexpr size_t sliceRows = 5'000;

// Identity and stored columns; the hidden row id among them, for a copy keeps it.
struct Columns {
    std::vector<std::string> names;    // identity first where it is hidden, then the stored columns
    std::vector<size_t> key;           // places of the identity in names
    std::string marks;

    explicit Columns(const TableInfo& table) {
        if (table.identityIsRowId) names.push_back(table.identity.front());
        for (const auto& column : table.columns) names.push_back(column.name);
        for (const auto& identity : table.identity)
            for (size_t i = 0; i < names.size(); ++i)
                if (sameName(names[i], identity)) {
                    key.push_back(i);
                    break;
                }
        for (size_t i = 0; i < names.size(); ++i) marks += i ? ", ?" : "?";
    }
    Cells keyOf(const Cells& row) const {
        Cells out;
        for (const size_t place : key) out.push_back(row[place]);
        return out;
    }
};

std::string encoded(const Cells& cells) {
    ByteWriter out;
    writeCells(out, cells);
    return out.take();
}

class Copier {
public:
    Copier(Shard& home, Shard& copy, const TableInfo& table) : home_(home), copy_(copy), table_(table), columns_(table) {}

    // Makes the copy equal to the authority as it stands now, slice by slice. `written`: rows that differed.
    Status pass(Job& job, uint64_t& written) {
        Cells cursor;
        for (bool more = true; more;) {
            FS_TRY(job.checkpoint());
            FS_ASSIGN(const auto wanted, slice(home_, cursor, {}, true));
            more = wanted.size() == sliceRows;
            const Cells last = more ? columns_.keyOf(wanted.back()) : Cells{};
            FS_ASSIGN(const auto there, slice(copy_, cursor, last, false));
            FS_TRY(reconcile(wanted, there, written));
            crashPoint("copy.slice");
            cursor = last;
        }
        return {};
    }

    // Rows of the copy whose keys the authority does not have. `named`: the first few of them.
    Result<uint64_t> foreignRows(std::string& named) {
        uint64_t foreign = 0;
        Cells cursor;
        for (bool more = true; more;) {
            FS_ASSIGN(const auto there, slice(copy_, cursor, {}, true));
            more = there.size() == sliceRows;
            const Cells last = more ? columns_.keyOf(there.back()) : Cells{};
            FS_ASSIGN(const auto wanted, slice(home_, cursor, last, false));
            std::map<std::string, bool> known;
            for (const auto& row : wanted) known[encoded(columns_.keyOf(row))] = true;
            for (const auto& row : there) {
                if (known.contains(encoded(columns_.keyOf(row)))) continue;
                if (++foreign > 5) continue;
                for (const auto& cell : columns_.keyOf(row)) named += (named.empty() ? "" : ", ") + toText(cell);
            }
            cursor = last;
        }
        return foreign;
    }

private:
    // Rows after `cursor` up to `last` in identity order; empty: no bound.
    Result<std::vector<Cells>> slice(Shard& shard, const Cells& cursor, const Cells& last, bool limited) {
        const std::string identity = shard.quoteList(table_.identity);
        std::string keyMarks;
        for (size_t i = 0; i < table_.identity.size(); ++i) keyMarks += i ? ", ?" : "?";
        std::string where;
        Cells values = cursor;
        if (!cursor.empty()) where += fmt::format(" WHERE ({}) > ({})", identity, keyMarks);
        if (!last.empty()) where += fmt::format(" {} ({}) <= ({})", where.empty() ? "WHERE" : "AND", identity, keyMarks);
        values.insert(values.end(), last.begin(), last.end());
        return shard.rows(fmt::format("SELECT {} FROM {}{} ORDER BY {}{}", shard.quoteList(columns_.names), shard.quote(table_.name), where, identity,
                                      limited ? fmt::format(" LIMIT {}", sliceRows) : ""), values);
    }

    Status reconcile(const std::vector<Cells>& wanted, const std::vector<Cells>& there, uint64_t& written) {
        std::map<std::string, const Cells*> present;
        for (const auto& row : there) present[encoded(columns_.keyOf(row))] = &row;
        std::vector<const Cells*> missing;
        for (const auto& row : wanted) {
            const auto found = present.find(encoded(columns_.keyOf(row)));
            const bool same = found != present.end() && *found->second == row;
            if (same) present.erase(found);
            else missing.push_back(&row);
        }
        if (missing.empty() && present.empty()) return {};
        Transaction transaction(copy_);
        FS_TRY(transaction.begin(Shard::Lock::write));
        std::string where;
        for (const auto& identity : table_.identity) where += fmt::format("{}{} IS ?", where.empty() ? "" : " AND ", copy_.quote(identity));
        for (const auto& [key, row] : present) FS_TRY(copy_.execute(fmt::format("DELETE FROM {} WHERE {}", copy_.quote(table_.name), where), columns_.keyOf(*row)));
        const std::string insert = fmt::format("INSERT INTO {} ({}) VALUES ({})", copy_.quote(table_.name), copy_.quoteList(columns_.names), columns_.marks);
        for (const auto* row : missing) FS_TRY(copy_.execute(insert, *row));
        FS_TRY(transaction.commit());
        written += missing.size();
        return {};
    }

    Shard& home_;
    Shard& copy_;
    const TableInfo& table_;
    Columns columns_;
};

// Writers that are in the middle of changing the table are waited for; the caller holds the write lock when it is through.
Status lockAgainstWriters(Shard& shard, const CopyScope& scope, Transaction& transaction) {
    for (;;) {
        FS_TRY(transaction.begin(Shard::Lock::write));
        FS_ASSIGN(const auto intents, readIntents(shard));
        const auto held = std::find_if(intents.begin(), intents.end(), [&](const Intent& intent) {
            return std::any_of(intent.locks.begin(), intent.locks.end(), [&](const LockedRange& lock) { return lock.chunk == 0 && lock.table == lockOf(scope.table.info); });
        });
        if (held == intents.end()) return {};
        transaction.rollback();
        FS_ASSIGN(const Decision decision, askDecision(held->path, held->log, held->transaction));
        if (decision == Decision::pending) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        else FS_TRY(settle(shard, scope.placement, *held, decision == Decision::commit));
    }
}

}  // namespace

Status makeCopy(Shard& home, Shard& copy, const CopyScope& scope, Job& job, uint64_t& rows) {
    const std::string& name = scope.table.info.name;
    FS_ASSIGN(const CopyState before, readCopy(copy, name));
    if (before.complete) return {};
    Copier copier(home, copy, scope.table.info);
    FS_TRY(copier.pass(job, rows));
    Intent source{scope.log.id(), scope.log.nextTransaction(), scope.log.path(), IntentRole::copySource, {wholeTable(scope.table.info)}, {}, false, {}, name, scope.holder};
    Intent target = source;
    target.role = IntentRole::copyTarget;
    {
        Transaction transaction(home);
        FS_TRY(lockAgainstWriters(home, scope, transaction));
        FS_ASSIGN(const CopyState authority, readCopy(home, name));
        target.mark.epoch = authority.epoch;
        FS_TRY(addIntent(home, source));
        FS_TRY(transaction.commit());
    }
    crashPoint("copy.source-prepared");
    Status last = copier.pass(job, rows);
    if (last.ok()) {
        Transaction transaction(copy);
        last = transaction.begin(Shard::Lock::write);
        if (last.ok()) last = addIntent(copy, target);
        if (last.ok()) last = transaction.commit();
    }
    crashPoint("copy.target-prepared");
    if (!last.ok()) {
        (void)settle(copy, scope.placement, target, false);
        (void)settle(home, scope.placement, source, false);
        return last;
    }
    FS_TRY(scope.log.commit(source.transaction));
    crashPoint("copy.decided");
    FS_TRY(settle(copy, scope.placement, target, true));
    crashPoint("copy.target-applied");
    return settle(home, scope.placement, source, true);
}

Status dropCopy(Shard& home, Shard& copy, const CopyScope& scope, Job& job, uint64_t& rows) {
    const TableInfo& table = scope.table.info;
    FS_ASSIGN(const auto present, copy.tables());
    if (!findTable(present, table.name)) return {};
    {
        // With the authority locked and no intent left there, nothing is undecided; what is decided and still waits at the
        // copy is through when that is locked too. Then the two can be compared.
        Transaction atHome(home), transaction(copy);
        FS_TRY(lockAgainstWriters(home, scope, atHome));
        FS_TRY(lockAgainstWriters(copy, scope, transaction));
        // Only a complete copy says anything: rows that a half-made or half-dropped one holds may have been deleted since by
        // writers, who pass such a copy by.
        FS_ASSIGN(const CopyState state, readCopy(copy, table.name));
        std::string named;
        uint64_t foreign = 0;
        if (state.complete) {
            FS_ASSIGN(foreign, Copier(home, copy, table).foreignRows(named));
        }
        if (foreign > 0)
            return Error{ErrorCategory::conflict, fmt::format("{} rows of {} are on shard {} and not on {}, whose copy is the one to stay.", foreign, table.name, copy.name(), home.name()),
                         "Copy or delete them by hand, then resume.", "Keys: " + named};
        FS_TRY(setCopyComplete(copy, table.name, false));
        FS_TRY(transaction.commit());
        crashPoint("drop.marked");
        FS_TRY(setCopyHeld(home, table.name, scope.holder, false));
        FS_TRY(atHome.commit());
    }
    const std::string identity = copy.quoteList(table.identity);
    for (;;) {
        FS_TRY(job.checkpoint());
        Transaction transaction(copy);
        FS_TRY(transaction.begin(Shard::Lock::write));
        FS_TRY(copy.execute(fmt::format("DELETE FROM {0} WHERE ({1}) IN (SELECT {1} FROM {0} LIMIT {2})", copy.quote(table.name), identity, sliceRows)));
        const int64_t gone = copy.changes();
        FS_TRY(transaction.commit());
        if (gone == 0) return {};
        rows += static_cast<uint64_t>(gone);
    }
}

}  // namespace foreshard::migration
