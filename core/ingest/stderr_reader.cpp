#include <cstring>

#include "core/ingest/log_time.h"
#include "core/ingest/readers.h"

namespace foreshard::ingest {

namespace {

constexpr size_t longestHead = 1'024;   // of a line: LinePrefix looks no further

// One line without its newline, and where the next one starts.
struct Line {
    std::string_view text;
    size_t next = 0;
    bool whole = false;   // the newline was there
};

Line lineAt(std::string_view window, size_t at) {
    const size_t newline = window.find('\n', at);
    if (newline == std::string_view::npos) return {window.substr(at), window.size(), false};
    size_t end = newline;
    if (end > at && window[end - 1] == '\r') --end;
    return {window.substr(at, end - at), newline + 1, true};
}

class StderrReader final : public LogReader {
public:
    explicit StderrReader(LinePrefix prefix) : prefix_(std::move(prefix)) {}
    const std::string& unknownZone() const override { return clock_.unknownZone(); }
    void useZone(const TimeZone& zone) override { clock_.useZone(zone); }

    void windowChanged() override { lines_[0].begin = lines_[1].begin = nullptr; }

protected:
    // The line behind a record has to be matched to know that the record is over; that serves the next record.
    bool readFast(std::string_view window, size_t& at, LogRecord& out) override {
        MatchedLine& first = matched(window, at, lines_[current_]);
        size_t place = at;
        std::string_view text;
        if (!first.matched || isFollowWord(first.severity) || !readText(window, place, false, first.length + first.severity.size() + 3, buffers_[0], text))
            return false;
        out = LogRecord();
        out.message = text;
        if (isTorn(text)) return false;
        for (;;) {
            if (place >= window.size()) return false;
            const MatchedLine& next = matched(window, place, lines_[1 - current_]);
            if (!next.matched) return false;
            if (!isFollowWord(next.severity)) break;
            if (!readFollowLine(window, place, false, next.length, next.severity, out)) return false;
        }
        const auto epoch = first.fields.epochTime ? LogClock::readEpoch(first.fields.time) : std::nullopt;
        if (epoch) out.time = *epoch;
        else if (first.fields.epochTime || !clock_.readWhole(first.fields.time, out.time)) return false;
        out.severity = severityOf(first.severity);
        fill(first.fields, out);
        lastTime_.assign(first.fields.time);
        current_ = 1 - current_;
        setLines(window.substr(at, place - at));
        at = place;
        return true;
    }

    // A message line; DETAIL, STATEMENT and the like belong to the record before.
    bool startsRecord(std::string_view text) const override {
        PrefixFields fields;
        std::string_view severity;
        if (text.empty() || text[0] == '\t') return false;
        const char* newline = static_cast<const char*>(std::memchr(text.data(), '\n', std::min<size_t>(text.size(), longestHead)));
        if (newline) text = text.substr(0, static_cast<size_t>(newline - text.data()));
        return prefix_.match(text, fields, severity) && !isFollowWord(severity);
    }

    ReadStep read(std::string_view window, size_t& at, bool last, LogRecord& out) override {
        PrefixFields fields;
        std::string_view severity;
        size_t place = at;
        std::string_view text;
        const auto length = prefix_.match(lineAt(window, at).text, fields, severity);
        if (!length || !readText(window, place, last, *length + severity.size() + 3, buffers_[0], text)) return ReadStep::incomplete;
        out.message = text;
        if (isTorn(text)) return skipLine(window, at, last, "torn_line");
        if (!readFollowing(window, place, last, out)) return ReadStep::incomplete;
        // Messages of syslog have their times in front of the prefix.
        if (prefix_.hasTime()) {
            const auto time = fields.epochTime ? LogClock::readEpoch(fields.time) : clock_.read(fields.time);
            if (!time) return skipLine(window, at, last, "bad_time");
            out.time = *time;
        }
        out.severity = severityOf(severity);
        fill(fields, out);
        at = place;
        return ReadStep::record;
    }

private:
    // The text of the line at `place`, from `offset` on, with the lines behind it that begin with a tab: the server puts
    // one in front of each further line. False: the window ends first.
    static bool readText(std::string_view window, size_t& place, bool last, size_t offset, std::string& buffer, std::string_view& out) {
        Line line = lineAt(window, place);
        if (!line.whole && !last) return false;
        out = line.text.substr(std::min(offset, line.text.size()));
        place = line.next;
        bool copied = false;
        for (;;) {
            if (place >= window.size()) return last;
            if (window[place] != '\t') return true;
            line = lineAt(window, place);
            if (!line.whole && !last) return false;
            if (!copied) buffer.assign(out);
            copied = true;
            buffer += '\n';
            buffer += line.text.substr(1);
            out = buffer;
            place = line.next;
        }
    }

