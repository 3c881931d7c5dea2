// evaluate, rendered as JSON and as text.
#pragma once

#include "app/cli/output.h"
#include "app/verbs/evaluate.h"

namespace foreshard::cli {

Result<Outcome> runEvaluateVolume(const verbs::EvaluateVolumeOptions& options, Job& job);
Result<Outcome> runEvaluateHotspot(const verbs::EvaluateHotspotOptions& options, Job& job);
Result<Outcome> runEvaluateCardinality(const verbs::EvaluateCardinalityOptions& options, Job& job);

}  // namespace foreshard::cli
