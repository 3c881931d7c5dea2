// Value: a literal, bound parameter or stored cell in canonical typed form, so that '42' = 42, uuids compare without
// case, timestamps by instant, char(n) without its padding. The hash decides slots and shards: it never changes.
// Plain values; any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/hash.h"

namespace foreshard {

enum class ValueKind : uint8_t {
    missing,    // the log does not say (cut off, masked, or a computed expression)
    null,       // SQL NULL
    boolean,    // number: 0 or 1
    integer,    // number
    timestamp,  // number: µs since 1970 UTC; a date is its midnight
    real,       // text: shortest form that round-trips, or an exact decimal without trailing zeros
    text,       // text
    bytes,      // text: raw bytes
    uuid,       // text: 36 characters, lower case
};

// What a column's declared type means for its values. Read from DDL by schema/; unknown without one.
enum class ValueType : uint8_t { unknown, boolean, integer, decimal, real, text, paddedText, uuid, timestamp, date, bytes, json, other };

const char* toString(ValueType type);

struct Value {
    ValueKind kind = ValueKind::missing;
    int64_t number = 0;
    std::string text;

    static Value null() { return {ValueKind::null, 0, {}}; }
    static Value integer(int64_t v) { return {ValueKind::integer, v, {}}; }
    static Value boolean(bool v) { return {ValueKind::boolean, v ? 1 : 0, {}}; }
    static Value timestamp(int64_t micros) { return {ValueKind::timestamp, micros, {}}; }
    static Value ofText(std::string v) { return {ValueKind::text, 0, std::move(v)}; }

    // True where a key can be made of it: neither missing nor NULL.
    bool known() const { return kind != ValueKind::missing && kind != ValueKind::null; }
    // Ordered by kind, then by value: integers numerically, text by bytes.
    std::strong_ordering operator<=>(const Value&) const = default;
    bool operator==(const Value&) const = default;
};

// A literal's text (quotes already undone) as a value of a column of `type`. `quoted`: it stood in quotes. Text that the
// type cannot mean stays text. With an unknown type, text that is a plain integer ("42", "-7", not "042") is an integer.
Value canonicalValue(std::string_view text, bool quoted, ValueType type);

// 64 bits, stable for ever; integers, booleans and timestamps hash by number, the others by kind and bytes.
uint64_t hashValue(const Value& value);
// Of an integer, boolean or timestamp with this number.
constexpr uint64_t hashNumber(int64_t number) { return mixHash(static_cast<uint64_t>(number) + 0x9e3779b97f4a7c15ULL); }

// Load is counted in this many slots of the key hash; routing slots refine the same hash.
constexpr uint32_t countingSlots = 1024;
constexpr uint32_t countingSlotOfHash(uint64_t hash) { return static_cast<uint32_t>(hash >> 54); }
inline uint32_t countingSlot(const Value& value) { return countingSlotOfHash(hashValue(value)); }

// For people and JSON: text as it is, numbers in decimal, timestamps in RFC 3339, "NULL", "?" for missing.
std::string toText(const Value& value);

void writeValue(ByteWriter& out, const Value& value);
Value readValue(ByteReader& in);

}  // namespace foreshard
