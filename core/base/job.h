// Job: what long work reports to and is stopped by. Core never prints; it talks to a Job&. Every Job has passes (named
// parts), progress, a stop flag and diagnostics. Thread rules: progress and stopRequested may be called from any thread;
// beginPass and diagnose from the thread that runs the job. An observer is called on the thread that reports and must
// return quickly.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/diagnostics.h"
#include "core/base/result.h"

namespace foreshard {

struct JobProgress {
    std::string pass;      // "reading orders.csv"
    uint64_t done = 0;     // in `unit`
    uint64_t total = 0;    // 0: unknown
    std::string unit;      // "bytes", "epochs", "rows"
};

// One point of a live series, such as the loss of an epoch: the Forecast page draws them as they come.
struct JobSample {
    std::string series;
    double x = 0;
    double y = 0;
};

class JobObserver {
public:
    virtual ~JobObserver() = default;
    virtual void progressed(const JobProgress&) {}
    virtual void sampled(const JobSample&) {}
};

class Job {
public:
    struct PassTime {
        std::string name;
        double seconds = 0;
    };

    Job() = default;
    explicit Job(JobObserver* observer) : observer_(observer) {}
    Job(const Job&) = delete;
    Job& operator=(const Job&) = delete;

    void requestStop() { stop_.store(true, std::memory_order_relaxed); }
    bool stopRequested() const { return stop_.load(std::memory_order_relaxed); }
    // An Error of category cancelled when a stop was asked for. Call it at least every 50 ms of work.
    Status checkpoint() const;

    void beginPass(std::string name, uint64_t total = 0, std::string unit = {});
    // Sets how much of the pass is done; observers hear of it at most 20 times a second, and of the last one always.
    void progress(uint64_t done);
    void sample(std::string series, double x, double y);

    void diagnose(Diagnostic diagnostic);
    void mergeDiagnostics(const Diagnostics& diagnostics);
    Diagnostics diagnostics() const;
    std::vector<PassTime> passTimes() const;

private:
    void closePass();
    JobObserver* observer_ = nullptr;
    std::atomic<bool> stop_{false};
    std::atomic<int64_t> lastToldNs_{0};
    mutable std::mutex mutex_;
    JobProgress current_;
    int64_t passStartNs_ = 0;
    std::vector<PassTime> passTimes_;
    Diagnostics diagnostics_;
};

}  // namespace foreshard
