#include "core/sql/dialect.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "core/sql/lexer_core.h"

namespace foreshard::sql {

namespace {

// Character sets of MySQL that a text can be introduced with.
constexpr std::array charsets = {
    std::string_view("_armscii8"), std::string_view("_ascii"),  std::string_view("_big5"),     std::string_view("_binary"), std::string_view("_cp1250"),
    std::string_view("_cp1251"),   std::string_view("_cp1256"), std::string_view("_cp1257"),   std::string_view("_cp850"),  std::string_view("_cp852"),
    std::string_view("_cp866"),    std::string_view("_cp932"),  std::string_view("_dec8"),     std::string_view("_eucjpms"), std::string_view("_euckr"),
    std::string_view("_gb18030"),  std::string_view("_gb2312"), std::string_view("_gbk"),      std::string_view("_geostd8"), std::string_view("_greek"),
    std::string_view("_hebrew"),   std::string_view("_hp8"),    std::string_view("_keybcs2"),  std::string_view("_koi8r"),  std::string_view("_koi8u"),
    std::string_view("_latin1"),   std::string_view("_latin2"), std::string_view("_latin5"),   std::string_view("_latin7"), std::string_view("_macce"),
    std::string_view("_macroman"), std::string_view("_sjis"),   std::string_view("_swe7"),     std::string_view("_tis620"), std::string_view("_ucs2"),
    std::string_view("_ujis"),     std::string_view("_utf16"),  std::string_view("_utf16le"),  std::string_view("_utf32"),  std::string_view("_utf8"),
    std::string_view("_utf8mb3"),  std::string_view("_utf8mb4")};

bool isBlank(char c) { return classOf(c) == CharClass::blank; }
bool isWord(char c) { return isWordByte(static_cast<uint8_t>(c)); }
bool isSame(std::string_view word, std::string_view lower) {
    return std::equal(word.begin(), word.end(), lower.begin(), lower.end(), [](char a, char b) { return lowerByte(a) == b; });
}

class Translator {
public:
    Translator(std::string_view text, Dialect dialect, std::string& out) : text_(text), mysql_(dialect == Dialect::mysql), out_(out) {
        out_.clear();
        out_.reserve(text.size() + text.size() / 8 + 16);
    }

    void run() {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (isWord(c) && c != '$') word();
            else if (!special(c)) out_ += text_[at_++];
        }
    }

private:
    char peek(size_t ahead) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

    // What is other than in this room; false: it is not.
    bool special(char c) {
        switch (c) {
            case '\'': return strings(), true;
            case '"': return mysql_ ? strings() : name('"'), true;
            case '`': return name('`'), true;
            case '[': return !mysql_ && (name(']'), true);
            case '#': return mysql_ && (lineComment(), true);
            case '-': return peek(1) == '-' && (dashes(), true);
            case '/': return peek(1) == '*' && (blockComment(), true);
            case '*': return inHint_ && peek(1) == '/' && (endHint(), true);
            case '@':
            case '$': return variable(c);
            case '?': return !mysql_ && isDigit(peek(1)) && (out_ += '$', ++at_, true);
            case '&': return mysql_ && sign("&&", " AND ");
            case '|': return mysql_ && sign("||", " OR ");
            case '<': return mysql_ && sign("<=>", " IS NOT DISTINCT FROM ");
            case '=': return !mysql_ && sign("==", "=");
            default: return false;
        }
    }

    bool sign(std::string_view theirs, std::string_view ours) {
        if (!text_.substr(at_).starts_with(theirs)) return false;
        at_ += theirs.size();
        out_ += ours;
        return true;
    }

    // ---- words --------------------------------------------------------------------------------------------------------

    void word() {
        const size_t begin = at_;
        while (at_ < text_.size() && isWord(text_[at_])) ++at_;
        std::string_view word = text_.substr(begin, at_ - begin);
        if (mysql_ && (introduces(word) || digits(word, begin) || dual(word) || modulus(word) || indexHint(word) || modifier(word))) return;
        if (limit(word)) return;
        out_ += word;
    }

    // a MOD 7: which literal it is says which expression, as behind %.
    bool modulus(std::string_view word) {
        const size_t next = text_.find_first_not_of(" \t\r\n", at_);
        if (!isSame(word, "mod") || next == std::string_view::npos || !isDigit(text_[next])) return false;
        out_ += '%';
        return true;
    }

