#include "core/ingest/reader.h"

#include <algorithm>
#include <cstring>

#include "core/ingest/mapping.h"
#include "core/ingest/readers.h"
#include "core/ingest/syslog.h"

namespace foreshard::ingest {

const char* toString(LogFormat format) {
    switch (format) {
        case LogFormat::automatic: return "auto";
        case LogFormat::csvlog: return "csvlog";
        case LogFormat::jsonlog: return "jsonlog";
        case LogFormat::stderrLog: return "stderr";
        case LogFormat::table: return "table";
        case LogFormat::jsonLines: return "ndjson";
        case LogFormat::syslog: return "syslog";
        case LogFormat::mysqlGeneral: return "mysql-general";
        case LogFormat::mysqlSlow: return "mysql-slow";
        case LogFormat::sqliteTrace: return "sqlite-trace";
        case LogFormat::vtgate: return "vtgate";
    }
    return "auto";
}

Result<LogFormat> logFormatOf(std::string_view name) {
    if (name.empty() || name == "auto") return LogFormat::automatic;
    if (name == "csvlog" || name == "csv") return LogFormat::csvlog;
    if (name == "jsonlog" || name == "json") return LogFormat::jsonlog;
    if (name == "stderr" || name == "log" || name == "text") return LogFormat::stderrLog;
    if (name == "table") return LogFormat::table;
    if (name == "ndjson") return LogFormat::jsonLines;
    for (const LogFormat format : {LogFormat::syslog, LogFormat::mysqlGeneral, LogFormat::mysqlSlow, LogFormat::sqliteTrace, LogFormat::vtgate})
        if (name == toString(format)) return format;
    return Error{ErrorCategory::usage, "There is no log format called \"" + std::string(name) + "\".",
                 "Use auto, csvlog, jsonlog, stderr, syslog, mysql-general, mysql-slow, sqlite-trace, vtgate, table or ndjson.", {}};
}

size_t LogReader::findStart(std::string_view window, size_t from) const {
    size_t at = from;
    if (at > 0 && at <= window.size() && window[at - 1] != '\n') {
        const size_t newline = window.find('\n', at);
        if (newline == std::string_view::npos) return npos;
        at = newline + 1;
    }
    while (at < window.size()) {
        if (startsAlone(window.substr(at))) return at;
        const size_t newline = window.find('\n', at);
        if (newline == std::string_view::npos) break;
        at = newline + 1;
    }
    return npos;
}

size_t LogReader::findSureStart(std::string_view window) {
    const size_t newline = window.find('\n');
    size_t at = newline == std::string_view::npos ? npos : findStart(window, newline + 1);
    while (at != npos && !beyondDoubt(window, at)) at = findStart(window, at + 1);
    return at;
}

uint64_t LogReader::countLines(std::string_view bytes) {
    uint64_t lines = 0;
    for (size_t at = bytes.find('\n'); at != std::string_view::npos; at = bytes.find('\n', at + 1)) ++lines;
    return lines;
}

ReadStep LogReader::next(std::string_view window, size_t& at, bool last, LogRecord& out) {
    lines_ = 1;
    if (at >= window.size()) return ReadStep::end;
    const size_t before = at;
    const bool rest = insideLine(window, at);
    if (!careful_ && !rest && readFast(window, at, out) && at - before <= maxRecordBytes) return ReadStep::record;
    at = before;
    ReadStep step = rest ? skipLine(window, at, last, "empty_line") : nextCarefully(window, at, last, out);
    if (step == ReadStep::record && at - before > maxRecordBytes) {   // whatever the window shows
        at = before;
        step = skipLine(window, at, last, "too_long");
    }
    setLines(window.substr(before, at - before));
    return step;
}

ReadStep LogReader::nextCarefully(std::string_view window, size_t& at, bool last, LogRecord& out) {
    const auto rest = window.substr(at);
    if (startsRecord(rest)) {
        out = LogRecord();
        const ReadStep step = read(window, at, last, out);
        if (step != ReadStep::incomplete) return step;
        return rest.size() > maxRecordBytes ? skipLine(window, at, last, "too_long") : step;
    }
    // A record may start here all the same when the window shows too little of it.
    const size_t newline = rest.find('\n');
    // A line that is longer than any record is passed over in pieces, and told of at its beginning.
    if (std::min(newline, rest.size()) > maxRecordBytes) return skipLine(window, at, last, "foreign_line");
    if (newline == std::string_view::npos && !last) return ReadStep::incomplete;
    auto line = rest.substr(0, newline);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || isHeader(line)) return skipLine(window, at, last, "empty_line");
    if (std::memchr(line.data(), 0, line.size())) return skipLine(window, at, last, "nul_bytes");
    return skipLine(window, at, last, newline == std::string_view::npos ? "cut_record" : "foreign_line");
}

