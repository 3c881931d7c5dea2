#include "core/ingest/table_preview.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>

namespace foreshard::ingest {

namespace {

using Row = std::vector<std::string>;

// Whole rows from the start of a table; what is cut at the end is left out.
std::vector<Row> rowsOf(std::string_view text, char separator, size_t most) {
    std::vector<Row> rows;
    Row row(1);
    bool inside = false;
    for (size_t i = 0; i < text.size() && rows.size() < most; ++i) {
        const char c = text[i];
        if (inside) {
            if (c != '"') row.back() += c;
            else if (i + 1 < text.size() && text[i + 1] == '"') row.back() += text[++i];
            else inside = false;
        } else if (c == '"' && row.back().empty()) {
            inside = true;
        } else if (c == separator) {
            row.emplace_back();
        } else if (c == '\n') {
            if (row.back().ends_with('\r')) row.back().pop_back();
            rows.push_back(std::exchange(row, Row(1)));
        } else {
            row.back() += c;
        }
    }
    return rows;
}

// Every row has as many fields as the first, which names them all.
bool isTable(const std::vector<Row>& rows) {
    if (rows.size() < 2 || rows[0].size() < 2) return false;
    const auto named = [](const std::string& field) { return !field.empty() && field.size() < 128 && std::none_of(field.begin(), field.end(), [](unsigned char c) { return c < ' '; }); };
    return std::all_of(rows[0].begin(), rows[0].end(), named) && std::all_of(rows.begin(), rows.end(), [&](const Row& row) { return row.size() == rows[0].size(); });
}

std::optional<TablePreview> tableOf(std::string_view sample, size_t mostRows) {
    std::optional<TablePreview> best;
    for (const char separator : ColumnMapping::separators) {
        auto rows = rowsOf(sample, separator, mostRows + 1);
        if (!isTable(rows) || (best && best->columns.size() >= rows[0].size())) continue;
        best.emplace();
        best->columns = std::move(rows[0]);
        best->rows.assign(std::make_move_iterator(rows.begin() + 1), std::make_move_iterator(rows.end()));
    }
    return best;
}

std::string textOf(simdjson::ondemand::value& value) {
    simdjson::ondemand::json_type type{};
    std::string_view text;
    if (value.type().get(type)) return {};
    if (type == simdjson::ondemand::json_type::string) return value.get_string().get(text) ? std::string() : std::string(text);
    if (type == simdjson::ondemand::json_type::number || type == simdjson::ondemand::json_type::boolean) {
        text = value.raw_json_token();
        return std::string(text.substr(0, text.find_first_of(" \t\r\n")));
    }
    return {};
}

// Members of members are named as ColumnMapping has them.
bool addMembers(simdjson::ondemand::object& object, const std::string& above, Row& row, TablePreview& out) {
    for (auto field : object) {
        std::string_view key;
        simdjson::ondemand::value value;
        simdjson::ondemand::json_type type{};
        if (field.error() || field.unescaped_key().get(key) || field.value().get(value) || value.type().get(type)) return false;
        const std::string name = above + std::string(key);
        if (type == simdjson::ondemand::json_type::object) {
            simdjson::ondemand::object inner;
            if (value.get_object().get(inner) || !addMembers(inner, name + ".", row, out)) return false;
            continue;
        }
        const auto place = static_cast<size_t>(std::find(out.columns.begin(), out.columns.end(), name) - out.columns.begin());
        if (place == out.columns.size()) out.columns.push_back(name), row.emplace_back();
        row[place] = textOf(value);
    }
    return true;
}

bool addLine(std::string_view line, simdjson::ondemand::parser& parser, TablePreview& out) {
    simdjson::padded_string padded(line);
    simdjson::ondemand::document document;
    simdjson::ondemand::object object;
    if (parser.iterate(padded).get(document) || document.get_object().get(object)) return false;
    Row row(out.columns.size());
    if (!addMembers(object, {}, row, out)) return false;
    out.rows.push_back(std::move(row));
    return true;
}

std::optional<TablePreview> linesOf(std::string_view sample, size_t mostRows) {
    TablePreview out;
    out.format = LogFormat::jsonLines;
    simdjson::ondemand::parser parser;
    while (out.rows.size() < mostRows && sample.starts_with('{')) {
        const size_t newline = sample.find('\n');
        if (newline == std::string_view::npos) break;
        if (!addLine(sample.substr(0, newline), parser, out)) return std::nullopt;
        sample.remove_prefix(newline + 1);
    }
    if (out.rows.empty()) return std::nullopt;
    for (auto& row : out.rows) row.resize(out.columns.size());
    return out;
}

// ---- the guess -------------------------------------------------------------------------------------------------------

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

bool holds(const std::string& name, std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return name.find(word) != std::string::npos; });
}

