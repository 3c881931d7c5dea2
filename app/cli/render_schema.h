// The verb schema as JSON and as text.
#pragma once

#include "app/cli/output.h"
#include "app/verbs/schema.h"

namespace foreshard::cli {

// `literals`: print common values and the ends of histograms, which are the user's.
Result<Outcome> runSchema(const verbs::SchemaOptions& options, bool literals, Job& job);

}  // namespace foreshard::cli
