// Finding out what a file is, by its content.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "core/ingest/mapping.h"
#include "core/ingest/message.h"
#include "core/ingest/readers.h"
#include "core/ingest/statement_metrics.h"
#include "core/ingest/syslog.h"

namespace foreshard::ingest {

namespace {

Error formatError(const std::string& message, const std::string& next) { return {ErrorCategory::format, message, next, {}}; }

// What a file that is no log is, where its first bytes tell; empty otherwise.
std::string_view knownKind(std::string_view sample) {
    struct Magic { std::string_view bytes, kind; };
    static constexpr Magic magics[]{
        {"\x1f\x8b", "compressed twice"}, {"\x28\xb5\x2f\xfd", "compressed twice"}, {"BZh", "compressed by bzip2"},
        {"\xfd" "7zXZ", "compressed by xz"}, {"PK\x03\x04", "a zip archive"}, {"SQLite format 3", "an SQLite database"},
        {"PGDMP", "a dump in pg_dump's own format"}, {"\x7f" "ELF", "a program"}};
    for (const auto& magic : magics)
        if (sample.starts_with(magic.bytes)) return magic.kind;
    return {};
}

// Share of the sample's records against what had to be skipped.
double shareOfRecords(LogReader& reader, std::string_view sample) {
    std::string padded(sample);
    padded.append(readerPadding, '\0');
    const std::string_view window(padded.data(), sample.size());
    size_t at = 0, records = 0, skipped = 0;
    LogRecord record;
    for (;;) {
        const ReadStep step = reader.next(window, at, false, record);
        if (step == ReadStep::record) ++records;
        else if (step == ReadStep::skipped) skipped += std::strcmp(reader.reason(), "empty_line") != 0;
        else break;
        if (records + skipped >= 2'000) break;
    }
    // A sample that ends inside its only record, or a file of one line without a newline.
    if (records + skipped == 0 && reader.next(window, at, true, record) == ReadStep::record) records = 1;
    return records == 0 ? 0 : static_cast<double>(records) / static_cast<double>(records + skipped);
}

Result<LogShape> detectStderr(std::string_view sample, const std::string& prefix, const std::string& file) {
    LogShape shape{LogFormat::stderrLog, prefix, !prefix.empty(), 0};
    if (!prefix.empty()) {
        FS_ASSIGN(const LinePrefix parsed, LinePrefix::parse(prefix));
        if (!parsed.hasTime())
            return formatError("The prefix \"" + prefix + "\" has no time, so the lines of " + file + " cannot be ordered.",
                               "Log with a log_line_prefix that holds %m, such as '%m [%p] %q%u@%d '.");
    } else {
        const auto guess = guessPrefix(sample);
        if (!guess)
            return formatError("The log_line_prefix of " + file + " cannot be found out from its lines.",
                               "Give it with --prefix, as SHOW log_line_prefix prints it.");
        shape.prefix = guess->prefix;
    }
    shape.matched = shareOfRecords(*makeStderrReader(shape.prefix), sample);
    if (shape.matched == 0)
        return formatError("No line of " + file + " begins with the prefix \"" + prefix + "\".",
                           "Give it exactly as SHOW log_line_prefix prints it, or leave it out to have it found.");
    return shape;
}

Result<LogShape> detectMapped(std::string_view sample, LogFormat format, const std::string& columns, const std::string& file) {
    FS_ASSIGN(auto mapping, ColumnMapping::parse(columns));
    if (format == LogFormat::table) {
        auto header = sample.substr(0, sample.find('\n'));
        if (header.starts_with("\xef\xbb\xbf")) header.remove_prefix(3);
        if (header.ends_with('\r')) header.remove_suffix(1);
        FS_TRY(mapping.place(header, file));
    }
    LogShape shape{format, mapping.write(), true, 0};
    shape.matched = shareOfRecords(*makeReader(shape), sample);
    if (shape.matched == 0)
        return formatError(fmt::format("No line of {} could be read as a statement with its time.", file), "Check which columns hold them; times are as in RFC 3339, or seconds since 1970.");
    return shape;
}

// Nothing where the lines are none of syslog.
Result<std::optional<LogShape>> detectSyslog(std::string_view sample, const std::string& prefix, const std::string& file) {
    if (!prefix.empty()) FS_TRY(LinePrefix::parse(prefix));
    bool found = false;
    const auto syslog = guessSyslog(sample, prefix, nowMicros(), found);
    if (!syslog) return std::optional<LogShape>();
    if (!found)
        return formatError("The log_line_prefix of " + file + " cannot be found out from its lines.", "Give it with --prefix, as SHOW log_line_prefix prints it.");
    LogShape shape{LogFormat::syslog, syslog->write(), !prefix.empty(), 0};
    shape.matched = shareOfRecords(*makeReader(shape), sample);
    if (shape.matched == 0)
        return formatError("No message in " + file + " begins with the prefix \"" + syslog->prefix + "\".", "Give it exactly as SHOW log_line_prefix prints it, or leave it out to have it found.");
    return std::optional<LogShape>(shape);
}

// Whether the statements of the sample are those of an application, and not of a script that makes a schema and its rows.
bool looksLikeTrace(std::string_view sample) {
    size_t statements = 0, uses = 0;
    for (size_t at = 0; at < sample.size();) {
        const auto line = sample.substr(at, sample.find('\n', at) - at);
        at += line.size() + 1;
        if (!line.ends_with(';') && !line.ends_with(" ns")) continue;
        ++statements;
        for (const std::string_view word : {"SELECT", "UPDATE", "DELETE"}) uses += startsWithWord(line, word);
    }
    return uses * 4 >= statements && uses > 0;
}

bool hasProfile(std::string_view sample) {
    for (size_t at = sample.find("; -- "); at != std::string_view::npos; at = sample.find("; -- ", at + 5)) {
        const auto line = sample.substr(at + 5, sample.find('\n', at) - at - 5);
        uint64_t nanos = 0;
        if (line.ends_with(" ns") && readNumber(line.substr(0, line.size() - 3), nanos)) return true;
    }
    return false;
}

// The shapes that the sample is tried with; of two that fit alike the first is taken.
std::vector<LogShape> candidates(std::string_view sample, LogFormat format) {
    std::vector<LogShape> out;
    const auto add = [&](LogFormat candidate, const std::string& form) {
        if (format == LogFormat::automatic || format == candidate) out.push_back({candidate, form, false, 0});
    };
    for (const auto candidate : {LogFormat::csvlog, LogFormat::jsonlog, LogFormat::mysqlGeneral}) add(candidate, {});
    for (const auto candidate : {LogFormat::mysqlSlow, LogFormat::vtgate})
        for (const auto& form : formsOf(candidate)) add(candidate, form);
    if (format == LogFormat::sqliteTrace || looksLikeTrace(sample)) add(LogFormat::sqliteTrace, hasProfile(sample) ? "profile" : "plain");
    return out;
}

bool looksLikeStderr(std::string_view sample) {
    for (const std::string_view word : {"LOG:  ", "ERROR:  ", "FATAL:  ", "STATEMENT:  ", "WARNING:  "})
        if (sample.find(word) != std::string_view::npos) return true;
    return false;
}

}  // namespace

namespace {

// What can be done with a file that is no log. Tables and JSON lines of statements are never found out, so it is said how they are named.
std::string nextFor(std::string_view sample) {
    const auto line = sample.substr(0, sample.find('\n'));
    const bool json = line.starts_with('{');
    const bool table = !json && std::any_of(ColumnMapping::separators.begin(), ColumnMapping::separators.end(), [&](char separator) { return line.find(separator) != std::string_view::npos; });
    if (json || table)
        return fmt::format("If it is {} of statements, add --format {} --column time=NAME --column statement=NAME; else give a file from the server's log folder. --help lists the formats.",
                           json ? "JSON lines" : "a table", json ? "ndjson" : "table");
    return "Give a file from the server's log folder; PostgreSQL's with English messages (lc_messages = 'C'). Tables and JSON lines of statements are read with --format table or ndjson and --column. --help lists the formats.";
}

Result<LogShape> findShape(std::string_view sample, LogFormat format, const std::string& prefix, const std::string& file) {
    if (sample.empty()) return formatError(file + " is empty.", "Check that it is the log you mean; a log that is being written may be empty yet.");
    if (const auto kind = knownKind(sample); !kind.empty())
        return formatError(file + " is " + std::string(kind) + ", not a log as text.", "Give the log itself, unpacked.");
    if (format == LogFormat::automatic && looksLikeStatementMetrics(sample))
        return formatError(file + " is an export of pg_stat_statements and no log.", "Give it to profile, which keeps it beside the log.");
    if (format == LogFormat::table || format == LogFormat::jsonLines) return detectMapped(sample, format, prefix, file);
    if (format == LogFormat::stderrLog) return detectStderr(sample, prefix, file);
    if (format == LogFormat::syslog) {
        FS_ASSIGN(const auto shape, detectSyslog(sample, prefix, file));
        if (shape) return *shape;
        return formatError(file + " holds no line of PostgreSQL as syslog writes them.", "Check the file, or leave the format to be found out.");
    }

    LogShape best;
    for (auto& shape : candidates(sample, format)) {
        shape.matched = shareOfRecords(*makeReader(shape), sample);
        if (shape.matched > best.matched) best = std::move(shape);
    }
    // A csvlog may quote lines of other formats inside a statement, so any other format must fit better than that.
    if (best.matched > 0 && (format != LogFormat::automatic || best.matched >= 0.5 || (prefix.empty() && !looksLikeStderr(sample)))) return best;
    if (format != LogFormat::automatic)
        return formatError(file + " holds no record of a " + toString(format) + ".", "Check the file, or leave the format to be found out.");
    FS_ASSIGN(const auto syslog, detectSyslog(sample, prefix, file));
    if (syslog) return *syslog;
    if (!prefix.empty() || looksLikeStderr(sample)) return detectStderr(sample, prefix, file);
    return formatError(file + " is not a log that Foreshard knows: no line of PostgreSQL, MySQL, MariaDB, SQLite or Vitess was found at its start.",
                       nextFor(sample));
}

PlanUse plansIn(const LogShape& shape, std::string_view sample) {
    if (sample.find(" ms  plan:") == std::string_view::npos) return PlanUse::none;
    const auto reader = makeReader(shape);
    std::string padded(sample);
    padded.append(readerPadding, '\0');
    const std::string_view window(padded.data(), sample.size());
    uint64_t plans = 0, statements = 0;
    LogRecord record;
    for (size_t at = 0;;) {
        const ReadStep step = reader->next(window, at, true, record);
        if (step == ReadStep::skipped) continue;
        if (step != ReadStep::record) break;
        const auto kind = readMessage(record).kind;
        plans += kind == MessageKind::plan;
        statements += kind == MessageKind::started || kind == MessageKind::ended;
    }
    return planUseOf(plans, statements);
}

}  // namespace

Result<LogShape> detectShape(std::string_view sample, LogFormat format, const std::string& prefix, const std::string& file) {
    FS_ASSIGN(LogShape shape, findShape(sample, format, prefix, file));
    shape.plans = plansIn(shape, sample);
    return shape;
}

}  // namespace foreshard::ingest
