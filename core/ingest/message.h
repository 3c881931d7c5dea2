// What one record of the log means for the calls of its session. Pure functions over views; nothing is copied.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/ingest/record.h"

namespace foreshard::ingest {

enum class MessageKind : uint8_t {
    started,        // "statement: …", "execute name: …": logged when it begins (log_statement)
    ended,          // "duration: N ms  statement: …": logged when it is over (log_min_duration_statement)
    plan,           // "duration: N ms  plan:": see plan.h
    duration,       // "duration: N ms" alone: of the session's statement that is logged as started, if there is one
    parseOrBind,    // steps of the extended protocol before the call; "execute fetch from": more rows of a call
    failed,         // an ERROR, FATAL or PANIC
    sessionStarted,
    sessionEnded,
    serverStarted,  // sessions of before are gone
    setting,        // "parameter "x" changed to "y""
    other,          // checkpoints, locks, connections, plans…: known or not, no call
};

struct Message {
    MessageKind kind = MessageKind::other;
    std::string_view text;             // the statement; of a setting its name, of a plan all that describes it
    std::string_view value;            // of a setting
    bool extended = false;             // one statement of the extended protocol, with parameters of its own
    Nanoseconds duration = -1;
    bool sessionOver = false;          // FATAL and PANIC
    bool syntaxError = false;          // the text never became a statement
};

Message readMessage(const LogRecord& record);

// Parameters of a call, as DETAIL or CONTEXT gives them. Values point into the text, or into `undone` where a doubled quote
// had to be undone. One per thread; valid until the next read.
class ParameterList {
public:
    // Reads "parameters: $1 = '42', $2 = NULL" wherever it begins in `text`; what was cut off is workload::cutParameter. False:
    // no parameters there.
    bool read(std::string_view text);
    // Reads the arguments of "EXECUTE name (42, 'a')" and finds the body of `prepare` ("PREPARE name (…) AS body"). An argument
    // that is no plain literal is workload::cutParameter. False where they do not end, or `prepare` is no such statement.
    bool readExecute(std::string_view execute, std::string_view prepare, std::string_view& body);
    void clear() { values_.clear(); }

    const std::vector<std::optional<std::string_view>>& values() const { return values_; }
    // A value ends in "...", as log_parameter_max_length leaves it.
    bool truncated() const { return truncated_; }

private:
    std::optional<std::string_view> readQuoted(std::string_view text, size_t& at);
    bool readArgument(std::string_view text, size_t& at);
    bool readLiteral(std::string_view text, size_t& at);   // up to the comma or bracket behind it
    std::vector<std::optional<std::string_view>> values_;
    std::deque<std::string> undone_;   // growing one moves none of them
    size_t undoneUsed_ = 0;
    bool truncated_ = false;
};

// Whether the text names a parameter ($1, $2, …).
bool hasParameters(std::string_view statement);

// Whether a simple message may hold more than one statement: a semicolon with more than blanks behind it.
bool mayHoldSeveral(std::string_view message);

// The kinds of statement that log_statement tells apart, by the first word alone.
enum class WordKind : uint8_t { select, write, control, other };
WordKind wordKindOf(std::string_view statement);
// COMMIT, END, ROLLBACK, ABORT, PREPARE TRANSACTION: when it is over, so is its transaction.
bool endsTransaction(std::string_view statement);
// Whether `text` starts with `word` (upper case), in any case of letters, and the word ends there.
bool startsWithWord(std::string_view text, std::string_view word);

}  // namespace foreshard::ingest
