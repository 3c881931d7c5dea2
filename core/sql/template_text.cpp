#include "core/sql/lexer.h"
#include "core/sql/template.h"
#include "core/sql/trace.h"

namespace foreshard::sql {

namespace {

// Whether a quoted name may stand without its quotes.
bool needsNoQuotes(const TraceToken& token) {
    if (token.reserved || token.text.empty() || isDigit(token.text[0]) || token.text[0] == '$') return false;
    for (char c : token.text) {
        if (!isWordByte(static_cast<uint8_t>(c)) || (c >= 'A' && c <= 'Z')) return false;
    }
    return true;
}

std::string quoted(std::string_view text, char quote) {
    std::string out(1, quote);
    for (char c : text) {
        if (c == quote) out += quote;
        out += c;
    }
    return out + quote;
}

std::string printed(const TraceToken& token, bool upper) {
    switch (token.kind) {
        case TraceKind::slot:
            return "$" + std::to_string(token.slot + 1);
        case TraceKind::name:
            return needsNoQuotes(token) ? std::string(token.text) : quoted(token.text, '"');
        case TraceKind::kept:
            if (token.literal == LiteralKind::bytes) return std::string(token.source);
            if (token.literal == LiteralKind::string) return quoted(token.text, '\'');
            if (token.literal == LiteralKind::null) return "NULL";
            return std::string(token.text);
        case TraceKind::op:
            return token.source == "!=" ? "<>" : std::string(token.source);
        case TraceKind::punct:
            return std::string(token.source);
        case TraceKind::word:
            break;
    }
    std::string word = lowered(token.text);
    if (upper) {
        for (char& c : word) {
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
        }
    }
    return word;
}

bool isTight(const TraceToken& token) {
    return token.is("::") || token.is(".") || token.is("->") || token.is("->>") || token.is("#>") || token.is("#>>");
}

// A value with its bracket right behind it, $1[2], has a subscript; with a blank between it has none, and must keep that.
bool carriesSubscript(const TraceToken& value, const TraceToken& bracket) {
    return !value.source.empty() && value.source.data() + value.source.size() == bracket.source.data() && isWordByte(static_cast<uint8_t>(value.source.back()));
}

// A blank between these two, as people write SQL.
bool blankBetween(const TraceToken& before, bool beforeUpper, const TraceToken& token) {
    if (isTight(before) || isTight(token)) return false;
    if (before.is("(") || before.is("[")) return false;
    if (token.is(")") || token.is("]") || token.is(",") || token.is(";")) return false;
    if (token.is("[")) return !(before.isIdentifier() || before.is("]") || before.is(")") || carriesSubscript(before, token));
    if (token.is("(")) return !before.isIdentifier() || beforeUpper;
    return true;
}

}  // namespace

std::string templateText(std::string_view statement) {
    const Trace trace = traceStatement(statement);
    const auto& tokens = trace.tokens;
    std::string out;
    bool beforeUpper = false;
    for (size_t i = 0; i < tokens.size(); ++i) {
        const TraceToken& token = tokens[i];
        const bool called = i + 1 < tokens.size() && tokens[i + 1].is("(");
        const bool afterDot = i > 0 && tokens[i - 1].is(".");
        const bool upper = token.kind == TraceKind::word && !afterDot && !(token.keyword.shape && called) &&
                           (token.keyword.upper || i == 0);
        if (i > 0 && blankBetween(tokens[i - 1], beforeUpper, token)) out += ' ';
        out += printed(token, upper);
        beforeUpper = upper;
    }
    return out;
}

namespace {

// Finds semicolons that end statements: outside of brackets and of BEGIN ATOMIC … END.
struct SplitSink {
    std::vector<std::string_view> out;
    const char* copy = nullptr;
    std::string_view message;
    const char* first = nullptr;  // of the statement's first token
    const char* last = nullptr;   // after its last one
    uint32_t depth = 0;
    uint32_t atomic = 0;  // nesting of BEGIN ATOMIC and CASE inside it
    bool begun = false;   // the word before was BEGIN

    void token(const char* begin, const char* end) {
        if (!first) first = begin;
        last = end;
        begun = false;
    }
    void finish() {
        if (first) out.push_back(message.substr(static_cast<size_t>(first - copy), static_cast<size_t>(last - first)));
        first = nullptr;
        depth = atomic = 0;
    }
    void word(const char* begin, const char* end, uint64_t hash, const Keyword&) {
        const bool afterBegin = begun;
        token(begin, end);
        begun = hash == hashWord("begin");
        if ((afterBegin && hash == hashWord("atomic")) || (atomic > 0 && hash == hashWord("case")))
            ++atomic;
        else if (atomic > 0 && hash == hashWord("end"))
            --atomic;
    }
    void valueWord(const char* begin, const char* end, Word) { token(begin, end); }
    void name(const QuotedSpan& span) { token(span.begin, span.end); }
    void number(const char* begin, const char* end) { token(begin, end); }
    void text(const QuotedSpan& span) { token(span.begin, span.end); }
    void parameter(const char* begin, const char* end) { token(begin, end); }
    void op(const char* begin, const char* end) { token(begin, end); }
    void cut() { last = copy + message.size(); }
    const char* punct(const char* at) {
        if (*at == ';' && depth == 0 && atomic == 0) {
            finish();
            begun = false;
            return at + 1;
        }
        if (*at == '(')
            ++depth;
        else if (*at == ')' && depth > 0)
            --depth;
        token(at, at + 1);
        return at + 1;
    }
};

}  // namespace

namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && classOf(text.front()) == CharClass::blank) text.remove_prefix(1);
    while (!text.empty() && classOf(text.back()) == CharClass::blank) text.remove_suffix(1);
    return text;
}

}  // namespace

std::vector<std::string_view> splitStatements(std::string_view message) {
    message = trimmed(message);
    if (message.empty()) return {};
    // Most messages are one statement, with at most a semicolon at the end, and need no lexer to see that.
    const bool comment = message[0] == '-' || message[0] == '/' || message[0] == '#';
    if (const size_t semicolon = message.find(';');
        !comment && (semicolon == std::string_view::npos || (semicolon > 0 && semicolon + 1 == message.size()))) {
        return {semicolon == std::string_view::npos ? message : trimmed(message.substr(0, semicolon))};
    }
    message = message.substr(0, std::min<size_t>(message.size(), UINT32_MAX - lexPadding));
    std::string padded(message);
    padded.append(lexPadding, '\0');
    SplitSink sink;
    sink.copy = padded.data();
    sink.message = message;
    Lexer<SplitSink>(padded.data(), padded.data() + message.size(), sink).run();
    sink.finish();
    return std::move(sink.out);
}

}  // namespace foreshard::sql
