#include "core/ingest/statement_metrics.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <functional>

#include "core/base/hash.h"
#include "core/ingest/range_reader.h"
#include "core/ingest/table_field.h"
#include "core/sql/template.h"

namespace foreshard::ingest {

namespace {

namespace json = simdjson::dom;

enum Column : size_t { query, calls, duration, rows, queryId, database, user, topLevel, captured, columns };

// By Column; the names that versions and monitoring programs give.
constexpr std::array<std::array<std::string_view, 4>, columns> names{{{"query", "", "", ""}, {"calls", "", "", ""}, {"total_exec_time", "total_time", "", ""}, {"rows", "", "", ""},
    {"queryid", "query_id", "", ""}, {"datname", "database", "dbname", "dbid"}, {"rolname", "usename", "username", "userid"}, {"toplevel", "", "", ""},
    {"captured_at", "snapshot_at", "snapshot_time", "sample_time"}}};
constexpr uint64_t mostBytes = uint64_t{1} << 30;

size_t columnOf(std::string_view name) {
    for (size_t i = 0; i < columns; ++i)
        for (const auto known : names[i])
            if (!known.empty() && name == known) return i;
    return columns;
}

using Row = std::array<std::string_view, columns>;

std::optional<double> realOf(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !(value >= 0 && value < 9e12)) return std::nullopt;
    return value;
}

// False: a number or the time cannot be read.
bool takeRow(const Row& row, Instant written, workload::Metrics& out) {
    uint64_t called = 0, returned = 0;
    const auto millis = realOf(row[duration]);
    const auto time = row[captured].empty() ? std::optional(written) : parseTime(row[captured]);
    if (row[query].empty() || !readNumber(row[calls], called) || !millis || !time || (!row[rows].empty() && !readNumber(row[rows], returned))) return false;
    out.snapshots.insert(*time);
    if (row[topLevel] == "f" || row[topLevel] == "false") return true;
    // As templates are written: utility statements come with their literals.
    const std::string text = sql::templateText(row[query]);
    const auto id = row[queryId].empty() ? fmt::format("{:016x}", hashText(text)) : std::string(row[queryId]);
    auto& statement = out.statements[{std::string(row[database]), std::string(row[user]), id}];
    statement.text = text;
    auto& counters = statement.counters[*time];   // a statement may have several rows: of bodies of functions, or of a server that lists them so
    counters.calls += called;
    counters.duration += std::llround(*millis * 1e6);
    counters.rows += returned;
    return true;
}

Error formatError(const std::string& file, const char* what) { return {ErrorCategory::format, fmt::format("{} {}", file, what), "Export it with: psql --csv -c \"SELECT now() AS captured_at, * FROM pg_stat_statements\" > FILE", {}}; }

struct Table {
    char separator = ',';
    std::vector<size_t> meanings;      // Column, or `columns`
    size_t begin = 0;                  // of the first row
};

bool isWhole(const std::vector<size_t>& meanings) {
    for (const size_t wanted : {query, calls, duration})
        if (std::find(meanings.begin(), meanings.end(), wanted) == meanings.end()) return false;
    return true;
}

std::optional<Table> readHeader(std::string_view text) {
    const size_t mark = text.starts_with("\xef\xbb\xbf") ? 3 : 0;
    for (const char separator : {',', '\t', ';', '|'}) {
        Table table{separator, {}, mark};
        std::string undone;
        std::string_view field;
        for (FieldEnd end = FieldEnd::field; end == FieldEnd::field && table.meanings.size() < 200;) {
            end = readTableField(text.substr(0, 16'384), separator, table.begin, field, undone);
            table.meanings.push_back(columnOf(field));
        }
        if (isWhole(table.meanings)) return table;
    }
    return std::nullopt;
}

void readTable(std::string_view text, const Table& table, Instant written, const std::string& file, workload::Metrics& out, Diagnostics& diagnostics) {
    std::array<std::string, columns + 1> undone;
    uint64_t line = 1;
    for (size_t at = table.begin; at < text.size();) {
        Row row;
        const size_t begin = at;
        size_t column = 0;
        FieldEnd end = FieldEnd::field;
        while (end == FieldEnd::field) {
            const size_t meaning = column < table.meanings.size() ? table.meanings[column] : columns;
            std::string_view field;
            end = readTableField(text, table.separator, at, field, undone[meaning]);
            if (meaning < columns) row[meaning] = field;
            ++column;
        }
        ++line;
        const bool cut = end == FieldEnd::cut && at < text.size();   // inside of quotes
        if (cut) at = text.size();
        if (end == FieldEnd::broken) at = std::min(text.find('\n', at), text.size() - 1) + 1;
        const auto whole = text.substr(begin, at - begin);
        const bool blank = whole.find_first_not_of(" \r\n") == std::string_view::npos;
        if (!blank && (cut || end == FieldEnd::broken || column != table.meanings.size() || !takeRow(row, written, out)))
            diagnostics.add({Severity::warning, "bad_metrics_row", file, line, 0, "This row of pg_stat_statements cannot be read."});
        line += static_cast<uint64_t>(std::max<int64_t>(std::count(whole.begin(), whole.end(), '\n') - 1, 0));
    }
}

bool takeObject(json::object object, Instant written, workload::Metrics& out) {
    Row row;
    std::array<std::string, columns> texts;
    for (const auto field : object) {
        const size_t column = columnOf(field.key);
        std::string_view text;
        if (column == columns || field.value.is_null()) continue;
        if (!field.value.get(text)) texts[column].assign(text);
        else texts[column] = simdjson::minify(field.value);
        row[column] = texts[column];
    }
    return takeRow(row, written, out);
}

bool readJson(std::string_view text, Instant written, const std::string& file, workload::Metrics& out, Diagnostics& diagnostics) {
    json::parser parser;
    uint64_t line = 0;
    const auto take = [&](json::element element) {
        json::object object;
        if (element.get(object) || !takeObject(object, written, out))
            diagnostics.add({Severity::warning, "bad_metrics_row", file, line, 0, "This row of pg_stat_statements cannot be read."});
    };
    json::array all;
    if (text.starts_with('[')) {
        if (parser.parse(text.data(), text.size()).get(all)) return false;
        for (const auto element : all) take(element);
        return true;
    }
    while (!text.empty()) {
        const auto one = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(one.size() + 1, text.size()));
        ++line;
        if (one.find_first_not_of(" \r") == std::string_view::npos) continue;
        json::element element;
        if (parser.parse(one.data(), one.size()).get(element)) diagnostics.add({Severity::warning, "bad_metrics_row", file, line, 0, "This row of pg_stat_statements cannot be read."});
        else take(element);
    }
    return true;
}

std::string_view withoutBlanks(std::string_view text) { return text.substr(std::min(text.find_first_not_of(" \r\n\t"), text.size())); }

}  // namespace

bool looksLikeStatementMetrics(std::string_view head) {
    const auto text = withoutBlanks(head);
    if (!text.starts_with('[') && !text.starts_with('{')) return readHeader(head).has_value();
    const auto has = [&](std::string_view name) { return text.find(fmt::format("\"{}\"", name)) != std::string_view::npos; };
    return has("query") && has("calls") && (has("total_exec_time") || has("total_time"));
}

bool isStatementMetrics(const std::string& path) {
    if (path == "-") return false;
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) return false;
    const auto file = LogFile::open(path);
    if (!file.ok()) return false;
    const auto head = file->head(64 << 10);
    return head.ok() && looksLikeStatementMetrics(*head);
}

