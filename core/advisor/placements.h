// Placements that a class of columns may have beside hash slots and ranges: heavy keys with a name of their own (a directory), and
// a ring. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "core/cost/evaluator.h"
#include "core/sharding/design.h"

namespace foreshard::advisor {

// A key whose share of the load reaches this part of a shard's even share is worth a name: what is lighter, slots deal out well.
constexpr double namedShare = 0.1;
constexpr size_t mostNamed = 512;

// Keys by name, and slots for all others; no entries where no key is heavy, or the columns' types differ.
struct Directory {
    std::vector<sharding::DirectoryEntry> entries;   // heaviest first
    sharding::SlotMap slots;
};

// What lies where today, of the same columns: few keys and slots move from it. Empty slots: nothing is known.
struct Today {
    sharding::SlotMap slots;
    std::vector<sharding::DirectoryEntry> directory;
};

// `columns`: those that the tables of one group are sharded by. `atLeast`: so many of the heaviest keys get names in any case.
Directory directoryOf(const cost::Basis& basis, const std::vector<workload::ColumnId>& columns, uint32_t shards, const Today& today, size_t atLeast = 0);

}  // namespace foreshard::advisor
