#include "core/schema/script.h"

#include <algorithm>
#include <cctype>

namespace foreshard::schema {

namespace {

bool wordStart(char c) {
    return std::isalpha(static_cast<unsigned char>(c)) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool wordPart(char c) { return wordStart(c) || std::isdigit(static_cast<unsigned char>(c)) || c == '$'; }
bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }

// Skips one quoted thing, comment, word or character; knows nothing of statements.
class Lexer {
public:
    explicit Lexer(std::string_view text) : text_(text) {}

    size_t position = 0;
    bool cut = false;  // what was skipped last never closed

    bool done() const { return position >= text_.size(); }
    char peek(size_t ahead = 0) const { return position + ahead < text_.size() ? text_[position + ahead] : '\0'; }

    // True where a comment or blank was skipped.
    bool skipBlank() {
        if (blank(peek()) && !done()) return ++position, true;
        if (peek() == '-' && peek(1) == '-') return skipLine(), true;
        if (peek() == '/' && peek(1) == '*') return skipComment(), true;
        return false;
    }
    void skipLine() { position = std::min(text_.find('\n', position), text_.size()); }

    std::string_view word() {
        const size_t begin = position;
        while (!done() && wordPart(peek())) ++position;
        return text_.substr(begin, position - begin);
    }
    // At a quote or dollar: skips the quoted text; false where it is none.
    bool skipQuoted(bool backslashes) {
        if (peek() == '\'') return skipTo('\'', backslashes), true;
        if (peek() == '"') return skipTo('"', false), true;
        return peek() == '$' && skipDollar();
    }

private:
    void skipTo(char quote, bool backslashes) {
        for (++position; !done(); ++position) {
            if (backslashes && peek() == '\\')
                ++position;
            else if (peek() == quote && peek(1) == quote)
                ++position;
            else if (peek() == quote) {
                ++position;
                return;
            }
        }
        unclosed();
    }
    bool skipDollar() {
        size_t end = position + 1;
        if (end < text_.size() && std::isdigit(static_cast<unsigned char>(text_[end]))) return false;
        while (end < text_.size() && wordPart(text_[end]) && text_[end] != '$') ++end;
        if (end >= text_.size() || text_[end] != '$') return false;
        const std::string_view tag = text_.substr(position, end + 1 - position);
        const size_t close = text_.find(tag, end + 1);
        if (close == std::string_view::npos)
            unclosed();
        else
            position = close + tag.size();
        return true;
    }
    void skipComment() {
        int depth = 0;
        for (; !done(); ++position) {
            if (peek() == '/' && peek(1) == '*') {
                ++depth;
                ++position;
            } else if (peek() == '*' && peek(1) == '/') {
                ++position;
                if (--depth == 0) {
                    ++position;
                    return;
                }
            }
        }
        unclosed();
    }
    void unclosed() {
        position = text_.size();
        cut = true;
    }
    std::string_view text_;
};

class Splitter {
public:
    explicit Splitter(std::string_view script) : script_(script), lexer_(script) {}

    std::vector<ScriptStatement> split() {
        while (!lexer_.done()) {
            if (lexer_.skipBlank()) {
                if (lexer_.cut) recover(blankBegin_);
                continue;
            }
            blankBegin_ = lexer_.position;
            if (lexer_.peek() == '\\')
                lexer_.skipLine();
            else if (lexer_.peek() == ';')
                ++lexer_.position;
            else
                statement();
            blankBegin_ = lexer_.position;
        }
        return std::move(out_);
    }

private:
    void statement() {
        const size_t begin = lexer_.position;
        ScriptStatement found;
        words_ = {};
        atomic_ = 0;
        last_ = {};
        while (!lexer_.done() && !atEnd()) {
            if (lexer_.skipBlank()) continue;
            ++found.tokens;
            step();
        }
        found.cut = lexer_.cut;
        std::string_view text = script_.substr(begin, lexer_.position - begin);
        while (!text.empty() && blank(text.back())) text.remove_suffix(1);
        lines_ += static_cast<uint64_t>(std::count(script_.begin() + counted_, script_.begin() + begin, '\n'));
        counted_ = static_cast<std::ptrdiff_t>(begin);
        found.line = lines_;
        found.text = text;
        if (lexer_.cut) return recoverInside(begin, found);
        out_.push_back(found);
        if (!lexer_.done() && lexer_.peek() == ';') ++lexer_.position;
        if (readsData(text)) skipData();
    }

    bool atEnd() const { return (lexer_.peek() == ';' && atomic_ == 0) || lexer_.peek() == '\\'; }