    size_t behindBlanks(size_t at) const {
        while (at < text_.size() && isBlank(text_[at])) ++at;
        return at;
    }
    // The word that begins at `at`, or nothing.
    std::string_view wordAt(size_t at) const {
        size_t end = at;
        while (end < text_.size() && isWord(text_[end])) ++end;
        return text_.substr(std::min(at, text_.size()), end - at);
    }
    bool isAny(std::string_view word, std::initializer_list<std::string_view> lower) const {
        return std::any_of(lower.begin(), lower.end(), [&](std::string_view one) { return isSame(word, one); });
    }

    // USE INDEX FOR JOIN (a, b), FORCE KEY (a): how a statement is run, not what it asks.
    bool indexHint(std::string_view word) {
        if (!isAny(word, {"use", "force", "ignore"})) return false;
        size_t next = behindBlanks(at_);
        if (!isAny(wordAt(next), {"index", "key"})) return false;
        next = behindBlanks(next + wordAt(next).size());
        while (isAny(wordAt(next), {"for", "join", "order", "group", "by"})) next = behindBlanks(next + wordAt(next).size());
        const size_t end = next < text_.size() && text_[next] == '(' ? text_.find(')', next) : std::string_view::npos;
        if (end == std::string_view::npos) return false;
        at_ = end + 1;
        out_ += ' ';
        return true;
    }

    // Words behind the verb that say how a statement is run. IGNORE says what it does and stays.
    bool modifier(std::string_view word) {
        if (word.size() < 5 || std::string_view("shldq").find(lowerByte(word[0])) == std::string_view::npos) return false;
        const bool ofSelect = isAny(word, {"sql_calc_found_rows", "sql_no_cache", "sql_cache", "sql_small_result", "sql_big_result", "sql_buffer_result", "straight_join", "high_priority"});
        const bool ofWrite = isAny(word, {"low_priority", "delayed", "high_priority", "quick"});
        if (!ofSelect && !ofWrite) return false;
        const size_t end = out_.find_last_not_of(" \t\r\n");
        if (end == std::string::npos) return false;
        size_t begin = end + 1;
        while (begin > 0 && isWord(out_[begin - 1])) --begin;
        const auto before = std::string_view(out_).substr(begin, end + 1 - begin);
        return (ofSelect && isAny(before, {"select", "distinct", "all"})) || (ofWrite && isAny(before, {"insert", "replace", "update", "delete"}));
    }

    // LIMIT 5, 10. Placeholders without a name keep their order: which value is whose hangs on it.
    bool limit(std::string_view word) {
        if (!isSame(word, "limit")) return false;
        const auto value = [&](size_t at) {
            const size_t from = at < text_.size() && text_[at] == ':' ? at + 1 : at;
            const auto digits = wordAt(from);
            return digits.empty() || (from == at && !isDigit(digits[0])) ? std::string_view() : text_.substr(at, from + digits.size() - at);
        };
        const size_t first = behindBlanks(at_);
        const auto offset = value(first);
        if (offset.empty()) return false;
        const size_t comma = behindBlanks(first + offset.size());
        if (comma >= text_.size() || text_[comma] != ',') return false;
        const size_t second = behindBlanks(comma + 1);
        const auto count = value(second);
        if (count.empty()) return false;
        out_.append(word).append(" ").append(count).append(" OFFSET ").append(offset);
        at_ = second + count.size();
        return true;
    }

    // FROM DUAL names no table.
    bool dual(std::string_view word) {
        if (!isSame(word, "dual")) return false;
        const size_t end = out_.find_last_not_of(" \t\r\n");
        if (end == std::string::npos || end < 4 || !isSame(std::string_view(out_).substr(end - 3, 4), "from") || isWord(out_[end - 4])) return false;
        out_.resize(end - 3);
        return true;
    }

    // A character set in front of a text.
    bool introduces(std::string_view word) {
        const bool national = word.size() == 1 && lowerByte(word[0]) == 'n' && peek(0) == '\'';
        if (!national && (word[0] != '_' || std::none_of(charsets.begin(), charsets.end(), [&](std::string_view set) { return isSame(word, set); })))
            return false;
        size_t next = at_;
        while (next < text_.size() && isBlank(text_[next])) ++next;
        if (next >= text_.size()) return false;
        const char c = lowerByte(text_[next]), behind = next + 1 < text_.size() ? text_[next + 1] : '\0';
        const bool literal = c == '\'' || c == '"' || ((c == 'x' || c == 'b') && behind == '\'') || (c == '0' && (behind == 'x' || behind == 'b'));
        if (literal) at_ = next;
        return literal;
    }

    // 0xAB, 0b01
    bool digits(std::string_view word, size_t begin) {
        if (word.size() < 3 || word[0] != '0' || (word[1] != 'x' && word[1] != 'b')) return false;
        if (begin > 0 && (text_[begin - 1] == '.' || text_[begin - 1] == '@')) return false;
        const bool hex = word[1] == 'x';
        for (const char c : word.substr(2))
            if (!(hex ? isHexDigit(c) : c == '0' || c == '1')) return false;
        out_ += hex ? "X'" : "B'";
        out_ += word.substr(2);
        out_ += '\'';
        return true;
    }

