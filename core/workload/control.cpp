#include "core/workload/control.h"

namespace foreshard::workload {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
bool wordLetter(char c) { return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '$' || (c & 0x80); }

bool sameWord(std::string_view text, std::string_view wordInLowerCase) {
    if (text.size() != wordInLowerCase.size()) return false;
    for (size_t i = 0; i < text.size(); ++i)
        if (lower(text[i]) != wordInLowerCase[i]) return false;
    return true;
}

// Reads words, quoted names and strings one after the other; comments and blanks are passed over.
class Words {
public:
    explicit Words(std::string_view text) : rest_(text) {}

    void skip() {
        for (;;) {
            while (!rest_.empty() && blank(rest_[0])) rest_.remove_prefix(1);
            if (rest_.starts_with("--")) {
                const auto end = rest_.find('\n');
                rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
            } else if (rest_.starts_with("/*")) {
                const auto end = rest_.find("*/", 2);
                rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 2);
            } else {
                return;
            }
        }
    }

    // The next bare word; empty where something else comes.
    std::string_view word() {
        skip();
        size_t size = 0;
        while (size < rest_.size() && wordLetter(rest_[size])) ++size;
        const auto found = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return found;
    }

    // A bare name (folded), "quoted" or 'string'; nothing at the end or before another sign.
    bool name(std::string& out) {
        skip();
        out.clear();
        if (rest_.empty()) return false;
        const char quote = rest_[0];
        if (quote == '"' || quote == '\'') {
            size_t i = 1;
            for (; i < rest_.size(); ++i) {
                if (rest_[i] == quote && i + 1 < rest_.size() && rest_[i + 1] == quote) ++i;
                else if (rest_[i] == quote) break;
                out.push_back(rest_[i]);
            }
            rest_.remove_prefix(std::min(rest_.size(), i + 1));
            return true;
        }
        for (const char c : word()) out.push_back(lower(c));
        return !out.empty();
    }

    bool sign(char c) {
        skip();
        if (rest_.empty() || rest_[0] != c) return false;
        rest_.remove_prefix(1);
        return true;
    }

    std::string_view rest() const { return rest_; }

private:
    std::string_view rest_;
};

Control endOfTransaction(Words words, bool commits) {
    const Control plain{commits ? ControlKind::commit : ControlKind::rollback, {}, {}};
    bool no = false;
    for (auto word = words.word(); !word.empty(); word = words.word()) {
        if (sameWord(word, "prepared")) return {ControlKind::other, {}, {}};
        if (sameWord(word, "no")) no = true;
        if (sameWord(word, "chain") && !no) return {commits ? ControlKind::commitAndChain : ControlKind::rollbackAndChain, {}, {}};
        if (sameWord(word, "to") && !commits) {
            Control to{ControlKind::rollbackTo, {}, {}};
            Words after = words;
            if (sameWord(after.word(), "savepoint")) words = after;
            words.name(to.name);
            return to;
        }
    }
    return plain;
}

Control named(ControlKind kind, Words words) {
    Control control{kind, {}, {}};
    Words after = words;
    if (kind == ControlKind::release && sameWord(after.word(), "savepoint")) words = after;
    words.name(control.name);
    return control;
}

// "name", "app.tenant", as SET and RESET give it, in lower case.
std::string settingName(Words& words) {
    std::string name, part;
    while (words.name(part)) {
        name += part;
        if (!words.sign('.')) break;
        name += '.';
    }
    for (char& c : name) c = lower(c);
    return name;
}

// What stands behind the name: one value, or several as one text.
SettingValue valueOf(const std::string& name, Words words) {
    Words after = words;
    if (sameWord(after.word(), "default")) return std::nullopt;
    if (name == "search_path") return settingValue(name, words.rest());
    std::string value, part;
    if (words.sign('-')) value = "-";
    while (words.name(part)) {
        value += part;
        if (words.sign(',')) value += ", ";
        else if (words.sign('.')) value += '.';   // 4.5
        else break;
    }
    words.sign(';');
    words.skip();
    // An escape string, an expression: what it gives is not told.
    return words.rest().empty() ? settingValue(name, value) : SettingValue(unknownSetting);
}

// Of the text behind SET.
std::optional<bool> saidOfAutocommit(std::string_view text) {
    constexpr std::string_view name = "autocommit";
    std::string folded(text.substr(0, 256));   // lists of assignments are short
    for (char& c : folded) c = lower(c);
    size_t at = folded.find(name);
    while (at != std::string::npos && at > 0 && wordLetter(folded[at - 1])) at = folded.find(name, at + 1);
    if (at == std::string::npos) return std::nullopt;
    const auto before = std::string_view(folded).substr(0, at), from = before.substr(before.find_last_of(',') + 1);   // npos + 1 is 0
    if (from.find("global") != std::string_view::npos) return std::nullopt;
    Words words(std::string_view(folded).substr(at + name.size()));
    words.sign('"');                           // @@autocommit is "@@autocommit"() once its dialect is translated
    if (words.sign('(')) words.sign(')');
    words.sign(':');
    if (!words.sign('=')) return std::nullopt;
    std::string value;
    words.name(value);
    if (value == "0" || value == "off" || value == "false") return false;
    return value == "1" || value == "on" || value == "true" || value == "default" ? std::optional<bool>(true) : std::nullopt;
}

