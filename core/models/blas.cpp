// The BLAS below LibTorch, found among the loaded libraries.
#include <link.h>

#include <filesystem>

#include "core/models/forecast.h"
#include "core/models/training_library.h"

namespace foreshard::models {

namespace {

struct Libraries {
    std::string blas;         // resolved path of the BLAS; empty: none loaded
    bool mkl = false, openBlas = false, blis = false;
};

int look(struct dl_phdr_info* info, size_t, void* data) {
    auto& found = *static_cast<Libraries*>(data);
    if (!info->dlpi_name || !*info->dlpi_name) return 0;
    // Debian's alternatives: libblas.so.3 is a link whose target says whose it is.
    std::error_code error;
    const auto resolved = std::filesystem::canonical(info->dlpi_name, error);
    const std::string path = error ? std::string(info->dlpi_name) : resolved.string();
    const auto has = [&](const char* word) { return path.find(word) != std::string::npos; };
    if (has("openblas")) found.openBlas = true;
    if (has("libmkl")) found.mkl = true;
    if (has("blis")) found.blis = true;
    if (has("libblas.so") || has("libopenblas")) found.blas = path;
    return 0;
}

Libraries loadedLibraries() {
    Libraries found;
    dl_iterate_phdr(look, &found);
    return found;
}

}  // namespace

std::string blasName() {
    (void)trainingLibrary();   // brings LibTorch and its BLAS
    const Libraries found = loadedLibraries();
    if (found.mkl) return "MKL";
    if (found.openBlas) return "OpenBLAS";
    if (found.blis) return "BLIS";
    if (found.blas.empty()) return "built into LibTorch";
    return found.blas.find("atlas") != std::string::npos ? "ATLAS" : "reference BLAS";
}

bool blasIsSlow() { return blasName() == "reference BLAS"; }

}  // namespace foreshard::models
