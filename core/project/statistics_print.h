// What advice is made from: a workload or forecast, and the sizes of its tables where a live database told them. Internal to
// project.
#pragma once

#include "core/base/hash.h"
#include "core/store/values.h"

namespace foreshard::project {

inline uint64_t withSizes(uint64_t load, const std::optional<store::ValueInfo>& statistics) {
    return statistics && statistics->fingerprint != 0 ? combineHash(load, statistics->fingerprint) : load;
}

}  // namespace foreshard::project
