// Schema: logical tables as DDL or a live database describes them. Partitions are folded into their root. Names are
// case-folded as the server folds them. Sizes are nothing where unknown, never 0. Plain values, immutable once built.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/value.h"

namespace foreshard::schema {

struct Column {
    std::string name;
    std::string declaredType;  // as written: "character varying(40)"
    ValueType type = ValueType::unknown;
    bool notNull = false;
    bool identity = false;             // identity, serial, or a default of nextval()
    bool generated = false;            // GENERATED ALWAYS AS (expression) STORED
    std::string sequence;              // feeding it; may be empty
    std::optional<uint64_t> distinct;  // live introspection only
    bool operator==(const Column&) const = default;
};

enum class KeyKind : uint8_t { primary, unique, foreign };

struct Key {
    KeyKind kind = KeyKind::primary;
    std::string name;
    std::vector<std::string> columns;
    std::string referencedTable;  // foreign: qualified name; empty otherwise
    std::vector<std::string> referencedColumns;
    bool operator==(const Key&) const = default;
};

struct Index {
    std::string name;
    std::vector<std::string> columns;  // column names or expressions
    bool unique = false;
    bool operator==(const Index&) const = default;
};

// EXCLUDE: no two rows whose elements all compare true.
struct Exclusion {
    struct Element {
        std::string column;  // or expression
        std::string op;      // "=", "&&"
        bool operator==(const Element&) const = default;
    };
    std::string name;
    std::string method;  // of its index: "gist"
    std::vector<Element> elements;
    bool partial = false;  // WHERE: among some rows only
    bool operator==(const Exclusion&) const = default;
};

struct Trigger {
    std::string name;
    std::string function;  // as the statement names it
    std::string events;    // "INSERT OR UPDATE"
    bool before = false;   // or INSTEAD OF; else AFTER
    bool eachRow = false;
    // Tables that the function's body names, qualified; nothing where no body was read.
    std::optional<std::vector<std::string>> tables;
    bool operator==(const Trigger&) const = default;
};

// Which statements a policy of row-level security is for.
enum class PolicyCommand : uint8_t { all, select, insert, update, delete_ };

// A column (or an expression over one, as sql::ColumnExpression writes it) that equals what a session setting holds.
struct PolicyKey {
    std::string column;      // the bare column
    std::string expression;  // equals `column` for a bare one
    std::string setting;     // in lower case: "app.tenant"; current_user is "role"
    bool operator==(const PolicyKey&) const = default;
};

struct Policy {
    std::string name;
    PolicyCommand command = PolicyCommand::all;
    bool restrictive = false;                       // joined by AND; else by OR with the other permissive ones
    bool forRoles = false;                          // TO names roles; else it is for everybody
    bool allRows = false;                           // USING (true)
    std::vector<PolicyKey> rows;                    // what USING says of every row; other conditions are not kept
    std::optional<std::vector<PolicyKey>> newRows;  // WITH CHECK; nothing: as USING
    bool operator==(const Policy&) const = default;
};

struct Table {
    std::string schema = "public";  // "main" for SQLite
    std::string name;
    std::vector<Column> columns;
    std::vector<Key> keys;
    std::vector<Index> indexes;
    std::vector<std::string> partitions;  // qualified names folded into this root
    std::vector<std::string> partitionKey;
    std::optional<uint64_t> rows;
    std::optional<uint64_t> bytes;
    bool fromLog = false;  // no DDL names it: made from statements that use it
    bool rowSecurity = false;  // ENABLE ROW LEVEL SECURITY; without it policies do nothing
    std::vector<Policy> policies;
    std::vector<Exclusion> exclusions;
    std::vector<Trigger> triggers;

    std::string qualifiedName() const { return schema + "." + name; }
    const Column* column(const std::string& columnName) const;
    std::optional<uint32_t> columnIndex(const std::string& columnName) const;
    const Key* primaryKey() const;
    // What policies say of every row that such a command finds (select, update, delete_) or makes (insert). Restrictive
    // policies for everybody all hold; of the permissive ones the server takes any, so that only what all of them say does.
    // A policy that gives all rows to named roles is an exemption like BYPASSRLS and is passed over, and so are the owner's
    // and superusers' exemptions, which neither DDL nor log tells apart: whoever asks takes the sessions that have given the
    // setting a value to be those that the policies are for.
    std::vector<PolicyKey> policyKeys(PolicyCommand command) const;
    bool operator==(const Table&) const = default;
};

struct Schema {
    static constexpr uint32_t formatVersion = 3;  // 1: without policies; 2: without exclusion constraints and triggers
    std::vector<Table> tables;       // sorted by qualified name
    std::vector<std::string> notes;  // views and other things left out, each a sentence

    // Looks a name up as a statement names it: `schemaName` empty means through `searchPath` in order (default: public,
    // main), then a table of that name in the only schema that has one. Partitions find their root. Nothing where there
    // is none, or more than one outside the search path.
    std::optional<uint32_t> find(const std::string& schemaName, const std::string& tableName,
                                 const std::vector<std::string>& searchPath = {}) const;
    uint64_t fingerprint() const;
    // The oldest version that can hold it, which is the one written: what has no policies (or exclusion constraints, triggers) keeps its fingerprint, on which
    // the freshness of stored values hangs.
    uint32_t writtenVersion() const;
    bool operator==(const Schema&) const = default;
};

void writeSchema(ByteWriter& out, const Schema& schema);
Schema readSchema(ByteReader& in);

}  // namespace foreshard::schema
