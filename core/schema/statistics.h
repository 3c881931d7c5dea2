// Statistics: how large tables are and what their columns hold, as the server estimated it when it last looked. Apart from the
// Schema, for they change by the hour and what was read with a schema stays readable: a schema's structure alone decides what
// is stale, and the sizes that are newest are laid over it. Common values and histograms are values of the user's: they are
// kept only where asked for, and shown by nobody who is not asked to. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/schema/schema.h"

namespace foreshard::schema {

struct CommonValue {
    std::string value;               // as the server writes it
    double share = 0;                // of all rows
    bool operator==(const CommonValue&) const = default;
};

struct ColumnStatistics {
    std::string column;
    double nullShare = 0;            // of rows
    double width = 0;                // mean, bytes
    std::optional<uint64_t> distinct;
    std::vector<CommonValue> common;         // the most common first
    std::vector<std::string> histogram;      // ends of ranges with equally many of the other rows, in the column's order
    bool operator==(const ColumnStatistics&) const = default;
};

struct TableSizes {
    std::optional<uint64_t> rows, bytes;     // bytes: table, indexes and toast
    bool operator==(const TableSizes&) const = default;
};

struct TableStatistics {
    std::string table;                       // qualified name of the logical table; partitions are summed
    TableSizes sizes;
    std::optional<uint64_t> tableBytes, indexBytes, toastBytes;
    TableSizes basis;                        // when what rests on sizes was last called out of date: see keepBasis()
    std::vector<ColumnStatistics> columns;   // that the server has any of, in the table's order
    bool operator==(const TableStatistics&) const = default;
};

struct Statistics {
    static constexpr uint32_t formatVersion = 1;
    std::string source;                      // "postgresql:dbname=shop"
    std::string server;                      // "PostgreSQL 15.18"
    Instant readAt = 0;
    std::vector<TableStatistics> tables;     // sorted by name
    std::vector<std::string> notes;          // what is not known and why, each a sentence

    const TableStatistics* find(const std::string& table) const;
    bool holdsValues() const;
    void dropValues();
    // Of the sizes that other things rest on: changes only where a table has grown or shrunk by more than a tenth. 0: no sizes.
    uint64_t basisFingerprint() const;
    bool operator==(const Statistics&) const = default;
};

std::string writeStatistics(const Statistics& statistics);
Result<Statistics> readStatistics(std::string_view bytes);   // format or version

// Takes the basis of `before` over where no table's rows or bytes differ from it by more than a tenth; else the sizes are the
// new basis. Nothing before: likewise.
void keepBasis(Statistics& now, const Statistics* before);

// The newest sizes and distinct counts in place of those that the schema was read with.
void layOver(Schema& schema, const Statistics& statistics);

Schema withoutSizes(Schema schema);
// Of tables, columns, keys and all else but sizes, distinct counts and notes.
uint64_t structureFingerprint(const Schema& schema);

}  // namespace foreshard::schema
