// The tokenizer of PostgreSQL SQL: one pass that calls a sink for each token, so that the hot path (templates) pays for no
// token objects. Tolerant beyond PostgreSQL: `?` and `:name` parameters, backtick names, and a `#` comment where a statement
// begins. Any bytes give tokens; time is linear. The text must be followed by lexPadding zero bytes.
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
    const char* begin = nullptr;         // prefix and quotes included
    const char* end = nullptr;
    const char* contentBegin = nullptr;
    const char* contentEnd = nullptr;
    Quoting quoting = Quoting::plain;
    bool verbatim = true;                // the content is its own meaning: no escape, no doubled quote, no continuation
    std::string_view content() const { return {contentBegin, static_cast<size_t>(contentEnd - contentBegin)}; }
};

enum class CharClass : uint8_t { other, blank, letter, digit, quote, doubleQuote, backtick, dollar, op, colon, dot, punct };

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
const char* endOfBlockComment(const char* p, const char* end);      // p at "/*"; nullptr: not closed
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

// A constant or name between `quote` characters, of which a doubled one stands for itself. `open` is at the first quote.
inline QuotedSpan quotedSpan(const char* begin, const char* open, const char* end, char quote, Quoting quoting, bool* cut) {
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

template <typename Sink>
class Lexer {
public:
    Lexer(const char* begin, const char* end, Sink& sink) : p_(begin), end_(end), sink_(sink) {}

    void run() {
        skipLeading();
        for (;;) {
            switch (classOf(*p_)) {
                case CharClass::blank: ++p_; break;
                case CharClass::letter: word(); break;
                case CharClass::digit: number(p_, p_); break;
                case CharClass::quote: text(p_, p_, Quoting::plain); break;
                case CharClass::doubleQuote: name(p_, p_, '"', Quoting::identifier); break;
                case CharClass::backtick: name(p_, p_, '`', Quoting::backtick); break;
                case CharClass::dollar: dollar(); break;
                case CharClass::op: op(); break;
                case CharClass::colon: colon(); break;
                case CharClass::dot:
                    if ((after_ & follow::operand) && isDigit(p_[1])) number(p_, p_);
                    else punct(follow::name);
                    break;
                case CharClass::punct: punct(*p_ == ')' || *p_ == ']' || *p_ == '}' ? 0 : follow::operand); break;
                case CharClass::other:
                    if (p_ >= end_) return;
                    punct(0);
                    break;
            }
        }
    }

private:
    void word() {
        const WordRun run = readWord(p_);
        const char* wordEnd = p_ + run.length;
        if (run.length == 1 && (*wordEnd == '\'' || *wordEnd == '&') && prefixed(wordEnd)) return;
        static constexpr Keyword nothing;
        const Keyword& keyword = (after_ & follow::name) ? nothing : findKeyword(run.hash);
        const char* begin = p_;
        p_ = wordEnd;
        const bool value = (after_ & 3) == follow::operand &&
                           (keyword.word == Word::null_ || keyword.word == Word::true_ || keyword.word == Word::false_);
        after_ = keyword.after;
        if (value) sink_.valueWord(begin, wordEnd, keyword.word);
        else sink_.word(begin, wordEnd, run.hash, keyword);
    }

    // E'…', B'…', X'…', N'…', U&'…', U&"…"
    bool prefixed(const char* wordEnd) {
        const char letter = lowerByte(*p_);
        if (*wordEnd == '\'') {
            if (letter == 'e') {
                bool cut = false;
                finishText(escapedText(p_, wordEnd, end_, &cut), cut);
                return true;
            }
            if (letter == 'b' || letter == 'x') return text(p_, wordEnd, Quoting::bits), true;
            if (letter == 'n') return text(p_, wordEnd, Quoting::plain), true;
            return false;
        }
        if (letter != 'u') return false;
        if (wordEnd[1] == '\'') return text(p_, wordEnd + 1, Quoting::unicode), true;
        if (wordEnd[1] == '"') return name(p_, wordEnd + 1, '"', Quoting::unicodeIdentifier), true;
        return false;
    }

    void number(const char* begin, const char* digits) {
        p_ = endOfNumber(digits);
        after_ = 0;
        sink_.number(begin, p_);
    }

    void text(const char* begin, const char* open, Quoting quoting) {
        bool cut = false;
        QuotedSpan span = quotedSpan(begin, open, end_, '\'', quoting, &cut);
        if (!cut && classOf(*span.end) == CharClass::blank) joinContinued(span, end_, &cut);
        finishText(span, cut);
    }

    void finishText(const QuotedSpan& span, bool cut) {
        p_ = span.end;
        after_ = 0;
        sink_.text(span);
        if (cut) sink_.cut();
    }

    void name(const char* begin, const char* open, char quote, Quoting quoting) {
        bool cut = false;
        const QuotedSpan span = quotedSpan(begin, open, end_, quote, quoting, &cut);
        p_ = span.end;
        after_ = 0;
        sink_.name(span);
        if (cut) sink_.cut();
    }

    void dollar() {
        const char* p = p_ + 1;
        if (isDigit(*p)) {
            while (isDigit(*p)) ++p;
            return parameter(p);
        }
        bool cut = false;
        const QuotedSpan span = dollarText(p_, end_, &cut);
        if (span.end) finishText(span, cut);
        else punct(0);
    }

    void parameter(const char* tokenEnd) {
        const char* begin = p_;
        p_ = tokenEnd;
        after_ = 0;
        sink_.parameter(begin, tokenEnd);
    }

    void colon() {
        if (p_[1] == ':') {
            emitOp(p_ + 2);
            after_ = follow::name;
        } else if (p_[1] == '=') {
            emitOp(p_ + 2);
        } else if ((after_ & follow::operand) && classOf(p_[1]) == CharClass::letter) {
            parameter(p_ + 1 + readWord(p_ + 1).length);
        } else {
            emitOp(p_ + 1);
        }
    }

    void op() {
        if (classOf(p_[1]) == CharClass::op) return longOp();
        if ((*p_ == '-' || *p_ == '+') && (after_ & follow::operand)) {
            const char* p = p_ + 1;
            while (classOf(*p) == CharClass::blank) ++p;
            if (isDigit(*p) || (*p == '.' && isDigit(p[1]))) return number(p_, p);
        }
        if (*p_ == '?' && (after_ & follow::operand)) return parameter(p_ + 1);
        if (*p_ == '#' && p_ == first_) return lineComment();
        emitOp(p_ + 1);
    }

    void longOp() {
        if (*p_ == '-' && p_[1] == '-') return lineComment();
        if (*p_ == '/' && p_[1] == '*') {
            p_ = endOfBlockComment(p_, end_);
            if (!p_) {
                p_ = end_;
                sink_.cut();
            }
            return;
        }
        if (*p_ == '?' && (after_ & follow::operand)) return parameter(p_ + 1);
        if (*p_ == '#' && p_ == first_) return lineComment();
        const char* opEnd = endOfOperator(p_);
        emitOp(opEnd);
    }

    void lineComment() {
        const bool leading = p_ == first_;
        p_ = findByte(p_, end_, '\n');
        if (leading) skipLeading();
    }

    void emitOp(const char* opEnd) {
        const char* begin = p_;
        p_ = opEnd;
        after_ = follow::operand;
        sink_.op(begin, opEnd);
    }

    void punct(uint8_t after) {
        after_ = after;
        p_ = sink_.punct(p_);
    }

    // A `#` comments only where no token stands before it; elsewhere it is an operator.
    void skipLeading() {
        while (classOf(*p_) == CharClass::blank) ++p_;
        first_ = p_;
    }

    const char* p_;
    const char* first_ = nullptr;
    const char* end_;
    uint8_t after_ = follow::operand;
    Sink& sink_;
};

}  // namespace foreshard::sql
