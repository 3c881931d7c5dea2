// Why a shard is hot in an interval: its share of all accesses, the key (or range of keys) and the template that put the most
// on it. A key is written out as "key 17 of …" or "keys 20 … 63 of …", so that a report can mask it. Pure; any thread.
#pragma once

#include <string>

#include "core/monitor/measure.h"

namespace foreshard::monitor {

// Its share alone: "It took 71 % of all accesses", no full stop. Empty where the interval has no load.
std::string shareEvidence(const Measured& interval);

// One sentence to follow "Shard 1 carries 2.13 times the mean load.", such as "It took 71 % of all accesses, 48 % of that through
// key 517 of public.orders.customer_id; the template that put most on it: SELECT …". Parts that cannot be told are left out.
std::string skewEvidence(const workload::Workload& observed, const sharding::Design& design, const Measured& interval);

}  // namespace foreshard::monitor
