// Which candidate to believe: picks the one with the least error on a backtest, or averages several. Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/models/portfolio/metrics.h"

namespace foreshard::models {

// One stretch of time of a backtest. `answers[c]`: of candidate c to the questions; empty where it dropped out of any fold.
struct Fold {
    std::vector<Question> questions;
    std::vector<std::vector<float>> answers;
};

struct Choice {
    std::optional<size_t> single;      // the candidate picked; nothing: the average by `weights`
    std::vector<double> weights;       // one a candidate, not negative, sum 1
};

// The error of a candidate is its log error and its ND, each over the best candidate's in that fold, so that a noisy stretch
// counts no more than a quiet one; newer folds count more than older ones (folds are in order of time). The average's weights are learned on all folds but one and judged on that one, in turn;
// where it wins, they are learned again on all. A single fold is halved in time.
Choice chooseAmong(const Panel& panel, const std::vector<Fold>& folds);

// Of the candidates that have answers; empty where none of those has a weight.
std::vector<float> averageOf(const std::vector<std::vector<float>>& answers, std::span<const double> weights);

}  // namespace foreshard::models
