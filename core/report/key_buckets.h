// Key buckets for a heat map: the dyadic ranges (or counting slots) of one column, joined to a few rows of about equal
// load, so that a hot key keeps a row of its own. Greedy, in key order. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/workload/workload.h"

namespace foreshard::report {

struct KeyBucket {
    bool range = false;            // ranges of ordered keys; false: counting slots of the key hash
    uint64_t first = 0, last = 0;  // dyadic ranges or slots, both included
    std::vector<double> accesses;  // by interval of the rates
    double total = 0;
};

// At most `limit` buckets in key order; empty where the column has no counts.
std::vector<KeyBucket> keyBuckets(const workload::Rates& rates, const workload::ColumnRates& column, size_t limit);

// "4,112 – 4,351", or "key slots 0 – 63 of 1,024". A timestamp column's numbers are told as times of `zone`.
std::string bucketLabel(const KeyBucket& bucket, ValueType type, const std::string& zone);

}  // namespace foreshard::report
