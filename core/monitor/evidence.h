// Why a shard is hot in an interval: its share of all accesses, the key bucket and the template that put the most on it.
// Names no literal of the log. Pure; any thread.
#pragma once

#include <string>

#include "core/monitor/measure.h"

namespace foreshard::monitor {

// One sentence, such as "Shard 1 carried 71 % of all accesses (limit of the rule: 1.5 × the mean); most of it through bucket 517
// of public.orders.customer_id (48 % of the shard's); the template that put most on it: SELECT …". Parts that cannot be told
// are left out.
std::string skewEvidence(const workload::Workload& observed, const sharding::Design& design, const Measured& interval, double limit);

}  // namespace foreshard::monitor
