// Finding out log_line_prefix from the lines themselves.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/ingest/log_time.h"
#include "core/ingest/prefix.h"

namespace foreshard::ingest {

namespace {

// Defaults of PostgreSQL, of distributions, of managed services, and what log analysers ask their users to set.
constexpr std::array wellKnown{
    "%m [%p] ", "%m [%p] %q%u@%d ", "%t [%p]: ", "%t [%p] ", "%t ", "%m ", "< %m >", "< %m > ",
    "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ", "%t [%p]: user=%u,db=%d,app=%a,client=%h ",
    "%t [%p]: [%l-1] user=%u,db=%d ", "%t [%p]: [%l-1] ", "%m [%p]: [%l-1] db=%d,user=%u ", "%t:%r:%u@%d:[%p]:",
    "%m:%r:%u@%d:[%p]:%l:%e:%s:%v:%x:%c:%q%a:", "%t-%c-", "%m [%p] %q[user=%u,db=%d,app=%a] ",
    "%m [%p] %c %l %s %v %x %e %q%u@%d/%a/%r ", "%m [%p] %u@%d ", "%m [%p] %q%u@%d/%a ", "%m [%p] %q%a ",
};

constexpr size_t mostLines = 400;

constexpr bool isDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool isLetter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

// Lines of the sample that begin a message: a time, then within reach a severity.
std::vector<std::string_view> messageLines(std::string_view sample) {
    std::vector<std::string_view> lines;
    while (!sample.empty() && lines.size() < mostLines) {
        const size_t newline = sample.find('\n');
        const auto line = sample.substr(0, std::min(newline, sample.size()));
        sample.remove_prefix(newline == std::string_view::npos ? sample.size() : newline + 1);
        if (line.empty() || line[0] == '\t') continue;
        for (const std::string_view word : {"LOG:  ", "ERROR:  ", "FATAL:  ", "WARNING:  ", "STATEMENT:  ", "DETAIL:  "})
            if (const size_t at = line.find(word); at != std::string_view::npos && at < 512) { lines.push_back(line); break; }
    }
    return lines;
}

struct Score {
    size_t matched = 0, filled = 0;    // lines, and values found in them
    bool known = false;
    int unusedEscapes = 0;             // negative
    auto operator<=>(const Score&) const = default;
};

// A name that swallowed other parts of the head.
bool suspicious(std::string_view name, std::string_view swallowed) {
    return name.find_first_of(swallowed) != std::string_view::npos && name != "[unknown]";
}

Score scoreOf(const LinePrefix& prefix, const std::vector<std::string_view>& lines, bool known) {
    Score score{0, 0, known, -static_cast<int>(prefix.escapes())};
    PrefixFields fields;
    std::string_view severity;
    for (const auto line : lines) {
        if (!prefix.match(line, fields, severity) || suspicious(fields.user, " =,|[") ||
            suspicious(fields.database, " =,|[") || suspicious(fields.application, "=@|[")) continue;
        ++score.matched;
        for (const auto value : {fields.user, fields.database, fields.application, fields.host, fields.session, fields.pid,
                                 fields.virtualTransaction, fields.sessionStart, fields.commandTag})
            score.filled += !value.empty();
    }
    return score;
}

size_t wordLength(std::string_view text) {
    size_t at = 0;
    if (text.empty() || !isLetter(text[0])) return 0;
    while (at < text.size() && (isLetter(text[at]) || isDigit(text[at]) || text[at] == '_' || text[at] == '-')) ++at;
    return at;
}

// The text of a line before its severity; empty: none found.
std::string_view headOf(std::string_view line) {
    for (size_t at = 1; at < line.size() && at < 512; ++at) {
        if (isLetter(line[at - 1])) continue;
        const auto word = severityWordAt(line.substr(at));
        if (!word.empty() && (isFollowWord(word) || word == "LOG" || word == "ERROR" || word == "FATAL" || word == "WARNING"))
            return line.substr(0, at);
    }
    return {};
}

std::string escaped(std::string_view literal) {
    std::string out;
    for (const char c : literal) {
        out += c;
        if (c == '%') out += '%';
    }
    return out;
}

// Puts a format together from one line's head, from left to right: values of a known form by their form, names behind
// "user=" and the like by their label, name@name as user and database.
class HeadReader {
public:
    HeadReader(std::string_view head, const std::set<std::string, std::less<>>& constant) : head_(head), constant_(constant) {}

    // Formats to try: with %q in front of the first value that background processes lack (none of them may be among the
    // lines yet, and %q does no harm), the whole head without it, and with %q in front of each other part.
    std::vector<std::string> formats() {
        while (at_ < head_.size()) step();
        std::vector<std::string> all;
        const auto ofSession = [](const std::string& part) { return part.size() == 2 && part[0] == '%' && std::string_view("udahr").find(part[1]) != std::string_view::npos; };
        const auto first = std::find_if(parts_.begin(), parts_.end(), ofSession);
        if (first != parts_.end()) all.push_back(join(static_cast<size_t>(first - parts_.begin())));
        all.push_back(join(parts_.size()));
        for (size_t i = 1; i < parts_.size(); ++i) all.push_back(join(i));
        return all;
    }

private:
    std::string join(size_t q) const {
        std::string out;
        for (size_t i = 0; i < parts_.size(); ++i) out += (i == q ? "%q" : "") + parts_[i];
        return out;
    }

