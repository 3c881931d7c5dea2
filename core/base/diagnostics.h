// What a reader noticed and survived: a broken line, a foreign line, a table that no DDL names. At most `limit` are kept
// word for word (the first ones in (file, line) order, so that merging is associative); all are counted by reason.
// Not thread-safe: each thread fills its own and merges.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace foreshard {

enum class Severity { note, warning, error };
const char* toString(Severity severity);

struct Diagnostic {
    Severity severity = Severity::warning;
    std::string reason;   // stable, machine-readable: "broken_csv", "unknown_table"; the key of the counts
    std::string file;     // may be empty
    uint64_t line = 0;    // 1-based; 0: unknown
    uint64_t column = 0;  // 1-based byte; 0: unknown
    std::string message;  // one sentence

    bool operator==(const Diagnostic&) const = default;
};

class Diagnostics {
public:
    static constexpr size_t defaultLimit = 100;

    explicit Diagnostics(size_t limit = defaultLimit) : limit_(limit) {}

    void add(Diagnostic diagnostic);
    // Counts without a text, for floods.
    void count(const std::string& reason, uint64_t times = 1) { byReason_[reason] += times; }
    void merge(const Diagnostics& other);

    const std::vector<Diagnostic>& shown() const { return shown_; }
    const std::map<std::string, uint64_t>& byReason() const { return byReason_; }
    uint64_t total() const;
    size_t limit() const { return limit_; }
    bool operator==(const Diagnostics&) const = default;

    // For deserialisation only.
    static Diagnostics restore(size_t limit, std::vector<Diagnostic> shown, std::map<std::string, uint64_t> byReason);

private:
    void trim();
    size_t limit_;
    std::vector<Diagnostic> shown_;
    std::map<std::string, uint64_t> byReason_;
};

}  // namespace foreshard
