// Writes generated transactions as PostgreSQL 15 logs them with log_min_duration_statement = 0: one line for each statement,
// at the time it ended, sessions of a connection pool interleaved. Not thread-safe; flush() at the end.
#pragma once

#include <functional>
#include <queue>
#include <string>
#include <string_view>
#include <vector>

#include "samples/generator/transaction.h"

namespace foreshard::samplegen {

enum class LogFormat { csvlog, jsonlog, stderrLog };
enum class Protocol { simple, prepared };

class LogWriter {
public:
    using Sink = std::function<void(std::string_view)>;

    // `sessions` connections; each is opened anew every day of virtual time.
    LogWriter(LogFormat format, Protocol protocol, uint32_t sessions, std::string user, std::string database, Sink sink);
    void write(const Transaction& transaction);
    void flush();

    // log_line_prefix of the stderr format.
    static constexpr const char* stderrPrefix = "%m [%p] %c %v %q%u@%d ";

private:
    struct Session {
        Instant freeAt = 0;
        Instant startedAt = 0;
        uint32_t pid = 0;
        uint64_t lines = 0;
        uint64_t localTransaction = 0;
    };
    struct Line {
        Instant time = 0;
        uint64_t order = 0;
        std::string text;
        bool operator>(const Line& other) const { return time != other.time ? time > other.time : order > other.order; }
    };
    struct Record;

    size_t freeSession(Instant t);
    void logStatement(size_t session, Instant end, const Statement& statement, const char* tag, bool inTransaction);
    std::string render(const Record& record) const;
    void releaseUpTo(Instant t);

    LogFormat format_;
    Protocol protocol_;
    std::string user_, database_;
    Sink sink_;
    std::vector<Session> sessions_;
    std::priority_queue<Line, std::vector<Line>, std::greater<>> pending_;
    uint64_t order_ = 0;
    uint32_t nextPid_ = 21000;
    size_t nextSession_ = 0;
};

}  // namespace foreshard::samplegen
