// LogTail: reads a log file that grows, bit by bit; of a compressed one the text counts, which is unpacked anew at each poll. Each poll() reads what has come since the last one, but for a record
// that may not be whole yet. Keeps what is open between polls, so that the calls are those of one read of the whole file.
// Not thread-safe.
#pragma once

#include <memory>
#include <string>

#include "core/ingest/ingest.h"

namespace foreshard::ingest {

class LogTail {
public:
    // The file need not be there yet. `from`: bytes before it have been read elsewhere.
    LogTail(std::string path, IngestOptions options, uint64_t from = 0);
    ~LogTail();
    LogTail(LogTail&&) noexcept;
    LogTail& operator=(LogTail&&) noexcept;

    struct Step {
        workload::Partial partial;     // of what is new; empty where nothing is
        uint64_t from = 0, to = 0;     // bytes of the file that it covers
        // The file is another or shorter than before and was read from its start, as a source of its own. Poll more often
        // than the log is rotated: what the old file still held is not seen.
        bool restarted = false;
    };
    // An error where the file cannot be read or, once it holds something, is no log of PostgreSQL.
    // `flush`: the log goes on no further: takes a last record that might go on as whole, and calls that are open as over.
    Result<Step> poll(Job& job, bool flush = false);
    uint64_t offset() const;
    workload::Coverage coverage() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace foreshard::ingest
