// What a migration does under a lock is cut so that others get in between.
#include <QtTest>

#include <QTemporaryDir>
#include <atomic>

#include "core/cluster/sqlite_shard.h"
#include "core/migration/pace.h"

using namespace foreshard;
using namespace foreshard::cluster;
using namespace foreshard::migration;
using namespace std::chrono_literals;

class TestPace : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // A table that is gone through slice by slice, 30 ms each, must not lock out one who waits for the lock meanwhile.
    void othersGetInBetween() {
        const QTemporaryDir folder;
        const auto file = folder.filePath("s.db").toStdString();
        SqliteShard mine("mine", file), theirs("theirs", file);
        QVERIFY(mine.open({.create = true}).ok());
        QVERIFY(mine.execute("PRAGMA journal_mode = DELETE", {}).ok());
        QVERIFY(mine.execute("CREATE TABLE t (a)", {}).ok());
        QVERIFY(theirs.open({.busyMilliseconds = 2'000}).ok());
        std::atomic<bool> over = false;
        int entered = 0, refused = 0;
        std::thread other([&] {
            while (!over) {
                Transaction transaction(theirs);
                if (transaction.begin(Shard::Lock::write).ok() && transaction.commit().ok()) ++entered;
                else ++refused;
                std::this_thread::sleep_for(10ms);
            }
        });
        Pace pace(1'000);
        for (int slice = 0; slice < 40; ++slice) {
            const Status held = pace.run([&]() -> Status {
                Transaction transaction(mine);
                FS_TRY(transaction.begin(Shard::Lock::write));
                FS_TRY(mine.execute("INSERT INTO t VALUES (1)", {}));
                std::this_thread::sleep_for(30ms);
                return transaction.commit();
            });
            QVERIFY(held.ok());
        }
        over = true;
        other.join();
        QCOMPARE(refused, 0);
        QVERIFY2(entered >= 8, std::to_string(entered).c_str());
    }
    void slicesFitTheTime() {
        Pace pace(5'000);
        for (int slice = 0; slice < 8; ++slice) pace.run([&] { return std::this_thread::sleep_for(std::chrono::microseconds(100) * pace.rows()), true; });
        QVERIFY2(pace.rows() <= 1'500, std::to_string(pace.rows()).c_str());   // 1,000 take the tenth of a second that is wanted
        for (int slice = 0; slice < 8; ++slice) pace.run([] { return true; });
        QCOMPARE(pace.rows(), uint64_t(5'000));
    }
};

QTEST_GUILESS_MAIN(TestPace)
#include "test_pace.moc"
