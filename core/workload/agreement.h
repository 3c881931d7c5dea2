// Which keys travel together: from the sampled transactions of each class, the share in which two key columns of the class
// hold the same values, and the share that chance explains (the sum over value sets of the product of their shares).
// Weighted by the sample's weights. Pure; any thread.
#pragma once

#include "core/workload/workload.h"

namespace foreshard::workload {

// Fills TransactionClass::agreements of all classes from `facts.transactions`: comparable pairs of different columns among
// the 48 columns that a class's templates bind most often, the 64 pairs that agree most often beyond chance, sorted by
// columns. Time: transactions × pairs. The same with any number of threads (0: one per core).
void computeAgreements(Facts& facts, unsigned threads = 0);

}  // namespace foreshard::workload
