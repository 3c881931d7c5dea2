// LinePrefix: a log_line_prefix as a parser of lines. All escapes of PostgreSQL 9.0 to 18, with padding ("%-10p"), text
// between them, and %q, behind which lines of background processes may end. Immutable once made; matching keeps its state
// in the caller's object, so that one prefix serves one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace foreshard::ingest {

// What a prefix says of a line; views into the line. Empty: not there.
struct PrefixFields {
    std::string_view time;             // as written; epochTime says which form
    bool epochTime = false;
    std::string_view sessionStart, user, database, application, host, commandTag, sqlState, virtualTransaction;
    std::string_view session;          // %c
    std::string_view pid;
    bool cutAtQ = false;               // a background process: the line's prefix ended at %q
};

class LinePrefix {
public:
    // An error of category usage names the escape that is not known.
    static Result<LinePrefix> parse(const std::string& format);

    // Matches the start of `line`. Returns the length of the prefix, behind which a severity and ":  " stand, or nothing.
    // `severity` is that word. Values are the shortest that let the whole prefix match.
    std::optional<size_t> match(std::string_view line, PrefixFields& out, std::string_view& severity) const;
    // The same result where it takes no second try, as for nearly all lines; false: match() has to look. `lastTime`: the time
    // stamp of a line before, which is compared first.
    bool matchPlainly(std::string_view line, std::string_view lastTime, PrefixFields& out, std::string_view& severity, size_t& length) const;

    const std::string& format() const { return format_; }
    bool hasTime() const { return hasTime_; }
    // Whether lines of one session can be told from those of another.
    bool hasSession() const { return hasSession_; }
    bool hasVirtualTransaction() const { return hasVirtualTransaction_; }
    // Number of escapes that say something.
    size_t escapes() const { return escapes_; }

private:
    struct Part {
        char escape = 0;               // 0: literal text
        int padding = 0;
        std::string text;
    };
    struct Matcher;
    static void store(char escape, std::string_view text, PrefixFields& out);
    std::string format_;
    std::vector<Part> parts_;
    size_t escapes_ = 0;
    bool hasTime_ = false, hasSession_ = false, hasVirtualTransaction_ = false;
};

// The word at the start of `text` that is followed by ":  " as the server writes severities and DETAIL, HINT…; empty: none.
std::string_view severityWordAt(std::string_view text);
// DETAIL, HINT, CONTEXT, STATEMENT, QUERY, LOCATION, BACKTRACE: a line that belongs to the record before it.
bool isFollowWord(std::string_view word);

struct PrefixGuess {
    std::string prefix;
    double matched = 0;                // share of the lines with a severity that it fits
    bool wellKnown = false;
};

// The prefix that the lines of `sample` were written with: one of the well-known ones, or one put together from what
// stands before the severities. Nothing when no guess fits nine lines in ten; `timeNeeded`: nor one without a time.
std::optional<PrefixGuess> guessPrefix(std::string_view sample, bool timeNeeded = true);

}  // namespace foreshard::ingest
