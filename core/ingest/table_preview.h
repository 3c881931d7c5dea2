// TablePreview: the first rows of a table of statements or of JSON lines, for a person who says which column is what, with a
// guess to begin from. Pure function; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ingest/mapping.h"
#include "core/ingest/reader.h"

namespace foreshard::ingest {

struct TablePreview {
    LogFormat format = LogFormat::table;           // or jsonLines
    std::vector<std::string> columns;              // as the first line names them; of JSON lines by their first appearance
    std::vector<std::vector<std::string>> rows;    // parallel to columns; a member that a line lacks is empty
    // By Meaning: the columns whose names or values say it; places and separator are not filled. Names alone decide nothing
    // where the values of the preview contradict.
    ColumnMapping guess;

    bool operator==(const TablePreview& other) const { return format == other.format && columns == other.columns && rows == other.rows; }
};

// From the first bytes of a file (readerPadding more can be read behind them). Nothing where they are neither a table whose
// first line names at least two columns nor JSON objects line by line.
std::optional<TablePreview> previewTable(std::string_view sample, size_t mostRows = 6);

}  // namespace foreshard::ingest
