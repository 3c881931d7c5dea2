// What differs between two readings of a schema and of its statistics, for a person to read. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/schema/statistics.h"

namespace foreshard::schema {

enum class ChangeKind : uint8_t { added, dropped, changed, grown, shrunk };
const char* toString(ChangeKind kind);

struct SchemaChange {
    ChangeKind kind = ChangeKind::changed;
    std::string table;               // qualified
    std::string what;                // "table", "column price", "key orders_pkey", "rows", "distinct values of price"…
    std::string before, after;       // empty where there is none
    bool structure = true;           // false: sizes and distinct counts
    bool earlier = false;            // an earlier reading found it too, and the schema in force is still without it
    bool operator==(const SchemaChange&) const = default;
};

// Tables, columns, keys, indexes, policies. Sizes do not count.
std::vector<SchemaChange> structureChanges(const Schema& before, const Schema& after);
// Rows and bytes that have grown or shrunk by more than 1 %, distinct counts that have moved by more than 10 %.
std::vector<SchemaChange> statisticsChanges(const Statistics& before, const Statistics& after);

// Marks what an earlier reading listed too.
void markEarlier(std::vector<SchemaChange>& changes, const std::vector<SchemaChange>& listed);

std::string writeChanges(const std::vector<SchemaChange>& changes);
Result<std::vector<SchemaChange>> readChanges(std::string_view bytes);   // format or version

}  // namespace foreshard::schema
