// What writers and other verbs meet when a migrating process, or another writer, dies or waits at a named point. Each case
// was, or would be, a lost or doubled row.
#include <QtTest>

#include "core/cluster/catalogue.h"
#include "core/cluster/session.h"
#include "core/cluster/two_phase.h"
#include "tests/migration/migration_fixture.h"
#include "tests/support/child.h"
#include "tests/support/memory_folder.h"
#include "tests/support/must.h"

using namespace shop;
using foreshard::testing::Child;
using foreshard::testing::killedAt;

namespace {

struct Migrating : Shop {
    MigrationPlan plan_;

    explicit Migrating(uint32_t shards, int customers = 40) : Shop(shards, customers, 2), plan_(plan(oneDatabase(), byCustomer(shards))) { approveAll(plan_); }

    int run() const {
        Job job;
        const auto done = execute(plan_, cluster, options(), job);
        return done.ok() ? 0 : 1;
    }
    int back() const {
        Job job;
        return rollback(plan_, cluster, options(), job).ok() ? 0 : 1;
    }
    std::unique_ptr<Session> session(const char* name = "writer", int milliseconds = 10'000) const {
        SessionOptions sessionOptions;
        sessionOptions.decisionLog = folder.path() / (std::string(name) + ".log");
        sessionOptions.timeoutMilliseconds = milliseconds;
        auto opened = Session::open(cluster, sessionOptions);
        if (!opened.ok()) qFatal("%s", opened.error().message.c_str());
        return std::move(*opened);
    }
    // The country's name on each shard that has the table.
    std::vector<std::string> names(const std::string& code) const {
        std::vector<std::string> found;
        for (uint32_t i = 0; i < cluster.size(); ++i) {
            if (!cluster.exists(i)) continue;
            const auto row = open(i)->one("SELECT name FROM country WHERE code = ?", Cells{code});
            if (row.ok() && *row) found.push_back(textOf((*row)->front()));
        }
        return found;
    }
    std::string check() const {
        Job job;
        const auto checked = verify(cluster, std::nullopt, job);
        return checked.ok() ? problems(*checked) : checked.error().message;
    }
};

RowOperation renameCountry(const std::string& code, const std::string& name) { return {OperationKind::update, "country", {{"name", name}}, {{"code", code}}}; }
RowOperation add(const std::string& code, const std::string& name) { return {OperationKind::insert, "country", {{"code", code}, {"name", name}}, {}}; }
RowOperation erase(const std::string& code) { return {OperationKind::erase, "country", {}, {{"code", code}}}; }

Status renameCustomer(Session& session, int64_t id, const std::string& name) {
    const std::vector<Touch> touches{{"customer", {{"id", id}}}};
    return session.write(touches, [&](Shard& shard) -> Status {
        FS_TRY(shard.execute("UPDATE customer SET name = ? WHERE id = ?", Cells{name, id}));
        if (shard.changes() != 1) return Error{ErrorCategory::internal, "the row was not there", {}, {}};
        return {};
    }).status();
}

}  // namespace

