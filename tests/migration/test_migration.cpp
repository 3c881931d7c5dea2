// Migrations end to end on small databases: rows arrive, come back, and are never more or fewer.
#include <QtTest>

#include <chrono>
#include <thread>

#include "tests/migration/migration_fixture.h"
#include "tests/support/memory_folder.h"
#include "core/cluster/catalogue.h"
#include "core/cluster/session.h"
#include "core/migration/batch.h"
#include "tests/support/must.h"

using namespace shop;

// A job tells of its progress at most every 50 ms. An observer that takes longer hears of every batch, however fast the disk.
static void letNextBatchTell() { std::this_thread::sleep_for(std::chrono::milliseconds(60)); }

class TestMigration : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void oneDatabaseToThreeShards() {
        Shop shop(3);
        const auto before = shop.contents();
        auto plan = shop.plan(oneDatabase(), byCustomer(3), 300);
        QVERIFY(!plan.blocked());
        Shop::approveAll(plan);
        Job job;
        const auto done = execute(plan, shop.cluster, shop.options(), job);
        MUST(done);
        QCOMPARE(done->state, MigrationState::done);
        QCOMPARE(done->stepsDone, done->stepsTotal);
        QCOMPARE(done->rowsMoved, done->rowsTotal);
        QCOMPARE(done->inDoubt, 0u);
        QCOMPARE(shop.contents(), before);
        for (uint32_t i = 0; i < 3; ++i) {
            QVERIFY(shop.count(i, "SELECT count(*) FROM customer") > 40);
            QCOMPARE(shop.count(i, "SELECT count(*) FROM country"), 4);
            // Single-shard transactions stay single-shard: what belongs together lies together.
            QCOMPARE(shop.count(i, "SELECT count(*) FROM orders WHERE customer_id NOT IN (SELECT id FROM customer)"), 0);
            QCOMPARE(shop.count(i, "SELECT count(*) FROM line WHERE customer_id NOT IN (SELECT id FROM customer)"), 0);
            QVERIFY(shop.leftovers(i).empty());
        }
        QCOMPARE(shop.count(1, "SELECT count(*) FROM sqlite_master WHERE name = 'orders_placed'"), 1);
        const auto checked = verify(shop.cluster, std::nullopt, job);
        MUST(checked);
        QCOMPARE(problems(*checked), std::string());
        QVERIFY(checked->ok);
        // Once only, wherever the plan was copied to.
        QCOMPARE(execute(plan, shop.cluster, shop.options(), job).error().category, ErrorCategory::conflict);
        QCOMPARE(rollback(plan, shop.cluster, shop.options(), job).error().category, ErrorCategory::conflict);
    }

    void reshardAndBackAgain() {
        Shop shop(4);
        const auto before = shop.contents();
        for (const auto& [from, to] : {std::pair{oneDatabase(), byCustomer(2)}, {byCustomer(2), byCustomer(4)}, {byCustomer(4), byCustomer(3)}, {byCustomer(3), oneDatabase()}, {oneDatabase(), byCustomer(2)}, {byCustomer(2), byCustomer(3)}, {byCustomer(3), oneDatabase()}}) {
            auto plan = shop.plan(from, to);
            Shop::approveAll(plan);
            Job job;
            auto options = shop.options(70);
            options.decisionLog = shop.folder.path() / (plan.id + ".log");
            const auto done = execute(plan, shop.cluster, options, job);
            MUST(done);
            QCOMPARE(done->state, MigrationState::done);
            const auto checked = verify(shop.cluster, std::nullopt, job);
            MUST(checked);
            QCOMPARE(problems(*checked), std::string());
            QCOMPARE(shop.contents(), before);
        }
        QCOMPARE(shop.count(0, "SELECT count(*) FROM country"), 4);
        for (uint32_t i = 1; i < 4; ++i) QCOMPARE(shop.count(i, "SELECT count(*) FROM country"), 0);
    }

    void onlyApprovedStepsRun() {
        Shop shop(2);
        auto plan = shop.plan(oneDatabase(), byCustomer(2));
        Job job;
        const auto dry = dryRun(plan, shop.cluster, job);
        MUST(dry);
        QVERIFY(dry->obstacles.empty());
        QVERIFY(std::none_of(dry->steps.begin(), dry->steps.end(), [](const auto& step) { return step.wouldRun; }));
        QVERIFY(!shop.cluster.exists(1));
        QVERIFY(!approve(plan, {"s99"}, "me", 1).ok());
        // Nothing approved, or only what must wait: nothing begins, and it is said which step comes first.
        QCOMPARE(execute(plan, shop.cluster, shop.options(), job).error().category, ErrorCategory::conflict);
        auto late = plan;
        MUST(approve(late, {plan.steps.back().id}, "me", 1));
        const auto refused = execute(late, shop.cluster, shop.options(), job);
        QVERIFY(!refused.ok() && refused.error().message.find(plan.steps.back().id) != std::string::npos && refused.error().message.find(plan.steps.front().id) != std::string::npos);
        QCOMPARE(status(late, shop.cluster)->state, MigrationState::planned);
        const auto legal = status(late, shop.cluster)->legal;
        QVERIFY(std::find(legal.begin(), legal.end(), "migrate") == legal.end());
        // All but the first move.
        std::vector<std::string> some;
        for (const auto& step : plan.steps)
            if (step.kind == StepKind::createSchema || step.kind == StepKind::capture) some.push_back(step.id);
        MUST(approve(plan, some, "me", 1));
        const auto partly = dryRun(plan, shop.cluster, job);
        MUST(partly);
        QCOMPARE(std::count_if(partly->steps.begin(), partly->steps.end(), [](const auto& step) { return step.wouldRun; }), ptrdiff_t(some.size()));
        QCOMPARE(status(plan, shop.cluster)->state, MigrationState::planned);
        const auto waiting = execute(plan, shop.cluster, shop.options(), job);
        MUST(waiting);
        QCOMPARE(waiting->state, MigrationState::waiting);
        QCOMPARE(waiting->stepsDone, uint32_t(some.size()));
        QVERIFY2(waiting->note.find("waits for approval") != std::string::npos, waiting->note.c_str());
        QCOMPARE(shop.count(1, "SELECT count(*) FROM customer"), 0);
        Shop::approveAll(plan);
        const auto done = execute(plan, shop.cluster, shop.options(), job);
        MUST(done);
        QCOMPARE(done->state, MigrationState::done);
    }

    void pausedThenRolledBack() {
        Shop shop(3);
        const auto before = shop.contents(true);
        auto plan = shop.plan(oneDatabase(), byCustomer(3));
        Shop::approveAll(plan);
        struct StopAfter : JobObserver {
            Job* job = nullptr;
            void progressed(const JobProgress& progress) override {
                if (progress.pass == "moving rows" && progress.done >= 500) job->requestStop();
            }
        } observer;
        Job job(&observer);
        observer.job = &job;
        const auto paused = execute(plan, shop.cluster, shop.options(20), job);
        MUST(paused);
        QCOMPARE(paused->state, MigrationState::paused);
        QVERIFY(paused->rowsMoved >= 500 && paused->rowsMoved < paused->rowsTotal);
        QVERIFY(std::find(paused->legal.begin(), paused->legal.end(), "rollback") != paused->legal.end());
        Job fresh;
        const auto midway = verify(shop.cluster, std::nullopt, fresh);
        MUST(midway);
        QCOMPARE(problems(*midway), std::string());
        const auto back = rollback(plan, shop.cluster, shop.options(20), fresh);
        MUST(back);
        QCOMPARE(back->state, MigrationState::rolledBack);
        QCOMPARE(shop.contents(true), before);
        QCOMPARE(shop.count(1, "SELECT count(*) FROM customer"), 0);
        for (uint32_t i = 0; i < 3; ++i) QVERIFY(shop.leftovers(i).empty());
        // And once more, with a new plan.
        auto again = shop.plan(oneDatabase(), byCustomer(3));
        Shop::approveAll(again);
        auto options = shop.options();
        options.decisionLog = shop.folder.path() / "second.log";
        const auto done = execute(again, shop.cluster, options, fresh);
        MUST(done);
        QCOMPARE(done->state, MigrationState::done);
    }

    void drainsTheOldDatabase() {
        Shop shop(3);
        const auto before = shop.contents();
        Job job;
        PlanOptions planOptions;
        planOptions.toShards = {1, 2};
        auto plan = makePlan(shop.cluster, oneDatabase(), byCustomer(2), planOptions, job);
        MUST(plan);
        Shop::approveAll(*plan);
        const auto done = execute(*plan, shop.cluster, shop.options(), job);
        MUST(done);
        QCOMPARE(done->state, MigrationState::done);
        QCOMPARE(shop.contents(), before);
        for (const char* table : {"customer", "orders", "line", "note", "country", "setting"}) QCOMPARE(shop.count(0, std::string("SELECT count(*) FROM ") + table), 0);
        QCOMPARE(shop.count(1, "SELECT count(*) FROM country"), 4);
        QCOMPARE(shop.count(2, "SELECT count(*) FROM country"), 4);
        QCOMPARE(shop.count(1, "SELECT count(*) FROM setting"), 20);
    }

    // A writer that knows nothing of shards: its rows are found by capture and follow.
    void changesDuringTheMoveFollow() {
        Shop shop(2);
        auto plan = shop.plan(oneDatabase(), byCustomer(2));
        Shop::approveAll(plan);
        Job job;
        struct Writer : JobObserver {
            Shop* shop = nullptr;
            int writes = 0;
            void progressed(const JobProgress& progress) override {
                if (progress.pass != "moving rows" || progress.done == 0 || writes >= 10) return;
                letNextBatchTell();
                const auto shard = shop->open(0);
                const int64_t id = 10'000 + ++writes;
                Shop::must(shard->execute("INSERT INTO customer VALUES (?, 'late', 'FR', 1.5)", Cells{id}));
                Shop::must(shard->execute("INSERT INTO orders VALUES (?, 1, 'late')", Cells{id}));
                Shop::must(shard->execute("INSERT INTO note VALUES (?, 'late')", Cells{id}));
            }
        } observer;
        observer.shop = &shop;
        Job watched(&observer);
        const auto done = execute(plan, shop.cluster, shop.options(10), watched);
        MUST(done);
        QVERIFY(observer.writes > 3);
        QCOMPARE(shop.count(0, "SELECT count(*) FROM customer") + shop.count(1, "SELECT count(*) FROM customer"), 200 + observer.writes);
        const auto checked = verify(shop.cluster, std::nullopt, job);
        MUST(checked);
        QCOMPARE(problems(*checked), std::string());
    }

    // One customer with more rows than a batch takes: split inside the key, forwards and back.
    void hugeKeyTakesSeveralBatches() {
        Shop shop(2, 3, 400);
        const auto before = shop.contents(true);
        auto plan = shop.plan(oneDatabase(), byCustomer(2));
        Shop::approveAll(plan);
        Job job;
        struct StopAfter : JobObserver {
            Job* job = nullptr;
            void progressed(const JobProgress& progress) override {
                if (progress.pass == "moving rows" && progress.done >= 100) job->requestStop();
            }
        } observer;
        Job stopping(&observer);
        observer.job = &stopping;
        const auto paused = execute(plan, shop.cluster, shop.options(7), stopping);
        MUST(paused);
        QCOMPARE(paused->state, MigrationState::paused);
        MUST(rollback(plan, shop.cluster, shop.options(7), job));
        QCOMPARE(shop.contents(true), before);
        auto again = shop.plan(oneDatabase(), byCustomer(2));
        Shop::approveAll(again);
        auto options = shop.options(7);
        options.decisionLog = shop.folder.path() / "second.log";
        const auto done = execute(again, shop.cluster, options, job);
        MUST(done);
        QCOMPARE(done->state, MigrationState::done);
    }

    // A batch costs so much whatever its size, and so much by the row.
    void batchesFitTheDisk() {
        const auto settleAt = [](double fixed, double perRow) {
            ExecuteOptions options;
            BatchSize size(options, 50);
            uint64_t most = 0;
            for (int i = 0; i < 60; ++i) {
                const auto rows = size.rows();
                if (most > 0 && rows > 2 * most) return uint64_t{0};
                most = rows;
                size.learn(rows, rows * 50, fixed + perRow * static_cast<double>(rows), fixed);
            }
            return size.rows();
        };
        QVERIFY(std::abs(double(settleAt(0.005, 40e-6)) - 1'125) < 20);    // (50 - 5) ms of rows
        QVERIFY(std::abs(double(settleAt(0.080, 40e-6)) - 2'000) < 20);    // a slow disk: as long as it takes itself
        QCOMPARE(settleAt(0.001, 1e-9), uint64_t(20'000));
        QCOMPARE(settleAt(0.001, 1.0), uint64_t(1));
    }

    // Rows beside a replicated table are read with it on one shard, at any moment of the migration and of the way back.
    void copiesAreThereBeforeTheRows() {
        Shop shop(3);
        auto plan = shop.plan(oneDatabase(), byCustomer(3));
        Shop::approveAll(plan);
        struct Reader : JobObserver {
            Shop* shop = nullptr;
            std::unique_ptr<Session> session;
            int reads = 0;
            std::string trouble;
            void progressed(const JobProgress&) override {
                letNextBatchTell();
                if (!session) {
                    SessionOptions options;
                    options.timeoutMilliseconds = 2'000;
                    auto opened = Session::open(shop->cluster, options);
                    if (!opened.ok()) return;   // not begun yet
                    session = std::move(*opened);
                }
                for (int64_t id = 1; id <= 200; id += 40) {
                    const std::vector<Touch> touches{{"customer", {{"id", id}}}, {"country", {}}};
                    const auto read = session->read(touches, [&](Shard& shard) -> Status {
                        FS_ASSIGN(const auto row, shard.one("SELECT c.name, l.name FROM customer c JOIN country l ON l.code = c.country WHERE c.id = ?", Cells{id}));
                        reads += row.has_value();
                        if (!row) trouble = "no row";
                        return {};
                    });
                    if (!read.ok()) trouble = read.error().message;
                }
            }
        } reader;
        reader.shop = &shop;
        Job job(&reader);
        auto options = shop.options(60);
        options.parallel = false;
        const auto done = execute(plan, shop.cluster, options, job);
        MUST(done);
        QCOMPARE(QString::fromStdString(reader.trouble), QString());
        QVERIFY(reader.reads > 20);
    }

    void refusesWhenTheStateHasMoved() {
        Shop shop(2);
        auto plan = shop.plan(oneDatabase(), byCustomer(2));
        Shop::approveAll(plan);
        Shop::must(shop.open(0)->execute("CREATE TABLE later(x)"));
        Job job;
        QCOMPARE(execute(plan, shop.cluster, shop.options(), job).error().category, ErrorCategory::conflict);
        QVERIFY(!dryRun(plan, shop.cluster, job)->obstacles.empty());
        QCOMPARE(status(plan, shop.cluster)->state, MigrationState::planned);
    }
};

int main(int argc, char** argv) {
    foreshard::testing::useMemoryFolder();
    TestMigration test;
    return QTest::qExec(&test, argc, argv);
}

#include "test_migration.moc"
