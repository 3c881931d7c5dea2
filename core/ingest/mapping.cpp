#include "core/ingest/mapping.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace foreshard::ingest {

namespace {

constexpr std::array<const char*, meanings> names{"time", "statement", "duration_ms", "duration_s", "session", "database", "transaction", "error"};
constexpr double longestMs = 1e12;

Error usage(std::string message) { return {ErrorCategory::usage, std::move(message), "Write --column statement=NAME --column time=NAME; further: duration_ms, duration_s, session, database, transaction, error.", {}}; }

std::optional<double> numberOf(std::string_view text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
    return number;
}

// The fields of a line, quotes taken off; for a header.
std::vector<std::string> fieldsOf(std::string_view line, char separator) {
    std::vector<std::string> fields(1);
    bool inside = false;
    for (const char c : line) {
        if (c == '"') inside = !inside;
        else if (c == separator && !inside) fields.emplace_back();
        else fields.back() += c;
    }
    return fields;
}

bool saysFailed(std::string_view text) { return !text.empty() && text != "0" && text != "false" && text != "f" && text != "null" && text != "NULL"; }

}  // namespace

const char* toString(Meaning meaning) { return names[static_cast<size_t>(meaning)]; }

Result<ColumnMapping> ColumnMapping::parse(std::string_view text) {
    ColumnMapping mapping;
    while (!text.empty()) {
        const auto one = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), one.size() + 1));
        const size_t equals = one.find('=');
        const auto known = std::find(names.begin(), names.end(), one.substr(0, equals));
        if (equals == std::string_view::npos || equals + 1 == one.size() || known == names.end()) return usage(fmt::format("\"{}\" says no column.", one));
        mapping.columns[static_cast<size_t>(known - names.begin())].name = one.substr(equals + 1);
    }
    for (const auto needed : {Meaning::time, Meaning::statement})
        if (!mapping.has(needed)) return usage(fmt::format("It is not said which column holds the {}.", toString(needed)));
    return mapping;
}

std::string ColumnMapping::write() const {
    std::string text(1, separator ? separator : ' ');
    for (size_t i = 0; i < meanings; ++i)
        if (!columns[i].name.empty()) text += fmt::format("{}={}:{},", names[i], columns[i].place, columns[i].name);
    return text;
}

std::optional<ColumnMapping> ColumnMapping::read(std::string_view text) {
    if (text.empty()) return std::nullopt;
    ColumnMapping mapping;
    std::string plain;
    std::vector<size_t> places;
    mapping.separator = text[0] == ' ' ? '\0' : text[0];
    for (text.remove_prefix(1); !text.empty();) {
        const auto one = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), one.size() + 1));
        const size_t equals = one.find('='), colon = one.find(':');
        uint64_t place = 0;
        if (equals == std::string_view::npos || colon == std::string_view::npos || colon < equals || !readNumber(one.substr(equals + 1, colon - equals - 1), place) || place > 10'000) return std::nullopt;
        const auto known = std::find(names.begin(), names.end(), one.substr(0, equals));
        if (known == names.end()) return std::nullopt;
        mapping.columns[static_cast<size_t>(known - names.begin())] = {std::string(one.substr(colon + 1)), place};
    }
    if (!mapping.has(Meaning::time) || !mapping.has(Meaning::statement)) return std::nullopt;
    return mapping;
}

Status ColumnMapping::place(std::string_view header, const std::string& file) {
    std::string missing;
    size_t most = 0;
    for (const char candidate : separators) {
        const auto fields = fieldsOf(header, candidate);
        std::array<Column, meanings> placed = columns;
        std::string absent;
        size_t found = 0;
        for (auto& column : placed) {
            if (column.name.empty()) continue;
            const auto at = std::find(fields.begin(), fields.end(), column.name);
            if (at == fields.end()) absent = column.name;
            else ++found, column.place = static_cast<size_t>(at - fields.begin());
        }
        if (absent.empty()) {
            columns = placed;
            separator = candidate;
            return {};
        }
        if (missing.empty() || found > most) missing = absent, most = found;
    }
    return Error{ErrorCategory::format, fmt::format("The first line of {} names no column \"{}\".", file, missing), "Give the names as they stand there, and a file whose first line names its columns.", {}};
}

std::optional<Instant> mappedTime(std::string_view text, const TimeZone& zone) {
    if (const auto number = numberOf(text)) {
        // Seconds until the year 5138, milliseconds since 1973.
        const double size = std::abs(*number);
        const double micros = size < 1e11 ? *number * 1e6 : size < 1e14 ? *number * 1e3 : *number;
        if (std::abs(micros) > 9e17) return std::nullopt;
        return static_cast<Instant>(std::llround(micros));
    }
    return parseTime(text, zone);
}

bool fillRecord(const MappedRow& row, const TimeZone& zone, std::string& buffer, std::string& transaction, LogRecord& out) {
    const auto of = [&](Meaning meaning) { return row[static_cast<size_t>(meaning)]; };
    const auto began = mappedTime(of(Meaning::time), zone);
    if (!began) return false;
    out.time = *began;
    out.session = of(Meaning::session);
    out.database = of(Meaning::database);
    if (!of(Meaning::transaction).empty()) {
        transaction = "t/";
        out.virtualTransaction = transaction += of(Meaning::transaction);
    }
    const auto statement = of(Meaning::statement);
    if (saysFailed(of(Meaning::error))) {
        out.severity = LogSeverity::error;
        out.message = of(Meaning::error);
        out.statement = statement;
        out.ownCall = true;
        return true;
    }
    out.severity = LogSeverity::log;
    out.ownCall = false;
    auto millis = numberOf(of(Meaning::durationMs));
    if (const auto seconds = numberOf(of(Meaning::durationS)); !millis && seconds) millis = *seconds * 1e3;
    buffer.clear();
    if (millis && *millis >= 0 && *millis < longestMs) {
        buffer = fmt::format("duration: {:.6f} ms  ", *millis);
        out.time += static_cast<Instant>(*millis * 1e3);   // a call that is logged with its duration is logged at its end
    }
    buffer.append("statement: ").append(statement);
    out.message = buffer;
    return true;
}

}  // namespace foreshard::ingest