bool isNumber(const std::string& text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size();
}

bool startsStatement(const std::string& text) {
    const size_t begin = text.find_first_not_of(" \t\r\n(");
    if (begin == std::string::npos) return false;
    if (text.compare(begin, 2, "/*") == 0 || text.compare(begin, 2, "--") == 0) return true;
    const auto word = lower(text.substr(begin, text.find_first_of(" \t\r\n(;", begin) - begin));
    static constexpr std::array known{"select", "insert", "update", "delete", "with", "begin", "start", "commit", "rollback", "set", "merge", "replace", "values", "call", "savepoint", "release"};
    return std::find(known.begin(), known.end(), word) != known.end();
}

// A moment: a date, or a number that can only be one.
bool isMoment(const std::string& text) { return mappedTime(text) && (!isNumber(text) || std::atof(text.c_str()) >= 1e9); }

// Whether all values that are there pass, and some are there.
template <typename Test>
bool all(const TablePreview& preview, size_t column, Test test) {
    size_t there = 0;
    for (const auto& row : preview.rows) {
        if (row[column].empty()) continue;
        if (!test(row[column])) return false;
        ++there;
    }
    return there > 0;
}

void guess(TablePreview& preview) {
    const auto take = [&](Meaning meaning, auto fits) {
        for (size_t i = 0; i < preview.columns.size(); ++i) {
            const auto& name = preview.columns[i];
            const bool used = std::any_of(preview.guess.columns.begin(), preview.guess.columns.end(), [&](const auto& column) { return column.name == name; });
            if (used || name.find(',') != std::string::npos || !fits(lower(name), i)) continue;
            preview.guess.columns[static_cast<size_t>(meaning)].name = name;
            return;
        }
    };
    const auto numbers = [&](size_t i) { return all(preview, i, isNumber); };
    take(Meaning::statement, [&](const std::string&, size_t i) { return all(preview, i, startsStatement); });
    take(Meaning::time, [&](const std::string& name, size_t i) { return holds(name, {"start", "begin"}) && all(preview, i, isMoment); });
    if (!preview.guess.has(Meaning::time)) take(Meaning::time, [&](const std::string&, size_t i) { return all(preview, i, isMoment); });
    const auto length = [](const std::string& name) { return holds(name, {"duration", "elapsed", "latency", "took", "runtime", "exec_time", "query_time"}); };
    take(Meaning::durationMs, [&](const std::string& name, size_t i) { return length(name) && holds(name, {"ms", "milli"}) && numbers(i); });
    if (!preview.guess.has(Meaning::durationMs))
        take(Meaning::durationS, [&](const std::string& name, size_t i) { return length(name) && (name.ends_with("_s") || holds(name, {"sec"})) && numbers(i); });
    take(Meaning::transaction, [&](const std::string& name, size_t) { return holds(name, {"transaction", "xid", "txn", "trx"}); });
    take(Meaning::session, [&](const std::string& name, size_t) { return holds(name, {"session", "connection", "thread", "conn_id", "pid"}); });
    take(Meaning::database, [&](const std::string& name, size_t) { return holds(name, {"database", "datname", "dbname"}) || name == "db"; });
    take(Meaning::error, [&](const std::string& name, size_t) { return holds(name, {"error", "sqlstate"}); });
}

}  // namespace

std::optional<TablePreview> previewTable(std::string_view sample, size_t mostRows) {
    if (sample.starts_with("\xef\xbb\xbf")) sample.remove_prefix(3);
    auto preview = sample.starts_with('{') ? linesOf(sample, mostRows) : tableOf(sample, mostRows);
    if (preview) guess(*preview);
    return preview;
}

}  // namespace foreshard::ingest
