#include "core/advisor/shard_range.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/advisor/decisions.h"

namespace foreshard::advisor {

namespace {

// The same yardstick for every number of shards, see adviseRange().
void measureAgainst(uint32_t fewest, const ObjectiveWeights& weights, RankedDesign& ranked) {
    const auto& names = namedWeights();
    const auto peak = std::find_if(names.begin(), names.end(), [](const NamedWeight& each) { return each.value == &ObjectiveWeights::peakWork; }) - names.begin();
    if (ranked.parts.size() <= static_cast<size_t>(peak) || weights.peakWork <= 0) return;
    double& part = ranked.parts[static_cast<size_t>(peak)];
    const double work = part + weights.peakWork, relief = work * (1 - static_cast<double>(fewest) / ranked.design.shards);
    part -= relief;
    ranked.objective -= relief;
}

void addLimits(const std::vector<std::string>& fresh, std::vector<std::string>& limits) {
    for (const auto& limit : fresh)
        if (std::find(limits.begin(), limits.end(), limit) == limits.end()) limits.push_back(limit);
}

// The first designs of one number of shards; what beats a runner-up stands before it.
void take(Advice advice, size_t most, std::vector<RankedDesign>& out) {
    std::vector<std::pair<std::string, std::string>> names;   // the id that it had, and that it has for now
    for (auto& ranked : advice.designs) {
        const bool drawn = drawnByHand(ranked.design);
        if (drawn ? std::any_of(out.begin(), out.end(), [&](const auto& other) { return other.design.id == ranked.design.id; }) : most == 0) continue;
        if (!drawn) --most;
        names.emplace_back(ranked.design.id, drawn ? ranked.design.id : fmt::format("{}/{}", ranked.design.shards, ranked.design.id));
        ranked.design.id = names.back().second;
        for (const auto& [before, now] : names)
            if (ranked.beatenBy == before) ranked.beatenBy = now;
        out.push_back(std::move(ranked));
    }
}

// Numbers the designs anew, in their order.
void number(Advice& advice) {
    std::vector<std::pair<std::string, std::string>> names;
    for (size_t i = 0; i < advice.designs.size(); ++i) {
        auto& ranked = advice.designs[i];
        ranked.rank = static_cast<uint32_t>(i) + 1;
        names.emplace_back(ranked.design.id, drawnByHand(ranked.design) ? ranked.design.id : fmt::format("d{}", ranked.rank));
        if (!drawnByHand(ranked.design)) ranked.design.name += fmt::format(", {} shards", ranked.design.shards);
    }
    const auto renamed = [&](const std::string& id) {
        const auto found = std::find_if(names.begin(), names.end(), [&](const auto& each) { return each.first == id; });
        return found == names.end() ? std::string() : found->second;
    };
    for (auto& ranked : advice.designs) {
        ranked.beatenBy = renamed(ranked.beatenBy);
        ranked.design.id = renamed(ranked.design.id);
    }
    for (auto& point : advice.turningPoints) point.winner = renamed(point.winner);
    std::erase_if(advice.turningPoints, [](const TurningPoint& point) { return point.winner.empty(); });
}

}  // namespace

Result<Advice> adviseRange(const workload::Workload& workload, const Options& options, Job& job) {
    const uint32_t counts = options.shardsUpTo - options.shards + 1;
    if (counts > mostCounts)
        return Error{ErrorCategory::usage, fmt::format("{} to {} are {} numbers of shards.", options.shards, options.shardsUpTo, counts), fmt::format("Ask for at most {} at once.", mostCounts), {}};
    Advice out;
    std::vector<std::pair<std::string, std::vector<TurningPoint>>> turningPoints;   // by the first design of each number
    for (uint32_t shards = options.shards; shards <= options.shardsUpTo; ++shards) {
        Options one = options;
        one.shards = shards;
        one.shardsUpTo = 0;
        one.timeLimitSeconds = options.timeLimitSeconds / counts;
        FS_ASSIGN(Advice advice, advise(workload, one, job));
        addLimits(advice.limits, out.limits);
        out.searched = advice.searched;
        out.heldOut = advice.heldOut;
        out.workloadFingerprint = advice.workloadFingerprint;
        out.weights = advice.weights;
        out.evaluations += advice.evaluations;
        out.secondsToBest = std::max(out.secondsToBest, advice.secondsToBest);
        turningPoints.emplace_back(advice.designs.empty() ? std::string() : fmt::format("{}/{}", shards, advice.designs.front().design.id), std::vector<TurningPoint>());
        for (auto point : advice.turningPoints) {
            point.winner = fmt::format("{}/{}", shards, point.winner);
            turningPoints.back().second.push_back(std::move(point));
        }
        take(std::move(advice), std::max<size_t>(1, 2 * options.maxDesigns / counts), out.designs);
    }
    for (auto& ranked : out.designs) measureAgainst(options.shards, out.weights, ranked);
    std::stable_sort(out.designs.begin(), out.designs.end(), [](const RankedDesign& a, const RankedDesign& b) {
        return std::pair(drawnByHand(a.design), a.objective) < std::pair(drawnByHand(b.design), b.objective);
    });
    for (auto& [id, points] : turningPoints)
        if (!out.designs.empty() && id == out.designs.front().design.id) out.turningPoints = std::move(points);
    number(out);
    return out;
}

}  // namespace foreshard::advisor
