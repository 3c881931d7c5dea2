// Runs programs as processes of their own and measures them as the kernel does: wall clock, processor time of all their
// processes, peak memory of the largest one. For benchmarks.
#pragma once

#include <string>
#include <vector>

namespace foreshard::bench {

struct Measured {
    bool ok = false;
    double seconds = 0;      // wall clock
    double cpuSeconds = 0;   // user and system, children of its own included
    double peakBytes = 0;    // of the largest process
};

Measured measure(const std::vector<std::string>& command);
// Several at once; the wall clock is that of the last one to end.
Measured measureTogether(const std::vector<std::vector<std::string>>& commands);

// Each of the measures by itself; ok only where all are.
Measured medianOf(const std::vector<Measured>& runs);
double median(std::vector<double> values);

// Load average of the last minute, which tells how quiet the machine is.
double loadAverage();

}  // namespace foreshard::bench
