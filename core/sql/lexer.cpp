#include "core/sql/lexer.h"

#include <algorithm>

namespace foreshard::sql {

const char* endOfBlockComment(const char* p, const char* end) {
    size_t depth = 0;
    while (p < end) {
        if (p[0] == '/' && p[1] == '*') {
            ++depth;
            p += 2;
        } else if (p[0] == '*' && p[1] == '/') {
            p += 2;
            if (--depth == 0) return p <= end ? p : nullptr;
        } else {
            ++p;
        }
    }
    return nullptr;
}

namespace {

const char* endOfDigits(const char* p) {
    while (isDigit(*p) || (*p == '_' && isDigit(p[1]))) ++p;
    return p;
}

}  // namespace

const char* endOfNumber(const char* p) {
    if (*p == '0' && !isDigit(p[1])) {
        const char base = lowerByte(p[1]);
        if ((base == 'x' && isHexDigit(p[2])) || ((base == 'o' || base == 'b') && isDigit(p[2]))) {
            p += 2;
            while (base == 'x' ? isHexDigit(*p) : isDigit(*p)) ++p;
            return p;
        }
    }
    p = endOfDigits(p);
    if (*p == '.' && p[1] != '.') p = endOfDigits(p + 1);
    if (*p == 'e' || *p == 'E') {
        const char* exponent = p + 1;
        if (*exponent == '+' || *exponent == '-') ++exponent;
        if (isDigit(*exponent)) p = endOfDigits(exponent);
    }
    return p;
}

// PostgreSQL's rules (lexical structure, operators): comments end an operator, and one of several characters may end in
// + or - only where it holds one of ~ ! @ # % ^ & | ?. And a `?` at the end of `=?` is a parameter of some driver.
const char* endOfOperator(const char* p) {
    const char* end = p + 1;
    bool special = false;
    const auto isSpecial = [](char c) { return std::string_view("~!@#%^&|?").find(c) != std::string_view::npos; };
    special |= isSpecial(*p);
    for (; classOf(*end) == CharClass::op; ++end) {
        if ((*end == '-' && end[1] == '-') || (*end == '/' && end[1] == '*')) break;
        if (*end == '?' && *p != '?' && *p != '@') break;
        special |= isSpecial(*end);
    }
    while (!special && end - p > 1 && (end[-1] == '+' || end[-1] == '-')) --end;
    return end;
}

QuotedSpan escapedText(const char* begin, const char* quote, const char* end, bool* cut) {
    QuotedSpan span{begin, end, quote + 1, end, Quoting::escapes, true};
    for (const char* p = quote + 1; p < end; ++p) {
        if (*p == '\\') {
            span.verbatim = false;
            ++p;
        } else if (*p == '\'') {
            if (p[1] == '\'') {
                span.verbatim = false;
                ++p;
                continue;
            }
            span.contentEnd = p;
            span.end = p + 1;
            return span;
        }
    }
    *cut = true;
    if (span.contentBegin > end) span.contentBegin = end;
    return span;
}

QuotedSpan dollarText(const char* begin, const char* end, bool* cut) {
    // A name, so at most 63 bytes: that keeps the search for the closing tag linear.
    constexpr ptrdiff_t longestTag = 64;
    const char* p = begin + 1;
    while (p < end && *p != '$' && isWordByte(static_cast<uint8_t>(*p)) && p - begin < longestTag) ++p;
    if (p >= end || *p != '$') return {};
    const std::string_view tag(begin, static_cast<size_t>(p + 1 - begin));
    QuotedSpan span{begin, end, p + 1, end, Quoting::dollar, true};
    const size_t found = std::string_view(p + 1, static_cast<size_t>(end - p - 1)).find(tag);
    if (found == std::string_view::npos) {
        *cut = true;
        return span;
    }
    span.contentEnd = p + 1 + found;
    span.end = span.contentEnd + tag.size();
    return span;
}

const char* skipBlanks(const char* p, const char* end) {
    for (;;) {
        if (classOf(*p) == CharClass::blank) {
            ++p;
        } else if (p[0] == '-' && p[1] == '-') {
            p = findByte(p, end, '\n');
        } else if (p[0] == '/' && p[1] == '*') {
            const char* after = endOfBlockComment(p, end);
            if (!after) return end;
            p = after;
        } else {
            return p < end ? p : end;
        }
    }
}

namespace {

struct TokenSink {
    Tokens out;
    const char* base = nullptr;
    const char* source = nullptr;

    void add(TokenKind kind, const char* begin, const char* end, Quoting quoting = Quoting::plain) {
        const auto offset = static_cast<uint32_t>(begin - base);
        out.tokens.push_back({kind, quoting, {source + offset, static_cast<size_t>(end - begin)}, offset});
    }
    void word(const char* begin, const char* end, uint64_t, const Keyword&) { add(TokenKind::word, begin, end); }
    void valueWord(const char* begin, const char* end, Word) { add(TokenKind::valueWord, begin, end); }
    void name(const QuotedSpan& span) { add(TokenKind::name, span.begin, span.end, span.quoting); }
    void number(const char* begin, const char* end) { add(TokenKind::number, begin, end); }
    void text(const QuotedSpan& span) { add(TokenKind::text, span.begin, span.end, span.quoting); }
    void parameter(const char* begin, const char* end) { add(TokenKind::parameter, begin, end); }
    void op(const char* begin, const char* end) { add(TokenKind::op, begin, end); }
    const char* punct(const char* at) {
        add(TokenKind::punct, at, at + 1);
        return at + 1;
    }
    void cut() { out.cut = true; }
};

}  // namespace

Tokens tokenize(std::string_view text) {
    text = text.substr(0, std::min<size_t>(text.size(), UINT32_MAX - lexPadding));
    std::string padded(text);
    padded.append(lexPadding, '\0');
    TokenSink sink;
    sink.base = padded.data();
    sink.source = text.data();
    Lexer<TokenSink>(padded.data(), padded.data() + text.size(), sink).run();
    return std::move(sink.out);
}

std::string lowered(std::string_view word) {
    std::string out(word);
    std::transform(out.begin(), out.end(), out.begin(), lowerByte);
    return out;
}

}  // namespace foreshard::sql
