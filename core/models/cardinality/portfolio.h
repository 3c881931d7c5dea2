// The cardinality portfolio: every candidate trained on each training part of a grouped cross-validation, which then picks one
// or blends several, in ln rows. For queries over a set of tables that no training query joins the choice is made apart, on
// such queries: the largest sets of tables are held out in part. What is predicted is the mean over the parts' models. A
// trained portfolio is immutable; any thread.
#pragma once

#include <cstdint>
#include <unordered_set>
#include <vector>

#include "core/models/cardinality/fold.h"
#include "core/models/cardinality/sample_rows.h"

namespace foreshard::models {

struct CardinalityOptions {
    uint32_t folds = 5;
    uint64_t seed = 1;
    unsigned threads = 0;   // parts trained at once; 0: all cores
};

struct CardinalityChoice {
    std::array<double, cardinalityCandidates> weights{};   // not negative, sum 1; one is 1 where a single candidate was picked
    std::array<double, cardinalityCandidates> errors{};    // mean |ln q-error| in the cross-validation; NaN: diverged
    double error = 0;                                      // of what was chosen, judged with weights learned on the other parts
};

struct CardinalityPrediction {
    CandidateLogs candidates;                              // ln rows, by query
    std::vector<float> chosen;
};

class CardinalityPortfolio {
public:
    // Errors: usage (fewer than twice `folds` groups), cancelled, internal.
    static Result<CardinalityPortfolio> fit(QueryList queries, const KnownColumns& known, const CardinalityOptions& options, Job& job);

    Result<CardinalityPrediction> predict(QueryList queries) const;
    // Of `pairs` random pairs of queries that differ in the literal of one range condition alone ("x < 5" and "x < 6"), made from
    // the given ones: the share in which the narrower one is put above the wider. Nothing where no query has such a condition.
    Result<std::optional<double>> disorder(QueryList queries, size_t pairs, uint64_t seed) const;

    const CardinalityChoice& choice() const { return known_; }
    const CardinalityChoice& choiceForUnseenTables() const { return unseen_; }
    std::array<double, cardinalityCandidates> seconds() const;   // of training, all parts together

private:
    struct Part {
        std::vector<const CountedQuery*> training, judged;
    };
    static std::vector<Part> partsOf(QueryList queries, const CardinalityOptions& options);

    std::vector<CardinalityFold> folds_;
    CardinalityChoice known_, unseen_;
    std::unordered_set<uint64_t> tableSets_;
    SampleRows samples_;
    bool sampled_ = false;
};

}  // namespace foreshard::models
