// Shared by the session's source files.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "core/cluster/session.h"

namespace foreshard::cluster {

// Waiting with growing pauses, up to a limit for the whole call.
class Session::Deadline {
public:
    explicit Deadline(int milliseconds) : end_(std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds)) {}
    Status pause(const char* why) {
        if (std::chrono::steady_clock::now() >= end_)
            return Error{ErrorCategory::conflict, fmt::format("Gave up waiting: {}.", why), "Try again, or look at the migration's status.", {}};
        std::this_thread::sleep_for(std::chrono::microseconds(pause_));
        pause_ = std::min(pause_ * 2, 20'000);
        return {};
    }

private:
    std::chrono::steady_clock::time_point end_;
    int pause_ = 200;
};

inline bool replicated(const PlacedTable& table) { return table.referenceBefore || table.referenceAfter; }

}  // namespace foreshard::cluster
