// From hashes to keys: which value a heavy key's hash stands for. Pure; any thread.
#pragma once

#include "core/workload/partial_data.h"

namespace foreshard::workload {

// `sketch` of a column as a workload shows it. Values stay missing here; see nameKeys().
ColumnSketch shownSketch(const KeySketch& sketch);

// Fills the values: numbers from their hash, which is a bijection, where the column's range counts know such a number; others from the
// sampled transactions.
void nameKeys(Facts& facts, const std::vector<ColumnRates>& rates);

}  // namespace foreshard::workload
