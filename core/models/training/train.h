// What the library does; contracts are those of the functions of the same names in core/models. Exceptions of LibTorch end
// here, as errors.
#pragma once

#include <cmath>
#include <vector>

#include "core/base/hash.h"
#include "core/models/cardinality/mixture.h"
#include "core/models/mlp.h"
#include "core/models/nlinear.h"

namespace foreshard::models::training {

Result<NLinearFit> fitNLinear(std::span<const double> history, const NLinearOptions& options, Job& job);
Result<MlpFit> fitMlp(const MlpData& training, const MlpData* validation, const MlpOptions& options, Job& job);
Result<MixtureFit> fitMixture(const MixtureData& data, const MixtureOptions& options, Job& job);
bool cudaAvailable();

constexpr double orderMargin = 0.02;   // in the units of the targets, by which the greater of a pair shall lie above

// Drawn with replacement.
inline std::vector<int64_t> randomIndexes(int64_t count, int64_t below, Random& random) {
    std::vector<int64_t> indexes(static_cast<size_t>(count));
    for (auto& index : indexes) index = static_cast<int64_t>(random.below(static_cast<uint64_t>(below)));
    return indexes;
}

// Of the layers of a network and of the linear path beside it.
inline uint64_t parametersOf(uint64_t columns, const std::vector<uint32_t>& hidden, uint64_t outputs) {
    uint64_t sum = columns * outputs, inputs = columns;
    for (const uint32_t width : hidden) sum += inputs * width, inputs = width;
    return sum + inputs * outputs;
}

// Half a cosine from the full learning rate down to a fiftieth.
inline double fallingRate(double full, uint32_t epoch, uint32_t epochs) {
    const double done = static_cast<double>(epoch) / (epochs > 0 ? epochs : 1);
    return full * (0.02 + 0.98 * 0.5 * (1 + std::cos(M_PI * done)));
}

}  // namespace foreshard::models::training
