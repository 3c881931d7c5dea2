// A Workload of generated transactions, made through the real scanner, facts and counts but without a log file between:
// what the tests of routing, cost and advice work on.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/workload/workload.h"
#include "samples/generator/transaction.h"

namespace foreshard::testing {

struct MixRun {
    std::string schemaSql;                                     // empty: the mix's own
    uint64_t seed = 1;
    uint64_t transactions = 2'000;
    Instant begin = 1'760'000'000'000'000;
    double perSecond = 20;
    Instant interval = 60 * microsPerSecond;
    std::function<std::string(const std::string&)> rewrite;    // of each statement's text
};

std::shared_ptr<const workload::Workload> workloadOf(samplegen::Mix& mix, const MixRun& run = {});

}  // namespace foreshard::testing
