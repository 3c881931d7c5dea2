// A shard by itself: what a program left behind that died while it wrote.
#include <QtTest>

#include "core/base/file.h"
#include "core/base/job.h"
#include "core/cluster/cluster.h"
#include "core/schema/sqlite_introspection.h"
#include "tests/support/must.h"

using namespace foreshard;
using namespace foreshard::cluster;
namespace fs = std::filesystem;

class TestShards : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // A database that keeps a rollback journal, as most do: its journal must be played back before anyone can read.
    void aDeadWritersTransactionIsTakenBackByWhoeverLooks() {
        const TemporaryFolder folder;
        const fs::path live = folder.path() / "live.db", dead = folder.path() / "dead.db";
        {
            const auto opened = openSqlite("s", live.string(), {.create = true});
            MUST(opened);
            const auto& shard = *opened;
            for (const char* sql : {"PRAGMA journal_mode = DELETE", "PRAGMA cache_size = 10", "CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT)"}) QVERIFY(shard->execute(sql, {}).ok());
            QVERIFY(shard->begin(Shard::Lock::write).ok());
            for (int64_t id = 1; id <= 2'000; ++id) QVERIFY(shard->execute("INSERT INTO item VALUES (?, 'before before before before before')", Cells{id}).ok());
            QVERIFY(shard->commit().ok());
            QVERIFY(shard->begin(Shard::Lock::write).ok());
            QVERIFY(shard->execute("UPDATE item SET name = 'after'", {}).ok());     // more pages than the cache holds: some are in the file
            fs::copy_file(live, dead);
            fs::copy_file(live.string() + "-journal", dead.string() + "-journal");
            shard->rollback();
        }
        QVERIFY(fs::file_size(dead.string() + "-journal") > 0);
        const fs::path copy = folder.path() / "copy.db";
        fs::copy_file(dead, copy);
        fs::copy_file(dead.string() + "-journal", copy.string() + "-journal");

        const auto looked = openSqlite("s", dead.string(), {.readOnly = true});
        MUST(looked);
        const auto& shard = *looked;
        int64_t before = 0;
        QVERIFY(shard->query("SELECT count(*) FROM item WHERE name LIKE 'before%'", {}, [&](const Cells& row) { before = std::get<int64_t>(row[0]); return true; }).ok());
        QCOMPARE(before, int64_t{2'000});
        QVERIFY(!shard->execute("DELETE FROM item", {}).ok());                      // still only to look at

        Job job;
        const auto seen = schema::introspectSqlite(copy, job);
        MUST(seen);
        QCOMPARE(seen->tables.size(), size_t{1});
        QCOMPARE(seen->tables[0].rows.value_or(0), uint64_t{2'000});
    }
};

QTEST_APPLESS_MAIN(TestShards)
#include "test_shards.moc"
