// models as JSON and as text.
#pragma once

#include "app/cli/output.h"
#include "app/verbs/registry.h"

namespace foreshard::cli {

Result<Outcome> runModels(const verbs::ModelsOptions& options, Job& job);

}  // namespace foreshard::cli
