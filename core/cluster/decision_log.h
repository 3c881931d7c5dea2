// Decision log: the coordinator's own record of what it decided, one file on a disk, never inside a shard. A transaction
// that is in it is committed; one that is not, and whose coordinator no longer holds the file's lock, is aborted (presumed
// abort; Mohan, Lindsay, Obermarck, "Transaction management in the R* distributed database management system", 1986).
// The coordinator holds the lock (flock) from open to destruction; the system releases it however the process ends.
// DecisionLog: any thread of the coordinator. askDecision: anyone, any process.
//
// File: 8 bytes "FSDECIDE", 8 bytes version, 16 bytes id, then records of 24 bytes: kind, transaction, check (each a 64-bit
// little-endian number; the check hashes the id, the record's place and the other two). A record that is cut off or does
// not check ends the log.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "core/base/result.h"

namespace foreshard::cluster {

class DecisionLog {
public:
    // Makes the file where there is none. Conflict where another process coordinates with it; format where it is something
    // else. `mustExist`: a missing file is an error, for without it nothing may be presumed.
    static Result<std::unique_ptr<DecisionLog>> open(const std::filesystem::path& path, bool mustExist);
    ~DecisionLog();
    DecisionLog(const DecisionLog&) = delete;
    DecisionLog& operator=(const DecisionLog&) = delete;

    const std::string& id() const { return id_; }                     // 16 hexadecimal digits
    const std::string& path() const { return path_; }                 // absolute, links resolved
    // Never given out before, in no earlier run either.
    uint64_t nextTransaction();
    // On success the decision is on the disk. After a failure nobody may presume anything until the log is opened again.
    Status commit(uint64_t transaction);
    bool committed(uint64_t transaction) const;

private:
    DecisionLog() = default;
    Status load();
    Status start();
    Status append(uint64_t kind, uint64_t transaction);

    mutable std::mutex mutex_;
    int file_ = -1;
    std::string path_, id_;
    uint64_t size_ = 0;              // bytes of sound records and header
    uint64_t run_ = 0, next_ = 0;
    bool broken_ = false;
    std::set<uint64_t> committed_;
};

enum class Decision { commit, abort, pending };   // pending: not decided yet, and the coordinator lives

// What became of a transaction, asked by someone who met its intent. The answer commit is on the disk before it is given.
// An Error where the log is missing or is another one: then nothing may be presumed.
Result<Decision> askDecision(const std::filesystem::path& path, const std::string& logId, uint64_t transaction);

// Whether some process holds the log as its coordinator right now; false where there is no such file.
bool coordinatorAlive(const std::filesystem::path& path);

// Absolute, links resolved: as DecisionLog::path() has it.
std::filesystem::path wholeLogPath(const std::filesystem::path& path);

// How a database at `shard` keeps the place of its log. Where it lies in the log's folder or below, relative to its own
// folder: a folder that is moved goes on with its log, and a copy of it has the copied log, never the first one's. A database
// elsewhere keeps the absolute path: it belongs to that one log, and no copy of the folder around the log can take it over.
std::string keptLogPlace(const std::filesystem::path& shard, const std::filesystem::path& log);
// The absolute path of what keptLogPlace() gave.
std::string logPlaceOf(const std::filesystem::path& shard, const std::string& kept);

}  // namespace foreshard::cluster