    void step() {
        if (lexer_.skipQuoted(false)) return;
        if (!wordStart(lexer_.peek())) {
            ++lexer_.position;
            return;
        }
        const std::string_view word = lexer_.word();
        if (lexer_.peek() == '\'' && isKeyword(word, "E")) lexer_.skipQuoted(true);
        follow(word);
    }

    // A SQL-standard function body holds semicolons between BEGIN ATOMIC and its END.
    void follow(std::string_view word) {
        if (words_.size() < 4) words_.push_back(word);
        if (atomic_ > 0) {
            if (isKeyword(word, "CASE")) ++atomic_;
            if (isKeyword(word, "END")) --atomic_;
        } else if (isKeyword(word, "ATOMIC") && isKeyword(last_, "BEGIN") && !words_.empty() &&
                   isKeyword(words_[0], "CREATE")) {
            atomic_ = 1;
        }
        last_ = word;
    }

    static bool readsData(std::string_view statement) {
        const auto first = leadingWords(statement, 1);
        if (first.empty() || !isKeyword(first[0], "COPY")) return false;
        std::string upper(statement);
        for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        const size_t from = upper.rfind("FROM");
        return from != std::string::npos && upper.find("STDIN", from) != std::string::npos;
    }
    void skipData() {
        lexer_.skipLine();
        while (!lexer_.done()) {
            ++lexer_.position;
            const size_t begin = lexer_.position;
            lexer_.skipLine();
            std::string_view line = script_.substr(begin, lexer_.position - begin);
            if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
            if (line == "\\.") return;
        }
    }

    // A quote that never closes swallowed the rest: keep what stands before the next line that starts a statement.
    void recoverInside(size_t begin, ScriptStatement found) {
        const size_t next = nextStatementLine(begin);
        if (next < script_.size()) found.text = script_.substr(begin, next - begin);
        out_.push_back(found);
        resume(next);
    }
    void recover(size_t begin) { resume(nextStatementLine(begin)); }
    void resume(size_t next) {
        // Each recovery may read to the end again; a script that needs many is no script.
        lexer_.position = ++recoveries_ > 100 ? script_.size() : next;
        lexer_.cut = false;
    }
    size_t nextStatementLine(size_t begin) const {
        for (size_t line = script_.find('\n', begin); line != std::string_view::npos;
             line = script_.find('\n', line + 1)) {
            if (startsStatement(script_.substr(line + 1, 16))) return line + 1;
        }
        return script_.size();
    }

    std::string_view script_;
    Lexer lexer_;
    std::vector<ScriptStatement> out_;
    std::vector<std::string_view> words_;
    std::string_view last_;
    size_t blankBegin_ = 0;
    int atomic_ = 0;
    int recoveries_ = 0;
    uint64_t lines_ = 1;
    std::ptrdiff_t counted_ = 0;
};

// A name with its dots: a.b, "A b".c
std::string dottedName(Lexer& lexer, std::string_view text) {
    const size_t begin = lexer.position;
    while (true) {
        if (lexer.peek() == '"')
            lexer.skipQuoted(false);
        else
            lexer.word();
        if (lexer.peek() != '.' || !(wordStart(lexer.peek(1)) || lexer.peek(1) == '"')) break;
        ++lexer.position;
    }
    return std::string(text.substr(begin, lexer.position - begin));
}

}  // namespace

bool isKeyword(std::string_view word, std::string_view upper) {
    return std::equal(word.begin(), word.end(), upper.begin(), upper.end(),
                      [](char x, char y) { return std::toupper(static_cast<unsigned char>(x)) == y; });
}

bool startsStatement(std::string_view line) {
    const auto words = !line.empty() && wordStart(line[0]) ? leadingWords(line, 1) : std::vector<std::string>();
    return !words.empty() && (isKeyword(words[0], "CREATE") || isKeyword(words[0], "ALTER") ||
                              isKeyword(words[0], "SET") || isKeyword(words[0], "COMMENT"));
}

std::vector<ScriptStatement> splitScript(std::string_view script) { return Splitter(script).split(); }

std::vector<std::string> leadingWords(std::string_view statement, size_t count) {
    std::vector<std::string> words;
    Lexer lexer(statement);
    while (words.size() < count && !lexer.done()) {
        if (lexer.skipBlank()) continue;
        if (!wordStart(lexer.peek()) && lexer.peek() != '"') break;
        words.push_back(dottedName(lexer, statement));
    }
    return words;
}

}  // namespace foreshard::schema
