#include "core/base/job.h"

#include <chrono>

namespace foreshard {

namespace {
int64_t steadyNs() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
constexpr int64_t tellEveryNs = 50'000'000;
}  // namespace

Status Job::checkpoint() const {
    if (!stopRequested()) return {};
    return Error{ErrorCategory::cancelled, "Stopped on request.", "Start it again when you want it.", {}};
}

void Job::beginPass(std::string name, uint64_t total, std::string unit) {
    JobProgress told;
    {
        std::lock_guard lock(mutex_);
        closePass();
        current_ = {std::move(name), 0, total, std::move(unit)};
        passStartNs_ = steadyNs();
        told = current_;
    }
    lastToldNs_.store(steadyNs(), std::memory_order_relaxed);
    if (observer_) observer_->progressed(told);
}

void Job::progress(uint64_t done) {
    const int64_t now = steadyNs();
    int64_t last = lastToldNs_.load(std::memory_order_relaxed);
    JobProgress told;
    {
        std::lock_guard lock(mutex_);
        current_.done = done;
        const bool complete = current_.total != 0 && done >= current_.total;
        if (!complete && now - last < tellEveryNs) return;
        told = current_;
    }
    lastToldNs_.store(now, std::memory_order_relaxed);
    if (observer_) observer_->progressed(told);
}

void Job::sample(std::string series, double x, double y) {
    if (observer_) observer_->sampled({std::move(series), x, y});
}

void Job::diagnose(Diagnostic diagnostic) {
    std::lock_guard lock(mutex_);
    diagnostics_.add(std::move(diagnostic));
}

void Job::mergeDiagnostics(const Diagnostics& diagnostics) {
    std::lock_guard lock(mutex_);
    diagnostics_.merge(diagnostics);
}

Diagnostics Job::diagnostics() const {
    std::lock_guard lock(mutex_);
    return diagnostics_;
}

std::vector<Job::PassTime> Job::passTimes() const {
    std::lock_guard lock(mutex_);
    auto times = passTimes_;
    if (!current_.pass.empty()) times.push_back({current_.pass, static_cast<double>(steadyNs() - passStartNs_) * 1e-9});
    return times;
}

void Job::closePass() {
    if (current_.pass.empty()) return;
    passTimes_.push_back({current_.pass, static_cast<double>(steadyNs() - passStartNs_) * 1e-9});
}

}  // namespace foreshard
