// Worker threads with a known, large stack: the parser of PostgreSQL needs 8 MB for statements up to 40,000 tokens.
#pragma once

#include <functional>

namespace foreshard::ingest {

// Runs work(0) … work(count - 1), each on a thread of its own, and waits for all of them. Where fewer threads can be had,
// the threads that there are share the numbers. `work` must not throw.
void runOnThreads(unsigned count, const std::function<void(unsigned)>& work);

// The number of cores, at least 1.
unsigned coreCount();

}  // namespace foreshard::ingest