class TestCrashPoints : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // The migrator dies while it makes a copy; whoever settles, and in whatever order, no write misses the copy.
    void writesMissNoCopy_data() {
        QTest::addColumn<QString>("point");
        QTest::addColumn<QString>("thenAt");
        for (const char* point : {"copy.slice", "copy.source-prepared", "copy.target-prepared", "copy.decided", "copy.target-applied"})
            for (const char* then : {"", "recover.settled"})
                if (*then == 0 || std::string_view(point) != "copy.slice") QTest::addRow("%s %s", point, then) << point << then;   // nothing to settle yet
    }
    void writesMissNoCopy() {
        QFETCH(QString, point);
        QFETCH(QString, thenAt);
        Migrating shop(2);
        QVERIFY(killedAt(point.toUtf8().constData(), 1, [&] { return shop.run(); }));
        // Recovery dies too, between the authority and the copy.
        if (!thenAt.isEmpty()) QVERIFY(killedAt(thenAt.toUtf8().constData(), 1, [&] { return shop.run(); }));
        {
            const auto session = shop.session();
            MUST(session->change({renameCountry("DE", "renamed")}));
            MUST(session->change({add("PT", "new")}));
            MUST(session->change({erase("IT")}));
        }
        QCOMPARE(shop.run(), 0);
        QCOMPARE(shop.names("DE"), (std::vector<std::string>{"renamed", "renamed"}));
        QCOMPARE(shop.names("PT").size(), 2u);
        QCOMPARE(shop.names("IT").size(), 0u);
        QCOMPARE(shop.check(), std::string());
    }

    // Rows that a half-made copy holds may be gone from the authority by the time the copy is taken away again.
    void aHalfMadeCopyIsNoObstacle() {
        Migrating shop(2);
        QVERIFY(killedAt("copy.slice", 1, [&] { return shop.run(); }));
        QCOMPARE(shop.names("IT").size(), 2u);
        MUST(shop.session()->change({erase("IT")}));
        QCOMPARE(shop.names("IT").size(), 1u);
        QCOMPARE(shop.back(), 0);
        QCOMPARE(shop.names("IT").size(), 0u);
        QCOMPARE(shop.check(), std::string());
    }

    // The table of two_phase.h: who owns the rows of a batch after a crash at each of its numbers. Asked by a session that opens
    // afterwards, by one that was open before, and by a reader of all shards; then all is as if nothing had been.
    void theCrashTable_data() {
        QTest::addColumn<QString>("point");
        QTest::addColumn<bool>("moved");
        QTest::newRow("0 nothing") << "batch.begin" << false;
        QTest::newRow("1 source prepared") << "batch.source-prepared" << false;
        QTest::newRow("2 target prepared") << "batch.target-prepared" << false;
        QTest::newRow("3 source deleted") << "batch.source-deleted" << false;
        QTest::newRow("4 decided") << "batch.decided" << true;
        QTest::newRow("5 source applied") << "batch.source-applied" << true;
        QTest::newRow("6 target half applied") << "target.row-inserted" << true;
        QTest::newRow("6 target applied") << "batch.target-applied" << true;
    }
    void theCrashTable() {
        QFETCH(QString, point);
        QFETCH(bool, moved);
        Migrating shop(2);
        const auto before = shop.contents();
        QVERIFY(killedAt("batch.begin", 1, [&] { return shop.run(); }));
        std::unique_ptr<Session> early = shop.session("early");
        QVERIFY(killedAt(point.toUtf8().constData(), 1, [&] { return shop.run(); }));
        const auto later = shop.session("later");
        for (Session* session : {early.get(), later.get()}) {
            int64_t sum = 0, rows = 0;
            MUST(session->scatter([&](Shard& shard, uint32_t) -> Status {
                FS_ASSIGN(const auto all, shard.rows("SELECT count(*), coalesce(sum(id), 0) FROM customer"));
                rows += integerOf(all.at(0)[0]);
                sum += integerOf(all.at(0)[1]);
                return {};
            }));
            QCOMPARE(rows, int64_t(40));
            QCOMPARE(sum, int64_t(40 * 41 / 2));
            for (int64_t id = 1; id <= 40; ++id) MUST(renameCustomer(*session, id, "half way"));
        }
        QCOMPARE(shop.count(1, "SELECT count(*) FROM customer") > 0, moved);
        // The writers have settled what they met; an aborted arrival is in nobody's way.
        const std::string left = shop.check();
        QVERIFY2(left.empty() || (!moved && left == "in doubt 1"), left.c_str());
        for (int64_t id = 1; id <= 40; ++id) MUST(renameCustomer(*later, id, fmt::format("customer {}", id)));
        QCOMPARE(shop.contents(), before);
        QCOMPARE(shop.run(), 0);
        QCOMPARE(shop.contents(), before);
        QCOMPARE(shop.check(), std::string());
    }

    // A writer that settles only the authority's half of a decided copy, and writes then.
    void theMarkAloneIsNotBelieved() {
        Migrating shop(2);
        QVERIFY(killedAt("copy.decided", 1, [&] { return shop.run(); }));
        {
            const auto home = shop.open(0);
            const auto placement = Placement::make(shop.plan_.from, shop.plan_.to, home->tables().value()).value();
            const auto intents = readIntents(*home).value();
            QCOMPARE(intents.size(), 1u);
            QCOMPARE(intents[0].role, IntentRole::copySource);
            MUST(settle(*home, *placement, intents[0], true));
            QVERIFY(!readCopy(*shop.open(1), "country").value().complete);
        }
        MUST(shop.session()->change({renameCountry("DE", "renamed")}));
        QCOMPARE(shop.names("DE"), (std::vector<std::string>{"renamed", "renamed"}));
        QCOMPARE(shop.run(), 0);
        QCOMPARE(shop.check(), std::string());
    }

    // One write has been applied on the authority and not on the copy yet, when the next one of the same row comes.
    void writesOfOneRowKeepTheirOrder() {
        Migrating shop(2);
        QCOMPARE(shop.run(), 0);
        Child first("change.applied", 1, [&] { return shop.session("first")->change({renameCountry("DE", "first")}).ok() ? 0 : 1; });
        QVERIFY(first.reached());
        {
            // The second waits for the first; the first goes on after a while.
            const pid_t helper = ::fork();
            if (helper == 0) {
                ::usleep(200'000);
                first.goOn();
                ::_exit(0);
            }
            const auto session = shop.session();
            MUST(session->change({renameCountry("DE", "second")}));
            ::waitpid(helper, nullptr, 0);
        }
        QCOMPARE(first.wait(), 0);
        QCOMPARE(shop.names("DE"), (std::vector<std::string>{"second", "second"}));
        QCOMPARE(shop.check(), std::string());
    }

    // verify, called while a write is applied here and not there yet, waits for a moment at which nothing is half done.
    void verifyLooksBetweenWrites() {
        Migrating shop(2);
        QCOMPARE(shop.run(), 0);
        Child writer("change.applied", 1, [&] { return shop.session()->change({renameCountry("DE", "renamed")}).ok() ? 0 : 1; });
        QVERIFY(writer.reached());
        const pid_t helper = ::fork();
        if (helper == 0) {
            ::usleep(200'000);
            writer.goOn();
            ::_exit(0);
        }
        QCOMPARE(shop.check(), std::string());
        ::waitpid(helper, nullptr, 0);
        QCOMPARE(writer.wait(), 0);
    }

    // A write whose writer died, applied on one shard only, is no foreign row when the copy is dropped.
    void droppingACopyWaitsForWrites() {
        Migrating shop(2);
        QVERIFY(killedAt("switch.shard", 1, [&] { return shop.run(); }));
        QVERIFY(killedAt("change.applied", 1, [&] { return shop.session()->change({erase("IT")}).ok() ? 0 : 1; }));
        QVERIFY(killedAt("change.prepared", 2, [&] { return shop.session("second")->change({erase("FR")}).ok() ? 0 : 1; }));
        Job job;
        const auto back = rollback(shop.plan_, shop.cluster, shop.options(), job);
        MUST(back);
        QCOMPARE(back->state, MigrationState::rolledBack);
        QCOMPARE(shop.names("IT").size(), 0u);
        QCOMPARE(shop.names("FR").size(), 1u);
        QCOMPARE(shop.check(), std::string());
    }

    // The switch to the new design was cut off between two shards; the way back must not leave one of them on it.
    void switchCutOffThenRolledBack() {
        for (const int nth : {1, 2}) {
            Migrating shop(3);
            const auto before = shop.contents(true);
            QVERIFY(killedAt("switch.shard", nth, [&] { return shop.run(); }));
            QVERIFY(killedAt("batch.target-applied", 2, [&] { return shop.back(); }));
            {
                const auto session = shop.session();
                for (int64_t id = 1; id <= 40; ++id) MUST(renameCustomer(*session, id, "half way"));
                QVERIFY(killedAt("batch.target-applied", 1, [&] { return shop.back(); }));
                for (int64_t id = 1; id <= 40; ++id) MUST(renameCustomer(*session, id, fmt::format("customer {}", id)));
            }
            QCOMPARE(shop.back(), 0);
            QCOMPARE(shop.contents(true), before);
            QCOMPARE(shop.check(), std::string());
        }
    }

    void noWayBackOutOfTheCleanUp() {
        for (const char* point : {"switch.shard", "clean.shard"}) {
            Migrating shop(2);
            const auto before = shop.contents();
            QVERIFY(killedAt(point, point[0] == 's' ? 3 : 1, [&] { return shop.run(); }));
            Job job;
            const auto refused = rollback(shop.plan_, shop.cluster, shop.options(), job);
            QVERIFY(!refused.ok());
            QCOMPARE(refused.error().category, ErrorCategory::conflict);
            const auto now = status(shop.plan_, shop.cluster);
            MUST(now);
            QCOMPARE(now->state, MigrationState::interrupted);
            QCOMPARE(std::count(now->legal.begin(), now->legal.end(), "rollback"), 0);
            QCOMPARE(std::count(now->legal.begin(), now->legal.end(), "resume"), 1);
            QCOMPARE(shop.run(), 0);
            QCOMPARE(shop.contents(), before);
            QCOMPARE(shop.check(), std::string());
        }
    }

    // Ordinals of tables stand in watermarks: a table made meanwhile must not shift them.
    void aTableMadeMeanwhile() {
        Migrating shop(2);
        const auto before = shop.contents();
        QVERIFY(killedAt("batch.target-applied", 2, [&] { return shop.run(); }));
        Shop::must(shop.open(0)->execute("CREATE TABLE aaa(x)"));
        {
            const auto session = shop.session();
            for (int64_t id = 1; id <= 40; ++id) MUST(renameCustomer(*session, id, "renamed"));
            for (int64_t id = 1; id <= 40; ++id) MUST(renameCustomer(*session, id, fmt::format("customer {}", id)));
        }
        QCOMPARE(shop.run(), 0);
        QCOMPARE(shop.contents(), before);
        QCOMPARE(shop.check(), std::string());
        Migrating other(2);
        QVERIFY(killedAt("batch.target-applied", 2, [&] { return other.run(); }));
        Shop::must(other.open(0)->execute("DROP TABLE setting"));
        Job job;
        const auto refused = execute(other.plan_, other.cluster, other.options(), job);
        QVERIFY(!refused.ok() && refused.error().message.find("setting") != std::string::npos);
    }

    // VACUUM gives hidden row ids new numbers, and no trigger sees it.
    void vacuumMeanwhile() {
        for (const char* point : {"batch.decided", "batch.target-applied", "capture.slice"}) {
            Migrating shop(2);
            Shop::must(shop.open(0)->execute("DELETE FROM orders WHERE nr = 1 AND customer_id < 30"));
            Shop::must(shop.open(0)->execute("DELETE FROM note WHERE customer_id % 4 = 0"));
            const auto before = shop.contents();
            QVERIFY(killedAt(point, 2, [&] { return shop.run(); }));
            Shop::must(shop.open(0)->execute("VACUUM"));
            QCOMPARE(shop.run(), 0);
            QCOMPARE(shop.contents(), before);
            QCOMPARE(shop.check(), std::string());
        }
    }

    // A file that holds a copy is away for a while: writes of the table fail instead of passing it by.
    void aLostCopyIsNotPassedBy() {
        Migrating shop(2);
        QVERIFY(killedAt("copy.target-applied", 1, [&] { return shop.run(); }));
        const auto away = shop.folder.path() / "away";
        std::filesystem::create_directory(away);
        for (const char* suffix : {"", "-wal", "-shm"})
            if (std::filesystem::exists(shop.file(1).string() + suffix)) std::filesystem::rename(shop.file(1).string() + suffix, away / (std::string("shard1.db") + suffix));
        const auto refused = shop.session()->change({renameCountry("DE", "renamed")});
        QVERIFY(!refused.ok());
        QCOMPARE(refused.error().category, ErrorCategory::notFound);
        QCOMPARE(shop.names("DE"), (std::vector<std::string>{"land DE"}));
        for (const char* suffix : {"", "-wal", "-shm"})
            if (std::filesystem::exists(away / (std::string("shard1.db") + suffix))) std::filesystem::rename(away / (std::string("shard1.db") + suffix), shop.file(1).string() + suffix);
        MUST(shop.session()->change({renameCountry("DE", "renamed")}));
        QCOMPARE(shop.names("DE"), (std::vector<std::string>{"renamed", "renamed"}));
        QCOMPARE(shop.run(), 0);
        QCOMPARE(shop.check(), std::string());
    }

    // Two shards that never knew of each other: the migration has begun on one of them only.
    void writersWaitUntilAllShardsKnow() {
        Migrating shop(3);
        QCOMPARE(shop.run(), 0);
        for (uint32_t i = 0; i < 3; ++i) {
            const auto shard = shop.open(i);
            std::vector<std::string> own;
            Shop::must(shard->query("SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'foreshard_*'", {}, [&](const Cells& row) { return own.push_back(textOf(row[0])), true; }));
            for (const auto& name : own) Shop::must(shard->execute("DROP TABLE " + name));
        }
        auto plan = shop.plan(byCustomer(3), byCustomer(2));
        Shop::approveAll(plan);
        auto options = shop.options();
        options.decisionLog = shop.folder.path() / "second.log";
        const auto go = [&] {
            Job job;
            return execute(plan, shop.cluster, options, job).ok() ? 0 : 1;
        };
        QVERIFY(killedAt("begin.lead", 1, go));
        const auto early = shop.session("writer", 300)->change({renameCountry("DE", "renamed")});
        QVERIFY(!early.ok());
        QCOMPARE(early.error().category, ErrorCategory::conflict);
        QCOMPARE(go(), 0);
        MUST(shop.session()->change({renameCountry("DE", "renamed")}));
        QCOMPARE(shop.names("DE"), (std::vector<std::string>{"renamed", "renamed"}));
        QCOMPARE(shop.check(), std::string());
    }

    // Two writers are at odds by a unique key that is not the primary key: one of them is decided, the other refused.
    void oneOfTwoAtOddsIsRefused() {
        Shop shop(2, 40, 2);
        Shop::must(shop.open(0)->execute("CREATE UNIQUE INDEX customer_name ON customer(name)"));
        auto plan = shop.plan(oneDatabase(), byCustomer(2));
        Shop::approveAll(plan);
        const auto go = [&] {
            Job job;
            return execute(plan, shop.cluster, shop.options(), job).ok() ? 0 : 1;
        };
        QVERIFY(killedAt("batch.target-applied", 1, go));
        const auto insert = [](int64_t id) { return RowOperation{OperationKind::insert, "customer", {{"id", id}, {"name", std::string("the one")}}, {}}; };
        const auto change = [&](const char* who, int64_t id) {
            SessionOptions options;
            options.decisionLog = shop.folder.path() / who;
            const auto session = Session::open(shop.cluster, options);
            // The country takes part on both shards, so that this is a change on several shards.
            return (*session)->change({insert(id), renameCountry("DE", who)});
        };
        Child first("change.prepared", 1, [&] { return change("first", 1001).ok() ? 0 : 1; });
        QVERIFY(first.reached());
        const pid_t helper = ::fork();
        if (helper == 0) {
            ::usleep(200'000);
            first.goOn();
            ::_exit(0);
        }
        const auto second = change("second", 1002);
        ::waitpid(helper, nullptr, 0);
        QCOMPARE(first.wait(), 0);
        const bool together = shop.count(0, "SELECT count(*) FROM customer WHERE name = 'the one'") + (shop.cluster.exists(1) ? shop.count(1, "SELECT count(*) FROM customer WHERE name = 'the one'") : 0) == 1;
        QVERIFY(together || second.ok());   // on two shards both may stand: unique on each shard only
        QCOMPARE(go(), 0 + (second.ok() ? 1 : 0));
        QCOMPARE(inDoubt(*shop.open(0)).value() + inDoubt(*shop.open(1)).value(), 0u);
    }
};

int main(int argc, char** argv) {
    foreshard::testing::useMemoryFolder();
    TestCrashPoints test;
    return QTest::qExec(&test, argc, argv);
}

#include "test_crash_points.moc"