Control setting(Words words) {
    if (const auto on = saidOfAutocommit(words.rest())) return {ControlKind::set, std::string(autocommitSetting), *on ? SettingValue() : SettingValue("0")};
    auto kind = ControlKind::set;
    Words after = words;
    auto word = after.word();
    if (sameWord(word, "local")) kind = ControlKind::setLocal;
    if (kind == ControlKind::setLocal || sameWord(word, "session")) words = after, word = after.word();
    if (sameWord(word, "authorization")) return {kind, "role", valueOf("role", after)};   // SET SESSION AUTHORIZATION x
    if (sameWord(word, "schema")) {                                                       // SET SCHEMA 'x'
        std::string schema;
        after.name(schema);
        return {kind, "search_path", schema};
    }
    if (sameWord(word, "role")) {
        Words none = after;
        return {kind, "role", sameWord(none.word(), "none") ? SettingValue() : valueOf("role", after)};
    }
    std::string name = settingName(words);
    if (!isKeptSetting(name)) return {ControlKind::other, {}, {}};
    if (!words.sign('=')) words.word();   // TO
    auto value = valueOf(name, words);
    return {kind, std::move(name), std::move(value)};
}

Control reset(Words words, bool discard) {
    Words after = words;
    const auto word = after.word();
    if (sameWord(word, "all")) return {ControlKind::resetAll, {}, {}};
    if (discard) return {ControlKind::other, {}, {}};
    if (sameWord(word, "session")) return {ControlKind::set, "role", {}};   // RESET SESSION AUTHORIZATION
    std::string name = settingName(words);
    if (!isKeptSetting(name)) return {ControlKind::other, {}, {}};
    return {ControlKind::set, std::move(name), {}};
}

}  // namespace

std::string searchPathFromText(std::string_view value) {
    Words words(value);
    std::string path, name;
    while (words.name(name)) {
        // A string may hold the whole list: 'a, b'.
        const bool list = name.find(',') != std::string::npos;
        const auto one = list ? searchPathFromText(name) : name;
        if (!one.empty() && one != "$user") {
            if (!path.empty()) path.push_back(pathSeparator);
            path += one;
        }
        if (!words.sign(',')) break;
    }
    return path;
}

SettingValue settingValue(std::string_view name, std::string_view text) {
    constexpr size_t longestValue = 1'024;
    if (text.size() > longestValue) return std::string(unknownSetting);
    return name == "search_path" ? searchPathFromText(text) : std::string(text);
}

std::optional<bool> autocommitSaid(std::string_view statement) {
    Words words(statement);
    return sameWord(words.word(), "set") ? saidOfAutocommit(words.rest()) : std::nullopt;
}

Control controlOf(std::string_view statement) {
    Words words(statement);
    words.skip();
    if (words.rest().empty()) return {};
    // Most statements end here, on their first letter.
    constexpr std::string_view initials = "abcdeprs";
    const char first = lower(words.rest()[0]);
    if (initials.find(first) == std::string_view::npos) return {};
    const auto word = words.word();
    if (sameWord(word, "select")) return {};
    if (sameWord(word, "begin")) return {ControlKind::begin, {}, {}};
    if (sameWord(word, "start")) return {sameWord(words.word(), "transaction") ? ControlKind::begin : ControlKind::none, {}, {}};
    if (sameWord(word, "commit") || sameWord(word, "end")) return endOfTransaction(words, true);
    if (sameWord(word, "rollback") || sameWord(word, "abort")) return endOfTransaction(words, false);
    if (sameWord(word, "prepare")) return {sameWord(words.word(), "transaction") ? ControlKind::commit : ControlKind::none, {}, {}};
    if (sameWord(word, "savepoint")) return named(ControlKind::savepoint, words);
    if (sameWord(word, "release")) return named(ControlKind::release, words);
    if (sameWord(word, "set")) return setting(words);
    if (sameWord(word, "reset")) return reset(words, false);
    if (sameWord(word, "discard")) return reset(words, true);
    if (sameWord(word, "show") || sameWord(word, "deallocate") || sameWord(word, "close")) return {ControlKind::other, {}, {}};
    return {};
}

}  // namespace foreshard::workload
