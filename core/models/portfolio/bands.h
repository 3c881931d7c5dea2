// P10 and P90 around answers: quantiles of past errors (split conformal), of the same series where it has enough of them,
// kept up to date with every error known before a question's origin. Not thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/models/backtest.h"
#include "core/models/portfolio/candidate.h"

namespace foreshard::models {

// Bands for `questions`, learned from `pastQuestions` and their answers. With `rolling`, errors of earlier questions join as
// soon as their target lies before the origin of the next one; questions of one series must then be in order of origin. Then the
// quantiles themselves follow too, each side by itself: an error outside moves its quantile outwards, one inside a little inwards
// (adaptive conformal inference: Gibbs and Candès, NeurIPS 2021), so that coverage holds when a new regime errs more than the old.
std::vector<Band> bandsOf(const Panel& panel, std::span<const Question> pastQuestions, std::span<const float> pastAnswers,
                          std::span<const Question> questions, std::span<const float> answers, bool rolling);

// Share of known targets inside their band; nothing without any.
std::optional<double> coverageOf(const Panel& panel, std::span<const Question> questions, std::span<const float> answers, std::span<const Band> bands);

}  // namespace foreshard::models
