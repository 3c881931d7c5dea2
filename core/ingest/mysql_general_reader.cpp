// The general log of MySQL and MariaDB: a line for each command that a connection sends, and the further lines of its text as they are.
//   2026-11-22T20:32:08.628123Z	   12 Query	SELECT 1          (MySQL 5.7 and later)
//   261122 20:32:08	    12 Query	SELECT 1                      (MariaDB, MySQL up to 5.6)
//   		    12 Execute	SELECT * FROM t WHERE id = 5          (of the same second)
// An execution of a prepared statement is logged with its values in their places; preparing it is no call.
#include <cstring>

#include "core/ingest/foreign_call.h"
#include "core/ingest/mysql_lines.h"
#include "core/ingest/readers.h"
#include "core/sql/dialect.h"

namespace foreshard::ingest {

namespace {

enum class Command : uint8_t { none, call, sessionStarted, sessionEnded, other };

struct Head {
    std::string_view time;     // empty: that of the record before
    std::string_view id;
    Command command = Command::none;
    size_t size = 0;           // where the argument begins
};

// Names as the servers write them (COM_… in both).
Command commandOf(std::string_view name) {
    if (name == "Query" || name == "Execute" || name == "Bulk_execute") return Command::call;
    if (name == "Connect" || name == "Change user" || name == "Reset connection" || name == "Reset Connection") return Command::sessionStarted;
    if (name == "Quit") return Command::sessionEnded;
    for (const std::string_view known :
         {"Init DB", "Prepare", "Close stmt", "Reset stmt", "Fetch", "Long Data", "Field List", "Create DB", "Drop DB", "Refresh", "Shutdown", "Statistics", "Processlist", "Connect Out", "Kill",
          "Debug", "Ping", "Time", "Delayed insert", "Binlog Dump", "Binlog Dump GTID", "Table Dump", "Register Slave", "Register Replica", "Set option", "Daemon", "Sleep", "Error", "clone", "Slave_IO",
          "Slave_SQL", "Slave_worker", "Unimpl get tid"})
        if (name == known) return Command::other;
    return Command::none;
}

// The head that `text`, the beginning of a line, starts with.
bool readHead(std::string_view text, Head& out) {
    size_t at = mysqlTimeSize(text);
    out.time = text.substr(0, at);
    if (at == 0 && text.starts_with('\t')) at = 1;
    if (at == 0 || at >= text.size() || text[at] != '\t') return false;
    for (++at; at < text.size() && text[at] == ' ';) ++at;
    const size_t id = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    out.id = text.substr(id, at - id);
    if (out.id.empty() || at >= text.size() || text[at] != ' ') return false;
    const size_t name = ++at;
    while (at < text.size() && text[at] != '\t' && text[at] != '\n' && text[at] != '\r' && at < name + 20) ++at;
    auto command = text.substr(name, at - name);
    while (command.ends_with(' ')) command.remove_suffix(1);
    out.command = commandOf(command);
    out.size = at < text.size() && text[at] == '\t' ? at + 1 : at;
    return out.command != Command::none;
}

class GeneralLogReader final : public LogReader {
public:
    const std::string& unknownZone() const override { return noZone_; }
    void useZone(const TimeZone& zone) override { zone_ = zone; }
    void continueFrom(std::optional<Instant> before) override { time_ = before; }

protected:
    bool startsRecord(std::string_view text) const override {
        Head head;
        return !text.empty() && (text[0] == '\t' || (text[0] >= '0' && text[0] <= '9')) && readHead(text.substr(0, 128), head);
    }
    bool standsAlone(std::string_view text) const override { return text[0] != '\t'; }
    bool isHeader(std::string_view line) const override { return isMysqlHead(line); }

    ReadStep read(std::string_view window, size_t& at, bool last, LogRecord& out) override {
        Head head;
        readHead(window.substr(at, 128), head);
        size_t end = at + head.size, next = 0;
        for (;;) {
            std::string_view line;
            if (!wholeLine(window, end, line, next) && !last) return ReadStep::incomplete;
            end = next;
            if (end >= window.size()) {
                if (!last) return ReadStep::incomplete;
                break;
            }
            if (startsRecord(window.substr(end))) break;
            size_t behind = 0;
            if (!wholeLine(window, end, line, behind) && !last) return ReadStep::incomplete;
            if (isMysqlHead(line)) break;
        }
        Instant time = 0;
        if (head.time.empty() ? !time_ : !readMysqlTime(head.time, zone_, time)) return skip(window, at, end, last);
        if (head.time.empty()) time = *time_;
        time_ = time;
        auto argument = window.substr(at + head.size, end - at - head.size);
        while (!argument.empty() && (argument.back() == '\n' || argument.back() == '\r')) argument.remove_suffix(1);
        fill(head, time, argument, out);
        at = end;
        return ReadStep::record;
    }

private:
    // The whole record, so that its further lines are none of their own.
    ReadStep skip(std::string_view window, size_t& at, size_t end, bool last) {
        const ReadStep step = skipLine(window, at, last, "bad_time");
        at = end;
        return step;
    }

    void fill(const Head& head, Instant time, std::string_view argument, LogRecord& out) {
        switch (head.command) {
            case Command::call:
                if (argument.empty() || isPreparing(argument)) break;
                return fillCall({.begin = time, .statement = sql::translated(argument, sql::Dialect::mysql, translation_), .session = head.id, .database = {}}, message_, out);
            case Command::sessionStarted:
                if (argument.starts_with("Access denied")) break;
                return fillSessionStarted(time, head.id, out);
            case Command::sessionEnded: return fillSessionEnded(time, head.id, out);
            case Command::none:
            case Command::other: break;
        }
        fillNothing(time, head.id, out);
    }

    std::optional<Instant> time_;      // of the record before
    TimeZone zone_;
    std::string noZone_, translation_, message_;
};

}  // namespace

std::unique_ptr<LogReader> makeMysqlGeneralReader() { return std::make_unique<GeneralLogReader>(); }

}  // namespace foreshard::ingest
