// The sample of a finished workload from that of a Partial: which transactions lie in the window, what each stands for, and
// what its calls bind, keys that other calls of the transaction tell included. Used by finish(); any thread.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <vector>

#include "core/workload/names.h"
#include "core/workload/partial_data.h"
#include "core/workload/resolve.h"
#include "core/workload/workload.h"

namespace foreshard::workload {

// What the workload made of the Partial's names. Must outlive the call.
struct SampleNames {
    const NameTable& names;
    const std::vector<Resolution>& resolutions;                      // by TemplateId
    const absl::flat_hash_map<uint64_t, TemplateId>& templates;      // by fingerprint
    const absl::flat_hash_map<uint64_t, uint32_t>& classes;          // by fingerprint
    bool rest = false;                                               // class 0 takes the transactions of all others
    const std::vector<ColumnId>& columns;                            // id in `names` → id in the workload
};

// Each kept transaction stands for an equal part of its stratum (of all strata that share a sample, past level 12). Sorted by
// (time, hash); the same with any number of threads (0: one per core).
std::vector<SampledTransaction> finishSample(const PartialData& data, TimeRange range, const SampleNames& names, unsigned threads);

}  // namespace foreshard::workload
