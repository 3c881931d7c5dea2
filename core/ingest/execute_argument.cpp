// SQL-level EXECUTE: its arguments, and the body of the PREPARE that the log repeats in DETAIL.
#include "core/ingest/message.h"
#include "core/sql/lexer.h"
#include "core/workload/call_event.h"

namespace foreshard::ingest {

namespace {

constexpr bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
constexpr bool isWordChar(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           static_cast<unsigned char>(c) >= 0x80;
}

void skipBlanks(std::string_view text, size_t& at) {
    while (at < text.size() && isBlank(text[at])) ++at;
}

// A name, quoted or not.
bool skipName(std::string_view text, size_t& at) {
    skipBlanks(text, at);
    const size_t begin = at;
    if (at < text.size() && text[at] == '"') {
        do {   // a doubled quote is one in the name
            const size_t end = text.find('"', at + 1);
            if (end == std::string_view::npos) return false;
            at = end + 1;
        } while (at < text.size() && text[at] == '"');
        return true;
    }
    while (at < text.size() && isWordChar(text[at])) ++at;
    return at > begin;
}

// Behind an opening parenthesis to behind the closing one.
bool skipParentheses(std::string_view text, size_t& at) {
    int depth = 1;
    for (++at; at < text.size() && depth > 0; ++at) depth += text[at] == '(' ? 1 : text[at] == ')' ? -1 : 0;
    return depth == 0;
}

// "::text", "::numeric(10,2)[]" behind a literal says nothing that the statement's own types do not.
bool skipCast(std::string_view text, size_t& at) {
    while (text.substr(at).starts_with("::")) {
        at += 2;
        if (!skipName(text, at)) return false;
        if (at < text.size() && text[at] == '(' && !skipParentheses(text, at)) return false;
        while (text.substr(at).starts_with("[]")) at += 2;
    }
    return true;
}

bool endsArgument(std::string_view text, size_t at) { return at < text.size() && (text[at] == ',' || text[at] == ')'); }

}  // namespace

// What is no plain literal (an expression, an escape or dollar string) has a value that the log does not tell; where it ends
// the lexer knows.
bool ParameterList::readArgument(std::string_view text, size_t& at) {
    skipBlanks(text, at);
    const size_t begin = at, count = values_.size();
    if (readLiteral(text, at)) return true;
    values_.resize(count);
    int depth = 0;
    for (const auto& token : sql::tokenize(text.substr(begin)).tokens) {
        at = begin + token.offset;
        if (depth == 0 && at > begin && endsArgument(text, at)) {
            values_.emplace_back(workload::cutParameter);
            return true;
        }
        if (token.text == "(" || token.text == "[") ++depth;
        if (token.text == ")" || token.text == "]") --depth;
        if (depth < 0) return false;
    }
    return false;
}

bool ParameterList::readLiteral(std::string_view text, size_t& at) {
    if (at >= text.size()) return false;
    if (text[at] == '\'') {
        values_.push_back(readQuoted(text, at));
    } else {
        const size_t begin = at;
        if (text[at] == '-' || text[at] == '+') ++at;
        while (at < text.size() && isWordChar(text[at])) ++at;
        const auto word = text.substr(begin, at - begin);
        const char first = word.empty() ? ' ' : word[word[0] == '-' || word[0] == '+' ? std::min<size_t>(1, word.size() - 1) : 0];
        if (startsWithWord(word, "NULL")) values_.emplace_back();
        else if ((first >= '0' && first <= '9') || startsWithWord(word, "TRUE") || startsWithWord(word, "FALSE")) values_.emplace_back(word);
        else return false;
    }
    if (!skipCast(text, at)) return false;
    skipBlanks(text, at);
    return endsArgument(text, at);
}

bool ParameterList::readExecute(std::string_view execute, std::string_view prepare, std::string_view& body) {
    values_.clear();
    truncated_ = false;
    undoneUsed_ = 0;
    size_t at = 0;
    skipBlanks(execute, at);
    if (!startsWithWord(execute.substr(at), "EXECUTE")) return false;
    at += 7;
    if (!skipName(execute, at)) return false;
    skipBlanks(execute, at);
    if (at < execute.size() && execute[at] == '(') {
        do {
            ++at;
            if (!readArgument(execute, at)) return false;
        } while (execute[at] == ',');
    }
    at = 0;
    skipBlanks(prepare, at);
    if (!startsWithWord(prepare.substr(at), "PREPARE")) return false;
    at += 7;
    if (!skipName(prepare, at)) return false;
    skipBlanks(prepare, at);
    if (at < prepare.size() && prepare[at] == '(' && !skipParentheses(prepare, at)) return false;
    skipBlanks(prepare, at);
    if (!startsWithWord(prepare.substr(at), "AS")) return false;
    at += 2;
    skipBlanks(prepare, at);
    body = prepare.substr(at);
    return true;
}

}  // namespace foreshard::ingest
