#include "core/models/hot/evaluate.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "core/models/hot/voting.h"

namespace foreshard::models {

namespace {

using Clock = std::chrono::steady_clock;
double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

constexpr size_t leastAccesses = 20;     // a window

std::vector<std::array<int64_t, 4>> neighboursByValue(const std::vector<int64_t>& values) {
    if (values.empty()) return {};
    std::unordered_map<int64_t, uint32_t> numbers;
    for (uint32_t i = 0; i < values.size(); ++i) numbers.emplace(values[i], i);
    std::vector<std::array<int64_t, 4>> neighbours(values.size());
    for (size_t i = 0; i < values.size(); ++i)
        for (size_t n = 0; n < 4; ++n) {
            const int64_t distance[] = {-2, -1, 1, 2};
            const auto it = numbers.find(static_cast<int64_t>(static_cast<uint64_t>(values[i]) + static_cast<uint64_t>(distance[n])));
            neighbours[i][n] = it == numbers.end() ? -1 : int64_t{it->second};
        }
    return neighbours;
}

WindowedItems keysOf(const Trace& trace) { return {trace.accesses, {}, trace.keys, neighboursByValue(trace.values), trace.values}; }

// Borders that put equally many of the first `known` accesses into each range; a key hotter than that has a range for itself.
WindowedItems rangesOf(const Trace& trace, size_t known, uint32_t count) {
    std::vector<int64_t> seen;
    for (size_t i = 0; i < known; ++i) seen.push_back(trace.values[trace.accesses[i]]);
    std::sort(seen.begin(), seen.end());
    std::vector<int64_t> borders;
    for (uint32_t r = 1; r < count; ++r) borders.push_back(seen[seen.size() * r / count]);
    borders.erase(std::unique(borders.begin(), borders.end()), borders.end());
    std::vector<uint32_t> rangeOf(trace.keys);
    for (size_t k = 0; k < trace.keys; ++k)
        rangeOf[k] = static_cast<uint32_t>(std::upper_bound(borders.begin(), borders.end(), trace.values[k]) - borders.begin());
    WindowedItems items;
    items.count = count;
    items.accesses.reserve(trace.accesses.size());
    for (const uint32_t key : trace.accesses) items.accesses.push_back(rangeOf[key]);
    std::vector<int64_t> places(count);
    std::iota(places.begin(), places.end(), 0);
    items.neighbours = neighboursByValue(places);
    return items;
}

}  // namespace

Result<HotspotEvaluation> evaluateHotspots(const Trace& trace, const HotspotProtocol& protocol, Job& job) {
    const auto start = Clock::now();
    if (protocol.windows < 4 || protocol.testFrom < 2 || protocol.testFrom >= protocol.windows || protocol.refitEvery == 0 || protocol.rangeCount < 2)
        return Error{ErrorCategory::usage, "There must be at least four windows, of which the first two are not tested.", "Leave the windows as they are.", {}};
    if (trace.accesses.size() < protocol.windows * leastAccesses)
        return Error{ErrorCategory::format, "The trace has " + std::to_string(trace.accesses.size()) + " accesses, too few to cut into " + std::to_string(protocol.windows) + " windows.", "Give a longer trace.", {}};
    if (protocol.ranges && trace.values.empty()) return Error{ErrorCategory::format, "Ranges need keys that are numbers.", "Evaluate keys instead.", {}};
    const size_t known = trace.accesses.size() / protocol.windows * protocol.testFrom;
    HotspotEvaluation evaluation;
    evaluation.accesses = trace.accesses.size();
    WindowedItems items = protocol.ranges ? rangesOf(trace, known, protocol.rangeCount) : keysOf(trace);
    evaluation.items = protocol.ranges ? protocol.rangeCount : size_t{*std::max_element(trace.accesses.begin(), trace.accesses.begin() + static_cast<std::ptrdiff_t>(known))} + 1;
    const double share = protocol.share > 0 ? protocol.share : protocol.ranges ? 0.05 : 0.01;
    evaluation.hot = std::max<size_t>(1, static_cast<size_t>(std::ceil(share * static_cast<double>(evaluation.items))));
    const size_t length = trace.accesses.size() / protocol.windows;
    for (uint32_t w = 1; w <= protocol.windows; ++w) items.ends.push_back(w == protocol.windows ? trace.accesses.size() : w * length);
    const VotingOptions options{evaluation.hot, protocol.testFrom, protocol.refitEvery, true, protocol.seed, protocol.threads};
    HotspotVoting voting(items, options, job);
    FS_ASSIGN(evaluation.rows, voting.measure());
    evaluation.seconds = secondsSince(start);
    return evaluation;
}

}  // namespace foreshard::models