    // ---- quotes -------------------------------------------------------------------------------------------------------

    // A text and those that follow it, which are one in MySQL.
    void strings() {
        out_ += '\'';
        bool closed = string();
        for (size_t next = at_; mysql_ && closed;) {
            while (next < text_.size() && isBlank(text_[next])) ++next;
            if (next >= text_.size() || (text_[next] != '\'' && text_[next] != '"')) break;
            at_ = next;
            closed = string();
            next = at_;
        }
        if (closed) out_ += '\'';
    }

    // Its content; false where it does not end.
    bool string() {
        const char quote = text_[at_++];
        while (at_ < text_.size()) {
            const char c = text_[at_++];
            if (c == quote) {
                if (peek(0) != quote) return true;
                put(quote);
                ++at_;
            } else if (c == '\\' && mysql_) {
                if (at_ < text_.size()) escape(text_[at_++]);
            } else {
                put(c);
            }
        }
        return false;
    }

    void put(char c) {
        if (c == '\'') out_ += c;
        out_ += c;
    }

    void escape(char c) {
        switch (c) {
            case '0': return put('\0');
            case 'b': return put('\b');
            case 'n': return put('\n');
            case 'r': return put('\r');
            case 't': return put('\t');
            case 'Z': return put('\x1a');
            case '%':   // these two are escapes of LIKE
            case '_': put('\\'); return put(c);
            default: return put(c);
        }
    }

    void name(char close) {
        out_ += '"';
        for (++at_; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (c == close) {
                if (close == ']' || peek(1) != close) {
                    ++at_;
                    out_ += '"';
                    return;
                }
                ++at_;
            }
            if (c == '"') out_ += '"';
            out_ += lowerByte(c);
        }
    }

    // ---- comments -----------------------------------------------------------------------------------------------------

    void lineComment() {
        at_ = std::min(text_.find('\n', at_), text_.size());
        out_ += ' ';
    }

    // In MySQL a blank has to follow: 5--3 is a difference.
    void dashes() {
        const char behind = peek(2);
        if (!mysql_ || at_ + 2 >= text_.size() || isBlank(behind) || static_cast<uint8_t>(behind) < ' ') return lineComment();
        out_ += "- ";
        ++at_;
    }

    void blockComment() {
        const std::string_view rest = text_.substr(at_);
        if (mysql_ && (rest.starts_with("/*!") || rest.starts_with("/*M!"))) {
            at_ += rest[2] == 'M' ? 4 : 3;
            while (isDigit(peek(0))) ++at_;
            inHint_ = true;
            out_ += ' ';
            return;
        }
        const size_t end = rest.find("*/", 2);
        if (end == std::string_view::npos) {
            out_ += "/*";   // cut off inside
            at_ = text_.size();
            return;
        }
        at_ += end + 2;
        out_ += ' ';
        out_.append(static_cast<size_t>(std::count(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(end), '\n')), '\n');   // lines keep their numbers
    }

    void endHint() {
        inHint_ = false;
        at_ += 2;
        out_ += ' ';
    }

    // ---- variables ----------------------------------------------------------------------------------------------------

    bool variable(char sign) {
        if (!mysql_) {
            if (!isWord(peek(1)) || isDigit(peek(1))) return false;
            out_ += ':';
            ++at_;
            return true;
        }
        if (sign == '$') return false;
        size_t end = at_ + (peek(1) == '@' ? 2 : 1);
        const char quote = end < text_.size() ? text_[end] : '\0';
        if (quote == '`' || quote == '\'' || quote == '"') {
            end = std::min(text_.find(quote, end + 1), text_.size() - 1) + 1;
        } else {
            while (end < text_.size() && (isWord(text_[end]) || text_[end] == '.')) ++end;
        }
        out_ += '"';
        for (const char c : text_.substr(at_, end - at_))
            if (c != '"' && c != '\'' && c != '`') out_ += lowerByte(c);
        out_ += "\"()";
        at_ = end;
        return true;
    }

    std::string_view text_;
    const bool mysql_;
    std::string& out_;
    size_t at_ = 0;
    bool inHint_ = false;
};

}  // namespace

std::string_view translated(std::string_view statement, Dialect dialect, std::string& buffer) {
    if (dialect == Dialect::standard) return statement;
    Translator(statement, dialect, buffer).run();
    return buffer == statement ? statement : std::string_view(buffer);
}

}  // namespace foreshard::sql
