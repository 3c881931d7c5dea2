// TimeLeft: how long the current pass of a job will still take, by its own pace, smoothed. Says nothing until a pass has
// run for a second and shown some progress, for an early guess only misleads. Not thread-safe.
#pragma once

#include <optional>

#include "core/base/job.h"

namespace foreshard::ui {

class TimeLeft {
public:
    // `now`: seconds since the job began, never going back.
    std::optional<double> update(const JobProgress& progress, double now) {
        if (progress.pass != pass_) {
            pass_ = progress.pass;
            passBegan_ = now;
            smoothed_.reset();
        }
        const double spent = now - passBegan_;
        if (progress.total == 0 || progress.done == 0 || spent < 1.0) return smoothed_;
        const double done = static_cast<double>(progress.done), total = static_cast<double>(progress.total);
        const double raw = done >= total ? 0 : spent * (total - done) / done;
        smoothed_ = smoothed_ && raw > 0 ? *smoothed_ + 0.25 * (raw - *smoothed_) : raw;
        return smoothed_;
    }

private:
    std::string pass_;
    double passBegan_ = 0;
    std::optional<double> smoothed_;
};

}  // namespace foreshard::ui
