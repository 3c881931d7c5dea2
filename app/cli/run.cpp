#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/cli/command.h"
#include "core/base/file.h"

namespace foreshard::cli {

namespace {

Job* runningJob = nullptr;

// Only sets a flag: the verb stops at its next checkpoint, and a second signal ends the process as ever.
void onSignal(int signal) {
    if (runningJob) runningJob->requestStop();
    std::signal(signal, SIG_DFL);
}

class ProgressPrinter : public JobObserver {
public:
    ProgressPrinter(bool lines, bool bar) : lines_(lines), bar_(bar) {}
    ~ProgressPrinter() override { clear(); }

    void progressed(const JobProgress& progress) override {
        if (lines_) {
            const int percent = progress.total ? static_cast<int>(100 * progress.done / progress.total) : -1;
            if (progress.pass == lastPass_ && percent / 10 == lastPercent_ / 10) return;
            lastPass_ = progress.pass;
            lastPercent_ = percent;
            std::fprintf(stderr, "%s\n", describe(progress).c_str());
        } else if (bar_) {
            std::fprintf(stderr, "\r\033[K%s", describe(progress).c_str());
            dirty_ = true;
        }
    }
    void clear() {
        if (dirty_) std::fprintf(stderr, "\r\033[K");
        dirty_ = false;
    }

private:
    static std::string describe(const JobProgress& progress) {
        if (progress.total == 0) return progress.pass;
        return fmt::format("{}  {} %", progress.pass, 100 * progress.done / progress.total);
    }
    bool lines_, bar_;
    bool dirty_ = false;
    std::string lastPass_;
    int lastPercent_ = -1;
};

Json envelope(const std::string& verb, double seconds) {
    Json json;
    json["verb"] = verb;
    json["version"] = FORESHARD_VERSION;
    json["seconds"] = seconds;
    json["peak_rss_bytes"] = peakRssBytes();
    json["warnings"] = Json::array();
    return json;
}

int succeed(const Command& command, const Outcome& outcome, double seconds) {
    std::fwrite(outcome.data.data(), 1, outcome.data.size(), stdout);
    if (command.global.json) {
        auto json = envelope(command.verb, seconds);
        for (const auto& warning : outcome.warnings) json["warnings"].push_back(warning);
        if (outcome.json)
            for (const auto& [key, value] : outcome.json->items()) json[key] = value;
        std::printf("%s\n", json.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
    } else if (!command.global.quiet) {
        std::fwrite(outcome.text.data(), 1, outcome.text.size(), stdout);
    }
    if (!command.global.quiet)
        for (const auto& warning : outcome.warnings) std::fprintf(stderr, "warning: %s\n", warning.c_str());
    if (std::fflush(stdout) != 0) return 1;
    return outcome.checkFailed ? 3 : 0;
}

}  // namespace

int reportFailure(const std::string& verb, bool json, const Error& error, double seconds) {
    if (json) {
        auto object = envelope(verb, seconds);
        object["error"] = {{"category", toString(error.category)}, {"message", error.message}, {"next", error.next}};
        std::printf("%s\n", object.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
    }
    std::fprintf(stderr, "foreshard%s: %s\n", (verb.empty() ? "" : " " + verb).c_str(), error.message.c_str());
    if (!error.next.empty()) std::fprintf(stderr, "  %s\n", error.next.c_str());
    return exitCodeOf(error);
}

int runCommand(const Command& command) {
    const auto start = std::chrono::steady_clock::now();
    const bool terminal = ::isatty(STDERR_FILENO) == 1;
    ProgressPrinter printer(command.global.progress, terminal && !command.global.quiet && !command.global.progress);
    Job job(&printer);
    runningJob = &job;
    std::signal(SIGINT, onSignal);
    std::signal(SIGTERM, onSignal);
    auto result = command.run(job);
    runningJob = nullptr;
    printer.clear();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return result.ok() ? succeed(command, *result, seconds) : reportFailure(command.verb, command.global.json, result.error(), seconds);
}

}  // namespace foreshard::cli