Result<workload::Metrics> readStatementMetrics(std::string_view text, Instant written, const std::string& file, Diagnostics& diagnostics) {
    workload::Metrics out;
    const auto begin = withoutBlanks(text);
    if (begin.starts_with('[') || begin.starts_with('{')) {
        if (!readJson(begin, written, file, out, diagnostics)) return formatError(file, "is not whole JSON.");
    } else {
        const auto table = readHeader(text);
        if (!table) return formatError(file, "does not begin with a line that names the columns query, calls and total_exec_time.");
        readTable(text, *table, written, file, out, diagnostics);
    }
    if (out.empty()) return formatError(file, "holds no row of pg_stat_statements.");
    return out;
}

Result<workload::Metrics> readStatementMetricsFile(const std::string& path, Job& job) {
    FS_ASSIGN(const LogFile file, LogFile::open(path, &job));
    if (file.size() > mostBytes) return formatError(path, "is larger than 1 GiB, which no export of pg_stat_statements is.");
    FS_ASSIGN(const std::string text, file.head(static_cast<size_t>(file.size())));
    std::error_code failed;
    const auto written = std::filesystem::last_write_time(path, failed);
    const auto since = std::chrono::file_clock::to_sys(written).time_since_epoch();
    Diagnostics diagnostics;
    FS_ASSIGN(auto metrics, readStatementMetrics(text, std::chrono::duration_cast<std::chrono::microseconds>(since).count(), path, diagnostics));
    job.mergeDiagnostics(diagnostics);
    return metrics;
}

}  // namespace foreshard::ingest
