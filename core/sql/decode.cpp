// Undoing quotes and escapes (PostgreSQL manual, "Lexical Structure"). What decodes to less than it was never grows:
// every escape is longer than what it means.
#include "core/sql/lexer.h"

namespace foreshard::sql {

namespace {

void appendUtf8(std::string& out, uint32_t code) {
    if (code > 0x10ffff) code = 0xfffd;
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xc0 | (code >> 6));
        out += static_cast<char>(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        out += static_cast<char>(0xe0 | (code >> 12));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
        out += static_cast<char>(0x80 | (code & 0x3f));
    } else {
        out += static_cast<char>(0xf0 | (code >> 18));
        out += static_cast<char>(0x80 | ((code >> 12) & 0x3f));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
        out += static_cast<char>(0x80 | (code & 0x3f));
    }
}

uint32_t hexValue(char c) {
    return isDigit(c) ? static_cast<uint32_t>(c - '0') : static_cast<uint32_t>(lowerByte(c) - 'a' + 10);
}

class Decoder {
public:
    explicit Decoder(const QuotedSpan& span) : span_(span), p_(span.contentBegin), end_(span.contentEnd) {
        if (span.quoting == Quoting::identifier || span.quoting == Quoting::unicodeIdentifier) quote_ = '"';
        if (span.quoting == Quoting::backtick) quote_ = '`';
    }

    std::string run() {
        const bool backslash = span_.quoting == Quoting::escapes || span_.quoting == Quoting::unicode ||
                               span_.quoting == Quoting::unicodeIdentifier;
        while (p_ < end_) {
            if (*p_ == quote_)
                doubledOrContinued();
            else if (*p_ == '\\' && backslash)
                span_.quoting == Quoting::escapes ? escape() : unicodeEscape();
            else
                out_ += *p_++;
        }
        return std::move(out_);
    }

private:
    // A doubled quote is one; a single one closes a part of 'a' <new line> 'b'.
    void doubledOrContinued() {
        if (p_ + 1 < end_ && p_[1] == quote_) {
            out_ += quote_;
            p_ += 2;
            return;
        }
        for (++p_; p_ < end_ && *p_ != quote_;) ++p_;
        if (p_ < end_) ++p_;
    }

    // At most `most` digits of the base; false: none.
    bool digits(int base, int most, uint32_t* value) {
        int count = 0;
        for (*value = 0; count < most && p_ < end_ && (base == 16 ? isHexDigit(*p_) : *p_ >= '0' && *p_ <= '7');
             ++count) {
            *value = *value * static_cast<uint32_t>(base) + hexValue(*p_++);
        }
        return count > 0;
    }

    void escape() {
        if (++p_ >= end_) return;
        const char c = *p_++;
        uint32_t code = 0;
        switch (c) {
            case 'b':
                out_ += '\b';
                return;
            case 'f':
                out_ += '\f';
                return;
            case 'n':
                out_ += '\n';
                return;
            case 'r':
                out_ += '\r';
                return;
            case 't':
                out_ += '\t';
                return;
            case 'x':
                if (digits(16, 2, &code))
                    out_ += static_cast<char>(code);
                else
                    out_ += c;
                return;
            case 'u':
            case 'U':
                if (digits(16, c == 'u' ? 4 : 8, &code))
                    unicode(code, true);
                else
                    out_ += c;
                return;
            default:
                break;
        }
        if (c < '0' || c > '7') {
            out_ += c;
            return;
        }
        --p_;
        digits(8, 3, &code);
        out_ += static_cast<char>(code);
    }

    void unicodeEscape() {
        if (++p_ >= end_) return;
        uint32_t code = 0;
        if (*p_ == '\\') {
            out_ += *p_++;
        } else if (*p_ == '+') {
            ++p_;
            if (digits(16, 6, &code)) unicode(code, false);
        } else if (digits(16, 4, &code)) {
            unicode(code, false);
        }
    }

    // Joins surrogate pairs, as PostgreSQL does.
    void unicode(uint32_t code, bool letterU) {
        if (code >= 0xd800 && code < 0xdc00) {
            const char* back = p_;
            uint32_t low = 0;
            const bool second = p_ < end_ && *p_ == '\\' && (!letterU || (p_ + 1 < end_ && p_[1] == 'u'));
            if (second) {
                p_ += letterU ? 2 : 1;
                if (digits(16, 4, &low) && low >= 0xdc00 && low < 0xe000) {
                    return appendUtf8(out_, 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00));
                }
                p_ = back;
            }
        }
        appendUtf8(out_, code >= 0xd800 && code < 0xe000 ? 0xfffd : code);
    }

    QuotedSpan span_;
    const char* p_;
    const char* end_;
    char quote_ = '\'';
    std::string out_;
};

}  // namespace

std::string decodeQuoted(const QuotedSpan& span) {
    if (span.verbatim && span.quoting != Quoting::unicode && span.quoting != Quoting::unicodeIdentifier) {
        return std::string(span.content());
    }
    return Decoder(span).run();
}

}  // namespace foreshard::sql
