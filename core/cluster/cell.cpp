#include "core/cluster/cell.h"

#include <fmt/format.h>

#include <cmath>

#include "core/base/hash.h"

namespace foreshard::cluster {

int64_t integerOf(const Cell& cell) {
    const auto* number = std::get_if<int64_t>(&cell);
    return number ? *number : 0;
}

const std::string& textOf(const Cell& cell) {
    static const std::string empty;
    if (const auto* text = std::get_if<std::string>(&cell)) return *text;
    if (const auto* blob = std::get_if<Blob>(&cell)) return blob->bytes;
    return empty;
}

std::string toText(const Cell& cell) {
    constexpr size_t limit = 40;
    switch (cell.index()) {
        case 0: return "NULL";
        case 1: return fmt::format("{}", std::get<int64_t>(cell));
        case 2: return fmt::format("{}", std::get<double>(cell));
        case 4: return fmt::format("{} bytes", textOf(cell).size());
        default: break;
    }
    const std::string& text = textOf(cell);
    return text.size() <= limit ? fmt::format("'{}'", text) : fmt::format("'{}…'", text.substr(0, limit));
}

namespace {

Value meaningOfReal(double number, ValueType type) {
    // Whole numbers below 2^53 mean the integer, whatever storage class the engine chose for them.
    if (number == std::floor(number) && std::fabs(number) < 9007199254740992.0 && type != ValueType::text)
        return Value::integer(static_cast<int64_t>(number));
    return canonicalValue(fmt::format("{}", number), false, type == ValueType::text ? type : ValueType::real);
}

}  // namespace

Value meaningOf(const Cell& cell, ValueType type) {
    switch (cell.index()) {
        case 0: return Value::null();
        case 1: {
            const int64_t number = std::get<int64_t>(cell);
            const bool plain = type == ValueType::integer || type == ValueType::unknown || type == ValueType::decimal || type == ValueType::real;
            return plain ? Value::integer(number) : canonicalValue(fmt::format("{}", number), false, type);
        }
        case 2: return meaningOfReal(std::get<double>(cell), type);
        case 4: return {ValueKind::bytes, 0, textOf(cell)};
        default: return canonicalValue(textOf(cell), true, type);
    }
}

Cell cellOf(const Value& value) {
    switch (value.kind) {
        case ValueKind::missing:
        case ValueKind::null: return {};
        case ValueKind::boolean:
        case ValueKind::integer: return value.number;
        case ValueKind::bytes: return Blob{value.text};
        case ValueKind::timestamp: return toText(value);
        case ValueKind::real:
        case ValueKind::text:
        case ValueKind::uuid: return value.text;
    }
    return {};
}

void writeCells(ByteWriter& out, const Cells& cells) {
    out.list(cells, [](ByteWriter& to, const Cell& cell) {
        to.u8(static_cast<uint8_t>(cell.index()));
        switch (cell.index()) {
            case 1: to.zigzag(std::get<int64_t>(cell)); break;
            case 2: to.real(std::get<double>(cell)); break;
            case 3:
            case 4: to.text(textOf(cell)); break;
            default: break;
        }
    });
}

Cells readCells(ByteReader& in) {
    Cells cells;
    in.list([&](ByteReader& from) {
        switch (from.u8()) {
            case 0: cells.emplace_back(); break;
            case 1: cells.emplace_back(from.zigzag()); break;
            case 2: cells.emplace_back(from.real()); break;
            case 3: cells.emplace_back(from.text()); break;
            case 4: cells.emplace_back(Blob{from.text()}); break;
            default: from.fail();
        }
    });
    return cells;
}

void Checksum::add(std::string_view table, const Cells& row) {
    ByteWriter bytes;
    writeCells(bytes, row);
    const uint64_t name = hashText(table);
    ++rows;
    first += mixHash(hashText(bytes.bytes(), name));
    second += mixHash(hashText(bytes.bytes(), name ^ 0x9e3779b97f4a7c15ULL));
}

void Checksum::unite(const Checksum& other) {
    rows += other.rows;
    first += other.first;
    second += other.second;
}

void Checksum::remove(const Checksum& other) {
    rows -= other.rows;
    first -= other.first;
    second -= other.second;
}

}  // namespace foreshard::cluster
