// What a Workload says of keys, durations and row counts beyond its counts by slot: access sketches, of the whole observed time.
// Plain values.
#pragma once

#include <vector>

#include "core/base/value.h"
#include "core/workload/key_sketch.h"
#include "core/workload/quantiles.h"

namespace foreshard::workload {

// A key by itself. Its true weight lies in count … count + ColumnSketch::error.
struct HeavyKey {
    Value value;                   // missing: a text that the sample does not hold; of a masked column its mask
    uint64_t hash = 0;             // hashValue() of it
    Weight count = 0;
    bool operator==(const HeavyKey&) const = default;
};

// Of one key column. A call counts once for each key that it binds.
struct ColumnSketch {
    std::vector<HeavyKey> keys;    // most accesses first, then by hash: those with count >= error
    Weight error = 0;              // no key that is missing here weighs more than twice this
    Weight total = 0;              // of all keys
    uint64_t distinct = 0;         // number of different keys: exact where error = 0, else with distinctStandardError
    bool exact() const { return error == 0; }
    bool operator==(const ColumnSketch&) const = default;
};

struct TemplateSketch {            // of calls whose log says it
    Quantiles durations;           // ns
    Quantiles rows;
    bool operator==(const TemplateSketch&) const = default;
};

}  // namespace foreshard::workload
