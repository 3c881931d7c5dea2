// Time and peak memory of ingest beside pgBadger's, on the same logs in the same run. Each runs in a process of its own, so
// that the kernel measures it; ours reads the log, finishes the workload and writes it, theirs writes its report.
//   bench_ingest [FOLDER] [--megabytes N] [--runs N] [--no-peer]
// FOLDER: holds simple/ and extended/ as an earlier run recorded them, or is filled now; without one, a temporary folder is.
// The exit code says whether everything ran, never how fast.
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <QtCore/QCoreApplication>

#include "core/base/file.h"
#include "core/base/units.h"
#include "core/ingest/ingest.h"
#include "samples/generator/tpcc.h"
#include "core/schema/ddl_reader.h"
#include "tests/bench/measure.h"
#include "tests/bench/record_load.h"
#include "tests/support/private_postgres.h"

using namespace foreshard;
using namespace foreshard::bench;
namespace fs = std::filesystem;

namespace {

std::shared_ptr<const schema::Schema> tpccSchema() {
    const samplegen::Tpcc mix({.warehouses = 10});
    const std::vector<schema::DdlText> texts{{"tpcc.sql", mix.schemaSql()}};
    return std::make_shared<const schema::Schema>(schema::readDdl(texts).schema);
}

struct Clocks {
    double wall = std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
    double cpu = static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
};

std::string since(const Clocks& begin, const Clocks& end) { return fmt::format("{:.3f} s ({:.3f} s CPU)", end.wall - begin.wall, end.cpu - begin.cpu); }

// What the measured child process does.
int readLog(const std::string& path, const std::string& target, unsigned threads, bool tell) {
    Job job;
    ingest::IngestOptions options;
    options.threads = threads;
    options.schema = tpccSchema();
    const Clocks atBegin;
    auto result = ingest::ingestFiles({path}, options, job);
    if (!result.ok()) {
        std::fprintf(stderr, "%s\n", result.error().message.c_str());
        return 1;
    }
    const Clocks atFinish;
    const auto workload = workload::finish(std::move(result->partial), {.threads = threads});
    const Clocks atWrite;
    const bool written = writeFileWhole(target, workload::writeWorkload(*workload)).ok();
    const auto& totals = workload->facts->totals;
    if (tell)
        fmt::print("  calls {}, committed {:.0f}, aborted {:.0f}, templates {}, diagnostics {}\n  reading {}, finishing {}, writing {}\n", totals.callsLogged,
                   fromWeight(totals.transactions), fromWeight(totals.aborted), workload->facts->templates.size(), workload->facts->diagnostics.total(),
                   since(atBegin, atFinish), since(atFinish, atWrite), since(atWrite, Clocks()));
    return written ? 0 : 1;
}

// The bound: how fast the bytes come at all.
int readPlainly(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY);
    std::vector<char> block(1 << 20);
    ssize_t got = 1;
    while (file >= 0 && got > 0) got = ::read(file, block.data(), block.size());
    return file >= 0 && got == 0 ? 0 : 1;
}

// In a process of its own too, for a child's peak memory counts what its parent held when it was started.
int countStatements(const std::string& path, const std::string& target) {
    Job job;
    const auto result = ingest::ingestFiles({path}, {}, job);
    return result.ok() && writeFileWhole(target, std::to_string(result->partial.callsLogged())).ok() ? 0 : 1;
}

struct Bench {
    std::string self;
    int runs = 5;
    bool peer = true;
    bool sound = true;
    TemporaryFolder scratch;

    std::string target(const char* name) { return (scratch.path() / name).string(); }

    Measured ours(const std::string& path, const char* threads) {
        std::vector<Measured> all;
        for (int i = 0; i < runs; ++i) all.push_back(measure({self, "--read", path, target("out"), threads}));
        return checked(medianOf(all), "foreshard");
    }

    Measured badger(const std::string& path, const char* format) {
        std::vector<std::string> command{"pgbadger", "-q", "-f", format, "-j", "2", "-o", target("report.html")};
        if (std::strcmp(format, "stderr") == 0) command.insert(command.end(), {"-p", stderrPrefix()});
        command.push_back(path);
        return checked(measure(command), "pgbadger");
    }

    Measured checked(Measured measured, const char* name) {
        if (!measured.ok) std::fprintf(stderr, "%s did not run through.\n", name);
        sound &= measured.ok;
        return measured;
    }

    double statementsIn(const std::string& path) {
        checked(measure({self, "--count", path, target("count")}), "foreshard");
        const auto text = readFile(target("count"));
        return text.ok() ? std::atof(text->c_str()) : 0;
    }

    void print(const char* name, const Measured& m, double bytes, double statements) {
        std::printf("  %-24s %8.2f s %8.2f s CPU %8.0f MB/s %7.2f M statements/s  peak %s\n", name, m.seconds, m.cpuSeconds, bytes / m.seconds / 1e6,
                    statements / m.seconds / 1e6, formatBytes(m.peakBytes).c_str());
        std::fflush(stdout);
    }

