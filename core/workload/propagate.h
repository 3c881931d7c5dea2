// Propagation inside a transaction: keys that a call does not bind itself, but which must be equal to what another call
// of the transaction bound. The rules, all sound as far as the statements found their rows:
//  1. Same row: two accesses of one table that bind all columns of a primary or unique key (constraint or index) by
//     equality to the same values mean the same row; what one of them binds by equality beside the key holds for both.
//  2. Foreign key: an access of a child table that binds referencing columns which cover a unique key of the parent means
//     that parent row; further column pairs of the same foreign key are equal in both, in either direction.
// Calls that failed or touched no rows say nothing; a column that an UPDATE of the transaction sets is not propagated;
// two calls that disagree cancel. Without declared keys nothing is propagated: equality of other columns proves no
// identity. A table that a call uses twice is left out. Lists: each row of an INSERT of several rows counts; a list of keys
// gets the union. At most three rounds, so that a row found by rule 2 can serve rule 1.
// Resolutions that it has seen must outlive it. Not thread-safe.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <memory>
#include <span>
#include <vector>

#include "core/workload/names.h"
#include "core/workload/record.h"
#include "core/workload/resolve.h"

namespace foreshard::workload {

struct PropagationCall {
    const Resolution* resolution = nullptr;             // null: nothing is known of it
    std::span<const LiteralRef> literals;
    bool usable = true;                // neither failed nor without rows
};

// A value of a key column: the literal that gave it, read as `type`. Two values are equal where their hashes are.
struct KeyValue {
    LiteralHash hash;
    const LiteralRef* literal = nullptr;
    ValueType type = ValueType::unknown;
};

struct PropagatedKey {
    uint32_t call = 0;
    uint32_t access = 0;
    ColumnId column = 0;
    std::span<const KeyValue> values;  // distinct
};

class Propagator {
public:
    explicit Propagator(const NameTable& names);
    ~Propagator();

    // Could any transaction of these templates gain a key? Decided from bindings and declared keys alone.
    bool possible(const std::vector<const std::vector<TableAccess>*>& templates);

    // Valid until the next run, and while the literals live.
    const std::vector<PropagatedKey>& run(std::span<const PropagationCall> calls);

private:
    struct Link {                      // a foreign key whose columns are known to `names_`
        TableId parent = 0;
        uint32_t parentKey = 0;        // index into keys(parent)
        std::vector<std::pair<ColumnId, ColumnId>> pairs;   // child, parent
        std::vector<ColumnId> childColumns;                 // in the order of the parent's key
    };
    struct TableKeys {
        std::vector<std::vector<ColumnId>> unique;
        std::vector<Link> links;
    };
    // What a template brings to every transaction: its bindings by equality of tables that have keys and that it uses once.
    struct PlannedUse {
        uint32_t access = 0;
        TableId table = 0;
        bool byRow = false;            // an INSERT
        std::vector<const KeyBinding*> bindings;
    };
    struct Plan {
        std::vector<PlannedUse> uses;
        std::vector<ColumnId> assigned;
    };
    class Run;

    const TableKeys& keys(TableId table) const { return keys_[table]; }
    const Plan& planOf(const Resolution& resolution);
    void refresh();
    TableKeys keysOf(TableId table) const;
    void addLinks(TableId table);
    bool gainsFromLink(const TableAccess& access, const Link& link, const std::vector<const TableAccess*>& all) const;

    const NameTable& names_;
    size_t columnsKnown_ = 0;
    size_t tablesKnown_ = 0;
    std::vector<TableKeys> keys_;
    absl::flat_hash_map<const Resolution*, std::unique_ptr<Plan>> plans_;
    std::unique_ptr<Run> run_;
};

}  // namespace foreshard::workload
