#include <array>
#include <cstring>

#include "core/ingest/csv_structure.h"
#include "core/ingest/log_time.h"
#include "core/ingest/readers.h"

namespace foreshard::ingest {

namespace {

// Columns of csvlog, PostgreSQL 9.0 to 18: 23 columns, then backend_type (13) and leader_pid, query_id (14).
enum Column : size_t {
    logTime, userName, databaseName, processId, connectionFrom, sessionId, sessionLine, commandTag, sessionStart,
    virtualTransactionId, transactionId, severity, sqlState, message, detail, hint, internalQuery, internalQueryPosition,
    context, query, queryPosition, location, applicationName,
    leastColumns,
};
constexpr size_t mostColumns = CsvStructure::mostFields;   // later versions may add some

// Reads one field at `at` and leaves `at` on the ',' or newline behind it. A quoted field that holds a doubled quote is
// undone into `buffer`.
enum class FieldEnd : uint8_t { field, cut, broken };
FieldEnd readField(std::string_view text, size_t& at, std::string_view& out, std::string& buffer) {
    if (at >= text.size()) return FieldEnd::cut;
    if (text[at] == ',') {
        out = {};
        return FieldEnd::field;
    }
    if (text[at] != '"') {
        const size_t begin = at;
        while (at < text.size() && text[at] != ',' && text[at] != '\n') {
            if (text[at] == '"') return FieldEnd::broken;
            ++at;
        }
        if (at >= text.size()) return FieldEnd::cut;
        out = text.substr(begin, at - begin);
        return FieldEnd::field;
    }
    size_t begin = ++at;
    bool doubled = false;
    for (;;) {
        const char* quote = static_cast<const char*>(std::memchr(text.data() + at, '"', text.size() - at));
        if (!quote) return FieldEnd::cut;
        at = static_cast<size_t>(quote - text.data()) + 1;
        if (at >= text.size()) return FieldEnd::cut;
        if (text[at] != '"') break;
        if (!doubled) buffer.clear();
        doubled = true;
        buffer.append(text, begin, at - begin);
        begin = ++at;
    }
    const auto rest = text.substr(begin, at - 1 - begin);
    if (doubled) {
        buffer.append(rest);
        out = buffer;
    } else {
        out = rest;
    }
    return text[at] == ',' || text[at] == '\n' || text[at] == '\r' ? FieldEnd::field : FieldEnd::broken;
}

// Skips "…" or plain characters up to a comma, for the check of a record's head.
bool skipName(std::string_view text, size_t& at) {
    if (at < text.size() && text[at] == '"') {
        for (++at; at < text.size(); ++at) {
            if (text[at] == '\n') return false;
            if (text[at] != '"') continue;
            if (at + 1 < text.size() && text[at + 1] == '"') ++at;
            else break;
        }
        ++at;
    }
    return at < text.size() && text[at] == ',' && ++at;
}

bool skipDigits(std::string_view text, size_t& at, bool hexAndDot) {
    while (at < text.size() && ((text[at] >= '0' && text[at] <= '9') ||
                                (hexAndDot && ((text[at] >= 'a' && text[at] <= 'f') || text[at] == '.'))))
        ++at;
    return at < text.size() && text[at] == ',' && ++at;
}

bool isHexOrDot(unsigned char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '.'; }

class CsvReader final : public LogReader {
public:
    const std::string& unknownZone() const override { return clock_.unknownZone(); }
    void useZone(const TimeZone& zone) override { clock_.useZone(zone); }

protected:
    // A time stamp, then user, database, process, host, session and line as the server writes them.
    bool startsRecord(std::string_view text) const override {
        size_t at = LogClock::lengthAt(text);
        if (at == 0 || at >= text.size() || text[at] != ',') return false;
        ++at;
        return skipName(text, at) && skipName(text, at) && skipDigits(text, at, false) && skipName(text, at) &&
               skipDigits(text, at, true) && skipDigits(text, at, false);
    }

    // Inside a quoted field every quote is doubled: there no whole record with a message in quotes can be read.
    bool beyondDoubt(std::string_view window, size_t at) override {
        LogRecord record;
        const size_t begin = at;
        if (read(window, at, false, record) != ReadStep::record) return false;
        size_t place = begin;
        std::string_view field;
        for (size_t column = 0; column < message; ++column, ++place) readField(window, place, field, buffers_[mostColumns]);
        return window[place] == '"' && record.message.find_first_not_of("\" ,") != std::string_view::npos;
    }

