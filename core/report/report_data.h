// ReportData: what a report says, ready to be written in any form: sections with one plain answer, pictures, tables and
// notes. Made by gather() (gather.h); HTML, Markdown, CSV and JSON writers share it. Numbers are kept beside their
// text; a unit stands in the column or, where a cell chooses it (bytes, durations, shares), in the cell; unknown is an empty number and an en dash. Plain values; same input, same bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/time.h"

namespace foreshard::report {

struct Column {
    std::string key;    // JSON field, with its SI unit where it has one: "mean_ms"
    std::string title;  // for people: "Mean time"
    std::string unit;   // "ms", "× mean load"; empty: none, or the cell says it
    bool number = false;
    bool code = false;  // SQL or names of keys: monospace
    bool bar = false;   // a bar of the column's maximum behind the number
    bool wide = false;  // statements and sentences: wants room
    bool below = false; // a sentence about the whole row: a page shows it under the row, at full width
};

struct Cell {
    std::string text;              // for people
    std::optional<double> number;  // as JSON and CSV say it (shares in 0…1, not percent)
};

struct Table {
    std::string id, title;
    std::vector<Column> columns;
    std::vector<std::vector<Cell>> rows;  // as many cells as columns
    size_t shown = 40;                    // rows that a page for people shows; CSV and JSON have all
};

struct Line {
    std::string name;
    std::vector<std::optional<double>> values;  // parallel to the chart's times
    std::vector<double> low, high;              // P10 and P90, parallel to times where not empty; NaN: no band there
};

struct TimeChart {
    std::string id, title;
    std::string unit;            // "calls per hour"
    std::vector<Instant> times;  // begin of each interval, ascending
    std::vector<Line> lines;
    std::optional<Instant> now;  // what is to the right of it is predicted
    int colour = 0;              // of the first line; shards keep theirs through all pictures
};

// Small charts side by side, on one scale or each on its own.
struct ChartGrid {
    std::string id, title, unit;
    std::vector<TimeChart> charts;
    bool oneScale = true;
};

struct HeatRow {
    std::string group;           // "orders.customer_id"
    std::string label;           // a range of keys
    std::vector<double> values;  // parallel to times
};

struct HeatMap {
    std::string id, title, unit;
    std::vector<Instant> times;
    std::vector<HeatRow> rows;  // rows of one group stand together
    std::optional<Instant> now;
};

struct ScatterChart {
    struct Point {
        std::string id, name;
        int rank = 1;
        double x = 0, y = 0;
        bool onFront = false;    // filled
    };
    std::string id, title, xUnit, yUnit;
    std::vector<Point> points;
};

// Tables and how often the same transactions touch two of them.
struct TableGraph {
    struct Node {
        std::string table;
        double x = 0, y = 0;     // 0…1
        double share = 0;        // of all transactions
        int group = -1;          // co-location group; -1: none
        std::string strategy;
    };
    struct Edge {
        uint32_t left = 0, right = 0;
        double share = 0;        // of all transactions
        std::optional<double> apart;   // of these, on several shards
    };
    std::string id, title;
    std::vector<Node> nodes;
    std::vector<Edge> edges;
};

using Picture = std::variant<TimeChart, ChartGrid, HeatMap, ScatterChart, TableGraph>;

struct Section {
    std::string id, title;
    std::string answer;  // one line in plain words
    std::vector<Picture> pictures;
    std::vector<Table> tables;
    std::vector<std::string> notes;
};

struct ReportData {
    std::string title;
    Instant made = 0;
    std::string zone = "UTC";  // of all times for people
    bool literalsMasked = true;
    std::vector<Section> sections;  // without anything to say: absent
};

// ---- cells --------------------------------------------------------------------------------------------------------

Cell textCell(std::string text);
Cell unknownCell();                                    // "–"
Cell countCell(std::optional<double> value);           // "1.23 M"
Cell wholeCell(uint64_t value);                        // "1,234,567"
Cell shareCell(std::optional<double> share);           // "12.3 %"
Cell ratioCell(std::optional<double> value);           // "1.27"
Cell bytesCell(std::optional<double> value);           // "3.4 MB"
Cell secondsCell(std::optional<double> value);         // "3 min 20 s"
Cell timeCell(Instant time, const std::string& zone);  // number: none; text for people

}  // namespace foreshard::report
