// The table that the program gets, and what it asks of LibTorch itself.
#include <dlfcn.h>
#include <torch/cuda.h>
#include <torch/version.h>

#include "core/models/training/blas_threads.h"
#include "core/models/training/train.h"
#include "core/models/training_library.h"

namespace foreshard::models {

void useOneBlasThread() {
    using SetThreads = void (*)(int);
    static const auto set = reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"));
    if (set) set(1);
}

namespace training {

bool cudaAvailable() {
    try {
        return torch::cuda::is_available();
    } catch (const std::exception&) {
        return false;
    }
}

std::string name() {
    return "LibTorch " + std::to_string(TORCH_VERSION_MAJOR) + "." + std::to_string(TORCH_VERSION_MINOR) + "." + std::to_string(TORCH_VERSION_PATCH);
}

}  // namespace training

}  // namespace foreshard::models

extern "C" const foreshard::models::TrainingLibrary* foreshardTrainingLibrary() {
    using namespace foreshard::models;
    static const TrainingLibrary library{trainingLayout, training::fitNLinear, training::fitMlp, training::fitMixture, training::cudaAvailable, training::name};
    return &library;
}
