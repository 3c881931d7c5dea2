// One record of a server's log, in the words of PostgreSQL's, whatever the format: a message with what belongs to it. The views point into the
// bytes that were read, or into buffers of the reader that made it, and are valid until that reader's next record.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/time.h"

namespace foreshard::ingest {

enum class LogSeverity : uint8_t { debug, info, notice, warning, log, error, fatal, panic, unknown };

// "LOG", "ERROR", "DEBUG1"…; unknown for anything else, such as a severity in another language.
LogSeverity severityOf(std::string_view word);

struct LogRecord {
    Instant time = 0;                  // of a log without times all are 0, but for durations
    LogSeverity severity = LogSeverity::unknown;
    // Names one server session within the source; empty: the log does not say. "6b035148.2a8f" in csvlog, jsonlog and in
    // stderr with %c.
    std::string_view session;
    std::string_view virtualTransaction;   // "3/42"; "3/0": outside a transaction; empty: the log does not say
    std::string_view database;
    std::string_view commandTag;       // "SELECT", "PARSE", "idle in transaction"…
    std::string_view sqlState;
    std::string_view message, detail, context;
    std::string_view statement;        // the statement that raised an error
    int64_t rows = -1, rowsExamined = -1;   // of a call that is logged at its end; -1: the log does not say
    bool ownCall = false;              // an error that tells of a call by itself: not of one that a record before it began
};

// All of `text` as an unsigned decimal number; false for anything else.
bool readNumber(std::string_view text, uint64_t& out);

}  // namespace foreshard::ingest
