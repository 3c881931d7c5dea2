// The portfolios on public data, beside the numbers to beat: bench_models_evaluate --data DIR [volume] [arc] [orm] [ranges]. DIR holds the folders
// volume, access and cardinality of the data described in its own README.
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>

#include "core/base/file.h"
#include "core/models/hot/evaluate.h"
#include "core/models/portfolio/evaluate.h"

using namespace foreshard;
using namespace foreshard::models;

namespace {

uint64_t seed = 1;

void say(const Job& job) {
    const auto all = job.diagnostics();
    for (const auto& d : all.shown()) std::printf("  note: %s\n", d.message.c_str());
    for (const auto& pass : job.passTimes()) std::printf("  %-40s %.1f s\n", pass.name.c_str(), pass.seconds);
}

int fail(const Error& error) {
    std::printf("  %s %s\n", error.message.c_str(), error.cause.c_str());
    return 1;
}

int volume(const std::string& folder, const std::vector<uint32_t>& horizons) {
    std::printf("WorldCup98 per minute, last fifth. To beat: h=1 log-MSE 0.0118 ND .052; h=60 0.0273 .111 (naive 0.0148, 0.0405)\n");
    const auto file = MappedFile::open(folder + "/volume/worldcup98-per-minute.csv");
    if (!file.ok()) return fail(file.error());
    Job job;
    const auto panel = readPanel(file->bytes(), "worldcup98-per-minute.csv", 0, job);
    if (!panel.ok()) return fail(panel.error());
    VolumeProtocol protocol;
    protocol.horizons = horizons;
    protocol.portfolio.seed = seed;
    const auto evaluation = evaluateVolume(*panel, protocol, job);
    if (!evaluation.ok()) return fail(evaluation.error());
    for (const auto& row : evaluation->rows)
        std::printf("  h=%-4u %-22s %s log-MSE %.5f  ND %.4f  MASE %.3f  sMAPE %.2f  coverage %.3f  backtest %.5f  weight %.2f  %.1f s\n", row.horizon, row.model.c_str(),
                    row.chosen ? "*" : " ", row.logMse, row.nd.value_or(-1), row.mase.value_or(-1), row.smape.value_or(-1), row.coverage.value_or(-1),
                    row.backtestLogMse.value_or(-1), row.weight, row.seconds);
    std::printf("  %.1f s in all\n", evaluation->seconds);
    say(job);
    return 0;
}

int hotspots(const std::string& path, const char* title, size_t most, bool ranges) {
    std::printf("%s\n", title);
    const auto file = MappedFile::open(path);
    if (!file.ok()) return fail(file.error());
    Job job;
    const auto trace = readTrace(file->bytes(), path, most, job);
    if (!trace.ok()) return fail(trace.error());
    HotspotProtocol protocol;
    protocol.ranges = ranges;
    protocol.seed = seed;
    const auto evaluation = evaluateHotspots(*trace, protocol, job);
    if (!evaluation.ok()) return fail(evaluation.error());
    std::printf("  %zu accesses, %zu items, %zu predicted\n", evaluation->accesses, evaluation->items, evaluation->hot);
    for (const auto& row : evaluation->rows)
        std::printf("  %-26s %s P@k %.4f  load %.4f  chosen %u times  %.1f s\n", row.model.c_str(), row.chosen ? "*" : " ", row.precision, row.load, row.timesChosen, row.seconds);
    std::printf("  %.1f s in all\n", evaluation->seconds);
    say(job);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    std::string folder;
    std::vector<std::string> what;
    std::vector<uint32_t> horizons = {1, 60};
    for (int i = 1; i < argc; ++i) {
        if (!std::strcmp(argv[i], "--data") && i + 1 < argc) folder = argv[++i];
        else if (!std::strcmp(argv[i], "--seed") && i + 1 < argc) seed = std::stoul(argv[++i]);
        else if (!std::strcmp(argv[i], "--horizon") && i + 1 < argc) horizons = {static_cast<uint32_t>(std::stoul(argv[++i]))};
        else what.emplace_back(argv[i]);
    }
    if (folder.empty()) {
        std::fprintf(stderr, "usage: bench_models_evaluate --data DIR [--seed N] [volume] [arc] [orm] [ranges]\n");
        return 2;
    }
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    const auto wanted = [&](const char* name) { return what.empty() || std::find(what.begin(), what.end(), name) != what.end(); };
    int result = 0;
    if (wanted("volume")) result |= volume(folder, horizons);
    const auto access = folder + "/access/";
    if (wanted("arc")) result |= hotspots(access + "arc-oltp.lis.zst", "ARC OLTP keys. To beat: P@k .450, load .686", 0, false);
    if (wanted("orm")) result |= hotspots(access + "orm-busy.trace.xz", "ORM-busy keys. To beat: .480, .628", 1'500'000, false);
    if (wanted("ranges")) result |= hotspots(access + "orm-busy.trace.xz", "ORM-busy ranges. To beat: .339, .656", 1'500'000, true);
    return result;
}
