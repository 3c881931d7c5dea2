// The cardinality portfolio: every candidate trained on each training part of a grouped cross-validation, which then picks one
// or blends several, in ln rows. For queries over a set of tables that no training query joins the choice is made apart, on
// such queries: the largest sets of tables are held out in part; where queries have families, families are held out instead. Bands
// come from the errors of the cross-validation. What is predicted is the mean over the parts' models. A
// trained portfolio is immutable; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/models/cardinality/choice.h"
#include "core/models/cardinality/fold.h"
#include "core/models/cardinality/sample_rows.h"

namespace foreshard::models {

struct CardinalityOptions {
    uint32_t folds = 5;
    uint64_t seed = 1;
    unsigned threads = 0;   // parts trained at once; 0: all cores
    std::string device = "auto";   // auto, cpu or cuda
};

struct CardinalityEstimate {                               // rows
    double p10 = 1, p50 = 1, p90 = 1;
    bool known = false;                                    // its family, or set of tables, was trained on
    bool sure = true;                                      // false: conditions that may leave no row or every row, in a family that nobody has seen
};

struct CardinalityPrediction {
    CandidateLogs candidates;                              // ln rows, by query
    std::vector<float> chosen;
};

class CardinalityPortfolio {
public:
    static constexpr uint32_t formatVersion = 1;

    struct Part {
        std::vector<const CountedQuery*> training, judged;
    };
    // The parts of the cross-validation: a group is never in two of them. Behind the folds, where there are enough such queries, those
    // that judge sets of tables, or families, that are not trained on: of families each is judged once.
    static std::vector<Part> partsOf(QueryList queries, const CardinalityOptions& options);

    // Errors: usage (fewer than twice `folds` groups), cancelled, internal.
    static Result<CardinalityPortfolio> fit(QueryList queries, const KnownColumns& known, const CardinalityOptions& options, Job& job);

    Result<CardinalityPrediction> predict(QueryList queries) const;
    // What was chosen alone, with its band: less work.
    Result<std::vector<CardinalityEstimate>> estimate(QueryList queries) const;
    // Of `pairs` random pairs of queries that differ in the literal of one range condition alone ("x < 5" and "x < 6"), made from
    // the given ones: the share in which the narrower one is put above the wider. Nothing where no query has such a condition.
    Result<std::optional<double>> disorder(QueryList queries, size_t pairs, uint64_t seed) const;

    const CardinalityChoice& choice() const { return known_; }
    const CardinalityChoice& choiceForUnseenTables() const { return unseen_; }
    std::array<double, cardinalityCandidates> seconds() const;   // of training, all parts together
    const CardinalityStatistics& statistics() const { return folds_[0].encoder().statistics(); }

    // Errors: usage, where it was trained on queries with samples, which are not kept.
    Result<std::string> write() const;
    // Errors: format (cut short, damaged), version (a newer Foreshard, or other features).
    static Result<CardinalityPortfolio> read(std::string_view bytes);

private:
    Status judge(const std::vector<Part>& parts, std::vector<Result<CardinalityFold>> fitted, uint32_t folds);
    Result<std::vector<double>> chosenLogs(QueryList queries) const;   // ln rows
    const CardinalityChoice& choiceFor(const CountedQuery& query) const;

    std::vector<CardinalityFold> folds_;
    CardinalityChoice known_, unseen_;
    std::unordered_set<uint64_t> families_;   // or sets of tables
    SampleRows samples_;
    bool sampled_ = false;
};

}  // namespace foreshard::models
