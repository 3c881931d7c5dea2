// `evaluate cardinality`: trains the portfolio on counted queries and judges it on others that it has not seen: test files, the
// last queries of the file, or, where neither is given, each fold of a grouped cross-validation in turn, with everything trained
// anew on the other folds.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/models/cardinality/portfolio.h"
#include "core/models/cardinality/q_errors.h"

namespace foreshard::models {

struct CardinalityTest {
    std::string name;
    std::vector<CountedQuery> queries;
};

struct CardinalityProtocol {
    size_t testLast = 0;             // queries at the end of the training file that are a test, not trained on
    std::string testLastName = "last queries";
    CardinalityOptions portfolio;
    size_t pairs = 10'000;           // to measure disorder by
};

struct CardinalityRow {
    std::string model;               // a candidate, "given estimate" where the queries have one, or "portfolio": what was chosen
    bool chosen = false;
    std::string test;                // which test
    std::string split;               // "all"; "seen", "unseen": whether the training part holds the same sub-plan
    size_t queries = 0;
    QErrors errors;
    std::optional<double> backtest;  // mean |ln q-error| in the cross-validation inside the training part
    double weight = 0;               // in the portfolio, for queries over sets of tables that were trained on
    double weightUnseen = 0;         // for others
    double seconds = 0;              // of training
};

struct CardinalityEvaluation {
    std::vector<CardinalityRow> rows;
    size_t trained = 0;              // queries, where one training serves all tests
    std::optional<double> disorder;  // share of random pairs in which "x < 5" is put above "x < 6"
    size_t pairs = 0;
    double seconds = 0;
};

// Errors: usage (test part senseless), those of CardinalityPortfolio::fit, cancelled.
Result<CardinalityEvaluation> evaluateCardinality(const std::vector<CountedQuery>& training, const std::vector<CardinalityTest>& tests, const KnownColumns& known,
                                                  const CardinalityProtocol& protocol, Job& job);

}  // namespace foreshard::models
