// Voter by BenchBase's rules: one transaction, a vote by telephone: the contestant is looked up, the caller's earlier votes
// are counted, the state is found by the area code (the first three of the number's ten digits), and the vote is stored.
// Deterministic.
#pragma once

#include "samples/generator/keys.h"
#include "samples/generator/transaction.h"

namespace foreshard::samplegen {

struct VoterShape {
    int64_t callers = 50'000;
    int contestants = 6;
    LoadShape load;
    KeyShape keys;
};

class Voter : public Mix {
public:
    explicit Voter(VoterShape shape = {});
    std::string name() const override { return "voter"; }
    std::string schemaSql() const override;
    double rate(Instant t) const override { return shape_.load.rate(t); }
    Transaction next(Random& random, Instant t) override;

private:
    VoterShape shape_;
    Keys keys_;
    int64_t nextVote_ = 1;
};

}  // namespace foreshard::samplegen
