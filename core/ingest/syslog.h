// Lines of syslog, and what PostgreSQL's lines in a file of them have in common. With log_destination = syslog the server cuts each
// message at its line breaks and behind 900 bytes at a blank, and numbers the pieces: "[3-1] …", "[3-2] …" (message 3 of this
// process), or "[1] …", "[2] …" with syslog_sequence_numbers off; with syslog_split_messages off a message is one line. The
// daemon puts its own head in front, and rsyslog writes control characters as "#011". Pure functions over views; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/time_zone.h"

namespace foreshard::ingest {

// Views into the line.
struct SyslogLine {
    std::string_view time;             // "Dec  1 00:37:48" (RFC 3164) or RFC 3339, as RFC 5424 and rsyslog write it
    std::string_view ident, process;   // of "postgres[123]:"; of "kernel:" there is no process
    std::string_view rest;             // behind them
};

// A head as of RFC 3164, with or without host and priority, of rsyslog's file format, or of RFC 5424.
bool readSyslogLine(std::string_view line, SyslogLine& out);

struct SyslogShape {
    enum class Numbers : uint8_t { messageAndPiece, piece, message, none };
    std::string ident = "postgres";
    Numbers numbers = Numbers::messageAndPiece;
    bool escaped = true;               // control characters are written as #ooo
    // Time stamps of RFC 3164 have no year: theirs is the one that puts them nearest behind this (a month before it at most).
    Instant first = 0;
    std::string prefix;                // log_line_prefix

    // What write() gave; nothing for anything else.
    static std::optional<SyslogShape> read(std::string_view text);
    std::string write() const;
};

// One numbered piece of a message.
struct SyslogPiece {
    uint64_t message = 0, piece = 1;   // piece 1 begins a message
    std::string_view text;
};
// False: the rest of the line is not numbered so.
bool readSyslogPiece(std::string_view rest, SyslogShape::Numbers numbers, SyslogPiece& out);

// The time of a head; a short one is of `zone`. Nothing where it is none.
std::optional<Instant> syslogTime(std::string_view time, Instant first, const TimeZone& zone = {});
// Whether a time stamp names neither year nor zone.
bool isShortTime(std::string_view time);

// The shape of `sample`, where PostgreSQL's lines are among those of syslog; its prefix is `prefix` where that is not empty, else found
// out, and empty where it cannot be (`prefixFound` says so). `now`: no line is younger. Nothing: no such lines.
std::optional<SyslogShape> guessSyslog(std::string_view sample, const std::string& prefix, Instant now, bool& prefixFound);

}  // namespace foreshard::ingest
