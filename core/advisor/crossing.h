// Crossings: the kinds of transactions that a design leaves on several shards, worst first, with what makes them so and what
// would save them: a lookup, the key among the conditions, a copy. A fix that can be tried on the sample says what it leaves.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/advisor/explain.h"

namespace foreshard::advisor {

// At most `most`. The evaluator of `subject` is changed and set back.
std::vector<Crossing> crossingsOf(const Explained& subject, size_t most = 5);

}  // namespace foreshard::advisor
