#include "core/workload/sample.h"

#include <algorithm>
#include <bit>

namespace foreshard::workload {

namespace {

constexpr uint32_t mostJoined = 40;

struct Group {
    uint32_t bucket = 0;
    bool aborted = false;
    int64_t hours = 0;
    auto operator<=>(const Group&) const = default;
};

Group groupOf(const StratumKey& key, uint32_t joined) { return {key.bucket, key.aborted, key.hour >> joined}; }

// An upper bound of the calls that this level keeps.
uint64_t callsAt(const Strata& strata, const SampleLevel& level) {
    uint64_t sum = 0;
    if (level.joined == 0) {
        for (const auto& [key, stratum] : strata) sum += std::min<uint64_t>(stratum.count, level.keep) * stratum.maxCalls;
        return sum;
    }
    std::map<Group, uint32_t> largest;
    for (const auto& [key, stratum] : strata) {
        auto& most = largest[groupOf(key, level.joined)];
        most = std::max(most, stratum.maxCalls);
    }
    for (const auto& [group, most] : largest) sum += most;
    return sum;
}

bool byHash(const SamplePart& a, const SamplePart& b) { return a.hash < b.hash; }

}  // namespace

SampleLevel sampleLevel(const Strata& strata, const PartialOptions& options) {
    SampleLevel level{std::max(1u, options.samplePerStratum), 0};
    while (callsAt(strata, level) > options.sampleCalls && level.joined < mostJoined) {
        if (level.keep > 1) level.keep /= 2;
        else ++level.joined;
    }
    return level;
}

void pruneSamples(Strata& strata, const SampleLevel& level) {
    std::map<Group, uint64_t> smallest;
    for (auto& [key, stratum] : strata) {
        std::sort(stratum.samples.begin(), stratum.samples.end(), byHash);
        if (stratum.samples.size() > level.keep) stratum.samples.resize(level.keep);
        if (level.joined == 0 || stratum.samples.empty()) continue;
        const auto [place, fresh] = smallest.try_emplace(groupOf(key, level.joined), stratum.samples[0].hash);
        if (!fresh) place->second = std::min(place->second, stratum.samples[0].hash);
    }
    if (level.joined == 0) return;
    for (auto& [key, stratum] : strata)
        if (!stratum.samples.empty() && stratum.samples[0].hash != smallest[groupOf(key, level.joined)]) stratum.samples.clear();
}

void mergeStrata(Strata& into, Strata&& from) {
    for (auto& [key, stratum] : from) {
        auto& sum = into[key];
        sum.count += stratum.count;
        sum.weight += stratum.weight;
        sum.maxCalls = std::max(sum.maxCalls, stratum.maxCalls);
        std::move(stratum.samples.begin(), stratum.samples.end(), std::back_inserter(sum.samples));
    }
}

bool SampleTally::count(const StratumKey& key, uint64_t hash, Weight weight, uint32_t calls) {
    auto& stratum = strata_[key];
    ++stratum.count;
    stratum.weight += weight;
    stratum.maxCalls = std::max(stratum.maxCalls, calls);
    return stratum.samples.size() < keep_ || hash < stratum.samples.front().hash;
}

void SampleTally::keep(const StratumKey& key, SamplePart part, uint32_t calls) {
    auto& samples = strata_[key].samples;
    samples.push_back(std::move(part));
    std::push_heap(samples.begin(), samples.end(), byHash);
    if (samples.size() > keep_) {
        std::pop_heap(samples.begin(), samples.end(), byHash);
        samples.pop_back();
    } else {
        callsKept_ += calls;
    }
    if (callsKept_ > pruneAt_) prune();
}

void SampleTally::prune() {
    const auto level = sampleLevel(strata_, options_);
    keep_ = level.keep;
    pruneSamples(strata_, level);
    callsKept_ = 0;
    for (auto& [key, stratum] : strata_) {
        callsKept_ += stratum.samples.size() * stratum.maxCalls;
        std::make_heap(stratum.samples.begin(), stratum.samples.end(), byHash);
    }
    pruneAt_ = std::max(2 * options_.sampleCalls, 2 * callsKept_);
}

Strata SampleTally::finish() {
    pruneSamples(strata_, sampleLevel(strata_, options_));
    callsKept_ = 0;
    keep_ = options_.samplePerStratum;
    return std::exchange(strata_, {});
}

}  // namespace foreshard::workload
