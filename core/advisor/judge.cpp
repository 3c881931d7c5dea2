#include "core/advisor/judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/advisor/candidates.h"
#include "core/advisor/constraints.h"
#include "core/advisor/decisions.h"
#include "core/base/units.h"
#include "core/cost/projection.h"

namespace foreshard::advisor {

namespace {

std::string reasonOf(const sharding::Design& design, const Scores& scores) {
    std::string key;
    size_t ranges = 0;
    for (const auto& table : design.tables) {
        if (table.strategy != sharding::Strategy::range || table.key.empty()) continue;
        if (ranges++ == 0) key = table.key.front().expression;
    }
    std::string text = fmt::format("Drawn by hand on {} shards", design.shards);
    if (ranges > 0) text += fmt::format(": {} by ranges of {}", ranges == 1 ? "one table" : fmt::format("{} tables", ranges), key);
    if (scores.multiShardShare) text += fmt::format("; {} of transactions cross shards", formatShare(*scores.multiShardShare));
    return text + ".";
}

bool comparable(const Scores& scores) { return scores.multiShardShare && scores.multiShardWriteShare; }

}  // namespace

bool beats(const Scores& a, const Scores& b) {
    if (!comparable(a) || !comparable(b)) return false;
    constexpr double noise = 1e-9, clearShare = 0.005, clearLoad = 0.05;   // as runner-ups are told, see shortlist.cpp
    const double reads = (*a.multiShardShare - *a.multiShardWriteShare) - (*b.multiShardShare - *b.multiShardWriteShare);
    const double writes = *a.multiShardWriteShare - *b.multiShardWriteShare, load = a.loadMaxOverMean.value_or(1) - b.loadMaxOverMean.value_or(1);
    return std::max({reads, writes, load}) <= noise && (std::min(reads, writes) <= -clearShare || load <= -clearLoad);
}

Scores scoresOf(const cost::Evaluator& evaluator, bool unknown) {
    Scores scores;
    const auto& sums = evaluator.sums();
    const auto storage = evaluator.storage();
    std::vector<double> rows;
    for (const auto& value : std::all_of(storage.bytes.begin(), storage.bytes.end(), [](const auto& b) { return b.has_value(); }) ? storage.bytes : storage.rows)
        if (value) rows.push_back(*value);
    if (rows.size() == evaluator.shards()) scores.storageMaxOverMean = cost::maxOverMean(rows);
    if (unknown || sums.transactions <= 0) return scores;
    if (evaluator.shards() <= countingSlots) scores.loadMaxOverMean = cost::maxOverMean(evaluator.loadByShard());
    scores.multiShardShare = static_cast<double>(sums.multiShard) / static_cast<double>(sums.transactions);
    scores.multiShardWriteShare = static_cast<double>(sums.multiShardWrite) / static_cast<double>(sums.transactions);
    return scores;
}

Result<RankedDesign> judged(const Judging& on, sharding::Design design) {
    if (const auto wrong = sharding::validate(design); !wrong.empty())
        return Error{ErrorCategory::usage, fmt::format("The design “{}” cannot be used: {}", design.name, wrong.front()), "Draw it again.", {}};
    const auto& known = on.workload.facts->schema.tables;
    for (const auto& table : design.tables)
        if (std::none_of(known.begin(), known.end(), [&](const auto& each) { return each.qualifiedName() == table.table; }))
            return Error{ErrorCategory::usage, fmt::format("The design “{}” has a table {} that the schema lacks.", design.name, table.table), "Draw it again.", {}};
    RankedDesign ranked;
    cost::Evaluator evaluator(on.earlier, design.shards);
    evaluator.set(design);
    ranked.objective = costOf(evaluator, on.earlier, on.weights).total;
    ranked.parts = partsOf(evaluator, on.earlier, on.weights);
    ranked.scores = scoresOf(evaluator, on.unknown);
    if (on.earlier.movement) ranked.movedShare = evaluator.movedShare();
    if (on.later) {
        cost::Evaluator later(*on.later, design.shards);
        later.set(design);
        ranked.heldOut = scoresOf(later, on.unknown);
    }
    ranked.reason = reasonOf(design, ranked.scores);
    ranked.constraints = constraintReport(on.workload.facts->schema, design);
    ranked.design = std::move(design);
    return ranked;
}

Status addDrawn(const Judging& on, const std::vector<sharding::Design>& drawn, Advice& advice) {
    for (const auto& design : drawn) {
        Result<RankedDesign> ranked = judged(on, design);
        if (!ranked) {
            advice.limits.push_back(ranked.error().message);
            continue;
        }
        ranked->rank = static_cast<uint32_t>(advice.designs.size()) + 1;
        ranked->onFront = comparable(ranked->scores);
        for (auto& other : advice.designs) {
            if (!comparable(other.scores) || !ranked->onFront) continue;
            if (beats(other.scores, ranked->scores)) ranked->onFront = false;
            if (beats(ranked->scores, other.scores)) other.onFront = false;
        }
        advice.designs.push_back(std::move(*ranked));
    }
    return {};
}

std::optional<Advice> reranked(const Advice& advice, const ObjectiveWeights& weights) {
    Advice out = advice;
    out.weights = weights;
    const auto& names = namedWeights();
    for (auto& ranked : out.designs) {
        if (ranked.parts.empty()) continue;            // nothing was evaluated: its place does not rest on weights
        if (ranked.parts.size() != names.size()) return std::nullopt;
        for (size_t i = 0; i < names.size(); ++i) {
            const double before = advice.weights.*names[i].value, now = weights.*names[i].value;
            if (before == now) continue;
            if (before <= 0) return std::nullopt;      // what it would add was never counted
            ranked.objective += ranked.parts[i] * (now / before - 1);
            ranked.parts[i] *= now / before;
        }
    }
    std::stable_sort(out.designs.begin(), out.designs.end(), [](const RankedDesign& a, const RankedDesign& b) {
        return std::pair(drawnByHand(a.design), a.objective) < std::pair(drawnByHand(b.design), b.objective);
    });
    for (size_t i = 0; i < out.designs.size(); ++i) out.designs[i].rank = static_cast<uint32_t>(i) + 1;
    return out;
}

}  // namespace foreshard::advisor