    // DETAIL, CONTEXT, STATEMENT… lines. False: the window ends before the record is known to.
    bool readFollowing(std::string_view window, size_t& place, bool last, LogRecord& out) {
        PrefixFields fields;
        std::string_view word;
        while (place < window.size()) {
            const Line line = lineAt(window, place);
            if (!line.whole && !last && line.text.size() <= longestHead) return false;   // its head decides
            const auto length = prefix_.match(line.text, fields, word);
            if (!length || !isFollowWord(word)) return true;
            if (!readFollowLine(window, place, last, *length, word, out)) return false;
        }
        return last;
    }

    // The line at `place` with its further lines, of which the prefix and `word` are known. False: the window ends first.
    bool readFollowLine(std::string_view window, size_t& place, bool last, size_t length, std::string_view word, LogRecord& out) {
        std::string_view ignored;
        const bool detail = word == "DETAIL", context = word == "CONTEXT", statement = word == "STATEMENT";
        std::string_view& target = detail ? out.detail : context ? out.context : statement ? out.statement : ignored;
        std::string& buffer = buffers_[detail ? 1 : context ? 2 : statement ? 3 : 4];
        return readText(window, place, last, length + word.size() + 3, buffer, target);
    }

    // Whether another process has written its line into this one, before it said what it tells of: what both said cannot be told
    // apart any more. A message that tells of a statement may quote such a line.
    bool isTorn(std::string_view message) const {
        for (const std::string_view known : {"duration: ", "statement: ", "execute "})
            if (message.starts_with(known)) return false;
        message = message.substr(0, std::min(message.find('\n'), longestHead));
        for (size_t dash = message.find('-', 4); dash != std::string_view::npos; dash = message.find('-', dash + 1)) {
            const auto inner = message.substr(dash - 4);
            PrefixFields fields;
            std::string_view severity;
            if (LogClock::lengthAt(inner) > 0 && prefix_.match(inner, fields, severity)) return true;
        }
        return false;
    }

    // A whole line and whether its prefix was matched plainly; elsewhere read() has to look at it.
    struct MatchedLine {
        const char* begin = nullptr;
        bool matched = false;
        size_t length = 0;
        PrefixFields fields;
        std::string_view severity;
    };

    MatchedLine& matched(std::string_view window, size_t at, MatchedLine& out) const {
        const char* const begin = window.data() + at;
        if (out.begin == begin) return out;
        const Line line = lineAt(window, at);
        out.begin = begin;
        out.matched = line.whole && prefix_.matchPlainly(line.text, lastTime_, out.fields, out.severity, out.length);
        return out;
    }

    void fill(const PrefixFields& fields, LogRecord& out) {
        const auto known = [](std::string_view name) { return name == "[unknown]" ? std::string_view() : name; };
        out.database = known(fields.database);
        out.commandTag = fields.commandTag;
        out.virtualTransaction = fields.virtualTransaction;
        out.session = fields.session;
        if (out.session.empty() && !fields.pid.empty()) {
            // Process ids come back; the session's start tells them apart.
            session_.assign(fields.pid);
            if (!fields.sessionStart.empty()) session_.append("@").append(fields.sessionStart);
            out.session = session_;
        }
        if (out.session.empty() && fields.host.ends_with(')')) out.session = fields.host;
        out.sqlState = fields.sqlState;
        // log_error_verbosity = verbose puts the state in front of each message.
        if (out.message.size() > 7 && out.message.substr(5, 2) == ": " && isState(out.message.substr(0, 5))) {
            out.sqlState = out.message.substr(0, 5);
            out.message.remove_prefix(7);
        }
    }

    static bool isState(std::string_view text) {
        for (const char c : text)
            if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'))) return false;
        return true;
    }

    LinePrefix prefix_;
    LogClock clock_;
    MatchedLine lines_[2];             // the record's own, and the one behind it
    int current_ = 0;
    std::string lastTime_;
    std::string buffers_[5], session_;
};

}  // namespace

std::unique_ptr<LogReader> makeStderrReader(const std::string& prefix) {
    auto parsed = LinePrefix::parse(prefix);
    assert(parsed.ok());
    return std::make_unique<StderrReader>(std::move(parsed).value());
}

}  // namespace foreshard::ingest
