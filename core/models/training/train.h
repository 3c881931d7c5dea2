// What the library does; contracts are those of the functions of the same names in core/models. Exceptions of LibTorch end
// here, as errors.
#pragma once

#include "core/models/mlp.h"
#include "core/models/nlinear.h"

namespace foreshard::models::training {

Result<NLinearFit> fitNLinear(std::span<const double> history, const NLinearOptions& options, Job& job);
Result<MlpFit> fitMlp(const MlpData& training, const MlpData* validation, const MlpOptions& options, Job& job);
bool cudaAvailable();

}  // namespace foreshard::models::training
