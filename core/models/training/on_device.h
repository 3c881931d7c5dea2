// Running a fit on a device: exceptions of LibTorch end here, and what does not fit into a GPU's memory is done on the CPU.
#pragma once

#include <exception>
#include <string>
#include <string_view>

#include "core/base/job.h"

namespace foreshard::models::training {

// LibTorch tells it by its text alone.
inline bool outOfMemory(const std::exception& problem) { return std::string_view(problem.what()).find("out of memory") != std::string_view::npos; }

// `fit(device)` gives a Result; `what` it trains names it in sentences: "a network".
template <typename Fit>
auto onDevice(const std::string& device, const std::string& what, Job& job, Fit fit) -> decltype(fit(device)) {
    try {
        return fit(device);
    } catch (const std::exception& problem) {
        if (device == "cpu" || !outOfMemory(problem))
            return Error{ErrorCategory::internal, "Training " + what + " failed inside LibTorch.", device == "cpu" ? "Report this with the data that shows it." : "Train with --device cpu, or report this.", problem.what()};
    }
    job.diagnose({Severity::warning, "device_memory", {}, 0, 0, "The GPU's memory is too small for training " + what + "; the CPU trains it instead."});
    return onDevice("cpu", what, job, fit);
}

}  // namespace foreshard::models::training
