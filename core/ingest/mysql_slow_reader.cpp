// The slow log of MySQL and MariaDB (with long_query_time = 0 it has every statement): lines that begin with # tell of a call, then
// come settings of the server's and the statement.
//   # Time: 2026-11-22T20:32:08.628123Z                    MySQL 5.7 and later: each record, at the call's end
//   # User@Host: app[app] @ localhost []  Id:     8
//   # Query_time: 0.000123  Lock_time: 0.000001 Rows_sent: 1  Rows_examined: 10
//   use shop;
//   SET timestamp=1795379528;
//   SELECT …;
// MariaDB and MySQL up to 5.6 write "# Time: 261122 20:32:08" where the second is another than before, so that a record begins with
// its # User@Host line, and its time is what SET timestamp says: the second in which the call began. MariaDB adds "# Thread_id: 31
// Schema: shop  QC_hit: No" and "# Rows_affected: 0". LogShape::prefix says which: "iso" or "short".
#include <algorithm>

#include "core/ingest/foreign_call.h"
#include "core/ingest/message.h"
#include "core/ingest/mysql_lines.h"
#include "core/ingest/readers.h"
#include "core/sql/dialect.h"

namespace foreshard::ingest {

namespace {

// What stands behind "name: " up to the next blank; empty: it is not there.
std::string_view fieldOf(std::string_view lines, std::string_view name) {
    for (size_t at = lines.find(name); at != std::string_view::npos; at = lines.find(name, at + 1)) {
        const char before = at > 0 ? lines[at - 1] : '\n';
        if (before != ' ' && before != '\n' && before != '\t') continue;
        lines.remove_prefix(at + name.size());
        lines.remove_prefix(std::min(lines.find_first_not_of(' '), lines.size()));
        const auto value = lines.substr(0, lines.find_first_of(" \r\n"));
        return value.ends_with(':') ? std::string_view() : value;   // the next name: "Schema:   QC_hit: No"
    }
    return {};
}

int64_t numberOf(std::string_view text) {
    uint64_t number = 0;
    return readNumber(text, number) && number < INT64_MAX ? static_cast<int64_t>(number) : -1;
}

class SlowLogReader final : public LogReader {
public:
    explicit SlowLogReader(bool iso) : iso_(iso) {}
    const std::string& unknownZone() const override { return noZone_; }

protected:
    bool startsRecord(std::string_view text) const override {
        if (!iso_) return text.starts_with("# User@Host: ");
        bool iso = false;
        return text.starts_with("# Time: ") && mysqlTimeSize(text.substr(8, 40), &iso) > 0 && iso;
    }
    bool isHeader(std::string_view line) const override { return isMysqlHead(line) || (!iso_ && line.starts_with("# Time: ")); }

    ReadStep read(std::string_view window, size_t& at, bool last, LogRecord& out) override {
        std::string_view line;
        size_t end = at, next = 0, headEnd = 0;
        for (;;) {
            if (end >= window.size()) {
                if (!last) return ReadStep::incomplete;
                break;
            }
            if (!wholeLine(window, end, line, next) && !last) return ReadStep::incomplete;
            if (end > at && line.starts_with("# ") && (startsRecord(window.substr(end)) || line.starts_with("# Time: "))) break;
            if (end > at && isMysqlHead(line)) break;
            if (headEnd == 0 && !line.starts_with('#')) headEnd = end;
            end = next;
        }
        if (headEnd == 0) headEnd = end;
        const size_t begin = at;
        if (!fill(window.substr(begin, headEnd - begin), window.substr(headEnd, end - headEnd), out)) {
            const ReadStep step = skipLine(window, at, last, "bad_time");
            at = end;
            return step;
        }
        at = end;
        return ReadStep::record;
    }

private:
    // "use shop;" and "SET timestamp=…;" in front of the statement are the server's.
    static void takeSettings(std::string_view& text, int64_t& timestamp) {
        for (;;) {
            std::string_view line;
            size_t next = 0;
            wholeLine(text, 0, line, next);
            const bool use = line.starts_with("use ") && line.ends_with(';') && timestamp < 0, set = line.starts_with("SET ") && line.ends_with(';') && line.find("timestamp=") != std::string_view::npos;
            if (!use && !set) return;
            text.remove_prefix(next);
            if (!set) continue;
            const auto value = line.substr(line.find("timestamp=") + 10);
            timestamp = numberOf(value.substr(0, value.find_first_not_of("0123456789")));
            return;
        }
    }

    bool fill(std::string_view head, std::string_view text, LogRecord& out) {
        int64_t timestamp = -1;
        takeSettings(text, timestamp);
        while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
        ForeignCall call;
        call.session = fieldOf(head, iso_ ? "Id:" : "Thread_id:");
        if (call.session.empty()) call.session = fieldOf(head, iso_ ? "Thread_id:" : "Id:");
        call.duration = secondsText(fieldOf(head, "Query_time:")).value_or(-1);
        if (iso_) {
            Instant end = 0;
            if (!readMysqlTime(head.substr(8, mysqlTimeSize(head.substr(8))), {}, end)) return false;
            call.begin = end - std::max<Nanoseconds>(call.duration, 0) / 1'000;
        } else {
            if (timestamp < 0 || timestamp > 100'000'000'000) return false;
            call.begin = timestamp * microsPerSecond;
        }
        if (text.empty() || isPreparing(text) || head.find("# administrator command: ") != std::string_view::npos) {
            fillNothing(call.begin, call.session, out);
            return true;
        }
        call.statement = sql::translated(text, sql::Dialect::mysql, translation_);
        call.database = fieldOf(head, "Schema:");
        const auto errorNumber = fieldOf(head, "Errno:");
        call.failed = !errorNumber.empty() && errorNumber != "0";
        const bool writes = wordKindOf(call.statement) == WordKind::write || startsWithWord(call.statement, "REPLACE");
        call.rows = numberOf(fieldOf(head, writes ? "Rows_affected:" : "Rows_sent:"));
        call.rowsExamined = numberOf(fieldOf(head, "Rows_examined:"));
        fillCall(call, message_, out);
        return true;
    }

    const bool iso_;
    std::string noZone_, translation_, message_;
};

}  // namespace

std::unique_ptr<LogReader> makeMysqlSlowReader(const std::string& form) { return std::make_unique<SlowLogReader>(form == "iso"); }

}  // namespace foreshard::ingest
