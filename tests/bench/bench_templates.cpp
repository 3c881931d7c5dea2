// A log of ten million different statements, as a program writes that gives each query names of its own: what reading it takes in
// memory, and that what lies beyond the limit of templates is counted together and said so. The log is a csvlog made here.
//   bench_templates [--templates N] [--threads N]
// The exit code says whether every call was counted, never how fast.
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <fmt/format.h>

#include "core/base/file.h"
#include "core/base/units.h"
#include "core/ingest/ingest.h"
#include "tests/bench/measure.h"

using namespace foreshard;
using namespace foreshard::bench;

namespace {

// One call a millisecond, in turn by sixteen sessions.
void appendLine(std::string& out, uint64_t i) {
    const uint64_t session = i % 16, tables = 60, keys = 100'000, second = i / 1'000;
    fmt::format_to(std::back_inserter(out),
                   "2026-12-01 {:02}:{:02}:{:02}.{:03} UTC,\"app\",\"shop\",{},\"[local]\",6b0e1575.{:x},{},\"SELECT\",2026-12-01 00:00:00 UTC,{}/0,0,LOG,00000,"
                   "\"duration: 0.{:03} ms  statement: SELECT name AS name_{:x} FROM item_{} WHERE id = {}\",,,,,,,,,\"\",\"client backend\",,0\n",
                   second / 3'600 % 24, second / 60 % 60, second % 60, i % 1'000, 4'000 + session, 4'000 + session, i / 16 + 1, 3 + session, 20 + i % 900, i, i % tables,
                   i * 2'654'435'761u % keys);
}

bool writeLog(const std::string& path, uint64_t templates) {
    std::ofstream out(path, std::ios::binary);
    std::string block;
    for (uint64_t i = 0; i < templates; ++i) {
        appendLine(block, i);
        if (block.size() < (1u << 20) && i + 1 < templates) continue;
        out.write(block.data(), static_cast<std::streamsize>(block.size()));
        block.clear();
    }
    return static_cast<bool>(out.flush());
}

double ownPeakBytes() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) * 1024;
}

// What the measured child process does. `templates`: as many calls the log holds.
int readLog(const std::string& path, unsigned threads, uint64_t templates) {
    Job job;
    ingest::IngestOptions options;
    options.threads = threads;
    auto result = ingest::ingestFiles({path}, options, job);
    if (!result.ok()) {
        std::fprintf(stderr, "%s\n", result.error().message.c_str());
        return 1;
    }
    const double peak = ownPeakBytes();
    const auto workload = workload::finish(std::move(result->partial), {.threads = threads});
    const auto& facts = *workload->facts;
    double rest = 0;
    for (size_t i = 0; i < facts.templates.size(); ++i)
        if (facts.templates[i].fingerprint == 0)
            for (const auto& point : workload->rates.templates[i].points) rest += fromWeight(point.calls);
    const auto reasons = facts.diagnostics.byReason();
    fmt::print("  calls {}, templates {}, calls of all others together {:.0f}; peak after reading {}\n", facts.totals.callsLogged, facts.templates.size(), rest, formatBytes(peak));
    for (const auto& each : facts.diagnostics.shown())
        if (each.reason == "too_many_templates" || each.reason == "too_many_classes") fmt::print("  said: {}\n", each.message);
    const bool sound = facts.totals.callsLogged == templates && facts.totals.calls == static_cast<Weight>(templates) * weightOne &&
                       (templates <= options.partial.maxTemplates || (rest > 0 && reasons.contains("too_many_templates")));
    if (!sound) std::fprintf(stderr, "Calls were lost, or nothing was said.\n");
    return sound ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 5 && std::string(argv[1]) == "--read") return readLog(argv[2], static_cast<unsigned>(std::atoi(argv[3])), std::strtoull(argv[4], nullptr, 10));
    uint64_t templates = 10'000'000;
    std::string threads = "2";
    for (int i = 1; i + 1 < argc; i += 2) {
        if (std::string(argv[i]) == "--templates") templates = std::strtoull(argv[i + 1], nullptr, 10);
        if (std::string(argv[i]) == "--threads") threads = argv[i + 1];
    }
    const TemporaryFolder scratch;
    const std::string path = (scratch.path() / "templates.csv").string();
    if (!writeLog(path, templates)) {
        std::fprintf(stderr, "The log cannot be written.\n");
        return 1;
    }
    const auto bytes = static_cast<double>(std::filesystem::file_size(path));
    fmt::print("{} statements, each of a template of its own, {}, load {:.1f}\n", templates, formatBytes(bytes), loadAverage());
    std::fflush(stdout);
    const auto measured = measure({std::filesystem::canonical("/proc/self/exe").string(), "--read", path, threads, std::to_string(templates)});
    fmt::print("  {:.1f} s, {:.1f} s CPU, {:.2f} M statements/s, peak {}\n", measured.seconds, measured.cpuSeconds, static_cast<double>(templates) / measured.seconds / 1e6,
               formatBytes(measured.peakBytes));
    return measured.ok ? 0 : 1;
}
