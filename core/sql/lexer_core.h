// The tokenizer of PostgreSQL SQL: one pass that calls a sink for each token, so that the hot path (templates) pays for
// no token objects. Tolerant beyond PostgreSQL: `?` and `:name` parameters, backtick names, and a `#` comment where a
// statement begins. Any bytes give tokens; time is linear. The text must be followed by lexPadding zero bytes.
//
// A sink has:
//   void word(const char* begin, const char* end, uint64_t hash, const Keyword& keyword);
//   void valueWord(const char* begin, const char* end, Word word);         TRUE, FALSE, NULL where they are values
//   void name(const QuotedSpan& span);                                     "quoted", U&"…", `backticks`
//   void number(const char* begin, const char* end);                       begins at its sign where it has one
//   void text(const QuotedSpan& span);                                     string constants of every form
//   void parameter(const char* begin, const char* end);                    $1, ?, :name
//   void op(const char* begin, const char* end);
//   const char* punct(const char* at);                                     ( ) [ ] { } , ; . and strays; where to go on
//   void cut();                                                            the text ends inside a quote or comment
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/sql/keywords.h"

namespace foreshard::sql {

constexpr size_t lexPadding = 64;

enum class Quoting : uint8_t { plain, escapes, unicode, bits, dollar, identifier, unicodeIdentifier, backtick };

struct QuotedSpan {
    const char* begin = nullptr;  // prefix and quotes included
    const char* end = nullptr;
    const char* contentBegin = nullptr;
    const char* contentEnd = nullptr;
    Quoting quoting = Quoting::plain;
    bool verbatim = true;  // the content is its own meaning: no escape, no doubled quote, no continuation
    std::string_view content() const { return {contentBegin, static_cast<size_t>(contentEnd - contentBegin)}; }
};

// clang-format off
enum class CharClass : uint8_t {
    other, blank, letter, digit, quote, doubleQuote, backtick, dollar, op, colon, dot, punct,
};
// clang-format on

struct CharTable {
    CharClass classes[256] = {};
    constexpr CharTable() {
        for (int c = 0; c < 256; ++c) {
            if (isWordByte(static_cast<uint8_t>(c))) classes[c] = CharClass::letter;
        }
        for (char c = '0'; c <= '9'; ++c) classes[static_cast<uint8_t>(c)] = CharClass::digit;
        for (char c : std::string_view(" \t\n\r\f\v")) classes[static_cast<uint8_t>(c)] = CharClass::blank;
        for (char c : std::string_view("+-*/<>=~!@#%^&|?")) classes[static_cast<uint8_t>(c)] = CharClass::op;
        for (char c : std::string_view("()[]{},;")) classes[static_cast<uint8_t>(c)] = CharClass::punct;
        classes[static_cast<uint8_t>('\'')] = CharClass::quote;
        classes[static_cast<uint8_t>('"')] = CharClass::doubleQuote;
        classes[static_cast<uint8_t>('`')] = CharClass::backtick;
        classes[static_cast<uint8_t>('$')] = CharClass::dollar;
        classes[static_cast<uint8_t>(':')] = CharClass::colon;
        classes[static_cast<uint8_t>('.')] = CharClass::dot;
    }
};
inline constexpr CharTable charTable;

inline CharClass classOf(char c) { return charTable.classes[static_cast<uint8_t>(c)]; }
inline bool isDigit(char c) { return c >= '0' && c <= '9'; }
inline bool isHexDigit(char c) { return isDigit(c) || (lowerByte(c) >= 'a' && lowerByte(c) <= 'f'); }

// Parts of the scan that are rare or need no inlining; `end` is the end of the text.
const char* endOfBlockComment(const char* p, const char* end);  // p at "/*"; nullptr: not closed
const char* endOfNumber(const char* p);
const char* endOfOperator(const char* p);
QuotedSpan escapedText(const char* begin, const char* quote, const char* end, bool* cut);
QuotedSpan dollarText(const char* begin, const char* end, bool* cut);  // end == nullptr where no dollar quote begins
// Past blanks and comments.
const char* skipBlanks(const char* p, const char* end);

// The first `c` in [p, end), or end.
inline const char* findByte(const char* p, const char* end, char c) {
#if defined(__SSE2__)
    const __m128i wanted = _mm_set1_epi8(c);
    for (; p < end; p += 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
        if (const int mask = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted))) {
            p += __builtin_ctz(static_cast<unsigned>(mask));
            return p < end ? p : end;
        }
    }
    return end;