    void format(const std::string& folder, const char* ending, const char* peerFormat, double statements) {
        const std::string path = logPath(folder, ending);
        const auto bytes = static_cast<double>(fs::file_size(path));
        std::printf("%s, %s, load %.1f\n", path.c_str(), formatBytes(bytes).c_str(), loadAverage());
        std::fflush(stdout);
        checked(measure({self, "--tell", path, target("out"), "2"}), "foreshard");   // both then find the file in memory
        print("plain read", checked(measure({self, "--plain", path}), "read"), bytes, statements);
        print("foreshard, 1 thread", ours(path, "1"), bytes, statements);
        const auto two = ours(path, "2");
        print("foreshard, 2 threads", two, bytes, statements);
        if (!peer || !peerFormat) return;
        const auto other = badger(path, peerFormat);
        print("pgbadger -j 2", other, bytes, statements);
        std::printf("  %.1f times faster by the clock, %.1f by processor time; peak memory %.2f of the peer's\n", other.seconds / two.seconds,
                    other.cpuSeconds / two.cpuSeconds, two.peakBytes / other.peakBytes);
        std::fflush(stdout);
    }

    // How well two threads scale, against two processes that share nothing.
    void scaling(const std::string& path) {
        std::vector<double> threads, processes;
        for (int i = 0; i < runs; ++i) {
            const std::vector<std::string> one{self, "--read", path, target("one"), "1"}, other{self, "--read", path, target("other"), "1"};
            const auto single = measure(one);
            threads.push_back(single.seconds / measure({self, "--read", path, target("two"), "2"}).seconds);
            processes.push_back(2 * single.seconds / measureTogether({one, other}).seconds);
        }
        std::printf("two threads: %.2f times one; two processes apart: %.2f; ratio %.2f\n", median(threads), median(processes), median(threads) / median(processes));
    }
};

bool recorded(const std::string& folder, Protocol protocol, double megabytes) {
    if (fs::exists(logPath(folder, "csv"))) return true;
    if (const QString why = testsupport::PrivatePostgres::whyNot(); !why.isEmpty()) {
        std::puts(qPrintable(why));
        return false;
    }
    const auto status = recordLoad(folder, protocol, megabytes);
    if (!status.ok()) std::fprintf(stderr, "%s\n", status.error().message.c_str());
    return status.ok();
}

void tellDriven(const std::string& folder) {
    if (const auto driven = drivenOf(folder); driven.ok())
        std::printf("the driver counted: calls %llu, committed %llu, aborted %llu\n", static_cast<unsigned long long>(driven->statements),
                    static_cast<unsigned long long>(driven->committed), static_cast<unsigned long long>(driven->aborted));
}

}  // namespace

int main(int argc, char** argv) {
    const std::string verb = argc > 1 ? argv[1] : "";
    if (argc == 5 && (verb == "--read" || verb == "--tell")) return readLog(argv[2], argv[3], static_cast<unsigned>(std::atoi(argv[4])), verb == "--tell");
    if (argc == 4 && verb == "--count") return countStatements(argv[2], argv[3]);
    if (argc == 3 && verb == "--plain") return readPlainly(argv[2]);
    const QCoreApplication application(argc, argv);
    Bench bench;
    bench.self = QCoreApplication::applicationFilePath().toStdString();
    double megabytes = 320;
    std::string folder;
    for (int i = 1; i < argc; ++i) {
        const std::string argument = argv[i];
        if (argument == "--megabytes" && i + 1 < argc) megabytes = std::atof(argv[++i]);
        else if (argument == "--runs" && i + 1 < argc) bench.runs = std::atoi(argv[++i]);
        else if (argument == "--no-peer") bench.peer = false;
        else folder = argument;
    }
    if (bench.peer && std::system("pgbadger --version > /dev/null 2>&1") != 0) {
        std::puts("pgbadger is not installed; run installer/bootstrap.sh --bench.");
        return 77;
    }
    const TemporaryFolder own;
    if (folder.empty()) folder = own.path().string();
    const std::string simple = folder + "/simple", extended = folder + "/extended";
    if (!recorded(simple, Protocol::simple, megabytes) || !recorded(extended, Protocol::extended, megabytes)) return 77;

    tellDriven(simple);
    const double statements = bench.statementsIn(logPath(simple, "csv"));
    bench.format(simple, "csv", "csv", statements);
    bench.format(simple, "log", "stderr", statements);
    bench.format(simple, "json", nullptr, statements);
    bench.scaling(logPath(simple, "csv"));
    tellDriven(extended);
    bench.format(extended, "csv", nullptr, bench.statementsIn(logPath(extended, "csv")));
    return bench.sound ? 0 : 1;
}
