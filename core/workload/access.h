// Accesses: a template's facts resolved against the schema. Says which logical tables a call touches and which slots bind
// which key columns of them. ids are indexes into the owning Workload. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/value.h"
#include "core/sql/facts.h"

namespace foreshard::workload {

using TableId = uint32_t;
using ColumnId = uint32_t;     // index into Workload::columns (key columns)
using TemplateId = uint32_t;   // index into Workload::templates

// Where a call's key value comes from (DESIGN §2).
enum class Provenance : uint8_t {
    literal,       // bound in the call itself
    joinEqual,     // bound to an equal column of another table of the same call
    propagated,    // known from another call of the same transaction
    lookedUp,      // found through a lookup (set by the router, never by ingest)
    session,       // from a session setting
    unknown,
};
const char* toString(Provenance provenance);

// A column expression of a logical table that may serve as (part of) a sharding key.
struct KeyColumn {
    TableId table = 0;
    std::string column;        // bare column
    std::string expression;    // equals column for a bare column
    ValueType type = ValueType::unknown;
    bool operator==(const KeyColumn&) const = default;
};

enum class AccessKind : uint8_t { read, write, insert };

// "Every row this access touches has column (op) the values in slots."
struct KeyBinding {
    ColumnId column = 0;
    sql::Operator op = sql::Operator::equal;   // equal, in, between, less…greaterEqual, prefix; equal/in for INSERT
    std::vector<uint32_t> slots;
    Provenance provenance = Provenance::literal;   // literal, session or joinEqual
    bool operator==(const KeyBinding&) const = default;
};

struct TableAccess {
    TableId table = 0;
    AccessKind kind = AccessKind::read;
    bool locked = false;
    std::vector<KeyBinding> bindings;
    std::vector<ColumnId> assigned;            // UPDATE: key columns it sets
    std::vector<uint32_t> assignedSlots;       // parallel to assigned; sql::noSlot where no literal
    bool operator==(const TableAccess&) const = default;
};

struct ColumnPair {
    ColumnId left = 0;
    ColumnId right = 0;
    auto operator<=>(const ColumnPair&) const = default;
};

// A template of a Workload: text, facts, and what they mean for the logical tables.
struct Template {
    uint64_t fingerprint = 0;      // over text, database and search_path's effect (resolved tables)
    uint64_t textFingerprint = 0;  // TemplateScanner's
    std::string text;              // normalised, literals as $1…$n
    std::string database;          // empty: unknown
    sql::StatementFacts facts;
    std::vector<TableAccess> accesses;
    std::vector<ColumnPair> joins;
    bool operator==(const Template&) const = default;
};

// What is known of a key in one call: exact values, or a range (either end may be missing).
struct BoundKey {
    ColumnId column = 0;
    bool range = false;
    std::vector<Value> values;     // range = false: any of these; sorted, without duplicates
    Value low, high;               // range = true: inclusive ends (an open end widens to its closed form); missing: unbounded
    Provenance provenance = Provenance::literal;
};

}  // namespace foreshard::workload
