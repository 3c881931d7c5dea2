// kill -9 of a migrating process at random moments and random points of the protocol, while writers in processes of their
// own go on and journal every acknowledged change, and a reader keeps looking at all shards. In the end each acknowledged
// change is there exactly once and nothing else is. FORESHARD_KILLS: how often (50). FORESHARD_SEED: of the random moments
// (printed; the same seed chooses the same points, but what the processes do meanwhile is never quite the same).
#include <signal.h>

#include <QtTest>

#include <thread>

#include "core/base/hash.h"
#include "core/cluster/catalogue.h"
#include "tests/crash/crash_run.h"
#include "tests/support/memory_folder.h"

using namespace crash;
using namespace foreshard::cluster;

class TestCrashMigration : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyAcknowledgedWriteIsThereOnce() {
        const auto made = run_.makeDatabase();
        QVERIFY2(made.ok(), made.ok() ? "" : made.error().message.c_str());
        QVERIFY(adoptLayout(clusterIn(run_.folder()), Layout::plain(designOf(1))).ok());
        const int kills = killsAsked(50);
        Random random(seedAsked());
        run_.startOthers();
        int killed = 0, finished = 0, rolledBack = 0;
        uint32_t now = 1;
        std::optional<uint32_t> goal;
        bool back = false;
        while (run_.killsAgain(killed, kills)) {
            if (!goal) {
                goal = now == 3 ? 1 + static_cast<uint32_t>(random.below(2)) : now + 1;
                back = false;
                newPlan(now, *goal);
            }
            const bool byPoint = random.below(2) == 0;
            const pid_t child = run_.start(back ? "rollback" : "migrate", byPoint ? 1 + random.below(back ? 60 : 300) : 0);
            if (!byPoint) {
                std::this_thread::sleep_for(std::chrono::milliseconds(10 + random.below(300)));
                ::kill(child, SIGKILL);
            }
            const int code = waitFor(child);
            QVERIFY2(code <= 0, run_.trouble().c_str());
            if (code < 0) {
                ++killed;
                if (!over()) {   // or killed between its last word and its end
                    if (!back && random.below(12) == 0 && mayGoBack()) back = true;
                    continue;
                }
            }
            ++(back ? rolledBack : finished);
            if (!back) now = *goal;
            goal.reset();
        }
        if (goal) QVERIFY2(waitFor(run_.start(back ? "rollback" : "migrate", 0)) == 0, run_.trouble().c_str());
        qInfo("%d kills, %d migrations finished, %d rolled back", killed, finished, rolledBack);
        const auto trouble = run_.stopOthers();
        QVERIFY2(trouble.empty(), trouble.c_str());
        const auto wrong = run_.compare();
        QVERIFY2(wrong.empty(), wrong.c_str());
    }

private:
    void newPlan(uint32_t from, uint32_t to) {
        Job job;
        migration::PlanOptions options;
        options.chunkRows = 400;
        auto plan = migration::makePlan(clusterIn(run_.folder()), designOf(from), designOf(to), options, job);
        QVERIFY2(plan.ok(), plan.ok() ? "" : plan.error().message.c_str());
        std::vector<std::string> all;
        for (const auto& step : plan->steps) all.push_back(step.id);
        QVERIFY(migration::approve(*plan, all, "test", 1).ok());
        QVERIFY(writeFileWhole(run_.folder() + "/plan", migration::writePlan(*plan)).ok());
    }
    migration::MigrationStatus status() const {
        const auto plan = migration::readPlan(readFile(run_.folder() + "/plan").value());
        return migration::status(*plan, clusterIn(run_.folder())).value();
    }
    bool over() const {
        const auto state = status().state;
        return state == migration::MigrationState::done || state == migration::MigrationState::rolledBack;
    }
    bool mayGoBack() const {
        const auto now = status();
        return std::find(now.legal.begin(), now.legal.end(), "rollback") != now.legal.end();
    }

    CrashRun run_{300};
};

int main(int argc, char** argv) {
    if (const auto code = runRole(argc, argv)) return *code;
    foreshard::testing::useMemoryFolder();
    qputenv("QTEST_FUNCTION_TIMEOUT", "3600000");   // ctest has the limit
    TestCrashMigration test;
    return QTest::qExec(&test, argc, argv);
}

#include "test_crash_migration.moc"
