#include "core/advisor/halves.h"

#include <algorithm>

#include "core/advisor/candidates.h"

namespace foreshard::advisor {

namespace {

bool anyInside(const workload::Facts& facts, const TimeRange& range) {
    return std::any_of(facts.transactions.begin(), facts.transactions.end(), [&](const auto& t) { return !t.aborted && range.contains(t.time); });
}

TimeRange intervals(const workload::Rates& rates, int64_t first, int64_t end) { return {first * rates.interval, end * rates.interval}; }

}  // namespace

Halves halvesOf(const workload::Workload& workload, std::vector<std::string>& limits) {
    const auto& rates = workload.rates;
    const auto& transactions = workload.facts->transactions;
    const int64_t first = rates.range.empty() ? 0 : rates.firstInterval(), end = rates.range.empty() ? 0 : rates.endInterval();
    const int64_t middle = first + (end - first) / 2;
    Halves halves{intervals(rates, first, middle), intervals(rates, middle, end), {}, {}};
    if (rates.origin == workload::Origin::forecast && !transactions.empty()) {
        const Instant begin = transactions.front().time, last = transactions.back().time + 1;
        halves.earlierSample = TimeRange{begin, begin + (last - begin) / 2};
        halves.laterSample = TimeRange{begin + (last - begin) / 2, last};
    }
    const TimeRange early = halves.earlierSample.value_or(halves.searched), late = halves.laterSample.value_or(halves.heldOut);
    if (middle > first && anyInside(*workload.facts, early) && anyInside(*workload.facts, late)) return halves;
    if (!idle(*workload.facts))
        limits.emplace_back("The workload is too short to hold a later half back: the scores are those of what was searched on.");
    halves = {rates.range, {}, {}, {}};
    if (rates.origin == workload::Origin::forecast && !transactions.empty()) halves.earlierSample = TimeRange{transactions.front().time, transactions.back().time + 1};
    return halves;
}

}  // namespace foreshard::advisor
