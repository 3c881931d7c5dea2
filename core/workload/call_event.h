// CallEvent: one execution of one statement as a log tells it; what a log reader hands to a PartialBuilder (partial.h).
// Readers give the events of a byte range in file order. Views need only live for the call of add(). Plain value.
//
// Rules for readers:
//  - One statement each: a simple-protocol message of several statements becomes several events (sql::splitStatements),
//    which share offset (the order of add() then decides); the duration goes to the last one, the others have none.
//  - `time` is when the statement began: the time of the log line where it is logged at its start (log_statement), and
//    the line's time less the duration where it is logged at its end (log_min_duration_statement).
//  - A statement logged twice (log_statement and a duration line) is one event.
//  - Parse and bind messages with a duration are no calls; execute is one.
//  - A statement that failed is one event with failed = true, whether or not the log also had a line at its start.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/base/time.h"
#include "core/base/units.h"

namespace foreshard::workload {

// Stands for a parameter that the log holds in part (log_parameter_max_length): which key it was, nobody can say.
constexpr std::string_view cutParameter = "\x1e?";

struct CallEvent {
    uint64_t offset = 0;               // byte offset of the record in its source: its identity and its order
    Instant time = 0;
    std::string_view session;          // unique inside the source; empty: the log does not say (each call then stands alone)
    std::string_view database;         // empty: unknown
    // As logged ("3/42"; "3/0" says: outside a transaction). Empty: the log has none.
    std::string_view virtualTransactionId;
    std::string_view statement;
    // Values of $1, $2, … in order; nullopt is SQL NULL, cutParameter one that is not whole. Read only where parametersKnown.
    std::span<const std::optional<std::string_view>> parameters;
    bool parametersKnown = false;
    Nanoseconds duration = -1;         // -1: unknown
    int64_t rows = -1;                 // -1: unknown
    bool failed = false;               // an ERROR was logged for it
    bool cut = false;                  // the log cut the statement off
    Weight weight = weightOne;         // weightOfSampleRate(); of a transaction, its first call's counts
};

// A session begins (connection authorized) or is over (disconnection, connection lost, terminated by an administrator or
// by the server's end: readers then report each session they know of).
struct SessionEvent {
    uint64_t offset = 0;
    Instant time = 0;
    std::string_view session;
};

}  // namespace foreshard::workload
