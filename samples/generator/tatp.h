// TATP (Telecom Application Transaction Processing) by BenchBase's rules: seven transactions, of which those with weights
// 2 + 2 + 14 = 18 % name a subscriber by SUB_NBR, which is S_ID padded with zeros to 15 digits. Deterministic.
#pragma once

#include "samples/generator/keys.h"
#include "samples/generator/transaction.h"

namespace foreshard::samplegen {

struct TatpShape {
    int64_t subscribers = 10'000;
    LoadShape load;
    KeyShape keys;
};

class Tatp : public Mix {
public:
    explicit Tatp(TatpShape shape = {});
    std::string name() const override { return "tatp"; }
    std::string schemaSql() const override;
    // Statements that fill a fresh PostgreSQL database which has the schema.
    std::string loadSql() const;
    double rate(Instant t) const override { return shape_.load.rate(t); }
    Transaction next(Random& random, Instant t) override;

private:
    TatpShape shape_;
    Keys keys_;
};

}  // namespace foreshard::samplegen
