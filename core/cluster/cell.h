// Cell: a stored value exactly as the engine holds it (Value is its canonical meaning). Rows travel between shards as
// cells, so that nothing is rounded or re-typed on the way. Also the row checksum. Plain values, pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/value.h"

namespace foreshard::cluster {

struct Blob {
    std::string bytes;
    bool operator==(const Blob&) const = default;
};

// NULL, integer, real, text, bytes.
using Cell = std::variant<std::monostate, int64_t, double, std::string, Blob>;
using Cells = std::vector<Cell>;

inline bool isNull(const Cell& cell) { return cell.index() == 0; }
// The integer in a cell; 0 where it holds none.
int64_t integerOf(const Cell& cell);
// The text or bytes in a cell; empty where it holds none.
const std::string& textOf(const Cell& cell);
// For people: long text and bytes are cut.
std::string toText(const Cell& cell);

// What the cell means in a column of `type`: 42, 42.0 and '42' of an integer column are one value.
Value meaningOf(const Cell& cell, ValueType type);
// A value as the engine would store it.
Cell cellOf(const Value& value);

void writeCells(ByteWriter& out, const Cells& cells);
Cells readCells(ByteReader& in);

// Order-free checksum: sums, modulo 2^64 each, of two independent hashes of every row. Adding and taking away rows in any
// order on two shards gives equal sums exactly when the rows are equal (but for a chance of 2^-128).
struct Checksum {
    int64_t rows = 0;
    uint64_t first = 0;
    uint64_t second = 0;

    void add(std::string_view table, const Cells& row);
    void unite(const Checksum& other);
    void remove(const Checksum& other);
    bool operator==(const Checksum&) const = default;
};

}  // namespace foreshard::cluster
