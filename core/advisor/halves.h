// The two halves of a workload in time: the earlier one to search on, the later one to report on.
#pragma once

#include <string>
#include <vector>

#include "core/advisor/advisor.h"
#include "core/cost/evaluator.h"

namespace foreshard::advisor {

struct Halves {
    TimeRange searched, heldOut;                           // heldOut is empty where there is no later half
    std::optional<TimeRange> earlierSample, laterSample;   // transactions, where those of a forecast are older than its rates
    cost::Basis::Options earlier(const sharding::Design* today, size_t limit = 0) const { return {earlierSample.value_or(searched), searched, 8, limit, today, nullptr}; }
    cost::Basis::Options later() const { return {laterSample.value_or(heldOut), heldOut, 8, 0, nullptr, nullptr}; }
};

// By whole intervals. Where either half would have no transaction, everything is searched on, and `limits` gets a sentence.
Halves halvesOf(const workload::Workload& workload, std::vector<std::string>& limits);

}  // namespace foreshard::advisor
