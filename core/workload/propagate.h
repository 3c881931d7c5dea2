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
// Not thread-safe.
#pragma once

#include <vector>

#include "core/workload/names.h"
#include "core/workload/resolve.h"

namespace foreshard::workload {

struct PropagationCall {
    const std::vector<TableAccess>* accesses = nullptr;
    const std::vector<AssignedColumn>* assigned = nullptr;   // may be null
    const std::vector<std::vector<Value>>* slots = nullptr;
    bool usable = true;                // neither failed nor without rows
};

struct PropagatedKey {
    uint32_t call = 0;
    uint32_t access = 0;
    ColumnId column = 0;
    std::vector<Value> values;         // sorted, distinct
};

class Propagator {
public:
    explicit Propagator(const NameTable& names) : names_(names) {}

    // Could any transaction of these templates gain a key? Decided from bindings and declared keys alone.
    bool possible(const std::vector<const std::vector<TableAccess>*>& templates);

    std::vector<PropagatedKey> run(const std::vector<PropagationCall>& calls);

private:
    struct Link {                      // a foreign key whose columns are known to `names_`
        TableId parent = 0;
        uint32_t parentKey = 0;        // index into keys(parent)
        std::vector<std::pair<ColumnId, ColumnId>> pairs;   // child, parent
    };
    struct TableKeys {
        std::vector<std::vector<ColumnId>> unique;
        std::vector<Link> links;
    };
    class Run;

    const TableKeys& keys(TableId table) const { return keys_[table]; }
    void refresh();
    TableKeys keysOf(TableId table) const;
    void addLinks(TableId table);
    std::vector<ColumnId> childColumns(const Link& link) const;   // in the order of the parent's key
    bool gainsFromLink(const TableAccess& access, const Link& link, const std::vector<const TableAccess*>& all) const;

    const NameTable& names_;
    size_t columnsKnown_ = 0;
    size_t tablesKnown_ = 0;
    std::vector<TableKeys> keys_;
};

}  // namespace foreshard::workload
