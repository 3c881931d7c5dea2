// SmallBank by BenchBase's rules: Amalgamate 15, Balance 15, DepositChecking 15, SendPayment 25, TransactSavings 15,
// WriteCheck 15. Amalgamate and SendPayment (40 %) take two customers; four of the six find theirs by name, which is the
// number padded with zeros to 64 digits. Deterministic.
#pragma once

#include "samples/generator/keys.h"
#include "samples/generator/transaction.h"

namespace foreshard::samplegen {

struct SmallBankShape {
    int64_t accounts = 10'000;
    LoadShape load;
    KeyShape keys;
};

class SmallBank : public Mix {
public:
    explicit SmallBank(SmallBankShape shape = {});
    std::string name() const override { return "smallbank"; }
    std::string schemaSql() const override;
    double rate(Instant t) const override { return shape_.load.rate(t); }
    Transaction next(Random& random, Instant t) override;

private:
    SmallBankShape shape_;
    Keys keys_;
};

}  // namespace foreshard::samplegen
