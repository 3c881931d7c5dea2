// YCSB by BenchBase's rules: read 50, insert 5, scan 15, update 10, delete 10, read-modify-write 10, on one table; keys by
// Zipf's law, scans of up to `longestScan` keys. Deterministic.
#pragma once

#include "samples/generator/keys.h"
#include "samples/generator/transaction.h"

namespace foreshard::samplegen {

struct YcsbShape {
    int64_t records = 10'000;
    int64_t longestScan = 100;
    LoadShape load;
    KeyShape keys{.zipf = 0.7};
};

class Ycsb : public Mix {
public:
    explicit Ycsb(YcsbShape shape = {});
    std::string name() const override { return "ycsb"; }
    std::string schemaSql() const override;
    double rate(Instant t) const override { return shape_.load.rate(t); }
    Transaction next(Random& random, Instant t) override;

private:
    YcsbShape shape_;
    Keys keys_;
    int64_t nextRecord_;
};

}  // namespace foreshard::samplegen
