#include "core/ingest/syslog.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "core/ingest/prefix.h"
#include "core/ingest/record.h"

namespace foreshard::ingest {

namespace {

constexpr bool isDigit(char c) { return c >= '0' && c <= '9'; }
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr size_t shortTimeLength = 15;
constexpr size_t longestWord = 255;    // of host and ident

// Up to the next blank, which is left out.
bool takeWord(std::string_view& text, std::string_view& out) {
    const size_t blank = text.substr(0, longestWord + 1).find(' ');
    if (blank == std::string_view::npos || blank == 0) return false;
    out = text.substr(0, blank);
    text.remove_prefix(blank + 1);
    return true;
}

bool matchesShape(std::string_view text, std::string_view shape) {
    if (text.size() < shape.size()) return false;
    for (size_t i = 0; i < shape.size(); ++i)
        if (shape[i] == '0' ? !isDigit(text[i]) : shape[i] != '_' && text[i] != shape[i]) return false;
    return true;
}

bool takePriority(std::string_view& text) {
    size_t at = 1;
    while (at < text.size() && at < 4 && isDigit(text[at])) ++at;
    if (at == 1 || at >= text.size() || text[at] != '>') return false;
    text.remove_prefix(at + 1);
    return true;
}

// "postgres[123]:", "kernel:"
bool readTag(std::string_view word, SyslogLine& out) {
    if (word.size() < 2 || !word.ends_with(':')) return false;
    word.remove_suffix(1);
    const size_t bracket = word.ends_with(']') ? word.find('[') : std::string_view::npos;
    if (bracket == 0) return false;
    out.ident = word.substr(0, bracket);
    out.process = bracket == std::string_view::npos ? std::string_view() : word.substr(bracket + 1, word.size() - bracket - 2);
    return true;
}

// Behind structured data: "-", or elements in brackets with quoted values.
bool skipStructuredData(std::string_view& text) {
    if (text.starts_with('-')) return text.remove_prefix(1), true;
    if (!text.starts_with('[')) return false;
    bool quoted = false;
    for (size_t at = 1; at < text.size(); ++at) {
        if (quoted && text[at] == '\\') ++at;
        else if (text[at] == '"') quoted = !quoted;
        else if (!quoted && text[at] == ']' && (at + 1 >= text.size() || text[at + 1] != '[')) return text.remove_prefix(at + 1), true;
    }
    return false;
}

// Behind "<134>1 ": TIME HOST APP PROCESS MESSAGE-ID DATA TEXT.
bool readProtocol(std::string_view text, SyslogLine& out) {
    std::string_view ignored;
    if (!takeWord(text, out.time) || !takeWord(text, ignored) || !takeWord(text, out.ident) || !takeWord(text, out.process) || !takeWord(text, ignored) || !skipStructuredData(text)) return false;
    if (text.starts_with(' ')) text.remove_prefix(1);
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    if (text.starts_with(" [")) text.remove_prefix(1);   // rsyslog keeps the blank behind the tag
    out.rest = text;
    if (out.process == "-") out.process = {};
    return true;
}

constexpr std::string_view numberNames = "bpmn";   // of SyslogShape::Numbers, in written shapes

}  // namespace

bool isShortTime(std::string_view time) { return time.size() == shortTimeLength; }

bool readSyslogLine(std::string_view line, SyslogLine& out) {
    if (line.starts_with('<') && !takePriority(line)) return false;
    if (line.starts_with("1 ") && matchesShape(line.substr(2), "0000-00-00T00:00:00")) return readProtocol(line.substr(2), out);
    if (matchesShape(line, "0000-00-00T00:00:00")) {
        if (!takeWord(line, out.time)) return false;
    } else {
        if (!matchesShape(line, "___ _0 00:00:00 ") || std::find(months.begin(), months.end(), line.substr(0, 3)) == months.end()) return false;
        out.time = line.substr(0, shortTimeLength);
        line.remove_prefix(shortTimeLength + 1);
    }
    std::string_view word;
    if (!takeWord(line, word)) return false;
    if (!readTag(word, out) && (!takeWord(line, word) || !readTag(word, out))) return false;   // without a host, or behind it
    out.rest = line;
    return true;
}

bool readSyslogPiece(std::string_view rest, SyslogShape::Numbers numbers, SyslogPiece& out) {
    out = {0, 1, rest};
    if (numbers == SyslogShape::Numbers::none) return true;
    const size_t end = rest.substr(0, 32).find(']');
    if (!rest.starts_with('[') || end == std::string_view::npos || end + 1 >= rest.size() || rest[end + 1] != ' ') return false;
    const auto inner = rest.substr(1, end - 1);
    out.text = rest.substr(end + 2);
    const size_t dash = inner.find('-');
    if (numbers == SyslogShape::Numbers::messageAndPiece)
        return dash != std::string_view::npos && readNumber(inner.substr(0, dash), out.message) && readNumber(inner.substr(dash + 1), out.piece) && out.piece > 0;
    return readNumber(inner, numbers == SyslogShape::Numbers::piece ? out.piece : out.message) && out.piece > 0;
}

std::optional<Instant> syslogTime(std::string_view time, Instant first, const TimeZone& zone) {
    if (!isShortTime(time)) return parseTime(time, zone);
    const auto month = std::find(months.begin(), months.end(), time.substr(0, 3)) - months.begin();
    const auto day = time[4] == ' ' ? "0" + std::string(time.substr(5, 1)) : std::string(time.substr(4, 2));
    const Instant earliest = first - 30 * microsPerDay;
    uint64_t year = 1970;
    readNumber(std::string_view(formatRfc3339(earliest)).substr(0, 4), year);
    for (uint64_t after = 0; after < 2; ++after)
        if (const auto there = parseTime(fmt::format("{:04}-{:02}-{} {}", year + after, month + 1, day, time.substr(7)), zone); there && *there >= earliest) return there;
    return std::nullopt;
}

std::string SyslogShape::write() const {
    return fmt::format("{}{} {} {} {}", numberNames[static_cast<size_t>(numbers)], escaped ? 'e' : 'r', first, ident, prefix);
}

std::optional<SyslogShape> SyslogShape::read(std::string_view text) {
    SyslogShape shape;
    std::string_view kind, first, ident;
    if (!takeWord(text, kind) || !takeWord(text, first) || !takeWord(text, ident) || kind.size() != 2) return std::nullopt;
    const size_t numbers = numberNames.find(kind[0]);
    uint64_t instant = 0;
    if (numbers == std::string_view::npos || (kind[1] != 'e' && kind[1] != 'r') || !readNumber(first, instant) || instant > INT64_MAX / 2) return std::nullopt;
    shape.numbers = static_cast<Numbers>(numbers);
    shape.escaped = kind[1] == 'e';
    shape.first = static_cast<Instant>(instant);
    shape.ident = ident;
    shape.prefix = text;
    if (!LinePrefix::parse(shape.prefix).ok()) return std::nullopt;
    return shape;
}

// ---- finding out ----------------------------------------------------------------------------------------------------

namespace {

bool hasSeverity(std::string_view text) {
    for (const std::string_view word : {"LOG:  ", "ERROR:  ", "FATAL:  ", "WARNING:  ", "STATEMENT:  ", "DETAIL:  "})
        if (text.substr(0, 512).find(word) != std::string_view::npos) return true;
    return false;
}

// What is counted of the lines of one ident.
struct Ident {
    size_t lines = 0, severities = 0;
    size_t messagePieces = 0, single = 0, ones = 0, rawTabs = 0;   // "[3-1]", "[3]", "[1]" of those
    std::string_view firstTime;
    std::string texts;                 // of the lines with a severity, as a log without heads

