#include "core/ingest/prefix.h"

#include <array>
#include <cctype>
#include <cstdlib>
#include <cstring>

#include "core/ingest/log_time.h"

namespace foreshard::ingest {

namespace {

constexpr std::string_view knownEscapes = "aubdrhLpPtmnislceqvxQ";

constexpr bool isDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool isHex(char c) { return isDigit(c) || (c >= 'a' && c <= 'f'); }

template <typename Test>
size_t lengthWhile(std::string_view text, Test test) {
    size_t at = 0;
    while (at < text.size() && test(text[at])) ++at;
    return at;
}

// "3/17", "-1/5"; "" is allowed by the caller.
size_t virtualTransactionLength(std::string_view text) {
    size_t at = !text.empty() && text[0] == '-' ? 1 : 0;
    const size_t first = lengthWhile(text.substr(at), isDigit);
    at += first;
    if (first == 0 || at >= text.size() || text[at] != '/') return 0;
    const size_t second = lengthWhile(text.substr(at + 1), isDigit);
    return second == 0 ? 0 : at + 1 + second;
}

size_t sessionLength(std::string_view text) {
    const size_t first = lengthWhile(text, isHex);
    if (first == 0 || first > 16 || first >= text.size() || text[first] != '.') return 0;
    const size_t second = lengthWhile(text.substr(first + 1), isHex);
    return second == 0 || second > 8 ? 0 : first + 1 + second;
}

// Length of a value whose form is fixed; npos for values that are free text. Zero: no such value here.
size_t fixedLength(char escape, std::string_view text) {
    switch (escape) {
        case 't': case 'm': case 's': return LogClock::lengthAt(text);
        case 'n': {
            const size_t whole = lengthWhile(text, isDigit);
            if (whole < 9 || whole >= text.size() || text[whole] != '.') return 0;
            return whole + 1 + lengthWhile(text.substr(whole + 1), isDigit);
        }
        case 'p': case 'l': case 'x': return lengthWhile(text, isDigit);
        case 'c': return sessionLength(text);
        case 'v': return virtualTransactionLength(text);
        case 'e': return lengthWhile(text.substr(0, 5), [](char c) { return isDigit(c) || (c >= 'A' && c <= 'Z'); }) == 5 ? 5 : 0;
        case 'P': return lengthWhile(text, isDigit);
        case 'Q': return (!text.empty() && text[0] == '-' ? 1 : 0) +
                         lengthWhile(text.substr(!text.empty() && text[0] == '-' ? 1 : 0), isDigit);
        default: return std::string_view::npos;
    }
}

bool mayBeEmpty(char escape) { return escape == 'v' || escape == 'P' || escape == 's' || escape == 'x' || escape == 'Q'; }

}  // namespace

std::string_view severityWordAt(std::string_view text) {
    // Severities in other languages may hold letters outside ASCII; digits come with DEBUG1…DEBUG5.
    if (text.size() >= 6 && std::memcmp(text.data(), "LOG:  ", 6) == 0) return text.substr(0, 3);
    size_t at = 0;
    while (at < text.size() && at < 24 &&
           ((text[at] >= 'A' && text[at] <= 'Z') || isDigit(text[at]) || static_cast<unsigned char>(text[at]) >= 0x80))
        ++at;
    if (at < 3 || isDigit(text[0]) || text.substr(at, 3) != ":  ") return {};
    return text.substr(0, at);
}

bool isFollowWord(std::string_view word) {
    if (word.size() == 3) return false;   // LOG
    for (const std::string_view known : {"DETAIL", "HINT", "CONTEXT", "STATEMENT", "QUERY", "LOCATION", "BACKTRACE"})
        if (word == known) return true;
    return false;
}

Result<LinePrefix> LinePrefix::parse(const std::string& format) {
    LinePrefix prefix;
    prefix.format_ = format;
    std::string literal;
    const auto flush = [&] {
        if (!literal.empty()) prefix.parts_.push_back({0, 0, std::exchange(literal, {})});
    };
    for (size_t at = 0; at < format.size(); ++at) {
        if (format[at] != '%') { literal += format[at]; continue; }
        size_t end = at + 1;
        if (end < format.size() && format[end] == '-') ++end;
        const size_t digits = end;
        while (end < format.size() && isDigit(format[end]) && end - digits < 4) ++end;
        if (end >= format.size()) break;   // the server ignores a '%' at the end
        const char escape = format[end];
        if (escape == '%') literal += '%';
        else if (knownEscapes.find(escape) == std::string_view::npos)
            return Error{ErrorCategory::usage, "The prefix \"" + format + "\" holds %" + escape + ", which log_line_prefix does not know.",
                         "Give it exactly as SHOW log_line_prefix prints it.", {}};
        else {
            flush();
            const int width = end > digits ? std::atoi(format.substr(digits, end - digits).c_str()) : 0;
            prefix.parts_.push_back({escape, format[at + 1] == '-' ? -width : width, {}});
            if (escape != 'q') ++prefix.escapes_;
            prefix.hasTime_ |= escape == 't' || escape == 'm' || escape == 'n';
            prefix.hasSession_ |= escape == 'p' || escape == 'c' || escape == 'r';
            prefix.hasVirtualTransaction_ |= escape == 'v';
        }
        at = end;
    }
    flush();
    return prefix;
}

// Matches parts from left to right; a free-text value grows until the rest matches. `budget` bounds the tries, so that no
// line costs more than linear time in practice.
struct LinePrefix::Matcher {
    const LinePrefix& prefix;
    std::string_view line;
    PrefixFields& out;
    std::string_view& severity;
    int budget = 2'000;
    size_t length = 0;

