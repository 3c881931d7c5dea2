// What the crash tests share: a database, writers and a reader around it, and the reckoning at the end.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "core/base/file.h"
#include "tests/crash/crash_roles.h"

namespace crash {

class CrashRun {
public:
    // `customers`: base rows, six each.
    explicit CrashRun(int64_t customers) : customers_(customers) {}
    ~CrashRun();

    std::string folder() const { return folder_.path().string(); }
    std::string trouble() const;           // what the processes have written down
    // Shard 0 with all base rows; in WAL mode, for readers and writers around a migration.
    Status makeDatabase();
    // This executable in a role.
    pid_t start(const std::string& role, uint64_t number) const;
    void startOthers();
    // Another kill is due. Seldom, none of those asked for leaves an intent where a writer goes before the next process
    // settles it; then it goes on until one does, at most to six times as many.
    bool killsAgain(int killed, int asked) const;
    // Asks writers and reader to end, waits, and says how they fared. What went wrong; empty: nothing.
    std::string stopOthers();
    // Each acknowledged change is there exactly once, and nothing else. What is wrong; empty: nothing.
    std::string compare() const;

private:
    static constexpr int writers = 3;
    TemporaryFolder folder_;
    int64_t customers_;
    std::map<std::string, std::string> base_;
    std::vector<pid_t> others_;
};

// FORESHARD_KILLS and FORESHARD_SEED, or what is given; the seed is printed, for a run that failed can be begun again by it.
int killsAsked(int otherwise);
uint64_t seedAsked();

// Exit code, or -1 where it was killed.
int waitFor(pid_t child);
std::string readText(const std::string& path);

}  // namespace crash
