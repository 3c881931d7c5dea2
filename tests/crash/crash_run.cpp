#include "tests/crash/crash_run.h"

#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include <QtTest>

extern char** environ;

namespace crash {

using namespace foreshard::cluster;
namespace fs = std::filesystem;

int killsAsked(int otherwise) {
    const char* asked = std::getenv("FORESHARD_KILLS");
    return asked ? std::atoi(asked) : otherwise;
}

uint64_t seedAsked() {
    const char* given = std::getenv("FORESHARD_SEED");
    const uint64_t seed = given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
    qInfo("FORESHARD_SEED=%llu", static_cast<unsigned long long>(seed));
    return seed;
}

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

CrashRun::~CrashRun() {
    for (const pid_t other : others_) {
        ::kill(other, SIGKILL);
        (void)waitFor(other);
    }
}

std::string CrashRun::trouble() const { return readText(folder() + "/trouble"); }

Status CrashRun::makeDatabase() {
    FS_ASSIGN(const auto shard, clusterIn(folder()).open(0, {.create = true}));
    for (const char* ddl : {"CREATE TABLE country(code TEXT PRIMARY KEY, name TEXT)", "CREATE TABLE customer(id INTEGER PRIMARY KEY, name TEXT, extra)",
                            "CREATE TABLE orders(customer_id INTEGER, nr INTEGER, placed TEXT, PRIMARY KEY (customer_id, nr))",
                            "CREATE TABLE line(customer_id INTEGER, nr INTEGER, pos INTEGER, what BLOB, PRIMARY KEY (customer_id, nr, pos)) WITHOUT ROWID",
                            "CREATE TABLE note(customer_id INTEGER, text TEXT)"})
        FS_TRY(shard->execute(ddl));
    Transaction transaction(*shard);
    FS_TRY(transaction.begin(Shard::Lock::write));
    FS_TRY(shard->execute("INSERT INTO country VALUES ('DE', 'land')"));
    for (int64_t id = 1; id <= customers_; ++id) {
        FS_TRY(shard->execute("INSERT INTO customer VALUES (?, 'base', NULL)", Cells{id}));
        for (int64_t nr = 1; nr <= 2; ++nr) {
            FS_TRY(shard->execute("INSERT INTO orders VALUES (?, ?, 'base')", Cells{id, nr}));
            FS_TRY(shard->execute("INSERT INTO line VALUES (?, ?, 1, x'00ff')", Cells{id, nr}));
        }
        FS_TRY(shard->execute("INSERT INTO note VALUES (?, ?)", Cells{id, "base" + std::to_string(id)}));
    }
    FS_TRY(transaction.commit());
    FS_TRY(shard->execute("PRAGMA journal_mode = WAL"));
    base_ = contentsOf(folder());
    return {};
}

pid_t CrashRun::start(const std::string& role, uint64_t number) const {
    std::string self = fs::read_symlink("/proc/self/exe").string(), text = std::to_string(number), name = "--role-" + role, where = folder();
    char* arguments[] = {self.data(), name.data(), where.data(), text.data(), nullptr};
    pid_t child = -1;
    if (posix_spawn(&child, self.c_str(), nullptr, nullptr, arguments, environ) != 0) return -1;
    return child;
}

void CrashRun::startOthers() {
    for (uint64_t i = 1; i <= writers; ++i) others_.push_back(start("write", i));
    others_.push_back(start("read", static_cast<uint64_t>(customers_)));
}

bool CrashRun::killsAgain(int killed, int asked) const { return killed < asked || (killed < 6 * asked && !fs::exists(folder() + "/met")); }

std::string CrashRun::stopOthers() {
    std::ofstream(folder() + "/stop") << "stop";
    bool well = true;
    for (const pid_t other : others_) well = waitFor(other) == 0 && well;
    others_.clear();
    qInfo("reads, of them retried: %s", readText(folder() + "/reads").c_str());
    qInfo("reroutes, waits, settled by each writer: %s", readText(folder() + "/counters").c_str());
    uint64_t settled = 0;
    std::istringstream counters(readText(folder() + "/counters"));
    for (uint64_t reroutes = 0, waits = 0, own = 0; counters >> reroutes >> waits >> own;) settled += own;
    if (!well) return "a writer or the reader failed: " + trouble();
    return settled > 0 ? "" : "no writer ever met an intent of a process that was killed";
}

std::string CrashRun::compare() const {
    Expected expected;
    expected.rows = base_;
    for (int i = 1; i <= writers; ++i) readJournal(folder() + "/journal" + std::to_string(i), expected);
    qInfo("%llu changes acknowledged, %llu failed", static_cast<unsigned long long>(expected.acknowledged), static_cast<unsigned long long>(expected.failed));
    if (expected.acknowledged < 100) return "the writers hardly wrote";
    if (expected.failed > 0) return trouble();
    const auto found = contentsOf(folder());
    for (const auto& [key, row] : expected.rows) {
        if (expected.unknown.contains(key)) continue;
        const auto there = found.find(key);
        if (there == found.end()) return "lost: " + key;
        if (there->second != row) return "changed: " + key + " is " + there->second + ", not " + row;
    }
    for (const auto& [key, row] : found)
        if (!expected.rows.contains(key) && !expected.unknown.contains(key)) return "nobody wrote " + key + " " + row;
    Job job;
    const auto checked = migration::verify(clusterIn(folder()), std::nullopt, job);
    if (!checked.ok()) return checked.error().message;
    std::string wrong = checked->ok ? "" : fmt::format("verify: {} in doubt", checked->inDoubt);
    for (const auto& table : checked->tables)
        if (table.missing || table.misplaced || table.duplicate.value_or(0) || !table.checksumEqual)
            wrong += fmt::format(" {}: {} missing, {} misplaced", table.table, table.missing, table.misplaced);
    return wrong;
}

}  // namespace crash