ReadStep LogReader::skipLine(std::string_view window, size_t& at, bool last, const char* reason) {
    const size_t newline = window.find('\n', at);
    if (newline == std::string_view::npos && !last && window.size() - at <= maxRecordBytes) return ReadStep::incomplete;
    at = newline == std::string_view::npos ? window.size() : newline + 1;
    reason_ = reason;
    return ReadStep::skipped;
}

std::string describeSkip(std::string_view reason) {
    if (reason == "broken_csv") return "This line is not a whole record of a csvlog.";
    if (reason == "broken_json") return "This line is not a JSON record of a server log.";
    if (reason == "broken_table") return "This line is not a whole row of the table.";
    if (reason == "foreign_line") return "This line does not come from the server's log.";
    if (reason == "nul_bytes") return "This line holds NUL bytes, as a crash of the machine leaves them.";
    if (reason == "cut_record") return "The last record is cut off.";
    if (reason == "broken_record") return "This line is not a whole record of the log.";
    if (reason == "torn_line") return "Another process has written its line into this one; the statements of both are lost.";
    if (reason == "too_long") return "This record is longer than 32 MiB.";
    if (reason == "bad_time") return "The time of this record cannot be read.";
    return "This line cannot be read.";
}

Status checkTimezone(const std::string& name) {
    if (name.empty() || TimeZone::named(name)) return {};
    return Error{ErrorCategory::usage, "There is no time zone called \"" + name + "\".", "Give its IANA name, such as Europe/Berlin; timedatectl list-timezones lists them.", {}};
}

bool isSound(const LogShape& shape) {
    if (!checkTimezone(shape.timezone).ok()) return false;
    switch (shape.format) {
        case LogFormat::automatic: return false;
        case LogFormat::csvlog:
        case LogFormat::jsonlog: return true;
        case LogFormat::stderrLog: return LinePrefix::parse(shape.prefix).ok();
        case LogFormat::table:
        case LogFormat::jsonLines: return ColumnMapping::read(shape.prefix).has_value();
        case LogFormat::syslog: return SyslogShape::read(shape.prefix).has_value();
        case LogFormat::mysqlGeneral: return true;
        case LogFormat::mysqlSlow:
        case LogFormat::sqliteTrace:
        case LogFormat::vtgate: {
            const auto forms = formsOf(shape.format);
            return std::find(forms.begin(), forms.end(), shape.prefix) != forms.end();
        }
    }
    return false;
}

std::vector<std::string> formsOf(LogFormat format) {
    switch (format) {
        case LogFormat::mysqlSlow: return {"iso", "short"};
        case LogFormat::sqliteTrace: return {"profile", "plain"};
        case LogFormat::vtgate: return {"text", "json"};
        default: return {};
    }
}

namespace {

std::unique_ptr<LogReader> plainReader(const LogShape& shape) {
    switch (shape.format) {
        case LogFormat::csvlog: return makeCsvReader();
        case LogFormat::jsonlog: return makeJsonReader();
        case LogFormat::table:
        case LogFormat::jsonLines: return makeMappedReader(shape.format, shape.prefix);
        case LogFormat::syslog: return makeSyslogReader(shape.prefix);
        case LogFormat::mysqlGeneral: return makeMysqlGeneralReader();
        case LogFormat::mysqlSlow: return makeMysqlSlowReader(shape.prefix);
        case LogFormat::sqliteTrace: return makeSqliteTraceReader(shape.prefix);
        case LogFormat::vtgate: return makeVtgateReader(shape.prefix);
        default: return makeStderrReader(shape.prefix);
    }
}

}  // namespace

std::unique_ptr<LogReader> makeReader(const LogShape& shape) {
    auto reader = plainReader(shape);
    if (const auto zone = TimeZone::named(shape.timezone); !shape.timezone.empty() && zone) reader->useZone(*zone);
    return reader;
}

}  // namespace foreshard::ingest
