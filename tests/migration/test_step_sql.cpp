// What is shown for review is what runs: every statement that stepSql() names is one that SQLite is given when the plan runs.
#include <sqlite3.h>

#include <QtTest>

#include <mutex>

#include "tests/migration/migration_fixture.h"
#include "tests/support/memory_folder.h"
#include "tests/support/must.h"

using namespace shop;

namespace {

// The texts that connections of this process have run, from now on.
struct Listener {
    static inline std::mutex mutex;
    static inline std::set<std::string> heard;

    static int onStatement(unsigned, void*, void* statement, void*) {
        std::lock_guard lock(mutex);
        if (const char* sql = sqlite3_sql(static_cast<sqlite3_stmt*>(statement))) heard.insert(sql);
        return 0;
    }
    static int onOpen(sqlite3* db, const char**, const sqlite3_api_routines*) { return sqlite3_trace_v2(db, SQLITE_TRACE_STMT, onStatement, nullptr); }
    Listener() { sqlite3_auto_extension(reinterpret_cast<void (*)()>(onOpen)); }
    ~Listener() { sqlite3_reset_auto_extension(); }
};

std::vector<std::string> idsOf(const MigrationPlan& plan, const std::function<bool(StepKind)>& which) {
    std::vector<std::string> ids;
    for (const auto& step : plan.steps)
        if (which(step.kind)) ids.push_back(step.id);
    return ids;
}

}  // namespace

class TestStepSql : public QObject {
    Q_OBJECT
private:
    // Runs the plan with writers between capture and move, and compares.
    static void runsWhatIsShown(Shop& shop, MigrationPlan plan) {
        const auto shown = stepSql(plan, shop.cluster);
        MUST(shown);
        QCOMPARE(shown->size(), plan.steps.size());
        Listener listener;
        Job job;
        auto options = shop.options(40);
        options.decisionLog = shop.folder.path() / (plan.id + ".log");
        Shop::must(approve(plan, idsOf(plan, [](StepKind kind) { return kind == StepKind::createSchema || kind == StepKind::capture; }), "test", 1));
        MUST(execute(plan, shop.cluster, options, job));
        for (const auto& step : plan.steps) {
            if (step.kind != StepKind::capture) continue;
            const auto shard = shop.open(step.to);
            for (const char* change : {"DELETE FROM customer WHERE id % 7 = 0", "UPDATE orders SET nr = nr + 1000", "UPDATE line SET pos = pos + 1000", "DELETE FROM note WHERE rowid % 7 = 0"})
                Shop::must(shard->execute(change));
        }
        Shop::approveAll(plan);
        const auto done = execute(plan, shop.cluster, options, job);
        MUST(done);
        QCOMPARE(done->state, MigrationState::done);
        for (size_t i = 0; i < plan.steps.size(); ++i) {
            QVERIFY2(!(*shown)[i].empty(), plan.steps[i].id.c_str());
            for (const auto& part : (*shown)[i]) {
                QVERIFY(!part.shard.empty() && !part.when.empty());
                for (const auto& sql : part.statements) {
                    const bool replaces = plan.steps[i].kind == StepKind::copyReference && sql.starts_with("DELETE");   // the copies are new
                    QVERIFY2(replaces || Listener::heard.contains(sql), sql.c_str());
                }
            }
        }
    }

private Q_SLOTS:
    void oneDatabaseToThreeShards() {
        Shop shop(3, 60, 2);
        runsWhatIsShown(shop, shop.plan(oneDatabase(), byCustomer(3), 300));
    }

    // With copies that are dropped, and tables that go back to one shard.
    void backToOneDatabase() {
        Shop shop(2, 60, 2);
        auto there = shop.plan(oneDatabase(), byCustomer(2));
        Shop::approveAll(there);
        Job job;
        MUST(execute(there, shop.cluster, shop.options(), job));
        runsWhatIsShown(shop, shop.plan(byCustomer(2), oneDatabase()));
    }

    // A step names its tables and its shards; what is done has nothing more to run.
    void stepsSayWhatTheyTouch() {
        Shop shop(2, 60, 2);
        auto plan = shop.plan(oneDatabase(), byCustomer(2));
        const auto text = [&](StepKind kind) {
            const auto sql = stepSql(plan, shop.cluster).value();
            for (size_t i = 0; i < plan.steps.size(); ++i)
                if (plan.steps[i].kind == kind) return sqlText(sql[i]);
            return std::string("no step");
        };
        QVERIFY(!shop.cluster.exists(1));
        const auto made = text(StepKind::createSchema);
        QVERIFY2(made.starts_with("-- s1: ") && made.find("CREATE TABLE customer(") != std::string::npos && made.find("CREATE INDEX orders_placed") != std::string::npos, made.c_str());
        QVERIFY(!shop.cluster.exists(1));        // looked at, not made
        const auto moved = text(StepKind::moveChunk);
        for (const char* words : {"-- s0: each batch", "-- s1: each batch", "INSERT INTO \"orders\"", "DELETE FROM \"orders\" WHERE"}) QVERIFY2(moved.find(words) != std::string::npos, moved.c_str());
        QVERIFY(text(StepKind::verify).find("nothing is written") != std::string::npos);
        QVERIFY(text(StepKind::switchDesign).find("foreshard_state") != std::string::npos);
        Job job;
        const auto dry = dryRun(plan, shop.cluster, job);
        MUST(dry);
        QVERIFY(std::all_of(dry->steps.begin(), dry->steps.end(), [](const DryRunStep& step) { return !step.sql.empty(); }));
        Shop::approveAll(plan);
        MUST(execute(plan, shop.cluster, shop.options(), job));
        const auto after = dryRun(plan, shop.cluster, job);
        MUST(after);
        QVERIFY(std::all_of(after->steps.begin(), after->steps.end(), [](const DryRunStep& step) { return step.sql.empty(); }));
    }
};

int main(int argc, char** argv) {
    foreshard::testing::useMemoryFolder();
    TestStepSql test;
    return QTest::qExec(&test, argc, argv);
}

#include "test_step_sql.moc"
