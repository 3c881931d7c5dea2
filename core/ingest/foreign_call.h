// Calls as servers other than PostgreSQL log them: they become the records that a PostgreSQL server would have written, so that
// all that is behind the readers knows one kind of log. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/time.h"
#include "core/ingest/record.h"

namespace foreshard::ingest {

struct ForeignCall {
    Instant begin = 0;
    Nanoseconds duration = -1;         // -1: the log has none
    std::string_view statement;        // as the lexer of sql/ reads it (sql/dialect.h)
    std::string_view session, database;
    bool failed = false;
    int64_t rows = -1;                 // that it gave or changed; -1: unknown
    int64_t rowsExamined = -1;
};
// `buffer` holds the message.
void fillCall(const ForeignCall& call, std::string& buffer, LogRecord& out);

void fillSessionStarted(Instant time, std::string_view session, LogRecord& out);
void fillSessionEnded(Instant time, std::string_view session, LogRecord& out);
// A record that says nothing of calls.
void fillNothing(Instant time, std::string_view session, LogRecord& out);

// "0.000123" seconds, exactly, as nanoseconds; nothing for anything else.
std::optional<Nanoseconds> secondsText(std::string_view text);
// The line at `at` without its line break; `next`: where the one behind begins. False: the window ends first.
bool wholeLine(std::string_view window, size_t at, std::string_view& line, size_t& next);

}  // namespace foreshard::ingest
