// Epinions by BenchBase's rules: nine transactions on users, items, reviews and trust; 10 each, UpdateTrustRating 20. Reviews
// are read by item (40 %) and by user (10 %), both at once by two of them. Deterministic.
#pragma once

#include "samples/generator/keys.h"
#include "samples/generator/transaction.h"

namespace foreshard::samplegen {

struct EpinionsShape {
    int64_t users = 2'000;
    int64_t items = 1'000;
    LoadShape load;
    KeyShape userKeys, itemKeys;
};

class Epinions : public Mix {
public:
    explicit Epinions(EpinionsShape shape = {});
    std::string name() const override { return "epinions"; }
    std::string schemaSql() const override;
    double rate(Instant t) const override { return shape_.load.rate(t); }
    Transaction next(Random& random, Instant t) override;

private:
    EpinionsShape shape_;
    Keys users_, items_;
};

}  // namespace foreshard::samplegen
