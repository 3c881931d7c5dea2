// The trace of the sqlite3 shell (".trace FILE", best with --expanded, so that values stand in their places): one statement after the
// other, each with a semicolon at its end, and with --profile its time behind that:
//   SELECT name FROM customer WHERE id = 5;
//   SELECT name FROM customer WHERE id = 5; -- 48210 ns
// LogShape::prefix is "profile" where statements have times (those without are the same ones as they begin: --stmt and --profile
// together log each twice), else "plain". A trace has neither clock nor session: its calls stand at time 0, in one session.
// A statement ends at a line that ends so, before one that begins with a word of SQL's or with a comment (of a trigger's
// statements, which are no calls); a text that holds such a pair of lines is taken apart.
#include <algorithm>
#include <array>

#include "core/ingest/foreign_call.h"
#include "core/ingest/message.h"
#include "core/ingest/readers.h"
#include "core/sql/dialect.h"

namespace foreshard::ingest {

namespace {

constexpr std::string_view session = "trace";

bool beginsStatement(std::string_view text) {
    static constexpr std::array words = {std::string_view("SELECT"),   std::string_view("INSERT"),  std::string_view("UPDATE"),    std::string_view("DELETE"),  std::string_view("REPLACE"),
                                         std::string_view("WITH"),     std::string_view("BEGIN"),   std::string_view("COMMIT"),    std::string_view("END"),     std::string_view("ROLLBACK"),
                                         std::string_view("SAVEPOINT"), std::string_view("RELEASE"), std::string_view("CREATE"),    std::string_view("DROP"),    std::string_view("ALTER"),
                                         std::string_view("PRAGMA"),   std::string_view("ANALYZE"), std::string_view("VACUUM"),    std::string_view("REINDEX"), std::string_view("ATTACH"),
                                         std::string_view("DETACH"),   std::string_view("EXPLAIN"), std::string_view("VALUES")};
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return startsWithWord(text, word); });
}

// Whether a statement ends with this line; `size`: of the line without semicolon and time.
bool endsStatement(std::string_view line, size_t& size, int64_t& nanos) {
    nanos = -1;
    if (line.ends_with(" ns")) {
        const size_t at = line.rfind("; -- ");
        uint64_t number = 0;
        if (at == std::string_view::npos || !readNumber(line.substr(at + 5, line.size() - at - 8), number)) return false;
        nanos = static_cast<int64_t>(std::min<uint64_t>(number, INT64_MAX));
        size = at;
        return true;
    }
    size = line.size() - 1;
    return line.ends_with(';');
}

class SqliteTraceReader final : public LogReader {
public:
    explicit SqliteTraceReader(bool profile) : profile_(profile) {}
    const std::string& unknownZone() const override { return noZone_; }

protected:
    bool startsRecord(std::string_view text) const override { return beginsStatement(text); }
    bool isHeader(std::string_view line) const override { return line.starts_with("--"); }

    // The line before ends a statement.
    bool beyondDoubt(std::string_view window, size_t at) override {
        if (at < 2) return at == 0;
        const size_t begin = window.rfind('\n', at - 2);
        size_t size = 0;
        int64_t nanos = 0;
        auto line = window.substr(begin == std::string_view::npos ? 0 : begin + 1, at - 1 - (begin == std::string_view::npos ? 0 : begin + 1));
        if (line.ends_with('\r')) line.remove_suffix(1);
        return begin != std::string_view::npos && !line.starts_with("--") && endsStatement(line, size, nanos);
    }

    ReadStep read(std::string_view window, size_t& at, bool last, LogRecord& out) override {
        size_t place = at;
        for (;;) {
            std::string_view line;
            size_t next = 0, size = 0;
            int64_t nanos = -1;
            if (!wholeLine(window, place, line, next) && !last) return ReadStep::incomplete;
            const bool ends = endsStatement(line, size, nanos);
            if (next >= window.size() && !last) return ReadStep::incomplete;
            const auto behind = window.substr(next);
            if (ends && !behind.empty() && behind.size() < 16 && behind.find('\n') == std::string_view::npos && !last) return ReadStep::incomplete;
            if (ends && (behind.empty() || behind.starts_with("--") || behind[0] == '\n' || behind[0] == '\r' || beginsStatement(behind))) {
                fill(window.substr(at, place - at + size), nanos, out);
                at = next;
                return ReadStep::record;
            }
            if (next >= window.size()) return skipLine(window, at, last, "cut_record");
            place = next;
        }
    }

private:
    void fill(std::string_view text, int64_t nanos, LogRecord& out) {
        if (profile_ && nanos < 0) return fillNothing(0, session, out);
        ForeignCall call;
        call.duration = profile_ ? nanos : -1;
        call.statement = sql::translated(text, sql::Dialect::sqlite, translation_);
        call.session = session;
        fillCall(call, message_, out);
        out.time = call.duration > 0 ? call.duration / 1'000 : 0;
    }

    const bool profile_;
    std::string noZone_, translation_, message_;
};

}  // namespace

std::unique_ptr<LogReader> makeSqliteTraceReader(const std::string& form) { return std::make_unique<SqliteTraceReader>(form == "profile"); }

}  // namespace foreshard::ingest
