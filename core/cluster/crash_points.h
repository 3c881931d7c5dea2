// Crash points: the one seam for fault injection. Named places in the commit protocols call crashPoint(); nothing happens
// unless a test has installed a handler, which may kill the process, wait, or count. Compiled in always: what is tested is
// what ships. install() before other threads run; crashPoint() from any thread.
#pragma once

#include <functional>

namespace foreshard::cluster {

using CrashHandler = std::function<void(const char* point)>;

// An empty handler makes the points inert again.
void installCrashHandler(CrashHandler handler);
void crashPoint(const char* point);

}  // namespace foreshard::cluster
