#include "core/ingest/message.h"

#include <cstring>

#include "core/workload/call_event.h"

namespace foreshard::ingest {

namespace {

constexpr size_t longestName = 200;   // of a prepared statement and its portal

constexpr bool isDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

// With the size known, the comparison is a few instructions and no call.
template <size_t Size>
bool startsWith(std::string_view text, const char (&prefix)[Size]) {
    return text.size() >= Size - 1 && std::memcmp(text.data(), prefix, Size - 1) == 0;
}

template <size_t Size>
bool take(std::string_view& text, const char (&prefix)[Size]) {
    if (!startsWith(text, prefix)) return false;
    text.remove_prefix(Size - 1);
    return true;
}

// "0.123 ms" as nanoseconds; nothing for anything else, or more than a century.
std::optional<Nanoseconds> takeMillis(std::string_view& text) {
    size_t at = 0;
    int64_t nanos = 0;
    while (at < text.size() && isDigit(text[at]) && at < 13) nanos = nanos * 10 + (text[at++] - '0');
    if (at == 0 || at >= 13) return std::nullopt;
    nanos *= 1'000'000;
    if (at < text.size() && text[at] == '.') {
        int64_t scale = 100'000;
        for (++at; at < text.size() && isDigit(text[at]); ++at, scale /= 10) nanos += (text[at] - '0') * scale;
    }
    if (!startsWith(text.substr(at), " ms")) return std::nullopt;
    text.remove_prefix(at + 3);
    return nanos;
}

// Whether a statement may begin here: with a word of SQL's, a bracket or a comment.
bool mayBeginStatement(std::string_view text) {
    while (!text.empty() && isBlank(text[0])) text.remove_prefix(1);
    if (text.empty() || text[0] == '(' || startsWith(text, "--") || startsWith(text, "/*")) return true;
    static constexpr std::string_view words[] = {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "MERGE",
                                                 "VALUES", "TABLE", "COPY", "SET", "RESET", "SHOW", "START", "END", "ABORT", "CALL", "DO", "FETCH", "MOVE", "DECLARE", "CLOSE",
                                                 "EXPLAIN", "CREATE", "ALTER", "DROP", "TRUNCATE", "LOCK", "PREPARE", "EXECUTE", "DEALLOCATE", "DISCARD", "LISTEN",
                                                 "UNLISTEN", "NOTIFY", "ANALYZE", "ANALYSE", "VACUUM", "REFRESH", "GRANT", "REVOKE", "COMMENT", "CLUSTER", "REINDEX", "CHECKPOINT"};
    for (const auto word : words)
        if (startsWithWord(text, word)) return true;
    return false;
}

// Behind "execute ": the name of the statement, then ": ". A name may hold that too ("a: b"): then the statement begins
// behind the first one that one can begin behind.
bool takeName(std::string_view& text) {
    const size_t first = text.find(": ");
    if (first == std::string_view::npos) return false;
    size_t colon = first;
    while (colon != std::string_view::npos && colon < longestName && !mayBeginStatement(text.substr(colon + 2))) colon = text.find(": ", colon + 2);
    text.remove_prefix((colon < longestName ? colon : first) + 2);
    return true;
}

// "statement: …" and "execute …: …", with or without a duration in front.
bool readStatement(std::string_view text, MessageKind kind, Message& out) {
    if (take(text, "statement: ")) {
        out.kind = kind;
    } else if (take(text, "execute ")) {
        out.kind = startsWith(text, "fetch from ") ? MessageKind::parseOrBind : kind;
        out.extended = true;
        if (!takeName(text)) return false;
    } else {
        return false;
    }
    out.text = text;
    return true;
}

Message readDuration(std::string_view text) {
    Message out;
    const auto duration = takeMillis(text);
    if (!duration) return out;
    if (text.empty()) {
        out.kind = MessageKind::duration;
    } else if (take(text, "  ")) {
        if (startsWith(text, "parse ") || startsWith(text, "bind ")) out.kind = MessageKind::parseOrBind;
        else if (take(text, "plan:")) out.kind = MessageKind::plan, out.text = text;
        else if (!readStatement(text, MessageKind::ended, out)) return {};
    }
    out.duration = *duration;
    return out;
}

// parameter "log_min_duration_statement" changed to "250ms"
Message readSetting(std::string_view text) {
    Message out;
    const size_t name = text.find('"');
    const size_t middle = text.find("\" changed to \"");
    if (name == std::string_view::npos || middle == std::string_view::npos || middle <= name || !text.ends_with('"')) return out;
    out.text = text.substr(name + 1, middle - name - 1);
    out.value = text.substr(middle + 14, text.size() - middle - 15);
    out.kind = MessageKind::setting;
    return out;
}

Message readLog(std::string_view text) {
    Message out;
    if (text.empty()) return out;
    switch (text[0]) {
        case 's':
        case 'e':
            if (!readStatement(text, MessageKind::started, out)) return {};
            if (out.kind == MessageKind::parseOrBind) out.kind = MessageKind::other;   // a fetch begins; its end is enough
            return out;
        case 'd':
            if (take(text, "duration: ")) return readDuration(text);
            if (text.starts_with("disconnection: ")) out.kind = MessageKind::sessionEnded;
            if (text.starts_with("database system was ")) out.kind = MessageKind::serverStarted;
            return out;
        case 'c':
            if (text.starts_with("connection authorized: ")) out.kind = MessageKind::sessionStarted;
            return out;
        case 'p':
            if (text.starts_with("parameter \"")) return readSetting(text);
            return out;
        case 'u':
            if (text.starts_with("unexpected EOF on client connection")) out.kind = MessageKind::sessionEnded;
            return out;
        default: return out;
    }
}

}  // namespace

Message readMessage(const LogRecord& record) {
    Message out;
    switch (record.severity) {
        case LogSeverity::log: {
            out = readLog(record.message);
            // The bare duration of a parse or bind step: the process title says so.
            if (out.kind == MessageKind::duration && (record.commandTag == "PARSE" || record.commandTag == "BIND"))
                out.kind = MessageKind::parseOrBind;
            return out;
        }
        case LogSeverity::fatal:
        case LogSeverity::panic: out.sessionOver = true; [[fallthrough]];
        case LogSeverity::error:
            out.kind = MessageKind::failed;
            out.text = record.statement;
            out.syntaxError = record.sqlState == "42601" ||
                              (record.sqlState.empty() && record.message.starts_with("syntax error"));
            return out;
        default: return out;
    }
}

bool startsWithWord(std::string_view text, std::string_view word) {
    if (text.size() < word.size()) return false;
    for (size_t i = 0; i < word.size(); ++i) {
        const char c = text[i] >= 'a' && text[i] <= 'z' ? static_cast<char>(text[i] - 0x20) : text[i];
        if (c != word[i]) return false;
    }
    const char behind = text.size() > word.size() ? text[word.size()] : ' ';
    return !((behind >= 'a' && behind <= 'z') || (behind >= 'A' && behind <= 'Z') || isDigit(behind) || behind == '_');
}

namespace {

// Leaves out white space, comments and parentheses in front of the first word.
std::string_view fromFirstWord(std::string_view text) {
    for (;;) {
        while (!text.empty() && (isBlank(text[0]) || text[0] == '(')) text.remove_prefix(1);
        if (text.starts_with("--")) {
            const size_t newline = text.find('\n');
            text.remove_prefix(newline == std::string_view::npos ? text.size() : newline + 1);
        } else if (text.starts_with("/*")) {
            const size_t end = text.find("*/", 2);
            text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
        } else {
            return text;
        }
    }
}

}  // namespace

WordKind wordKindOf(std::string_view statement) {
    const auto text = fromFirstWord(statement);
    if (text.empty()) return WordKind::other;
    switch (text[0] | 0x20) {
        case 's':
            if (startsWithWord(text, "SELECT")) return WordKind::select;
            return startsWithWord(text, "START") || startsWithWord(text, "SAVEPOINT") ? WordKind::control : WordKind::other;
        case 'u': return startsWithWord(text, "UPDATE") ? WordKind::write : WordKind::other;
        case 'i': return startsWithWord(text, "INSERT") ? WordKind::write : WordKind::other;
        case 'd': return startsWithWord(text, "DELETE") ? WordKind::write : WordKind::other;
        case 'b': return startsWithWord(text, "BEGIN") ? WordKind::control : WordKind::other;
        case 'c':
            if (startsWithWord(text, "COMMIT")) return WordKind::control;
            return startsWithWord(text, "COPY") ? WordKind::write : WordKind::other;
        case 'e': return startsWithWord(text, "END") ? WordKind::control : WordKind::other;
        case 'r': return startsWithWord(text, "ROLLBACK") || startsWithWord(text, "RELEASE") ? WordKind::control : WordKind::other;
        case 'a': return startsWithWord(text, "ABORT") ? WordKind::control : WordKind::other;
        case 'm': return startsWithWord(text, "MERGE") ? WordKind::write : WordKind::other;
        case 't': return startsWithWord(text, "TABLE") ? WordKind::select : WordKind::other;
        case 'v': return startsWithWord(text, "VALUES") ? WordKind::select : WordKind::other;
        default: return WordKind::other;
    }
}

bool endsTransaction(std::string_view statement) {
    const auto text = fromFirstWord(statement);
    if (text.empty() || std::string_view("cerapCERAP").find(text[0]) == std::string_view::npos) return false;
    for (const std::string_view word : {"COMMIT", "END", "ROLLBACK", "ABORT"})
        if (startsWithWord(text, word)) return true;
    return startsWithWord(text, "PREPARE") && startsWithWord(fromFirstWord(text.substr(7)), "TRANSACTION");
}

bool mayHoldSeveral(std::string_view message) {
    const size_t semicolon = message.find(';');
    return semicolon != std::string_view::npos && message.find_first_not_of("; \t\r\n", semicolon) != std::string_view::npos;
}

bool hasParameters(std::string_view statement) {
    for (size_t at = 0; (at = statement.find('$', at)) != std::string_view::npos; ++at)
        if (at + 1 < statement.size() && statement[at + 1] >= '1' && statement[at + 1] <= '9') return true;
    return false;
}

// ---- parameters ---------------------------------------------------------------------------------------------------

// At an opening quote; leaves `at` behind the closing one. A missing closing quote takes the rest.
std::optional<std::string_view> ParameterList::readQuoted(std::string_view text, size_t& at) {
    size_t begin = ++at;
    std::string* buffer = nullptr;
    for (;;) {
        const size_t quote = text.find('\'', at);
        if (quote == std::string_view::npos) {
            truncated_ = true;
            at = text.size();
            return text.substr(begin);
        }
        at = quote + 1;
        if (at < text.size() && text[at] == '\'') {
            if (!buffer) {
                if (undoneUsed_ == undone_.size()) undone_.emplace_back();
                buffer = &undone_[undoneUsed_++];
                buffer->clear();
            }
            buffer->append(text, begin, at - begin);
            begin = ++at;
            continue;
        }
        if (!buffer) return text.substr(begin, quote - begin);
        buffer->append(text, begin, quote - begin);
        return std::string_view(*buffer);
    }
}

bool ParameterList::read(std::string_view text) {
    values_.clear();
    truncated_ = false;
    undoneUsed_ = 0;
    size_t at = text.find("arameters: $1 = ");
    if (at == std::string_view::npos) return false;
    for (at += 11; at + 1 < text.size() && text[at] == '$' && isDigit(text[at + 1]);) {
        for (++at; at < text.size() && isDigit(text[at]);) ++at;
        if (!text.substr(at).starts_with(" = ")) break;
        at += 3;
        if (text.substr(at).starts_with("NULL")) {
            values_.emplace_back();
            at += 4;
        } else if (at < text.size() && text[at] == '\'') {
            const bool before = std::exchange(truncated_, false);
            auto value = readQuoted(text, at);
            if (value->ends_with("...") || truncated_) {
                value = workload::cutParameter;
                truncated_ = true;
            }
            values_.push_back(value);
            truncated_ |= before;
        } else {
            break;
        }
        if (!text.substr(at).starts_with(", ")) break;
        at += 2;
    }
    return true;
}

}  // namespace foreshard::ingest
