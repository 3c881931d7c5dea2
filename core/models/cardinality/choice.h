// The choice among the candidates of the cardinality portfolio, by what each said of queries that it was not trained on. Pure; any
// thread.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "core/models/cardinality/fold.h"
#include "core/models/cardinality/q_errors.h"

namespace foreshard::models {

using CardinalityWeights = std::array<double, cardinalityCandidates>;

struct ErrorBand {                                         // P10 and P90 of ln true - ln predicted
    float low = 0, high = 0;
    bool operator==(const ErrorBand&) const = default;
};

struct CardinalityChoice {
    CardinalityWeights weights{};                          // not negative, sum 1; one is 1 where a single candidate was picked
    std::array<double, cardinalityCandidates> errors{};    // mean |ln q-error| in the cross-validation; NaN: diverged
    double error = 0;                                      // of what was chosen, judged with weights learned on the other parts
    size_t queries = 0;                                    // that were judged; 0: there were none of this kind
    std::array<QErrors, cardinalityCandidates> candidates{};   // in the cross-validation; all 0: diverged
    QErrors chosen;                                        // likewise
    ErrorBand band;                                        // of all of them
    std::map<uint64_t, ErrorBand> families;                // of the families with enough of them to tell
    std::optional<double> coverage;                        // share of true rows inside bands made of the other parts' errors
    bool operator==(const CardinalityChoice&) const = default;
};

// Predictions and truth of judged queries, and the part each was in.
struct JudgedQueries {
    CandidateLogs logs;              // NaN: the candidate diverged
    std::vector<float> truth;        // ln rows
    std::vector<uint32_t> part;
    std::vector<uint64_t> family;

    void add(const CandidateLogs& own, QueryList queries, uint32_t from);
    bool usable(uint32_t candidate) const;
};

// ln rows of query `i`.
float blended(const CandidateLogs& logs, const CardinalityWeights& weights, size_t i);

// Picks one candidate, or a blend where that wins on parts that its weights were not learned on; few queries must say so surely, and
// the blend's worst error be no worse. `judged` has a query at least.
CardinalityChoice chooseBy(const JudgedQueries& judged);

// Sets the band and the coverage of a choice for families that no part was trained on, by those in `judged` (may be empty), of which each counts as one,
// whatever its queries, and the family to come as one that lies outside (conformal prediction over groups: Dunn, Wasserman and Ramdas, 2023). Few
// families say little: the band is no narrower than a factor of ten either way, which ten and more families wear down as the root of their number.
void bandNewFamilies(CardinalityChoice& choice, const JudgedQueries& judged);

}  // namespace foreshard::models
