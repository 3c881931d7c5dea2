// Parts of batches that both trainers draw.
#pragma once

#include <torch/types.h>

#include "core/base/hash.h"

namespace foreshard::models::training {

inline torch::Tensor randomIndexes(int64_t count, int64_t below, Random& random) {
    auto indexes = torch::empty({count}, torch::kInt64);
    auto* out = indexes.data_ptr<int64_t>();
    for (int64_t i = 0; i < count; ++i) out[i] = static_cast<int64_t>(random.below(static_cast<uint64_t>(below)));
    return indexes;
}

}  // namespace foreshard::models::training
