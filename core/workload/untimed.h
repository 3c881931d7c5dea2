// A log without times, such as a trace of SQLite: all its calls stand at one instant, the beginning of 1970, which is shown to
// nobody as a time. Pure; any thread.
#pragma once

#include "core/workload/workload.h"

namespace foreshard::workload {

inline bool withoutTimes(const Rates& rates) { return !rates.range.empty() && rates.range.begin == 0 && rates.range.length() <= rates.interval; }

}  // namespace foreshard::workload
