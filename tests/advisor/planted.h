// Random schemas with a planted structure: some entities, tables that belong to them, transactions that use one entity's rows,
// decoy columns, and noise that no key serves. Deterministic by seed.
#pragma once

#include "tests/support/mix_workload.h"

namespace foreshard::testing {

// 2 to 6 tables.
std::unique_ptr<MadeMix> plantedMix(uint64_t seed);

}  // namespace foreshard::testing
