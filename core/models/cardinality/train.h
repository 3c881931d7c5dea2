// `train` of the cardinality model: from the calls of a workload whose rows the log counts, and from those that were counted on a copy.
#pragma once

#include <optional>
#include <string>

#include "core/models/cardinality/label.h"
#include "core/models/cardinality/portfolio.h"

namespace foreshard::models {

struct CardinalityTrainOptions {
    size_t most = 2'000;                 // queries to learn from
    size_t pairs = 10'000;               // to measure disorder by
    CardinalityOptions portfolio;
};

// What is kept of a training beside the portfolio: its accuracy stands in the portfolio's choices.
struct TrainedCardinality {
    static constexpr uint32_t formatVersion = 1;
    CardinalityPortfolio portfolio;
    uint64_t ofLog = 0, ofCopy = 0;      // queries that it learned from
    uint64_t templates = 0;              // families among them
    std::optional<double> disorder;      // share of random pairs in which "x < 5" is put above "x < 6"; nothing without such conditions
    uint64_t pairs = 0;                  // asked for
    uint64_t workloadFingerprint = 0;
    double seconds = 0;

    Result<std::string> write() const;
    static Result<TrainedCardinality> read(std::string_view bytes);   // format, version
};

// Nothing where there is too little to learn from; `why` then says so in a sentence. `labels` may be null. Errors: those of
// CardinalityPortfolio::fit.
Result<std::optional<TrainedCardinality>> trainCardinality(const workload::Workload& workload, const Labels* labels, const CardinalityTrainOptions& options, std::string& why, Job& job);

}  // namespace foreshard::models
