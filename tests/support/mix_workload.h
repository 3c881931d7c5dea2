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
    bool literals = true;                                      // false: $1 stays, and no parameter is logged
    bool keepAll = false;                                      // every transaction is in the sample
};

std::shared_ptr<const workload::Workload> workloadOf(samplegen::Mix& mix, const MixRun& run = {});

// A mix made of a function; for loads of a test's own.
class MadeMix : public samplegen::Mix {
public:
    using Make = std::function<samplegen::Transaction(Random&)>;
    MadeMix(std::string schemaSql, Make make) : schema_(std::move(schemaSql)), make_(std::move(make)) {}
    std::string name() const override { return "made"; }
    std::string schemaSql() const override { return schema_; }
    double rate(Instant) const override { return 20; }
    samplegen::Transaction next(Random& random, Instant t) override {
        auto transaction = make_(random);
        transaction.time = t;
        return transaction;
    }

private:
    std::string schema_;
    Make make_;
};

}  // namespace foreshard::testing
