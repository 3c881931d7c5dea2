// Seconds per epoch of the network by rows, width and device, in one run, so that the rule by which `--device auto` chooses
// (core/models/device.h) can be held against a machine. Without a CUDA device it says so, and measures the CPU and bfloat16 on it.
#include <chrono>
#include <cstdio>

#include "core/models/device.h"
#include "core/models/forecast.h"
#include "tests/models/device_data.h"

using namespace foreshard;
using namespace foreshard::models;

namespace {

double secondsOf(const device_data::Rows& data, MlpOptions options, const char* device, std::optional<bool> bfloat16) {
    options.device = device;
    options.bfloat16 = bfloat16;
    Job job;
    const auto start = std::chrono::steady_clock::now();
    const auto fit = fitMlp({data.rows, data.targets}, nullptr, options, job);
    if (!fit.ok()) return -1;
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / options.epochs;
}

}  // namespace

int main() {
    const bool cuda = cudaAvailable();
    std::printf("%s; %s\n", libraryName().c_str(), cuda ? "CUDA device found" : "no CUDA device: the CPU alone is measured");
    std::printf("%9s %7s %7s | %10s %10s | %10s %10s | auto\n", "rows", "batch", "width", "cpu s", "cpu bf16 s", "cuda s", "cuda bf16 s");
    if (cuda) (void)secondsOf(device_data::curved(512, 64), {}, "cuda", false);   // the first use starts the device
    for (const uint32_t width : {64u, 256u, 1024u})
        for (const size_t rows : {size_t{20'000}, size_t{200'000}}) {
            const auto data = device_data::curved(rows, 64);
            MlpOptions options;
            options.hidden = {width, width};
            options.batch = width >= 1024 ? 4'096 : 512;
            options.epochs = width >= 1024 ? 1 : 3;
            const uint64_t parameters = uint64_t{64} * width + uint64_t{width} * width;
            const double cpu = secondsOf(data, options, "cpu", false), half = secondsOf(data, options, "cpu", true);
            const double there = cuda ? secondsOf(data, options, "cuda", false) : 0, thereHalf = cuda ? secondsOf(data, options, "cuda", true) : 0;
            std::printf("%9zu %7u %7u | %10.3f %10.3f | %10.3f %10.3f | %s\n", rows, options.batch, width, cpu, half, there, thereHalf,
                        deviceFor("auto", {rows, options.batch, parameters, 30}, cuda).c_str());
            std::fflush(stdout);
        }
    return 0;
}
