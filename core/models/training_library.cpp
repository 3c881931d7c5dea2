#include "core/models/training_library.h"

#include <dlfcn.h>

#include "core/models/forecast.h"

namespace foreshard::models {

namespace {

Result<const TrainingLibrary*> load() {
    const auto missing = [](const char* cause) {
        return Error{ErrorCategory::unsupported, "The library that trains models cannot be loaded.",
                     "Install LibTorch (installer/bootstrap.sh does), and keep libforeshard_training.so where it was built or installed.", cause ? cause : ""};
    };
    // Found by the program's own run path. Local: its symbols are nobody else's business.
    void* handle = ::dlopen("libforeshard_training.so", RTLD_NOW | RTLD_LOCAL);
    if (!handle) return missing(::dlerror());
    const auto get = reinterpret_cast<const TrainingLibrary* (*)()>(::dlsym(handle, trainingLibrarySymbol));
    if (!get) return missing(::dlerror());
    const TrainingLibrary* library = get();
    if (library->bytes != trainingLayout) return missing("it belongs to another build");
    return library;
}

}  // namespace

Result<const TrainingLibrary*> trainingLibrary() {
    static const Result<const TrainingLibrary*> library = load();
    return library;
}

Result<NLinearFit> fitNLinear(std::span<const double> history, const NLinearOptions& options, Job& job) {
    FS_ASSIGN(const TrainingLibrary* library, trainingLibrary());
    return library->fitNLinear(history, options, job);
}

Result<MlpFit> fitMlp(const MlpData& training, const MlpData* validation, const MlpOptions& options, Job& job) {
    FS_ASSIGN(const TrainingLibrary* library, trainingLibrary());
    FS_ASSIGN(MlpFit fit, library->fitMlp(training, validation, options, job));
    if (!fit.diverged && !Mlp::read(fit.model.write()).ok()) fit.diverged = true;   // a weight that is not finite
    return fit;
}

Result<MixtureFit> fitMixture(const MixtureData& data, const MixtureOptions& options, Job& job) {
    FS_ASSIGN(const TrainingLibrary* library, trainingLibrary());
    FS_ASSIGN(MixtureFit fit, library->fitMixture(data, options, job));
    if (!fit.diverged && !Mixture::read(fit.model.write()).ok()) fit.diverged = true;   // a weight that is not finite
    return fit;
}

std::string libraryName() {
    const auto library = trainingLibrary();
    return library.ok() ? (*library)->name() : "no LibTorch";
}

bool cudaAvailable() {
    const auto library = trainingLibrary();
    return library.ok() && (*library)->cudaAvailable();
}

}  // namespace foreshard::models
