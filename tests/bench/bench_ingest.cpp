// Time and peak memory of ingest beside pgBadger's, on the same csvlog in the same run. Each runs in a process of its own,
// so that the kernel measures its memory; ours reads the log, finishes the workload and writes it, theirs writes its report.
//   bench_ingest [FILE.csv | MEGABYTES]      default: record 200 MB of pgbench on a private server
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include <QtCore/QCoreApplication>
#include <QtCore/QFileInfo>

#include "core/base/file.h"
#include "core/base/units.h"
#include "core/ingest/ingest.h"
#include "tests/support/private_postgres.h"

using namespace foreshard;
using foreshard::testsupport::PrivatePostgres;

namespace {

constexpr double goal = 20;

struct Measured {
    bool ok = false;
    double seconds = 0;
    double peakBytes = 0;   // of the largest process
};

Measured measure(const std::vector<std::string>& command) {
    const auto begin = std::chrono::steady_clock::now();
    const pid_t child = ::fork();
    if (child == 0) {
        std::vector<char*> arguments;
        for (const auto& each : command) arguments.push_back(const_cast<char*>(each.c_str()));
        arguments.push_back(nullptr);
        ::execvp(arguments[0], arguments.data());
        ::_exit(127);
    }
    Measured out;
    int status = 0;
    struct rusage usage {};
    if (child < 0 || ::wait4(child, &status, 0, &usage) != child) return out;
    out.ok = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    out.peakBytes = static_cast<double>(usage.ru_maxrss) * 1024;
    return out;
}

// What the measured child process does.
int readLog(const std::string& path, const std::string& target, unsigned threads) {
    Job job;
    ingest::IngestOptions options;
    options.threads = threads;
    auto result = ingest::ingestFiles({path}, options, job);
    if (!result.ok()) {
        std::fprintf(stderr, "%s\n", result.error().message.c_str());
        return 1;
    }
    const auto workload = workload::finish(result->partial);
    std::printf("  %s calls, %s transactions, %zu templates, %llu diagnostics\n", formatCount(fromWeight(workload->facts->totals.calls)).c_str(),
                formatCount(fromWeight(workload->facts->totals.transactions)).c_str(), workload->facts->templates.size(),
                static_cast<unsigned long long>(workload->facts->diagnostics.total()));
    return writeFileWhole(target, workload::writeWorkload(*workload)).ok() ? 0 : 1;
}

bool record(PrivatePostgres& server, double megabytes) {
    QStringList settings = PrivatePostgres::loggingSettings();
    settings << "log_destination = 'csvlog'";
    if (!server.start(settings) || !server.pgbench({"-i", "-s", "10", "-q"}) || !server.emptyLogs()) return false;
    for (int round = 0; static_cast<double>(QFileInfo(server.logFile("csv")).size()) < megabytes * 1e6; ++round) {
        const char* protocol = round % 2 ? "prepared" : "simple";
        if (!server.pgbench({"-n", "-c", "8", "-j", "2", "-T", "5", "-M", protocol})) return false;
        std::printf("\rrecording: %s", formatBytes(static_cast<double>(QFileInfo(server.logFile("csv")).size())).c_str());
        std::fflush(stdout);
    }
    std::printf("\n");
    server.stop();
    return true;
}

void print(const char* name, const Measured& measured, double bytes) {
    std::printf("%-22s %8.2f s  %8.1f MB/s  peak %s\n", name, measured.seconds, bytes / measured.seconds / 1e6, formatBytes(measured.peakBytes).c_str());
}

int compare(const std::string& self, const std::string& path) {
    TemporaryFolder folder;
    const auto bytes = static_cast<double>(std::filesystem::file_size(path));
    std::printf("%s, %s\n", path.c_str(), formatBytes(bytes).c_str());
    const auto target = [&](const char* name) { return (folder.path() / name).string(); };
    measure({self, "--read", path, target("warm"), "2"});   // both then find the file in memory
    const auto one = measure({self, "--read", path, target("one"), "1"});
    const auto two = measure({self, "--read", path, target("two"), "2"});
    const auto badger = measure({"pgbadger", "-q", "-f", "csv", "-j", "2", "-o", target("report.html"), path});
    if (!one.ok || !two.ok || !badger.ok) {
        std::fprintf(stderr, "%s did not run through.\n", badger.ok ? "foreshard" : "pgbadger");
        return 1;
    }
    print("foreshard, 1 thread", one, bytes);
    print("foreshard, 2 threads", two, bytes);
    print("pgbadger -j 2", badger, bytes);
    std::printf("ratio of times: %.1f (goal %.0f), of peak memory: %.2f\n", badger.seconds / two.seconds, goal, two.peakBytes / badger.peakBytes);
    return badger.seconds / two.seconds >= goal ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 5 && std::strcmp(argv[1], "--read") == 0) return readLog(argv[2], argv[3], static_cast<unsigned>(std::atoi(argv[4])));
    const QCoreApplication application(argc, argv);
    if (std::system("pgbadger --version > /dev/null 2>&1") != 0) {
        std::puts("pgbadger is not installed; run installer/bootstrap.sh --bench.");
        return 77;
    }
    const std::string self = QCoreApplication::applicationFilePath().toStdString();
    const double megabytes = argc > 1 ? std::atof(argv[1]) : 200;
    if (argc > 1 && std::filesystem::exists(argv[1])) return compare(self, argv[1]);
    if (const QString why = PrivatePostgres::whyNot(); !why.isEmpty()) {
        std::puts(qPrintable(why));
        return 77;
    }
    PrivatePostgres server;
    if (!record(server, megabytes)) {
        std::fprintf(stderr, "%s\n", qPrintable(server.error()));
        return 1;
    }
    return compare(self, server.logFile("csv").toStdString());
}
