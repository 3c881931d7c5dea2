// Derived keys, mined from the sampled transactions: an expression over a column that gives the key of a class in every
// transaction which names both (a number padded with zeros, an order number that begins with the customer's, a phone number's
// area code). Evidence is the log's, and the rows' where some were read (row_evidence.h); a design that uses one says that every row
// must keep to it. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "core/advisor/candidates.h"

namespace foreshard::advisor {

struct Derivation {
    workload::ColumnId from = 0;
    std::string expression;              // over `from`'s bare column; see key_expression.h
    ValueType type = ValueType::unknown; // of what it gives
    uint32_t classId = 0;
    size_t transactions = 0;             // that name both; it holds in all of them
};

// By transaction of the sample: the one value that it binds these columns to, null where it binds none, several, or NULL. The
// values live as long as the sample.
std::vector<const Value*> oneValueOf(const cost::Sample& sample, const std::vector<workload::ColumnId>& columns);

// A value, and the key that goes with it.
struct ValuePair {
    const Value* from;
    const Value* key;
};

// The simplest expression over a bare column that turns every value into its key; nothing where there is none, or pairs or
// different keys are too few to tell.
std::optional<sharding::KeyPart> expressionOf(const sharding::KeyPart& column, const std::vector<ValuePair>& pairs);

// At most one for each column and class: the simplest that holds. `columns`: those to derive from; none of a class itself.
std::vector<Derivation> derivationsOf(const cost::Sample& sample, const std::vector<ColumnClass>& classes, const std::vector<workload::ColumnId>& columns);

}  // namespace foreshard::advisor