    bool used(char escape) const { return used_.contains(escape); }
    void value(char escape, size_t length) {
        parts_.push_back(std::string("%") + escape);
        used_.insert(escape);
        at_ += length;
        label_.clear();
    }

    void step() {
        const auto rest = head_.substr(at_);
        bool millis = false;
        if (const size_t length = LogClock::lengthAt(rest, &millis)) {
            const bool start = used('m') || used('t') || used('n');
            return value(start ? 's' : millis ? 'm' : 't', length);
        }
        // "v3/17" and "x0" are numbers behind a letter; "node12" is a word.
        const auto inWord = [&](size_t at) { return isLetter(head_[at]) || isDigit(head_[at]); };
        const bool wordBefore = at_ > 0 && inWord(at_ - 1) && (isDigit(head_[at_ - 1]) || at_ < 2 || inWord(at_ - 2));
        if (!wordBefore && number(rest)) return;
        if (label(rest) || userAtDatabase(rest) || bracketed(rest) || (!wordBefore && name(rest))) return;
        literal();
    }

    void literal() {
        const char c = head_[at_++];
        if (parts_.empty() || parts_.back()[0] == '%') parts_.emplace_back();
        parts_.back() += escaped({&c, 1});
        if (isLetter(c)) label_ += static_cast<char>(c | 0x20);
        else if (c != '=' && c != ':') label_.clear();
    }

    // Values that begin with a digit.
    bool number(std::string_view rest) {
        if (!isDigit(rest[0])) return false;
        size_t digits = 0, hex = 0;
        while (digits < rest.size() && isDigit(rest[digits])) ++digits;
        while (hex < rest.size() && (isDigit(rest[hex]) || (rest[hex] >= 'a' && rest[hex] <= 'f'))) ++hex;
        const auto tail = [&](size_t from) {
            size_t n = 0;
            while (from + n < rest.size() && (isDigit(rest[from + n]) || (rest[from + n] >= 'a' && rest[from + n] <= 'f'))) ++n;
            return n;
        };
        if (digits >= 10 && digits < rest.size() && rest[digits] == '.' && !used('n') && LogClock::readEpoch(rest.substr(0, digits + 1 + tail(digits + 1))))
            return value('n', digits + 1 + tail(digits + 1)), true;
        if (hex >= 7 && hex < rest.size() && rest[hex] == '.' && tail(hex + 1) > 0) return value('c', hex + 1 + tail(hex + 1)), true;
        if (digits < rest.size() && rest[digits] == '/' && digits > 0 && tail(digits + 1) > 0)
            return value('v', digits + 1 + tail(digits + 1)), true;
        if (rest.size() > 5 && digits == 5 && rest.substr(0, 5) == "00000" && !used('e')) return value('e', 5), true;
        if (address(rest)) return true;
        if (digits < rest.size() && isLetter(rest[digits])) return false;
        // [pid], [pid] [line-1], line, transaction: in this order nearly everywhere.
        if (head_.substr(at_).starts_with("1]") && used('l') && head_[at_ - 1] == '-') return false;   // the 1 of "[%l-1]"
        for (const char escape : {'p', 'l', 'x'})
            if (!used(escape)) return value(escape, digits), true;
        return false;
    }

    // 10.0.0.1(5432) is %r, without the port %h.
    bool address(std::string_view rest) {
        size_t length = 0, dots = 0;
        while (length < rest.size() && (isDigit(rest[length]) || rest[length] == '.')) dots += rest[length++] == '.';
        if (dots != 3) return false;
        return hostValue(rest, length);
    }
    bool hostValue(std::string_view rest, size_t length) {
        if (used('h') || used('r')) return false;
        size_t port = length;
        if (port < rest.size() && rest[port] == '(')
            for (++port; port < rest.size() && isDigit(rest[port]);) ++port;
        if (port > length && port < rest.size() && rest[port] == ')') return value('r', port + 1), true;
        return value('h', length), true;
    }

    // A name runs to the next of these; between bars or commas to the next bar or comma.
    size_t nameLength(std::string_view rest) const {
        if (rest.starts_with("[unknown]")) return 9;
        const size_t place = static_cast<size_t>(rest.data() - head_.data());
        const char before = place > 0 ? head_[place - 1] : ' ';
        if ((before == '|' || before == ',' || before == ';') && rest.find(before) != std::string_view::npos) return rest.find(before);
        return std::min(rest.find_first_of(" ,:;@/]|)>"), rest.size());
    }

    // A word that other lines do not have.
    bool name(std::string_view rest) {
        const size_t word = wordLength(rest);
        const bool unknown = rest.starts_with("[unknown]");
        if ((word == 0 || constant_.contains(rest.substr(0, word))) && !unknown) return false;
        if (const char behind = word < rest.size() ? rest[word] : ' '; !unknown && (behind == '=' || behind == ':' || behind == '/')) return false;
        for (const char escape : {'u', 'd', 'a'})
            if (!used(escape)) return value(escape, nameLength(rest)), true;
        return false;
    }

