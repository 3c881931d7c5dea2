// kill -9 of a migrating process at random moments and random points of the protocol, while writers in processes of their
// own go on and journal every acknowledged change, and a reader keeps looking at all shards. In the end each acknowledged
// change is there exactly once and nothing else is. FORESHARD_KILLS: how often (50). FORESHARD_SEED: of the random moments
// (printed; the same seed chooses the same points, but what the processes do meanwhile is never quite the same).
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QtTest>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <thread>

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/cluster/catalogue.h"
#include "tests/crash/crash_roles.h"
#include "tests/support/memory_folder.h"

using namespace crash;
using namespace foreshard::cluster;
namespace fs = std::filesystem;

extern char** environ;

namespace {

pid_t start(const std::string& role, const std::string& folder, uint64_t number) {
    std::string self = fs::read_symlink("/proc/self/exe").string(), text = std::to_string(number), name = "--role-" + role, where = folder;
    char* arguments[] = {self.data(), name.data(), where.data(), text.data(), nullptr};
    pid_t child = -1;
    if (posix_spawn(&child, self.c_str(), nullptr, nullptr, arguments, environ) != 0) return -1;
    return child;
}

// Exit code, or -1 where it was killed.
int waitFor(pid_t child) {
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string readText(const std::string& path) {
    std::ifstream in(path);
    std::stringstream out;
    out << in.rdbuf();
    return out.str();
}

}  // namespace

class TestCrashMigration : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        const auto shard = clusterIn(folder()).open(0, {.create = true}).value();
        for (const char* ddl : {"CREATE TABLE country(code TEXT PRIMARY KEY, name TEXT)", "CREATE TABLE customer(id INTEGER PRIMARY KEY, name TEXT, extra)",
                                "CREATE TABLE orders(customer_id INTEGER, nr INTEGER, placed TEXT, PRIMARY KEY (customer_id, nr))",
                                "CREATE TABLE line(customer_id INTEGER, nr INTEGER, pos INTEGER, what BLOB, PRIMARY KEY (customer_id, nr, pos)) WITHOUT ROWID",
                                "CREATE TABLE note(customer_id INTEGER, text TEXT)"})
            QVERIFY(shard->execute(ddl).ok());
        QVERIFY(shard->begin(Shard::Lock::write).ok());
        QVERIFY(shard->execute("INSERT INTO country VALUES ('DE', 'land')").ok());
        for (int64_t id = 1; id <= baseCustomers; ++id) {
            QVERIFY(shard->execute("INSERT INTO customer VALUES (?, 'base', NULL)", Cells{id}).ok());
            for (int64_t nr = 1; nr <= 2; ++nr) {
                QVERIFY(shard->execute("INSERT INTO orders VALUES (?, ?, 'base')", Cells{id, nr}).ok());
                QVERIFY(shard->execute("INSERT INTO line VALUES (?, ?, 1, x'00ff')", Cells{id, nr}).ok());
            }
            QVERIFY(shard->execute("INSERT INTO note VALUES (?, ?)", Cells{id, "base" + std::to_string(id)}).ok());
        }
        QVERIFY(shard->commit().ok());
        QVERIFY(shard->execute("PRAGMA journal_mode = WAL").ok());
        base_ = contentsOf(folder());
        QVERIFY(adoptLayout(clusterIn(folder()), Layout::plain(designOf(1))).ok());
    }

    void everyAcknowledgedWriteIsThereOnce() {
        const char* asked = std::getenv("FORESHARD_KILLS");
        const int kills = asked ? std::atoi(asked) : 50;
        std::vector<pid_t> others;
        for (uint64_t i = 1; i <= 3; ++i) others.push_back(start("write", folder(), i));
        others.push_back(start("read", folder(), 0));
        const char* given = std::getenv("FORESHARD_SEED");
        const uint64_t seed = given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
        qInfo("FORESHARD_SEED=%llu", static_cast<unsigned long long>(seed));
        Random random(seed);
        int killed = 0, finished = 0, rolledBack = 0;
        uint32_t now = 1;
        std::optional<uint32_t> goal;
        bool back = false;
        while (killed < kills) {
            if (!goal) {
                goal = now == 3 ? 1 + static_cast<uint32_t>(random.below(2)) : now + 1;
                back = false;
                newPlan(now, *goal);
            }
            const bool byPoint = random.below(2) == 0;
            const pid_t child = start(back ? "rollback" : "migrate", folder(), byPoint ? 1 + random.below(back ? 60 : 300) : 0);
            if (!byPoint) {
                std::this_thread::sleep_for(std::chrono::milliseconds(10 + random.below(300)));
                ::kill(child, SIGKILL);
            }
            const int code = waitFor(child);
            QVERIFY2(code <= 0, readText(folder() + "/trouble").c_str());
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
        if (goal) {
            QVERIFY2(waitFor(start(back ? "rollback" : "migrate", folder(), 0)) == 0, readText(folder() + "/trouble").c_str());
            if (!back) now = *goal;
        }
        std::ofstream(folder() + "/stop") << "stop";
        for (const pid_t other : others) QVERIFY2(waitFor(other) == 0, readText(folder() + "/trouble").c_str());
        qInfo("%d kills, %d migrations finished, %d rolled back, reads (retried) %s", killed, finished, rolledBack, readText(folder() + "/reads").c_str());
        qInfo("reroutes, waits, settled by each writer: %s", readText(folder() + "/counters").c_str());
        compare();
    }

private:
    std::string folder() const { return folder_.path().string(); }

    void newPlan(uint32_t from, uint32_t to) {
        Job job;
        migration::PlanOptions options;
        options.chunkRows = 400;
        auto plan = migration::makePlan(clusterIn(folder()), designOf(from), designOf(to), options, job);
        QVERIFY2(plan.ok(), plan.ok() ? "" : plan.error().message.c_str());
        std::vector<std::string> all;
        for (const auto& step : plan->steps) all.push_back(step.id);
        QVERIFY(migration::approve(*plan, all, "test", 1).ok());
        QVERIFY(writeFileWhole(folder() + "/plan", migration::writePlan(*plan)).ok());
    }
    migration::MigrationStatus status() const {
        const auto plan = migration::readPlan(readFile(folder() + "/plan").value());
        return migration::status(*plan, clusterIn(folder())).value();
    }
    bool over() const {
        const auto state = status().state;
        return state == migration::MigrationState::done || state == migration::MigrationState::rolledBack;
    }
    bool mayGoBack() const {
        const auto now = status();
        return std::find(now.legal.begin(), now.legal.end(), "rollback") != now.legal.end();
    }

    void compare() {
        Expected expected;
        expected.rows = base_;
        for (int i = 1; i <= 3; ++i) readJournal(folder() + "/journal" + std::to_string(i), expected);
        qInfo("%llu changes acknowledged, %llu failed", static_cast<unsigned long long>(expected.acknowledged), static_cast<unsigned long long>(expected.failed));
        QVERIFY(expected.acknowledged > 100);
        QVERIFY2(expected.failed == 0, readText(folder() + "/trouble").c_str());
        const auto found = contentsOf(folder());
        for (const auto& [key, row] : expected.rows) {
            if (expected.unknown.contains(key)) continue;
            const auto there = found.find(key);
            QVERIFY2(there != found.end(), ("lost: " + key).c_str());
            QVERIFY2(there->second == row, ("changed: " + key + " is " + there->second + ", not " + row).c_str());
        }
        for (const auto& [key, row] : found)
            QVERIFY2(expected.rows.contains(key) || expected.unknown.contains(key), ("nobody wrote " + key + " " + row).c_str());
        Job job;
        const auto checked = migration::verify(clusterIn(folder()), std::nullopt, job);
        QVERIFY2(checked.ok(), checked.ok() ? "" : checked.error().message.c_str());
        for (const auto& table : checked->tables)
            QVERIFY2(table.missing == 0 && table.misplaced == 0 && table.duplicate.value_or(0) == 0 && table.checksumEqual, table.table.c_str());
        QVERIFY(checked->ok);
    }

    TemporaryFolder folder_;
    std::map<std::string, std::string> base_;
};

int main(int argc, char** argv) {
    if (const auto code = runRole(argc, argv)) return *code;
    foreshard::testing::useMemoryFolder();
    TestCrashMigration test;
    return QTest::qExec(&test, argc, argv);
}

#include "test_crash_migration.moc"
