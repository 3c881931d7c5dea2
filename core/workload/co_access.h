// Columns of different tables whose values travel together: foreign keys, also those that no constraint declares. Summed up from the
// agreements of the transaction classes (agreement.h), which are sample estimates with the chance of agreement beside them. Pure; any
// thread.
#pragma once

#include <optional>

#include "core/workload/workload.h"

namespace foreshard::workload {

struct CoAccess {
    ColumnPair columns;
    double transactions = 0;               // weighted; committed ones that bind both
    double share = 0;                      // of them: both hold the same values
    double chance = 0;                     // of them: would by chance
    bool declared = false;                 // by a foreign key, in either direction
    bool joined = false;                   // some statement joins by them
    std::optional<ColumnId> parent;        // the one of the two that alone is a key of its table: the other refers to it
    bool operator==(const CoAccess&) const = default;
};

struct CoAccessRules {
    double leastShare = 0.5;
    double leastGain = 0.25;               // share - chance
    double leastTransactions = 20;
    size_t most = 200;
};

// Those with most agreement beyond chance first, (share - chance) × transactions; then by columns.
std::vector<CoAccess> coAccess(const Facts& facts, const CoAccessRules& rules = {});

}  // namespace foreshard::workload
