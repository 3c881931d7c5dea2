// kill -9 of the program itself: `foreshard migrate --execute`, `resume` and `rollback` on a project that its own verbs have
// made, at random moments of a migration of SQLite shards. Writers in processes of their own survive, go through the router
// and journal every acknowledged change outside the shards; a reader keeps looking. In the end each acknowledged change is
// there exactly once and nothing else is. FORESHARD_KILLS (50), FORESHARD_SEED.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include <QtTest>

#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/base/hash.h"
#include "tests/app/program.h"
#include "tests/crash/crash_run.h"
#include "tests/support/memory_folder.h"

using namespace crash;
using foreshard::testapp::Run;
using foreshard::testapp::runProgram;

extern char** environ;

namespace {

// The program at work, its progress lines read as they come.
class Tool {
public:
    Tool(const std::string& folder, const std::string& verb, bool execute) {
        int pipe[2] = {-1, -1};
        if (::pipe2(pipe, O_CLOEXEC) != 0) return;
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, pipe[1], STDERR_FILENO);
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        std::string program = FORESHARD_BINARY_DIR "/foreshard", project = folder + "/project.foreshard", name = verb, progress = "--progress", flag = "--execute";
        std::vector<char*> arguments{program.data(), name.data(), project.data(), progress.data()};
        if (execute) arguments.push_back(flag.data());
        arguments.push_back(nullptr);
        if (posix_spawn(&pid_, program.c_str(), &actions, nullptr, arguments.data(), environ) != 0) pid_ = -1;
        posix_spawn_file_actions_destroy(&actions);
        ::close(pipe[1]);
        out_ = pipe[0];
    }
    ~Tool() {
        if (out_ >= 0) ::close(out_);
    }
    Tool(const Tool&) = delete;
    Tool& operator=(const Tool&) = delete;

    // Until it says that it moves rows; false where it ended before.
    bool waitUntilItMoves() {
        while (said_.find("moving rows") == std::string::npos)
            if (!read()) return false;
        return true;
    }
    void killNow() const { ::kill(pid_, SIGKILL); }
    int wait() {
        while (read()) {}
        return waitFor(pid_);
    }
    bool began() const { return said_.find("moving rows") != std::string::npos; }
    const std::string& said() const { return said_; }

private:
    bool read() {
        char buffer[4096];
        ssize_t got = 0;
        while ((got = ::read(out_, buffer, sizeof buffer)) < 0 && errno == EINTR) {}
        if (got > 0) said_.append(buffer, static_cast<size_t>(got));
        return got > 0;
    }
    pid_t pid_ = -1;
    int out_ = -1;
    std::string said_;
};

}  // namespace