    bool readFast(std::string_view window, size_t& at, LogRecord& out) override {
        const char* const begin = window.data() + at;
        if (!scanCsvRecord(begin, window.size() - at, structure_) || structure_.fields < leastColumns || !fastHead(begin) ||
            !clock_.readWhole({begin, structure_.ends[logTime]}, out.time))
            return false;
        out.severity = severityOf(unquoted(begin, severity));
        out.session = plain(begin, sessionId);
        out.virtualTransaction = unquoted(begin, virtualTransactionId);
        out.sqlState = unquoted(begin, sqlState);
        out.database = unquoted(begin, databaseName);
        out.commandTag = unquoted(begin, commandTag);
        out.message = unquoted(begin, message);
        out.detail = unquoted(begin, detail);
        out.context = unquoted(begin, context);
        out.statement = unquoted(begin, query);
        if (structure_.firstInnerNewline != UINT32_MAX) setLines({begin, structure_.length});
        at += structure_.length;
        return true;
    }

    ReadStep read(std::string_view window, size_t& at, bool last, LogRecord& out) override {
        size_t place = at, columns = 0;
        for (;;) {
            const FieldEnd end = readField(window, place, fields_[columns], buffers_[columns]);
            if (end == FieldEnd::cut) {
                if (!last) return ReadStep::incomplete;
                // A last record without its newline is whole when its last field, a number, has begun.
                if (columns + 1 < leastColumns || place < window.size()) return skipLine(window, at, last, "cut_record");
                fields_[columns] = {};
            }
            if (end == FieldEnd::broken || ++columns > mostColumns) return skipLine(window, at, last, "broken_csv");
            if (place >= window.size()) break;
            if (window[place] == '\r') {
                if (++place >= window.size() && !last) return ReadStep::incomplete;
                if (place < window.size() && window[place] != '\n') return skipLine(window, at, last, "broken_csv");
            }
            if (place >= window.size() || window[place++] == '\n') break;
        }
        if (columns < leastColumns) return skipLine(window, at, last, "broken_csv");
        const auto time = clock_.read(fields_[logTime]);
        if (!time) return skipLine(window, at, last, "bad_time");
        out.time = *time;
        fill(out);
        at = place;
        return ReadStep::record;
    }

private:
    std::string_view plain(const char* begin, size_t column) const {
        const uint32_t from = column == 0 ? 0 : structure_.ends[column - 1] + 1;
        return {begin + from, structure_.ends[column] - from};
    }

    std::string_view unquoted(const char* begin, size_t column) {
        auto field = plain(begin, column);
        if (field.empty() || field[0] != '"') return field;
        field = field.substr(1, field.size() - 2);
        if (!structure_.doubledQuotes || !std::memchr(field.data(), '"', field.size())) return field;
        std::string& buffer = buffers_[column];
        buffer.clear();
        for (size_t from = 0;;) {
            const size_t quote = field.find('"', from);
            if (quote == std::string_view::npos) return buffer.append(field, from);
            buffer.append(field, from, quote + 1 - from);
            from = quote + 2;
        }
    }

    // The same as startsRecord, of a record whose structure is known.
    bool fastHead(const char* begin) const {
        const uint32_t* const ends = structure_.ends;
        if (structure_.firstInnerNewline < ends[sessionLine]) return false;
        for (const size_t column : {userName, databaseName, connectionFrom}) {
            const uint32_t from = ends[column - 1] + 1;
            if (from != ends[column] && begin[from] != '"') return false;
        }
        for (uint32_t i = ends[databaseName] + 1; i < ends[processId]; ++i)
            if (static_cast<unsigned char>(begin[i] - '0') > 9) return false;
        for (uint32_t i = ends[sessionId] + 1; i < ends[sessionLine]; ++i)
            if (static_cast<unsigned char>(begin[i] - '0') > 9) return false;
        for (uint32_t i = ends[connectionFrom] + 1; i < ends[sessionId]; ++i)
            if (!isHexOrDot(static_cast<unsigned char>(begin[i]))) return false;
        return true;
    }

    void fill(LogRecord& out) const {
        out.severity = severityOf(fields_[severity]);
        out.session = fields_[sessionId];
        out.virtualTransaction = fields_[virtualTransactionId];
        out.database = fields_[databaseName];
        out.commandTag = fields_[commandTag];
        out.sqlState = fields_[sqlState];
        out.message = fields_[message];
        out.detail = fields_[detail];
        out.context = fields_[context];
        out.statement = fields_[query];
    }

    LogClock clock_;
    CsvStructure structure_;
    std::array<std::string_view, mostColumns + 1> fields_;
    std::array<std::string, mostColumns + 1> buffers_;
};

}  // namespace

std::unique_ptr<LogReader> makeCsvReader() { return std::make_unique<CsvReader>(); }

}  // namespace foreshard::ingest
