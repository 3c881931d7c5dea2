// On which device a model is trained. A wish is "auto", "cpu" or "cuda"; what comes of it is "cpu" or "cuda". Used on both sides of the
// training library, and so in the header alone. Pure; any thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "core/base/result.h"

namespace foreshard::models {

// What training asks of a device.
struct TrainingWork {
    uint64_t rows = 0, batch = 0;    // a step takes `batch` of the rows
    uint64_t parameters = 0;         // each is multiplied once a row on the way there, twice on the way back
    uint64_t epochs = 0;
};

// A step costs a GPU about half a millisecond of launching kernels, whatever its size, and the first one some seconds; one CPU thread
// multiplies and adds about 10^10 times a second. So it pays where a step is large and there are many of them.
inline bool paysOnCuda(const TrainingWork& work) {
    constexpr uint64_t stepWork = uint64_t{1} << 20, wholeWork = uint64_t{1} << 33;
    return std::min(work.rows, work.batch) * work.parameters >= stepWork && work.rows * work.parameters * work.epochs >= wholeWork;
}

// Whether the products of a layer are large enough for bfloat16 on a GPU: those of small ones cost less than rounding their factors.
inline bool paysInBfloat16(uint64_t rows, uint64_t inputs, uint64_t outputs) {
    return rows * inputs * outputs >= uint64_t{1} << 28 && std::min(inputs, outputs) >= 64;
}

// An error of category usage where there is no such device, unsupported where this build or machine has none.
inline Status checkDevice(const std::string& wish, bool cudaThere) {
    if (wish == "auto" || wish == "cpu") return {};
    if (wish != "cuda") return Error{ErrorCategory::usage, "There is no device \"" + wish + "\" to train on.", "Use auto, cpu or cuda.", {}};
    if (cudaThere) return {};
    return Error{ErrorCategory::unsupported, "This build or machine has no CUDA device to train on.", "Train with --device cpu.", {}};
}

// Precondition: checkDevice(wish, cudaThere) is ok.
inline std::string deviceFor(const std::string& wish, const TrainingWork& work, bool cudaThere) {
    return wish == "cuda" || (wish == "auto" && paysOnCuda(work) && cudaThere) ? "cuda" : "cpu";
}

}  // namespace foreshard::models
