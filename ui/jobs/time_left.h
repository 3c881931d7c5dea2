// TimeLeft: how long the current pass of a job will still take, by its pace of the last seconds: a slow beginning is soon
// forgotten. Says nothing until a pass has run for a second and shown some progress, for an early guess only misleads. Not
// thread-safe.
#pragma once

#include <deque>
#include <optional>

#include "core/base/job.h"

namespace foreshard::ui {

class TimeLeft {
public:
    // `now`: seconds since the job began, never going back.
    std::optional<double> update(const JobProgress& progress, double now) {
        constexpr double window = 5.0, least = 1.0, settled = 10.0;      // seconds
        constexpr double part = 0.02;                                    // of the whole
        if (progress.pass != pass_) {
            pass_ = progress.pass;
            passBegan_ = now;
            seen_.clear();
        }
        seen_.push_back({now, static_cast<double>(progress.done)});
        while (seen_.size() > 2 && seen_[1].at < now - window) seen_.pop_front();
        const auto& first = seen_.front();
        const double spent = now - first.at, done = static_cast<double>(progress.done) - first.done;
        // The first steps of a pass may go at another pace (small tables first): a while, or a part of the whole, must be seen.
        const bool early = now - passBegan_ < settled && static_cast<double>(progress.done) < part * static_cast<double>(progress.total);
        if (progress.total == 0 || spent < least || done <= 0 || early) return std::nullopt;
        const double left = static_cast<double>(progress.total) - static_cast<double>(progress.done);
        return left <= 0 ? 0 : spent * left / done;
    }

private:
    struct Seen {
        double at = 0, done = 0;
    };
    std::string pass_;
    double passBegan_ = 0;
    std::deque<Seen> seen_;
};

}  // namespace foreshard::ui
