// One DDL statement in plain values, between the parser and the catalogue. Names are as the server folds them; nothing
// is resolved yet. Only what a logical schema wants to know is here. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/schema/schema.h"

namespace foreshard::schema {

struct ObjectName {
    std::string schema;  // empty: through search_path
    std::string name;
    std::string text() const { return schema.empty() ? name : schema + "." + name; }
    bool operator==(const ObjectName&) const = default;
};

struct KeySpec {
    Key key;                 // referencedTable is left empty
    ObjectName references;   // foreign
    std::string usingIndex;  // ADD CONSTRAINT … USING INDEX: the columns are the index's
    std::optional<Exclusion> exclusion;  // then it is no key
};

struct ColumnSpec {
    Column column;
    ObjectName userType;        // name is empty for a built-in type
    bool serial = false;        // its own sequence, named after table and column
    std::vector<KeySpec> keys;  // inline constraints
};

struct LikeSpec {
    ObjectName table;
    bool keysAndIndexes = false;  // INCLUDING INDEXES or ALL
    bool identity = false;        // INCLUDING IDENTITY, DEFAULTS or ALL
};

struct CreateTable {
    ObjectName name;
    bool ifNotExists = false;
    bool temporary = false;
    bool partition = false;  // PARTITION OF parents[0]
    bool fromQuery = false;  // CREATE TABLE AS: its columns are not in the statement
    std::vector<ColumnSpec> columns;
    std::vector<KeySpec> keys;
    std::vector<ObjectName> parents;
    std::vector<LikeSpec> likes;
    std::vector<std::string> partitionKey;
};

enum class AlterKind : uint8_t {
    addColumn,
    dropColumn,
    setDefault,
    dropDefault,
    setNotNull,
    dropNotNull,
    addIdentity,
    dropIdentity,
    setType,
    addKey,
    dropConstraint,
    attachPartition,
    detachPartition,
    enableRowSecurity,
    disableRowSecurity,
    other,
};

struct AlterCommand {
    AlterKind kind = AlterKind::other;
    std::string name;       // column or constraint
    ColumnSpec column;      // addColumn, setType
    KeySpec key;            // addKey
    ObjectName partition;   // attach, detach
    std::string sequence;   // setDefault, addIdentity: feeding the column; empty: none
    bool ifExists = false;  // ADD COLUMN IF NOT EXISTS, DROP COLUMN IF EXISTS
};

struct AlterTable {
    ObjectName table;
    bool missingOk = false;
    std::vector<AlterCommand> commands;
};

enum class RenameKind : uint8_t { table, column, constraint, index, policy, trigger };
struct Rename {
    RenameKind kind = RenameKind::table;
    ObjectName object;     // the table; for an index the index
    std::string from, to;  // `from` is empty where the object itself is renamed
};

struct MoveToSchema {
    ObjectName table;
    std::string schema;
};

enum class DropKind : uint8_t { table, index, schema };
struct Drop {
    DropKind kind = DropKind::table;
    std::vector<ObjectName> objects;
    bool missingOk = false;
};

struct CreateIndex {
    ObjectName table;
    Index index;  // `unique` is false for a partial index: it is unique among some rows only
};

struct SequenceOwner {
    ObjectName sequence;
    ObjectName table;
    std::string column;
};

struct CreatePolicy {
    ObjectName table;
    Policy policy;
};

struct AlterPolicy {
    ObjectName table;
    std::string name;
    std::optional<bool> forRoles;                // TO
    std::optional<std::vector<PolicyKey>> rows;  // USING
    bool allRows = false;                        // of `rows`
    std::optional<std::vector<PolicyKey>> newRows;
};

struct DropPolicy {
    ObjectName table;
    std::string name;
    bool missingOk = false;
};

struct CreateTrigger {
    ObjectName table;
    Trigger trigger;  // `tables` is left empty
    ObjectName function;
    bool replace = false;
};

struct DropTrigger {
    ObjectName table;
    std::string name;
    bool missingOk = false;
};

struct SetSearchPath {
    std::vector<std::string> path;
};

// A domain or enum; values of a column of it are of `type`.
struct DefineType {
    ObjectName name;
    ValueType type = ValueType::other;
    ObjectName base;  // domain over another user type; empty otherwise
};

// Understood, and left out of the schema: kind "view", "function"…; an empty kind is not worth a note.
struct LeftOut {
    std::string kind;
    std::string name;
};

using DdlStatement = std::variant<LeftOut, CreateTable, AlterTable, Rename, MoveToSchema, Drop, CreateIndex,
                                  SequenceOwner, SetSearchPath, DefineType, CreatePolicy, AlterPolicy, DropPolicy, CreateTrigger, DropTrigger>;

struct ParsedDdl {
    std::vector<DdlStatement> statements;
    std::string error;         // empty: parsed
    uint32_t errorOffset = 0;  // byte in the statement, 0-based
};

// Parses with libpg_query, which recurses: the calling thread needs 8 MB of stack for the 20,000 tokens that are the
// limit here (`tokens` as splitScript counts them); more is an error. Thread-safe, never throws.
constexpr uint32_t maxDdlTokens = 20'000;
ParsedDdl parseDdl(std::string_view statement, uint32_t tokens);

}  // namespace foreshard::schema