class TestCrashTool : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        const auto made = run_.makeDatabase();
        QVERIFY2(made.ok(), made.ok() ? "" : made.error().message.c_str());
        std::ofstream log(run_.folder() + "/app.log");
        for (int second = 0; second < 40; ++second)
            log << fmt::format("2026-11-01 00:00:{:02}.000 UTC [100] app@app/app LOG:  statement: SELECT * FROM customer c JOIN orders o ON o.customer_id = c.id JOIN line l ON l.customer_id = c.id "
                               "AND l.nr = o.nr JOIN note n ON n.customer_id = c.id JOIN country y ON y.code = c.extra WHERE c.id = {}\n", second, second + 1);
        log.close();
        must({"profile", "project.foreshard", "--schema", "shard0.db", "--log", "app.log", "--quiet"});
        must({"cluster", "project.foreshard", "add", "s", "sqlite:shard0.db", "sqlite:shard1.db", "sqlite:shard2.db", "--quiet"});
    }

    void everyAcknowledgedWriteIsThereOnce() {
        const int kills = killsAsked(50);
        Random random(seedAsked());
        run_.startOthers();
        int killed = 0, finished = 0, rolledBack = 0;
        // turned: the way back has begun on the cluster; until then `resume` rightly goes on forwards.
        bool planned = false, begun = false, back = false, turned = false;
        uint32_t shards = 1;
        while (run_.killsAgain(killed, kills)) {
            if (!planned) {
                shards = shards == 3 ? 2 : 3;
                plan(shards);
                if (QTest::currentTestFailed()) return;
                planned = true;
                begun = back = turned = false;
            }
            const bool resume = begun && back == turned && random.below(2) == 0;
            Tool tool(run_.folder(), resume ? "resume" : back ? "rollback" : "migrate", !resume && !back);
            const bool early = random.below(5) == 0;   // anywhere from its first instruction on
            if (early) std::this_thread::sleep_for(std::chrono::milliseconds(random.below(600)));
            else if (tool.waitUntilItMoves()) std::this_thread::sleep_for(std::chrono::microseconds(random.below(random.below(4) == 0 ? 2'000'000 : 200'000)));
            tool.killNow();
            const int code = tool.wait();
            begun = begun || tool.began();
            turned = turned || (back && tool.said().find("moving rows back") != std::string::npos);
            if (code < 0) {
                ++killed;
                if (begun && !back && random.below(10) == 0) back = mayGoBack();
                continue;
            }
            // It ended by itself: done, or it was killed after its last word the time before.
            const auto state = status()["state"].get<std::string>();
            QVERIFY2(state == (back ? "rolled back" : "done"), (state + ": " + tool.said() + run_.trouble()).c_str());
            ++(back ? rolledBack : finished);
            if (back) shards = shards == 3 ? 2 : 3;
            planned = false;
        }
        if (planned) {
            const char* verb = back && !turned ? "rollback" : begun ? "resume" : "migrate";
            const auto last = runProgram(where(), {verb, "project.foreshard", begun ? "--quiet" : "--execute"});
            const auto state = status()["state"].get<std::string>();
            QVERIFY2(state == (back ? "rolled back" : "done"), (state + ": " + last.errors).c_str());
        }
        qInfo("%d kills, %d migrations finished, %d rolled back", killed, finished, rolledBack);
        const auto trouble = run_.stopOthers();
        QVERIFY2(trouble.empty(), trouble.c_str());
        const auto wrong = run_.compare();
        QVERIFY2(wrong.empty(), wrong.c_str());
        must({"verify", "project.foreshard"});
    }

private:
    QString where() const { return QString::fromStdString(run_.folder()); }
    void must(const QStringList& arguments) {
        const Run run = runProgram(where(), arguments);
        QVERIFY2(run.exitCode == 0, (arguments.join(' ').toStdString() + ": " + run.errors + run.output).c_str());
    }
    void plan(uint32_t shards) {
        QStringList advise{"advise", "project.foreshard", "--quiet", "--shards", QString::number(shards)};
        for (const char* pin : {"customer=id", "orders=customer_id", "line=customer_id", "note=customer_id", "country=reference"}) advise << "--pin" << pin;
        must(advise);
        must({"plan", "project.foreshard", "--to", "best", "--quiet"});
        must({"approve", "project.foreshard", "all", "--quiet"});
    }
    nlohmann::json status() { return runProgram(where(), {"status", "project.foreshard", "--json"}).json(); }
    // What status says of a killed migration is true and says how to go on.
    bool mayGoBack() {
        const auto now = status();
        const auto state = now["state"].get<std::string>();
        const auto legal = now["legal"].get<std::vector<std::string>>();
        const auto may = [&](const char* verb) { return std::find(legal.begin(), legal.end(), verb) != legal.end(); };
        if (state == "done") return false;
        if (state != "interrupted" || !may("resume")) qWarning("state %s, resume legal: %d", state.c_str(), may("resume"));
        return may("rollback");
    }

    CrashRun run_{1'000};
};

int main(int argc, char** argv) {
    if (const auto code = runRole(argc, argv)) return *code;
    foreshard::testing::useMemoryFolder();
    qputenv("QTEST_FUNCTION_TIMEOUT", "3600000");   // ctest has the limit
    QCoreApplication application(argc, argv);
    TestCrashTool test;
    return QTest::qExec(&test, argc, argv);
}

#include "test_crash_tool.moc"