    bool atSeverity(size_t at) {
        severity = severityWordAt(line.substr(at));
        if (severity.empty()) return false;
        length = at;
        return true;
    }

    bool run(size_t part, size_t at) {
        if (--budget < 0) return false;
        if (part == prefix.parts_.size()) return atSeverity(at);
        const Part& now = prefix.parts_[part];
        if (now.escape == 0) return line.substr(at).starts_with(now.text) && run(part + 1, at + now.text.size());
        if (now.escape == 'q') {
            if (run(part + 1, at)) return true;
            if (!atSeverity(at)) return false;
            out.cutAtQ = true;
            return true;
        }
        return value(now, part, at);
    }

    bool value(const Part& now, size_t part, size_t at) {
        size_t begin = at;
        if (now.padding > 0) begin += lengthWhile(line.substr(at), [](char c) { return c == ' '; });
        const size_t fixed = fixedLength(now.escape, line.substr(begin));
        if (fixed == std::string_view::npos) return freeText(now, part, at, begin);
        if (fixed == 0 && !mayBeEmpty(now.escape) && now.padding == 0) return false;
        const auto text = line.substr(begin, fixed);
        if (!run(part + 1, begin + fixed + padAfter(now, at, begin + fixed))) {
            // "[unknown]" and blanks stand for values that a process does not have.
            return fixed == 0 ? false : mayBeEmpty(now.escape) && run(part + 1, at + padAfter(now, at, at));
        }
        store(now.escape, text, out);
        return true;
    }

    size_t padAfter(const Part& now, size_t begin, size_t end) const {
        if (now.padding >= 0) return 0;
        size_t pad = 0;
        while (end + pad < line.size() && end + pad < begin + static_cast<size_t>(-now.padding) && line[end + pad] == ' ') ++pad;
        return pad;
    }

    bool freeText(const Part& now, size_t part, size_t at, size_t begin) {
        // The next literal says where the value may end.
        const std::string* stop = part + 1 < prefix.parts_.size() && prefix.parts_[part + 1].escape == 0
                                      ? &prefix.parts_[part + 1].text : nullptr;
        for (size_t end = begin; end <= line.size() && budget > 0; ++end) {
            if (stop && now.padding >= 0) {
                end = line.find(*stop, end);
                if (end == std::string_view::npos) return false;
            }
            if (!run(part + 1, end + padAfter(now, at, end))) continue;
            store(now.escape, line.substr(begin, end - begin), out);
            return true;
        }
        return false;
    }
};

void LinePrefix::store(char escape, std::string_view text, PrefixFields& out) {
    switch (escape) {
        case 't': case 'm': out.time = text; out.epochTime = false; break;
        case 'n': if (out.time.empty()) { out.time = text; out.epochTime = true; } break;
        case 's': out.sessionStart = text; break;
        case 'u': out.user = text; break;
        case 'd': out.database = text; break;
        case 'a': out.application = text; break;
        case 'h': case 'r': out.host = text; break;
        case 'i': out.commandTag = text; break;
        case 'e': out.sqlState = text; break;
        case 'v': out.virtualTransaction = text; break;
        case 'c': out.session = text; break;
        case 'p': out.pid = text; break;
        default: break;
    }
}

std::optional<size_t> LinePrefix::match(std::string_view line, PrefixFields& out, std::string_view& severity) const {
    out = PrefixFields();
    // Prefixes are short; a bound keeps a line without one from being searched to its end.
    Matcher matcher{*this, line.substr(0, 1'024), out, severity};
    if (!matcher.run(0, 0)) return std::nullopt;
    return matcher.length;
}

namespace {

// Length of a time stamp that is as long as the last one and differs from it in its fraction alone; 0: it has to be read.
size_t sameSecondLength(std::string_view text, std::string_view last) {
    if (last.size() < 20 || text.size() <= last.size() || std::memcmp(text.data(), last.data(), 19) != 0) return 0;
    size_t at = 19;
    if (last[at] == '.') {
        if (text[at] != '.') return 0;
        for (++at; at < last.size() && isDigit(last[at]); ++at)
            if (!isDigit(text[at])) return 0;
    }
    if (std::memcmp(text.data() + at, last.data() + at, last.size() - at) != 0) return 0;
    // The zone has to end where the last one did.
    const char behind = text[last.size()];
    return behind == ' ' || behind == '[' || behind == ']' ? last.size() : 0;
}

}  // namespace

bool LinePrefix::matchPlainly(std::string_view line, std::string_view lastTime, PrefixFields& out, std::string_view& severity, size_t& length) const {
    out = PrefixFields();
    line = line.substr(0, 1'024);
    size_t at = 0;
    for (size_t i = 0; i < parts_.size(); ++i) {
        const Part& part = parts_[i];
        const auto rest = line.substr(at);
        if (part.escape == 0) {
            if (rest.size() < part.text.size() || std::memcmp(rest.data(), part.text.data(), part.text.size()) != 0) return false;
            at += part.text.size();
            continue;
        }
        if (part.escape == 'q') continue;
        if (part.padding != 0) return false;
        size_t size = part.escape == 'm' || part.escape == 't' ? sameSecondLength(rest, lastTime) : 0;
        if (size == 0) size = fixedLength(part.escape, rest);
        if (size == 0 && !mayBeEmpty(part.escape)) return false;
        if (size == std::string_view::npos) {   // free text, up to the next literal
            if (i + 1 >= parts_.size() || parts_[i + 1].escape != 0) return false;
            size = rest.find(parts_[i + 1].text);
            if (size == std::string_view::npos) return false;
        }
        store(part.escape, rest.substr(0, size), out);
        at += size;
    }
    severity = severityWordAt(line.substr(at));
    length = at;
    return !severity.empty();
}

}  // namespace foreshard::ingest
