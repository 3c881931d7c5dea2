#include "core/migration/copies.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <thread>

#include "core/cluster/crash_points.h"
#include "core/cluster/row_sql.h"
#include "core/migration/pace.h"

namespace foreshard::migration {

using namespace cluster;

namespace {

constexpr size_t sliceRows = 5'000;

// Identity and stored columns; the hidden row id among them, for a copy keeps it.
struct Columns {
    std::vector<std::string> names;    // identity first where it is hidden, then the stored columns
    std::vector<size_t> key;           // places of the identity in names

    explicit Columns(const TableInfo& table) {
        if (table.identityIsRowId) names.push_back(table.identity.front());
        for (const auto& column : table.columns) names.push_back(column.name);
        for (const auto& identity : table.identity)
            for (size_t i = 0; i < names.size(); ++i)
                if (sameName(names[i], identity)) {
                    key.push_back(i);
                    break;
                }
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

struct Bounds {
    bool after = false, upTo = false;  // of the identity
};

std::string sliceSql(const Shard& shard, const TableInfo& table, const Columns& columns, Bounds bounds, bool limited) {
    const std::string identity = shard.quoteList(table.identity), keyMarks = marks(table.identity.size());
    std::string where;
    if (bounds.after) where += fmt::format(" WHERE ({}) > ({})", identity, keyMarks);
    if (bounds.upTo) where += fmt::format(" {} ({}) <= ({})", where.empty() ? "WHERE" : "AND", identity, keyMarks);
    return fmt::format("SELECT {} FROM {}{} ORDER BY {}{}", shard.quoteList(columns.names), shard.quote(table.name), where, identity, limited ? fmt::format(" LIMIT {}", sliceRows) : "");
}

std::string eraseSql(const Shard& shard, const TableInfo& table) {
    std::string where;
    for (const auto& identity : table.identity) where += fmt::format("{}{} IS ?", where.empty() ? "" : " AND ", shard.quote(identity));
    return fmt::format("DELETE FROM {} WHERE {}", shard.quote(table.name), where);
}

std::string insertSql(const Shard& shard, const TableInfo& table, const Columns& columns) {
    return fmt::format("INSERT INTO {} ({}) VALUES ({})", shard.quote(table.name), shard.quoteList(columns.names), marks(columns.names.size()));
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
        Cells values = cursor;
        values.insert(values.end(), last.begin(), last.end());
        return shard.rows(sliceSql(shard, table_, columns_, {!cursor.empty(), !last.empty()}, limited), values);
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
        const std::string erase = eraseSql(copy_, table_), insert = insertSql(copy_, table_, columns_);
        for (const auto& [key, row] : present) FS_TRY(copy_.execute(erase, columns_.keyOf(*row)));
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

CopySql makeCopySql(const Shard& shard, const TableInfo& table) {
    const Columns columns(table);
    return {sliceSql(shard, table, columns, {}, true), sliceSql(shard, table, columns, {}, false), eraseSql(shard, table), insertSql(shard, table, columns)};
}

std::string dropRowsSql(const Shard& shard, const TableInfo& table) {
    return fmt::format("DELETE FROM {0} WHERE ({1}) IN (SELECT {1} FROM {0} LIMIT {2})", shard.quote(table.name), shard.quoteList(table.identity), sliceRows);
}

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
    const std::string dropRows = dropRowsSql(copy, table);
    for (;;) {
        FS_TRY(job.checkpoint());
        Transaction transaction(copy);
        FS_TRY(transaction.begin(Shard::Lock::write));
        const auto started = std::chrono::steady_clock::now();
        FS_TRY(copy.execute(dropRows));
        const int64_t gone = copy.changes();
        FS_TRY(transaction.commit());
        if (gone == 0) return {};
        rows += static_cast<uint64_t>(gone);
        Pace::keepOff(std::chrono::steady_clock::now() - started, 0.5);
    }
}

}  // namespace foreshard::migration
