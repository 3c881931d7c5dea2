// Sessions on a cluster where nothing moves: what they take and refuse, and changes on several shards whose writer dies.
// Sessions around a migration: tests/migration/test_crash_points.cpp.
#include <unistd.h>

#include "tests/cluster/small_cluster.h"
#include "tests/support/child.h"

using namespace small;
using foreshard::testing::Child;
using foreshard::testing::killedAt;

class TestSessions : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatTheyRefuse() {
        SmallCluster fresh(2, false);
        QCOMPARE(fresh.session().error().category, ErrorCategory::notFound);
        SmallCluster small(2);
        const auto session = small.session();
        MUST(session);
        const auto ids = small.oneOnEach();
        const auto nothing = [](Shard&) { return Status(); };
        const auto touch = [](const char* table, const char* column, Cell cell) { return std::vector<Touch>{{table, {{column, cell}}}}; };
        QCOMPARE((*session)->write(touch("nowhere", "id", int64_t{1}), nothing).error().category, ErrorCategory::notFound);
        QCOMPARE((*session)->write(touch("item", "name", std::string("x")), nothing).error().category, ErrorCategory::usage);
        QCOMPARE((*session)->write(touch("country", "code", std::string("DE")), nothing).error().category, ErrorCategory::unsupported);
        std::vector<Touch> two{{"item", {{"id", ids[0]}}}, {"item", {{"id", ids[1]}}}};
        QCOMPARE((*session)->write(two, nothing).error().category, ErrorCategory::unsupported);
        QCOMPARE((*session)->change({{OperationKind::update, "item", {{"id", int64_t{5}}}, {{"id", int64_t{4}}}}}).error().category, ErrorCategory::unsupported);
        QCOMPARE(*(*session)->write(touch("item", "id", ids[1]), nothing), 1u);
        SessionOptions withoutLog;
        const auto other = Session::open(small.cluster, withoutLog);
        QCOMPARE((*other)->change({insert(ids[0], "a"), insert(ids[1], "b")}).error().category, ErrorCategory::usage);
        MUST((*other)->change({insert(ids[0], "a")}));
        // A transaction that fails leaves nothing.
        QVERIFY(!(*session)->write(touch("item", "id", ids[0]), [&](Shard& shard) -> Status {
            FS_TRY(shard.execute("INSERT INTO item VALUES (?, 'half')", Cells{ids[0] + 1'000'000}));
            return Error{ErrorCategory::usage, "no", {}, {}};
        }).ok());
        QCOMPARE(small.count(0, "SELECT count(*) FROM item"), int64_t(1));
    }

    // All or nothing, wherever the writer dies; whoever comes next settles what it left.
    void changesOfAWriterThatDies_data() {
        QTest::addColumn<QString>("point");
        QTest::addColumn<int>("nth");
        QTest::addColumn<bool>("happened");
        QTest::newRow("one shard prepared") << "change.prepared" << 1 << false;
        QTest::newRow("all prepared") << "change.prepared" << 2 << false;
        QTest::newRow("decision half written") << "log.half-written" << 2 << false;
        QTest::newRow("decided") << "change.decided" << 1 << true;
        QTest::newRow("applied on one") << "change.applied" << 1 << true;
        QTest::newRow("applied on all") << "change.applied" << 2 << true;
    }
    void changesOfAWriterThatDies() {
        QFETCH(QString, point);
        QFETCH(int, nth);
        QFETCH(bool, happened);
        SmallCluster small(2);
        const auto ids = small.oneOnEach();
        QVERIFY(killedAt(point.toUtf8().constData(), nth, [&] {
            const auto session = small.session("dying.log");
            return (*session)->change({insert(ids[0], "a"), insert(ids[1], "b")}).ok() ? 0 : 1;
        }));
        const auto session = small.session();
        MUST(session);
        int64_t seen = 0;
        for (const int64_t id : ids) {
            const std::vector<Touch> touches{{"item", {{"id", id}}}};
            MUST((*session)->read(touches, [&](Shard& shard) -> Status {
                FS_ASSIGN(const auto row, shard.one("SELECT 1 FROM item WHERE id = ?", Cells{id}));
                seen += row.has_value();
                return {};
            }));
        }
        QCOMPARE(seen, int64_t(happened ? 2 : 0));
        for (uint32_t i = 0; i < 2; ++i) QVERIFY(readIntents(*small.cluster.open(i).value()).value().empty());
    }

    // The log of a writer that died is away: nobody may guess.
    void withoutTheLogNobodyGuesses() {
        SmallCluster small(2);
        const auto ids = small.oneOnEach();
        QVERIFY(killedAt("change.decided", 1, [&] { return (*small.session("dying.log"))->change({insert(ids[0], "a"), insert(ids[1], "b")}).ok() ? 0 : 1; }));
        std::filesystem::rename(small.log("dying.log"), small.log("away"));
        const auto session = small.session("session.log", 300);
        const auto refused = (*session)->change({insert(ids[0], "other")});
        QVERIFY(!refused.ok() && refused.error().next.find("Put the file back") != std::string::npos);
        QCOMPARE(inDoubt(*small.cluster.open(0).value()).value(), 1u);
        std::filesystem::rename(small.log("away"), small.log("dying.log"));
        QVERIFY(!(*session)->change({insert(ids[0], "other")}).ok());   // the row is there now
        MUST((*session)->change({{OperationKind::update, "item", {{"name", std::string("seen")}}, {{"id", ids[1]}}}}));
        QCOMPARE(small.count(0, "SELECT count(*) FROM item WHERE name = 'a'"), int64_t(1));
        QCOMPARE(small.count(1, "SELECT count(*) FROM item WHERE name = 'seen'"), int64_t(1));
    }

    // One who is alive but slow is waited for, up to the limit.
    void aSlowWriterIsWaitedFor() {
        SmallCluster small(2);
        const auto ids = small.oneOnEach();
        Child slow("change.prepared", 2, [&] { return (*small.session("slow.log"))->change({insert(ids[0], "a"), insert(ids[1], "b")}).ok() ? 0 : 1; });
        QVERIFY(slow.reached());
        const auto hasty = small.session("hasty.log", 200);
        const auto gaveUp = (*hasty)->change({insert(ids[0] + 1'000'000, "c"), insert(ids[0], "d")});
        QVERIFY(!gaveUp.ok());
        slow.goOn();
        QCOMPARE(slow.wait(), 0);
        QCOMPARE(small.count(0, "SELECT count(*) FROM item") + small.count(1, "SELECT count(*) FROM item"), int64_t(2));
    }

    // Another program's lock on a shard is no reason to fail at once.
    void aLockedShardIsWaitedFor() {
        SmallCluster small(2);
        const auto ids = small.oneOnEach();
        int ready[2];
        QVERIFY(::pipe(ready) == 0);
        const pid_t holder = ::fork();
        if (holder == 0) {
            const auto shard = small.cluster.open(1).value();
            (void)shard->begin(Shard::Lock::write);
            if (::write(ready[1], "!", 1) != 1) ::_exit(1);
            ::usleep(400'000);
            (void)shard->commit();
            ::_exit(0);
        }
        char there = 0;
        QVERIFY(::read(ready[0], &there, 1) == 1);
        SessionOptions options;
        options.decisionLog = small.log("session.log");
        options.busyMilliseconds = 50;
        const auto session = Session::open(small.cluster, options);
        MUST((*session)->change({insert(ids[0], "a"), insert(ids[1], "b")}));
        ::waitpid(holder, nullptr, 0);
        QCOMPARE(small.count(0, "SELECT count(*) FROM item") + small.count(1, "SELECT count(*) FROM item"), int64_t(2));
        QVERIFY(readIntents(*small.cluster.open(0).value()).value().empty());
    }

    void replicatedRowsReachEveryCopy() {
        SmallCluster small(3);
        const auto session = small.session();
        MUST((*session)->change({{OperationKind::insert, "country", {{"code", std::string("FR")}, {"name", std::string("x")}}, {}}}));
        MUST((*session)->change({{OperationKind::update, "country", {{"name", std::string("y")}}, {{"code", std::string("FR")}}}}));
        MUST((*session)->change({{OperationKind::erase, "country", {}, {{"code", std::string("DE")}}}}));
        for (uint32_t i = 0; i < 3; ++i) {
            QCOMPARE(small.count(i, "SELECT count(*) FROM country WHERE code = 'FR' AND name = 'y'"), int64_t(1));
            QCOMPARE(small.count(i, "SELECT count(*) FROM country"), int64_t(1));
            QCOMPARE(readCopy(*small.cluster.open(i).value(), "country").value().epoch, uint64_t(3));
        }
        std::filesystem::rename(small.folder.path() / "shard2.db", small.folder.path() / "away.db");
        const auto refused = (*small.session("other.log"))->change({{OperationKind::erase, "country", {}, {{"code", std::string("FR")}}}});
        QVERIFY(!refused.ok());
        QCOMPARE(refused.error().category, ErrorCategory::notFound);
    }
};

int main(int argc, char** argv) {
    foreshard::testing::useMemoryFolder();
    TestSessions test;
    return QTest::qExec(&test, argc, argv);
}

#include "test_sessions.moc"
