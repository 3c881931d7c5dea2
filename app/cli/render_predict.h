// predict and cardinality as JSON and as text.
#pragma once

#include "app/cli/output.h"
#include "app/verbs/predict.h"

namespace foreshard::cli {

Result<Outcome> runPredict(const verbs::PredictOptions& options, Job& job);
Result<Outcome> runCardinality(const verbs::CardinalityOptions& options, Job& job);

// One trained cardinality model and its measured accuracy.
Json cardinalityJson(const models::TrainedCardinality& trained);
std::string cardinalityText(const models::TrainedCardinality& trained);

}  // namespace foreshard::cli