    void add(const SyslogLine& line) {
        if (lines++ == 0) firstTime = line.time;
        SyslogPiece piece{0, 1, line.rest};
        if (readSyslogPiece(line.rest, SyslogShape::Numbers::messageAndPiece, piece)) {
            ++messagePieces;
        } else if (readSyslogPiece(line.rest, SyslogShape::Numbers::message, piece)) {
            ++single;
            ones += piece.message == 1;
        } else {
            piece.text = line.rest;
        }
        rawTabs += piece.text.starts_with('\t');
        if (!hasSeverity(piece.text)) return;
        ++severities;
        texts += std::string(piece.text) + '\n';
    }

    SyslogShape::Numbers numbers() const {
        if (messagePieces * 2 >= lines) return SyslogShape::Numbers::messageAndPiece;
        if (single * 2 < lines) return SyslogShape::Numbers::none;
        // Numbers of messages grow; those of pieces begin anew with each message.
        return ones * 3 >= single ? SyslogShape::Numbers::piece : SyslogShape::Numbers::message;
    }
};

// The year is the last one that does not put the line behind `now`.
Instant firstInstant(std::string_view time, Instant now) {
    constexpr Instant year = 365 * microsPerDay;
    if (const auto there = syslogTime(time, now - year + 31 * microsPerDay)) return std::max<Instant>(*there, 0);
    return std::max<Instant>(now, 0);
}

}  // namespace

std::optional<SyslogShape> guessSyslog(std::string_view sample, const std::string& prefix, Instant now, bool& prefixFound) {
    std::map<std::string_view, Ident> idents;
    size_t lines = 0, foreign = 0;
    while (!sample.empty() && lines + foreign < 2'000) {
        const size_t newline = sample.find('\n');
        const auto text = sample.substr(0, newline);
        sample.remove_prefix(newline == std::string_view::npos ? sample.size() : newline + 1);
        SyslogLine line;
        if (!readSyslogLine(text, line)) {
            foreign += !text.empty();
            continue;
        }
        ++lines;
        idents[line.ident].add(line);
    }
    const auto best = std::max_element(idents.begin(), idents.end(), [](const auto& a, const auto& b) { return a.second.severities < b.second.severities; });
    if (best == idents.end() || best->second.severities == 0 || foreign > lines) return std::nullopt;
    SyslogShape shape;
    shape.ident = best->first;
    shape.numbers = best->second.numbers();
    shape.escaped = best->second.rawTabs == 0;
    shape.first = firstInstant(best->second.firstTime, now);
    const auto guess = prefix.empty() ? guessPrefix(best->second.texts, false) : PrefixGuess{prefix, 1, true};
    prefixFound = guess.has_value();
    if (guess) shape.prefix = guess->prefix;
    return shape;
}

}  // namespace foreshard::ingest
