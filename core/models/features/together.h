// Vectors of templates learned from which of them stand in one transaction. The counts are those of the transaction classes, exact
// and over the whole log, not of its sample; so neither the order of the log nor of its merging matters. Pure; any thread.
//
// Steps: each transaction spreads its weight evenly over the pairs of its templates, a template with itself included; frequent templates
// are subsampled by word2vec's rule (Mikolov et al., 2013), in expectation rather than by chance; positive pointwise mutual
// information, small counts discounted (Pantel and Lin, 2002); the leading eigenvectors of this symmetric matrix by a randomised range
// finder (Halko, Martinsson, Tropp, 2011, algorithms 4.4 and 5.3), scaled by the roots of their eigenvalues. Such a factorisation is what
// skip-gram networks approximate (Levy and Goldberg, 2014): in closed form it needs no learning rate, no epochs and no threads that race,
// and the same seed gives the same bits.
#pragma once

#include <cstdint>
#include <vector>

#include "core/workload/workload.h"

namespace foreshard::models {

constexpr uint32_t togetherWidth = 32;

// One row a template, togetherWidth numbers; empty for a template that never stands beside another one. Rows are of length 1:
// the cosine of two is how alike the company is that they keep. Classes of more than 128 templates count with 128 of them (by hash).
std::vector<std::vector<float>> togetherVectors(const workload::Facts& facts, uint64_t seed);

}  // namespace foreshard::models
