// Temporary files in memory. A killed process leaves what it has written to the kernel behind, on a disk and in memory alike;
// so tests that kill lose nothing by it, and do not wait for a disk thousands of times.
#pragma once

#include <unistd.h>

#include <cstdlib>

namespace foreshard::testing {

// Before the first temporary folder is made. Where TMPDIR is set, or there is no such file system, all stays as it is.
inline void useMemoryFolder() {
    constexpr const char* memory = "/dev/shm";
    if (::access(memory, W_OK | X_OK) == 0) ::setenv("TMPDIR", memory, 0);
}

}  // namespace foreshard::testing
