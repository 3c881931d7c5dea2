#include "tests/bench/measure.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

namespace foreshard::bench {

namespace {

double secondsOf(const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; }

pid_t start(const std::vector<std::string>& command) {
    const pid_t child = ::fork();
    if (child != 0) return child;
    std::vector<char*> arguments;
    for (const auto& each : command) arguments.push_back(const_cast<char*>(each.c_str()));
    arguments.push_back(nullptr);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
}

}  // namespace

Measured measureTogether(const std::vector<std::vector<std::string>>& commands) {
    const auto begin = std::chrono::steady_clock::now();
    std::vector<pid_t> children;
    for (const auto& command : commands) children.push_back(start(command));
    Measured out;
    out.ok = true;
    for (const pid_t child : children) {
        int status = 0;
        rusage usage{};
        if (child < 0 || ::wait4(child, &status, 0, &usage) != child) return {};
        out.ok &= WIFEXITED(status) && WEXITSTATUS(status) == 0;
        out.cpuSeconds += secondsOf(usage.ru_utime) + secondsOf(usage.ru_stime);
        out.peakBytes = std::max(out.peakBytes, static_cast<double>(usage.ru_maxrss) * 1024);
    }
    out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return out;
}

Measured measure(const std::vector<std::string>& command) { return measureTogether({command}); }

double median(std::vector<double> values) {
    if (values.empty()) return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

Measured medianOf(const std::vector<Measured>& runs) {
    Measured out;
    out.ok = !runs.empty() && std::all_of(runs.begin(), runs.end(), [](const Measured& run) { return run.ok; });
    const auto over = [&](double Measured::*field) {
        std::vector<double> values;
        for (const auto& run : runs) values.push_back(run.*field);
        return median(values);
    };
    out.seconds = over(&Measured::seconds);
    out.cpuSeconds = over(&Measured::cpuSeconds);
    out.peakBytes = over(&Measured::peakBytes);
    return out;
}

double loadAverage() {
    double load = 0;
    return ::getloadavg(&load, 1) == 1 ? load : 0;
}

}  // namespace foreshard::bench