#else
    while (p < end && *p != c) ++p;
    return p;
#endif
}

// The end of a number; most are digits alone, and then no branch depends on how many.
inline const char* numberEnd(const char* p) {
#if defined(__SSE2__)
    const __m128i raw = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const auto mask = static_cast<uint32_t>(_mm_movemask_epi8(detail::inRange(raw, '0', 10)));
    const char* end = p + __builtin_ctz(~mask);
    // After digits only these lead on: . e x o b _
    if (mask != 0xffff && classOf(*end) != CharClass::dot && classOf(*end) != CharClass::letter) return end;
#endif
    return endOfNumber(p);
}

// A constant or name between `quote` characters, of which a doubled one stands for itself. `open` is at the first
// quote.
inline QuotedSpan quotedSpan(const char* begin, const char* open, const char* end, char quote, Quoting quoting,
                             bool* cut) {
    QuotedSpan span{begin, end, open + 1, end, quoting, true};
    const char* p = open + 1;
    for (;;) {
        p = findByte(p, end, quote);
        if (p == end) {
            *cut = true;
            if (span.contentBegin > end) span.contentBegin = end;
            return span;
        }
        if (p[1] != quote) break;
        span.verbatim = false;
        p += 2;
    }
    span.contentEnd = p;
    span.end = p + 1;
    return span;
}

// 'a' <new line> 'b' is one constant, as the standard has it.
inline void joinContinued(QuotedSpan& span, const char* end, bool* cut) {
    for (;;) {
        const char* p = span.end;
        bool newLine = false;
        for (; classOf(*p) == CharClass::blank; ++p) newLine |= *p == '\n' || *p == '\r';
        if (!newLine || *p != '\'' || p >= end) return;
        const QuotedSpan next = quotedSpan(p, p, end, '\'', span.quoting, cut);
        span.contentEnd = next.contentEnd;
        span.end = next.end;
        span.verbatim = false;
    }
}

// The handlers take the place of a token and give the place behind it, so that the loop keeps it in a register.
template <typename Sink>
class Lexer {
public:
    Lexer(const char* begin, const char* end, Sink& sink) : begin_(begin), end_(end), sink_(sink) {}

    void run() {
        const char* p = skipLeading(begin_);
        for (;;) {
            // clang-format off
            switch (classOf(*p)) {
                case CharClass::blank: ++p; break;
                case CharClass::letter: p = word(p); break;
                case CharClass::digit: p = number(p, p); break;
                case CharClass::quote: p = text(p, p, Quoting::plain); break;
                case CharClass::doubleQuote: p = name(p, p, '"', Quoting::identifier); break;
                case CharClass::backtick: p = name(p, p, '`', Quoting::backtick); break;
                case CharClass::dollar: p = dollar(p); break;
                case CharClass::op: p = op(p); break;
                case CharClass::colon: p = colon(p); break;
                case CharClass::dot:
                    p = (after_ & follow::operand) && isDigit(p[1]) ? number(p, p) : punct(p, follow::name);
                    break;
                case CharClass::punct: p = punct(p, *p == ')' || *p == ']' || *p == '}' ? 0 : follow::operand); break;
                case CharClass::other:
                    if (p >= end_) return;
                    p = punct(p, 0);
                    break;
            }
            // clang-format on
        }
    }

private:
    [[gnu::always_inline]] const char* word(const char* p) {
        const WordRun run = readWord(p);
        const char* wordEnd = p + run.length;
        if (run.length == 1 && (*wordEnd == '\'' || *wordEnd == '&')) {
            if (const char* after = prefixed(p, wordEnd)) return after;
        }
        static constexpr Keyword nothing;
        const Keyword& found = findKeyword(run.hash);
        // After a dot only functions keep their meaning: pg_catalog.set_config.
        const Keyword& keyword = (after_ & follow::name) && !found.shape ? nothing : found;
        const bool value = (after_ & 3) == follow::operand &&
                           (keyword.word == Word::null_ || keyword.word == Word::true_ || keyword.word == Word::false_);
        after_ = keyword.after;
        if (value)
            sink_.valueWord(p, wordEnd, keyword.word);
        else
            sink_.word(p, wordEnd, run.hash, keyword);
        return wordEnd;
    }

