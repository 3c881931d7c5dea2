// The portfolios on public data, beside the numbers to beat: bench_models_evaluate --data DIR [--seeds N] [volume] [arc] [orm] [ranges] [cardinality].
// DIR holds the folders volume, access and cardinality of the data described in its own README. With more than one seed, the
// medians of what was chosen stand at the end.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <map>
#include <string>

#include "core/base/file.h"
#include "core/models/cardinality/evaluate.h"
#include "core/models/hot/evaluate.h"
#include "core/models/portfolio/evaluate.h"

using namespace foreshard;
using namespace foreshard::models;

namespace {

uint64_t seed = 1;
std::map<std::string, std::vector<double>> chosen;   // by what was measured: a value a seed

void keep(const std::string& what, double value) { chosen[what].push_back(value); }
double processorSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

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
    for (const auto& row : evaluation->rows) {
        if (row.model == "portfolio") keep("volume, " + std::to_string(row.horizon) + " ahead: log-MSE", row.logMse), keep("volume, " + std::to_string(row.horizon) + " ahead: ND", row.nd.value_or(-1));
        std::printf("  h=%-4u %-22s %s log-MSE %.5f  ND %.4f  MASE %.3f  sMAPE %.2f  coverage %.3f  backtest %.5f  weight %.2f  %.1f s\n", row.horizon, row.model.c_str(),
                    row.chosen ? "*" : " ", row.logMse, row.nd.value_or(-1), row.mase.value_or(-1), row.smape.value_or(-1), row.coverage.value_or(-1),
                    row.backtestLogMse.value_or(-1), row.weight, row.seconds);
    }
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
    for (const auto& row : evaluation->rows) {
        if (row.chosen) keep(std::string(title) + ": P@k", row.precision), keep(std::string(title) + ": load", row.load);
        std::printf("  %-26s %s P@k %.4f  load %.4f  chosen %u times  %.1f s\n", row.model.c_str(), row.chosen ? "*" : " ", row.precision, row.load, row.timesChosen, row.seconds);
    }
    std::printf("  %.1f s in all\n", evaluation->seconds);
    say(job);
    return 0;
}

Result<std::vector<CountedQuery>> countedQueries(const std::string& stem, Job& job) {
    FS_ASSIGN(const auto file, MappedFile::open(stem + ".csv"));
    FS_ASSIGN(const auto samples, MappedFile::open(stem + ".bitmaps"));
    return readCountedQueries(file.bytes(), samples.bytes(), stem, job);
}

int cardinality(const std::string& folder) {
    std::printf("MSCN synthetic, first 4,500. To beat, q-error 50/90/95: last 500 1.16/4.69/9.49; scale 1.25/9.22/16.7\n");
    Job job;
    const auto columns = MappedFile::open(folder + "column_min_max_vals.csv");
    if (!columns.ok()) return fail(columns.error());
    const auto known = readKnownColumns(columns->bytes(), "column_min_max_vals.csv");
    const auto training = countedQueries(folder + "synthetic", job);
    auto scale = countedQueries(folder + "scale", job);
    for (const auto* error : {known.ok() ? nullptr : &known.error(), training.ok() ? nullptr : &training.error(), scale.ok() ? nullptr : &scale.error()})
        if (error) return fail(*error);
    CardinalityProtocol protocol;
    protocol.testLast = 500;
    protocol.testLastName = "synthetic";
    protocol.portfolio.seed = seed;
    const double before = processorSeconds();
    const auto evaluation = evaluateCardinality(*training, {{"scale", std::move(*scale)}}, *known, protocol, job);
    if (!evaluation.ok()) return fail(evaluation.error());
    for (const auto& row : evaluation->rows) {
        if (row.chosen && row.split == "all")
            for (const auto& [name, value] : {std::pair("50", row.errors.q50), {"90", row.errors.q90}, {"95", row.errors.q95}}) keep("cardinality, " + row.test + ": q-error " + name, value);
        std::printf("  %-10s %-6s %4zu %-32s %s %.3f %.2f %.2f  99 %.1f  max %.0f  mean %.2f  backtest %.4f  weights %.2f %.2f  %.1f s\n", row.test.c_str(), row.split.c_str(), row.queries,
                    row.model.c_str(), row.chosen ? "*" : " ", row.errors.q50, row.errors.q90, row.errors.q95, row.errors.q99, row.errors.max, row.errors.mean,
                    row.backtest.value_or(-1), row.weight, row.weightUnseen, row.seconds);
    }
    std::printf("  %.2f %% of %zu random pairs out of order\n  %.1f s in all, %.1f s of processor time\n", 100 * evaluation->disorder.value_or(0), evaluation->pairs, evaluation->seconds,
                processorSeconds() - before);
    keep("cardinality: pairs out of order", evaluation->disorder.value_or(0));
    say(job);
    return 0;
}

void sayMedians() {
    std::printf("Medians\n");
    for (auto& [what, values] : chosen) {
        std::sort(values.begin(), values.end());
        std::printf("  %-60s %.4f  of", what.c_str(), values[values.size() / 2]);
        for (const double v : values) std::printf(" %.4f", v);
        std::printf("\n");
    }
}

int runAll(const std::string& folder, const std::vector<std::string>& what, const std::vector<uint32_t>& horizons) {
    int result = 0;
    const auto wanted = [&](const char* name) { return what.empty() || std::find(what.begin(), what.end(), name) != what.end(); };
    const auto access = folder + "/access/";
    if (wanted("volume")) result |= volume(folder, horizons);
    if (wanted("arc")) result |= hotspots(access + "arc-oltp.lis.zst", "ARC OLTP keys. To beat: P@k .450, load .686", 0, false);
    if (wanted("orm")) result |= hotspots(access + "orm-busy.trace.xz", "ORM-busy keys. To beat: .480, .628", 1'500'000, false);
    if (wanted("ranges")) result |= hotspots(access + "orm-busy.trace.xz", "ORM-busy ranges. To beat: .339, .656", 1'500'000, true);
    if (wanted("cardinality")) result |= cardinality(folder + "/cardinality/");
    return result;
}

}  // namespace

int main(int argc, char** argv) {
    std::string folder;
    std::vector<std::string> what;
    std::vector<uint32_t> horizons = {1, 60};
    uint64_t seeds = 1;
    for (int i = 1; i < argc; ++i) {
        if (!std::strcmp(argv[i], "--data") && i + 1 < argc) folder = argv[++i];
        else if (!std::strcmp(argv[i], "--seed") && i + 1 < argc) seed = std::stoul(argv[++i]);
        else if (!std::strcmp(argv[i], "--seeds") && i + 1 < argc) seeds = std::stoul(argv[++i]);
        else if (!std::strcmp(argv[i], "--horizon") && i + 1 < argc) horizons = {static_cast<uint32_t>(std::stoul(argv[++i]))};
        else what.emplace_back(argv[i]);
    }
    if (folder.empty()) {
        std::fprintf(stderr, "usage: bench_models_evaluate --data DIR [--seed N] [--seeds N] [volume] [arc] [orm] [ranges] [cardinality]\n");
        return 2;
    }
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    int result = 0;
    for (uint64_t i = 0; i < seeds; ++i, ++seed) result |= runAll(folder, what, horizons);
    if (seeds > 1) sayMedians();
    return result;
}
