#include "core/ingest/foreign_call.h"

#include <fmt/format.h>

#include <iterator>

namespace foreshard::ingest {

namespace {

void fillPlain(Instant time, std::string_view session, std::string_view message, LogRecord& out) {
    out = LogRecord();
    out.time = time;
    out.session = session;
    out.severity = LogSeverity::log;
    out.message = message;
}

}  // namespace

void fillCall(const ForeignCall& call, std::string& buffer, LogRecord& out) {
    buffer.clear();
    if (call.failed) {
        fillPlain(call.begin, call.session, "failed", out);
        out.severity = LogSeverity::error;
        out.statement = buffer = call.statement;
        out.ownCall = true;
        out.database = call.database;
        return;
    }
    Instant time = call.begin;
    if (call.duration >= 0) {
        fmt::format_to(std::back_inserter(buffer), "duration: {}.{:06} ms  ", call.duration / 1'000'000, call.duration % 1'000'000);
        time += call.duration / 1'000;   // a call that is logged with its duration is logged at its end
    }
    buffer.append("statement: ").append(call.statement);
    fillPlain(time, call.session, buffer, out);
    out.database = call.database;
    out.rows = call.rows;
    out.rowsExamined = call.rowsExamined;
}

void fillSessionStarted(Instant time, std::string_view session, LogRecord& out) { fillPlain(time, session, "connection authorized: ", out); }
void fillSessionEnded(Instant time, std::string_view session, LogRecord& out) { fillPlain(time, session, "disconnection: ", out); }
void fillNothing(Instant time, std::string_view session, LogRecord& out) { fillPlain(time, session, {}, out); }

std::optional<Nanoseconds> secondsText(std::string_view text) {
    uint64_t seconds = 0, part = 0;
    const auto dot = text.find('.');
    if (!readNumber(text.substr(0, dot), seconds) || seconds > 3'000'000'000) return std::nullopt;
    if (dot == std::string_view::npos) return static_cast<Nanoseconds>(seconds * 1'000'000'000);
    auto digits = text.substr(dot + 1, 9);
    if (!readNumber(digits, part)) return std::nullopt;
    for (size_t i = digits.size(); i < 9; ++i) part *= 10;
    return static_cast<Nanoseconds>(seconds * 1'000'000'000 + part);
}

bool wholeLine(std::string_view window, size_t at, std::string_view& line, size_t& next) {
    const size_t newline = window.find('\n', at);
    const bool whole = newline != std::string_view::npos;
    line = window.substr(at, whole ? newline - at : std::string_view::npos);
    if (line.ends_with('\r')) line.remove_suffix(1);
    next = whole ? newline + 1 : window.size();
    return whole;
}

}  // namespace foreshard::ingest
