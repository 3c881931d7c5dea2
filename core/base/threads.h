// Worker threads with a known, large stack: the parser of PostgreSQL needs 8 MB for statements up to 40,000 tokens.
#pragma once

#include <cstddef>
#include <functional>

namespace foreshard {

// Runs work(0) … work(count - 1), each on a thread of its own, and waits for all of them. Where fewer threads can be had,
// the threads that there are share the numbers. `work` must not throw.
void runOnThreads(unsigned count, const std::function<void(unsigned)>& work);

// The number of cores, at least 1.
unsigned coreCount();

// Runs work(i) for each i below `count` on `threads` threads (0: one per core; never more than there are numbers), each taking
// the next number that is free, and waits. The first exception that a thread lets out is thrown again here, the rest left undone.
void forEachIndex(unsigned threads, size_t count, const std::function<void(size_t)>& work);

}  // namespace foreshard
