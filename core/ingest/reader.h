// LogReader: turns bytes of one log format into records, one after another, without copying lines. A reader sees a window
// of the file; it never looks outside it and never fails: what is no record is skipped and says why. Whether a place starts
// a record is decided by the bytes from there on alone, so that any cut of a file into ranges reads the same records, as
// long as each range begins where the one before ended. One reader per thread.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time_zone.h"
#include "core/ingest/plan.h"
#include "core/ingest/prefix.h"
#include "core/ingest/record.h"

namespace foreshard::ingest {

// Tables (CSV with any separator) and JSON lines of statements are read by a mapping (mapping.h).
enum class LogFormat : uint8_t { automatic, csvlog, jsonlog, stderrLog, table, jsonLines, syslog, mysqlGeneral, mysqlSlow, sqliteTrace, vtgate };
constexpr LogFormat lastLogFormat = LogFormat::vtgate;
const char* toString(LogFormat format);                          // "auto", "csvlog", "jsonlog", "stderr", "table", "ndjson", "syslog", "mysql-general", "mysql-slow", "sqlite-trace", "vtgate"
Result<LogFormat> logFormatOf(std::string_view name);            // also "csv", "json", "log", "text"

// Whether sessions in such a log may turn autocommit off, so that their transactions have no beginning.
constexpr bool mayTurnAutocommitOff(LogFormat format) { return format == LogFormat::mysqlGeneral || format == LogFormat::mysqlSlow; }

enum class ReadStep : uint8_t {
    record,       // one record; the place has moved behind it
    skipped,      // bytes that are no record; the place has moved behind them, reason() says why
    incomplete,   // the window ends inside this record; the place has not moved
    end,          // the place is the end of the window
};

// Window bytes: the reader may read this many bytes behind them (they must be there, their content does not matter).
constexpr size_t readerPadding = 64;
// A record longer than this is skipped.
constexpr size_t maxRecordBytes = 32u << 20;

class LogReader {
public:
    virtual ~LogReader() = default;
    LogReader() = default;
    LogReader(const LogReader&) = delete;
    LogReader& operator=(const LogReader&) = delete;

    // The first beginning of a line at or behind `from` where a record surely starts that needs nothing of those before it; npos
    // where the window has none.
    size_t findStart(std::string_view window, size_t from) const;
    // The first line behind the first line break of `window` where a record starts beyond doubt, so that what stands before it
    // need not be known: a line of the log quoted inside a statement is none. The window shows all that may be looked at.
    size_t findSureStart(std::string_view window);
    // Whether a record surely starts at `at`, the beginning of a line.
    bool startsAt(std::string_view window, size_t at) const { return !insideLine(window, at) && startsAlone(window.substr(at)); }
    // Reads what is at `at`. `last`: the file ends where the window ends.
    ReadStep next(std::string_view window, size_t& at, bool last, LogRecord& out);
    // Newlines in what the last step moved over.
    uint64_t lines() const { return lines_; }
    // The server's zone, where a person gave it: abbreviations and times without a zone are read by it.
    virtual void useZone(const TimeZone&) {}
    // What is read next stands behind a record of this time; nothing: none is known.
    virtual void continueFrom(std::optional<Instant>) {}
    // Bytes at places that were read before have changed, or may have, or the window shows more than it did.
    virtual void windowChanged() {}
    // Reads every record the careful way; gives the same records. For tests that hold the fast way against it.
    void setCareful(bool careful) { careful_ = careful; }
    // Why the last step skipped: "broken_csv", "broken_json", "foreign_line", "nul_bytes", "cut_record", "too_long",
    // "bad_time", "broken_record", "torn_line". A sentence about it is describeSkip().
    const char* reason() const { return reason_; }
    // An abbreviation of a zone that is not known; its times were read as UTC. Empty: none.
    virtual const std::string& unknownZone() const = 0;

    static constexpr size_t npos = static_cast<size_t>(-1);

protected:
    // Whether a record starts at the start of `text`, which is the beginning of a line.
    virtual bool startsRecord(std::string_view text) const = 0;
    // Whether a record that starts here needs nothing of those before it; else it is read with them.
    virtual bool standsAlone(std::string_view) const { return true; }
    // Whether it does beyond doubt, whatever stands before it. `at`: where startsRecord holds.
    virtual bool beyondDoubt(std::string_view, size_t) { return true; }
    // Whether a line that is no record names the columns.
    virtual bool isHeader(std::string_view) const { return false; }
    // Reads a record of the usual kind in one go; false leaves everything to startsRecord and read, which must agree with it.
    // Says how many lines the record has where it is not one.
    virtual bool readFast(std::string_view, size_t&, LogRecord&) { return false; }
    // Reads the record at `at`, where startsRecord holds.
    virtual ReadStep read(std::string_view window, size_t& at, bool last, LogRecord& out) = 0;
    ReadStep skipLine(std::string_view window, size_t& at, bool last, const char* reason);
    void setLines(std::string_view record) { lines_ = countLines(record); }

private:
    static uint64_t countLines(std::string_view bytes);
    ReadStep nextCarefully(std::string_view window, size_t& at, bool last, LogRecord& out);
    // A record that was too long was left where the window ended: what stands here is its rest.
    static bool insideLine(std::string_view window, size_t at) { return at > 0 && at < window.size() && window[at - 1] != '\n'; }
    uint64_t lines_ = 0;
    bool startsAlone(std::string_view text) const { return startsRecord(text) && standsAlone(text); }
    const char* reason_ = "";
    bool careful_ = false;
};

std::string describeSkip(std::string_view reason);

// What a file is: its format, and for stderr the prefix that its lines were written with.
struct LogShape {
    LogFormat format = LogFormat::automatic;
    std::string prefix;              // stderr: as log_line_prefix wants it; table, ndjson: ColumnMapping::write(); syslog: SyslogShape::write();
                                     // mysql-slow, sqlite-trace, vtgate: the form (readers.h)
    bool prefixGiven = false;
    double matched = 0;              // share of the sample's lines that fit
    PlanUse plans = PlanUse::none;   // what plans of auto_explain are to the calls
    std::string timezone;            // IANA name of the server's zone, as a person gave it; empty: what the log says
};

// Finds out the shape from the first bytes of a file by content, never by name. `format` and `prefix` are taken as given
// where they are. An error of category format says what was seen instead.
// Of a table and of JSON lines, which are never found out, `prefix` is the mapping that a person gave.
Result<LogShape> detectShape(std::string_view sample, LogFormat format, const std::string& prefix, const std::string& file);

// An error of category usage where this machine's database of zones has none of that name. Empty is none, and sound.
Status checkTimezone(const std::string& name);
// Whether makeReader() can be had: for shapes that come from outside.
bool isSound(const LogShape& shape);
std::unique_ptr<LogReader> makeReader(const LogShape& shape);

}  // namespace foreshard::ingest