    bool label(std::string_view rest) {
        if (at_ == 0 || (head_[at_ - 1] != '=' && head_[at_ - 1] != ':') || label_.empty()) return false;
        static const std::map<std::string, char, std::less<>> labels{
            {"user", 'u'}, {"usr", 'u'}, {"u", 'u'}, {"db", 'd'}, {"database", 'd'}, {"dbname", 'd'}, {"d", 'd'}, {"app", 'a'},
            {"application", 'a'}, {"appname", 'a'}, {"applicationname", 'a'}, {"a", 'a'}, {"client", 'h'}, {"host", 'h'},
            {"remote", 'h'}, {"h", 'h'}, {"tag", 'i'}, {"cmd", 'i'}, {"command", 'i'}, {"backend", 'b'}, {"type", 'b'}};
        const auto known = labels.find(label_);
        if (known == labels.end() || used(known->second)) return false;
        size_t length = nameLength(rest);
        // An application's name or a command tag may hold blanks and commas: the next label ends it.
        if (known->second == 'h') {
            if (rest.starts_with("[local]")) length = 7;
            else while (length < rest.size() && rest[length] == ':') length += 1 + nameLength(rest.substr(length + 1));
            const size_t port = rest.substr(0, length + 1).find('(');
            return hostValue(rest, port == std::string_view::npos ? length : port);
        }
        return value(known->second, length), true;
    }

    bool userAtDatabase(std::string_view rest) {
        if (used('u') || used('d') || (at_ > 0 && (isLetter(head_[at_ - 1]) || isDigit(head_[at_ - 1])))) return false;
        const size_t user = nameLength(rest);
        if (user == 0 || user >= rest.size() || rest[user] != '@') return false;
        value('u', user);
        literal();
        value('d', nameLength(head_.substr(at_)));
        if (at_ < head_.size() && head_[at_] == '/' && !used('a')) {
            literal();
            value('a', nameLength(head_.substr(at_)));
        }
        return true;
    }

    bool bracketed(std::string_view rest) {
        if (rest.starts_with("[local]")) return hostValue(rest, 7);
        return false;
    }

    std::string_view head_;
    const std::set<std::string, std::less<>>& constant_;
    size_t at_ = 0;
    std::string label_;
    std::vector<std::string> parts_;
    std::set<char> used_;
};

// Words that nearly every head holds are text of the prefix; others are names.
std::set<std::string, std::less<>> constantWords(const std::vector<std::string_view>& heads) {
    std::map<std::string, size_t, std::less<>> counts;
    for (const auto head : heads) {
        std::set<std::string, std::less<>> words;
        for (size_t at = 0; at < head.size();) {
            const size_t length = wordLength(head.substr(at));
            if (length > 0) words.emplace(head.substr(at, length));
            at += std::max<size_t>(length, 1);
        }
        for (const auto& word : words) ++counts[word];
    }
    std::set<std::string, std::less<>> constant;
    for (const auto& [word, count] : counts)
        if (count * 10 >= heads.size() * 9) constant.insert(word);
    return constant;
}

}  // namespace

std::optional<PrefixGuess> guessPrefix(std::string_view sample, bool timeNeeded) {
    const auto lines = messageLines(sample);
    if (lines.empty()) return std::nullopt;
    Score best;
    std::optional<std::string> found;
    const auto consider = [&](const std::string& format, bool known) {
        const auto prefix = LinePrefix::parse(format);
        if (!prefix || (timeNeeded && !prefix->hasTime())) return;
        const Score score = scoreOf(*prefix, lines, known);
        if (score.matched > 0 && (!found || best < score)) {
            best = score;
            found = format;
        }
    };
    for (const char* format : wellKnown) consider(format, true);
    if (!timeNeeded)
        for (const char* format : {"", "%q%u@%d ", "%q[%p] %u@%d ", "user=%u,db=%d,app=%a,client=%h ", "user=%u,db=%d "}) consider(format, true);
    if (best.matched < lines.size()) {
        // The longest heads say most; background processes may have shorter ones.
        std::vector<std::string_view> heads;
        for (const auto line : lines)
            if (const auto head = headOf(line); !head.empty()) heads.push_back(head);
        std::stable_sort(heads.begin(), heads.end(), [](auto a, auto b) { return a.size() > b.size(); });
        const auto constant = constantWords(heads);
        std::set<std::string> tried;
        for (size_t i = 0; i < heads.size() && tried.size() < 60; i += std::max<size_t>(1, heads.size() / 12))
            for (const auto& format : HeadReader(heads[i], constant).formats())
                if (tried.insert(format).second) consider(format, false);
    }
    const double share = static_cast<double>(best.matched) / static_cast<double>(lines.size());
    if (!found || share < 0.9) return std::nullopt;
    return PrefixGuess{*found, share, best.known};
}

}  // namespace foreshard::ingest
