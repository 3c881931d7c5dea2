// Finer volumes for recent time: beside the series by the interval of the whole log, the last 4 h are kept by 1 min, the 12 h by 5 min,
// the 2 d by 15 min, the 62 d by 1 h and the 375 d by 6 h, as far as that is finer. Each tier begins where the next coarser interval
// begins, so that what grows old is summed into whole points; where it begins follows from the log's last call alone. So merging is exact
// in any order. Only where the interval was not given. Pure functions.
#pragma once

#include "core/workload/partial_data.h"

namespace foreshard::workload {

// Where tier `tier` of a log that ends at `last` begins.
Instant tierBegin(size_t tier, Instant last);

// The series by `before`, one of calendarIntervals, become a tier, for the interval is about to be wider. Precondition: settleTiers().
void keepRecent(PartialData& data, Instant before);
// Sums what has grown old into the next tier, or forgets it where the series by the interval tells it.
void settleTiers(PartialData& data);

void addTiers(VolumeTiers& into, const VolumeTiers& from);

}  // namespace foreshard::workload
