// LibTorch's side of this room: everything that is compiled against it stands in a library of its own (core/models/training),
// loaded when something is trained and not before. Its start-up costs more than half a second and 170 MB, which no other verb
// has to pay. Used inside the room by the functions of nlinear.h, mlp.h, mixture.h and forecast.h that forward to it. Any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/models/cardinality/mixture.h"
#include "core/models/mlp.h"
#include "core/models/nlinear.h"

namespace foreshard::models {

// Sizes of what passes between both sides: a library of another build would read it wrongly.
constexpr uint32_t trainingLayout = static_cast<uint32_t>(sizeof(NLinearOptions) + 1000 * sizeof(MlpOptions) + 1'000'000 * sizeof(MlpFit) + 7 * sizeof(MixtureOptions) + 13 * sizeof(NLinearFit) + 17 * sizeof(MixtureFit));

struct TrainingLibrary {
    uint32_t bytes = trainingLayout;            // both sides must have been built from the same headers
    Result<NLinearFit> (*fitNLinear)(std::span<const double> history, const NLinearOptions& options, Job& job) = nullptr;
    Result<MlpFit> (*fitMlp)(const MlpData& training, const MlpData* validation, const MlpOptions& options, Job& job) = nullptr;
    Result<MixtureFit> (*fitMixture)(const MixtureData& data, const MixtureOptions& options, Job& job) = nullptr;
    bool (*cudaAvailable)() = nullptr;
    std::string (*name)() = nullptr;            // "LibTorch 1.13.1"
};

// The symbol that the library exports: const TrainingLibrary* foreshardTrainingLibrary().
constexpr const char* trainingLibrarySymbol = "foreshardTrainingLibrary";

// Loads it once. Unsupported where it or LibTorch is missing.
Result<const TrainingLibrary*> trainingLibrary();

}  // namespace foreshard::models
