// ColumnMapping: which column of a table of statements, or which member of its JSON lines, says what; given by a person, as
// neither has names that all programs share. A member inside of another is named with dots: "query.text". Plain value.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time_zone.h"
#include "core/ingest/record.h"

namespace foreshard::ingest {

// time: when the statement began (RFC 3339, "2026-11-01 10:00:00.5+02", or seconds, milliseconds or microseconds since 1970);
// durationMs, durationS: how long it took; transaction: an id that the calls of one transaction share; error: anything but
// nothing, 0, false and null says that it failed.
enum class Meaning : uint8_t { time, statement, durationMs, durationS, session, database, transaction, error };
constexpr size_t meanings = 8;
const char* toString(Meaning meaning);   // "time", "statement", "duration_ms", "duration_s", "session", "database", "transaction", "error"

struct ColumnMapping {
    struct Column {
        std::string name;              // empty: nothing says it
        size_t place = 0;              // of a table: which column, from 0
    };
    static constexpr std::array<char, 4> separators{',', ';', '\t', '|'};
    std::array<Column, meanings> columns;
    char separator = 0;                // of a table: between columns; 0: not known yet

    // "statement=query,time=started": an error of category usage says what is missing or not known.
    static Result<ColumnMapping> parse(std::string_view text);
    // The same once places and separator are known: what write() gives.
    static std::optional<ColumnMapping> read(std::string_view text);
    std::string write() const;
    // Finds the separator and the places in a table's first line; an error of category format names the column that is missing.
    Status place(std::string_view header, const std::string& file);

    const Column& of(Meaning meaning) const { return columns[static_cast<size_t>(meaning)]; }
    bool has(Meaning meaning) const { return !of(meaning).name.empty(); }
};

// One row, by Meaning; empty: not said.
using MappedRow = std::array<std::string_view, meanings>;

// The record of a row of a server in `zone`; `buffer` and `transaction` hold its texts. False: its time cannot be read.
bool fillRecord(const MappedRow& row, const TimeZone& zone, std::string& buffer, std::string& transaction, LogRecord& out);

// A time as `Meaning::time` allows it.
std::optional<Instant> mappedTime(std::string_view text, const TimeZone& zone = {});

}  // namespace foreshard::ingest