    // E'…', B'…', X'…', N'…', U&'…', U&"…"; nullptr: none of them.
    [[gnu::noinline]] const char* prefixed(const char* p, const char* wordEnd) {
        const char letter = lowerByte(*p);
        if (*wordEnd == '\'') {
            if (letter == 'e') {
                bool cut = false;
                const QuotedSpan span = escapedText(p, wordEnd, end_, &cut);
                return finishText(span, cut);
            }
            if (letter == 'b' || letter == 'x') return text(p, wordEnd, Quoting::bits);
            return letter == 'n' ? text(p, wordEnd, Quoting::plain) : nullptr;
        }
        if (letter != 'u') return nullptr;
        if (wordEnd[1] == '\'') return text(p, wordEnd + 1, Quoting::unicode);
        return wordEnd[1] == '"' ? name(p, wordEnd + 1, '"', Quoting::unicodeIdentifier) : nullptr;
    }

    // `begin` is at the sign, where there is one.
    const char* number(const char* begin, const char* digits) {
        const char* p = numberEnd(digits);
        after_ = 0;
        sink_.number(begin, p);
        return p;
    }

    const char* text(const char* begin, const char* open, Quoting quoting) {
        bool cut = false;
        QuotedSpan span = quotedSpan(begin, open, end_, '\'', quoting, &cut);
        if (!cut && classOf(*span.end) == CharClass::blank) joinContinued(span, end_, &cut);
        return finishText(span, cut);
    }

    const char* finishText(const QuotedSpan& span, bool cut) {
        after_ = 0;
        sink_.text(span);
        if (cut) sink_.cut();
        return span.end;
    }

    const char* name(const char* begin, const char* open, char quote, Quoting quoting) {
        bool cut = false;
        const QuotedSpan span = quotedSpan(begin, open, end_, quote, quoting, &cut);
        after_ = 0;
        sink_.name(span);
        if (cut) sink_.cut();
        return span.end;
    }

    const char* dollar(const char* p) {
        const char* q = p + 1;
        if (isDigit(*q)) {
            while (isDigit(*q)) ++q;
            return parameter(p, q);
        }
        bool cut = false;
        const QuotedSpan span = dollarText(p, end_, &cut);
        return span.end ? finishText(span, cut) : punct(p, 0);
    }

    const char* parameter(const char* p, const char* tokenEnd) {
        after_ = 0;
        sink_.parameter(p, tokenEnd);
        return tokenEnd;
    }

    const char* colon(const char* p) {
        if (p[1] == ':') {
            emitOp(p, p + 2);
            after_ = follow::name;
            return p + 2;
        }
        if (p[1] == '=') return emitOp(p, p + 2);
        if ((after_ & follow::operand) && classOf(p[1]) == CharClass::letter)
            return parameter(p, p + 1 + readWord(p + 1).length);
        return emitOp(p, p + 1);
    }

    const char* op(const char* p) {
        if (classOf(p[1]) == CharClass::op) return longOp(p);
        if ((*p == '-' || *p == '+') && (after_ & follow::operand)) {
            const char* digits = p + 1;
            while (classOf(*digits) == CharClass::blank) ++digits;
            if (isDigit(*digits) || (*digits == '.' && isDigit(digits[1]))) return number(p, digits);
        }
        if (*p == '?' && (after_ & follow::operand)) return parameter(p, p + 1);
        if (*p == '#' && p == first_) return lineComment(p);
        return emitOp(p, p + 1);
    }

    const char* longOp(const char* p) {
        if (*p == '-' && p[1] == '-') return lineComment(p);
        if (*p == '/' && p[1] == '*') {
            const char* after = endOfBlockComment(p, end_);
            if (after) return after;
            sink_.cut();
            return end_;
        }
        if (*p == '?' && (after_ & follow::operand)) return parameter(p, p + 1);
        if (*p == '#' && p == first_) return lineComment(p);
        return emitOp(p, endOfOperator(p));
    }

    const char* lineComment(const char* p) {
        const char* after = findByte(p, end_, '\n');
        return p == first_ ? skipLeading(after) : after;
    }

    const char* emitOp(const char* p, const char* opEnd) {
        after_ = follow::operand;
        sink_.op(p, opEnd);
        return opEnd;
    }

    const char* punct(const char* p, uint8_t after) {
        after_ = after;
        return sink_.punct(p);
    }

    // A `#` comments only where no token stands before it; elsewhere it is an operator.
    const char* skipLeading(const char* p) {
        while (classOf(*p) == CharClass::blank) ++p;
        return first_ = p;
    }

    const char* begin_;
    const char* first_ = nullptr;
    const char* end_;
    uint8_t after_ = follow::operand;
    Sink& sink_;
};

}  // namespace foreshard::sql
