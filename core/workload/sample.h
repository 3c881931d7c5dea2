// The stratified sample: in each stratum (class bucket, aborted or not, hour) the transactions with the smallest hashes.
// How many is decided by a level that hangs only on the strata's counts: level 0 keeps PartialOptions::samplePerStratum,
// each next one half as many, and past one it joins twice as many hours; the level is the first at which no more than
// PartialOptions::sampleCalls calls can be kept. Counts only grow and each level keeps a part of the one before, so that
// bottom-k samples (Cohen, Kaplan: bottom-k sketches, 2007) merge exactly whatever the order. Pure functions.
#pragma once

#include <cstdint>
#include <map>

#include "core/workload/partial_data.h"

namespace foreshard::workload {

using Strata = std::map<StratumKey, Stratum>;

struct SampleLevel {
    uint32_t keep = 1;        // transactions of a stratum
    uint32_t joined = 0;      // strata of 2^joined hours in a row share it
    bool operator==(const SampleLevel&) const = default;
};

SampleLevel sampleLevel(const Strata& strata, const PartialOptions& options);
// Leaves what the level keeps, sorted by hash.
void pruneSamples(Strata& strata, const SampleLevel& level);
void mergeStrata(Strata& into, Strata&& from);

// Fills strata while a range is read; keeps a little more than needed, `finish` prunes.
class SampleTally {
public:
    explicit SampleTally(const PartialOptions& options) : options_(options), keep_(options.samplePerStratum), pruneAt_(2 * options.sampleCalls) {}

    // Counts a transaction; true where it is to be kept: then give it to keep().
    bool count(const StratumKey& key, uint64_t hash, Weight weight, uint32_t calls);
    void keep(const StratumKey& key, SamplePart part, uint32_t calls);
    Strata finish();

private:
    void prune();

    PartialOptions options_;
    uint32_t keep_;
    uint64_t pruneAt_;
    uint64_t callsKept_ = 0;
    Strata strata_;           // samples are heaps, the largest hash first
};

}  // namespace foreshard::workload
