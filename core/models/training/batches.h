// Parts of batches that both trainers draw.
#pragma once

#include <cstdint>
#include <span>

#include "core/base/hash.h"

namespace foreshard::models::training {

// Each from 0 to below `below`.
inline void drawIndexes(std::span<int64_t> out, int64_t below, Random& random) {
    for (int64_t& index : out) index = static_cast<int64_t>(random.below(static_cast<uint64_t>(below)));
}

}  // namespace foreshard::models::training
