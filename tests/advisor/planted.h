// Random schemas with a planted structure: some entities, tables that belong to them, transactions that use one entity's rows,
// decoy columns, and noise that no key serves. Deterministic by seed.
#pragma once

#include "tests/support/mix_workload.h"

namespace foreshard::testing {

// 2 to 6 tables.
std::unique_ptr<MadeMix> plantedMix(uint64_t seed);

// The search against exhaustive enumeration of the plans of so many schemas, those with too many plans left out.
struct PlantedRun {
    int compared = 0, best = 0;          // schemas; of them, those where the search found the best plan
    double worst = 0;                    // its cost above the least one, as a share
    uint64_t worstSeed = 0;
    double slowestSeconds = 0;           // of one search, by the clock
    std::string failure;                 // empty: none
};
PlantedRun comparePlanted(int schemas);

}  // namespace foreshard::testing
