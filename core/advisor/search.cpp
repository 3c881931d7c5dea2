#include "core/advisor/search.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "core/advisor/steering.h"
#include "core/base/hash.h"

namespace foreshard::advisor {

using sharding::Strategy;
using workload::TableId;

PlanEvaluator::PlanEvaluator(const Candidates& candidates, const cost::Basis& basis, const ObjectiveWeights& weights)
    : candidates_(candidates), basis_(basis), weights_(weights), evaluator_(basis, candidates.shards), plan_(emptyPlan(candidates)) {}

void PlanEvaluator::set(TableId table, Choice choice) {
    if (plan_.choices[table] == choice) return;
    plan_.choices[table] = choice;
    const Placed place = placed(candidates_, plan_, table);
    evaluator_.set(table, place.design, place.slots, place.lookups);
}

void PlanEvaluator::setShape(uint32_t classId, uint32_t shape) {
    if (plan_.shapes[classId] == shape) return;
    plan_.shapes[classId] = shape;
    for (TableId id = 0; id < plan_.choices.size(); ++id) {
        const auto* column = columnOf(candidates_, id, plan_.choices[id]);
        if (!column || column->classId != classId) continue;
        const Placed place = placed(candidates_, plan_, id);
        evaluator_.set(id, place.design, place.slots, place.lookups);
    }
}

void PlanEvaluator::set(const Plan& plan) {
    for (uint32_t id = 0; id < plan.shapes.size(); ++id) setShape(id, plan.shapes[id]);
    for (TableId id = 0; id < plan.choices.size(); ++id) set(id, plan.choices[id]);
}

double PlanEvaluator::shareWithoutLookups(TableId table) {
    const Placed place = placed(candidates_, plan_, table);
    evaluator_.set(table, place.design, place.slots);
    const auto sums = evaluator_.sums();
    evaluator_.set(table, place.design, place.slots, place.lookups);
    ++evaluations_;
    return sums.transactions > 0 ? static_cast<double>(sums.multiShard) / static_cast<double>(sums.transactions) : 0;
}

Cost PlanEvaluator::cost() {
    ++evaluations_;
    Cost cost = costOf(evaluator_, basis_, weights_);
    if (candidates_.steered) cost.total += unkeptCost * static_cast<double>(unkept(candidates_, plan_));
    return cost;
}

namespace {

// Smaller differences are noise of summation.
constexpr double gain = 1e-9;
constexpr size_t classStarts = 12;
constexpr int uselessRounds = 8;
constexpr size_t askedClasses = 4;

class Searcher {
public:
    Searcher(const Candidates& candidates, const cost::Basis& basis, const ObjectiveWeights& weights, const SearchLimits& limits, Job& job)
        : candidates_(candidates), limits_(limits), job_(job), random_(limits.seed), current_(candidates, basis, weights), started_(Clock::now()) {}

    Result<SearchResult> run() {
        job_.beginPass("searching designs", limits_.maxEvaluations, "evaluations");
        for (const auto& start : starts()) {
            FS_TRY(descend(start.plan, start.kept));
            if (!start.kept.empty()) FS_TRY(descend(current_.plan(), {}));
        }
        FS_TRY(neighbourhoods());
        FS_TRY(alternatives());
        SearchResult result;
        for (auto& [key, found] : found_) result.plans.push_back(std::move(found));
        std::stable_sort(result.plans.begin(), result.plans.end(), [](const auto& a, const auto& b) { return a.cost.total < b.cost.total; });
        result.evaluations = current_.evaluations();
        result.secondsToBest = secondsToBest_;
        job_.progress(limits_.maxEvaluations);
        return result;
    }

    Result<FoundPlan> polish(const Plan& plan) {
        FS_TRY(descend(plan, {}));
        return *best_;
    }

private:
    using Clock = std::chrono::steady_clock;
    struct Start {
        Plan plan;
        std::set<TableId> kept;      // tables that the first descent leaves as they are
    };

    double seconds() const { return std::chrono::duration<double>(Clock::now() - started_).count(); }
    // Ends what is under way by itself, and is no error.
    bool told() const { return limits_.keepWhenStopped && best_ && job_.stopRequested(); }
    Status checkpoint() const { return told() ? Status() : job_.checkpoint(); }
    bool exhausted() const {
        return told() || current_.evaluations() >= limits_.maxEvaluations || (limits_.timeLimitSeconds > 0 && seconds() > limits_.timeLimitSeconds);
    }

    std::vector<Start> starts() const {
        // Tables that no statement uses stay as they are (placed after the search).
        const Plan allowed = allowedPlan(candidates_);
        std::vector<Start> starts{{allowed, {}}};
        for (const TableId id : candidates_.order)
            if (!candidates_.tables[id].columns.empty()) starts[0].plan.choices[id] = choicesOf(candidates_.tables[id]).front();
        for (uint32_t classId = 0; classId < std::min(candidates_.classes.size(), classStarts); ++classId) {
            Start start{allowed, {}};
            for (const TableId id : candidates_.order) {
                const auto& table = candidates_.tables[id];
                if (table.pin) continue;
                const auto column = std::find_if(table.columns.begin(), table.columns.end(), [&](const auto& c) { return c.classId == classId; });
                if (column == table.columns.end()) {
                    if (table.reads > 4 * table.writes && mayBeCopied(table)) start.plan.choices[id] = {Strategy::reference, noColumn};
                    continue;
                }
                start.plan.choices[id] = {Strategy::hash, static_cast<uint32_t>(column - table.columns.begin())};
                start.kept.insert(id);
            }
            if (!start.kept.empty()) starts.push_back(std::move(start));
        }
        starts.push_back({allowed, {}});
        if (const Plan today = todaysPlan(candidates_); !(today == allowed)) starts.push_back({today, {}});
        return starts;
    }

    void remember(const Cost& cost) {
        const auto key = std::pair(current_.plan().choices, current_.plan().shapes);
        found_.try_emplace(key, FoundPlan{current_.plan(), cost});
        if (best_ && cost.total >= best_->cost.total - gain) return;
        best_ = FoundPlan{current_.plan(), cost};
        secondsToBest_ = seconds();
        if (limits_.better) limits_.better(current_, cost, secondsToBest_);
    }

    // Table by table the best choice, until a sweep changes nothing.
    Status descend(const Plan& from, const std::set<TableId>& kept) {
        current_.set(from);
        Cost cost = current_.cost();
        for (bool changed = true; changed && !exhausted();) {
            changed = false;
            for (const TableId id : candidates_.order) {
                if (kept.contains(id) || exhausted()) continue;
                FS_TRY(checkpoint());
                changed = improve(id, cost) || changed;
            }
            for (uint32_t classId = 0; classId < candidates_.classes.size() && !exhausted(); ++classId) changed = flip(classId, cost) || changed;
            job_.progress(current_.evaluations());
        }
        remember(cost);
        return {};
    }

    bool improve(TableId id, Cost& cost) {
        const Choice before = current_.plan().choices[id];
        Choice best = before;
        Cost bestCost = cost;
        for (const Choice& choice : choicesOf(candidates_.tables[id])) {
            if (choice == before || forbidden(id, choice)) continue;
            current_.set(id, choice);
            const Cost tried = current_.cost();
            if (tried.total >= bestCost.total - gain) continue;
            best = choice;
            bestCost = tried;
        }
        current_.set(id, best);
        cost = bestCost;
        return best != before;
    }

    // Another shape of a class: ranges where range conditions say that they could matter, names where a key is heavy, splits where
    // one is too hot; a ring where one is there today, or is asked for.
    std::vector<uint32_t> shapesOf(uint32_t classId) const {
        const ColumnClass& each = candidates_.classes[classId];
        std::vector<uint32_t> shapes{hashShape};
        if (each.ranges.size() >= 2 && (rangesMatter(classId) || askedFor(classId, rangeShape))) shapes.push_back(rangeShape);
        if (!each.ring.weights.empty() && (!each.todaysRing.weights.empty() || askedFor(classId, ringShape))) shapes.push_back(ringShape);
        if (!each.directory.entries.empty()) shapes.push_back(directoryShape);
        for (uint32_t i = 0; i < each.splits.size(); ++i) shapes.push_back(splitShape + i);
        return shapes;
    }

    bool flip(uint32_t classId, Cost& cost) {
        const auto shapes = shapesOf(classId);
        if (shapes.size() < 2 || keptShape_ == classId || !inUse(classId)) return false;
        const uint32_t before = current_.plan().shapes[classId];
        uint32_t best = before;
        for (const uint32_t shape : shapes) {
            if (shape == before) continue;
            current_.setShape(classId, shape);
            const Cost tried = current_.cost();
            if (tried.total >= cost.total - gain) continue;
            best = shape;
            cost = tried;
        }
        current_.setShape(classId, best);
        return best != before;
    }

    bool inUse(uint32_t classId) const {
        for (TableId id = 0; id < candidates_.tables.size(); ++id)
            if (const auto* column = columnOf(candidates_, id, current_.plan().choices[id]); column && column->classId == classId) return true;
        return false;
    }

    // A table of the class is pinned to this shape, or may not have the usual one.
    bool askedFor(uint32_t classId, uint32_t shape) const {
        if (!candidates_.steered) return false;
        for (TableId id = 0; id < candidates_.tables.size(); ++id) {
            const auto* column = columnOf(candidates_, id, current_.plan().choices[id]);
            const auto& table = candidates_.tables[id];
            if (column && column->classId == classId && (table.pinnedShape == shape || table.forbidden.contains(shapeWord(hashShape)))) return true;
        }
        return false;
    }

    bool rangesMatter(uint32_t classId) const {
        for (TableId id = 0; id < candidates_.tables.size(); ++id) {
            const auto* column = columnOf(candidates_, id, current_.plan().choices[id]);
            if (column && column->classId == classId && column->rangeShare > 0) return true;
        }
        return false;
    }

    // Frees some tables of the best plan, linked ones together, and descends again.
    Status neighbourhoods() {
        for (int useless = 0; useless < uselessRounds && !exhausted() && best_ && candidates_.order.size() > 1;) {
            const double before = best_->cost.total;
            Plan plan = best_->plan;
            for (const TableId id : neighbourhood()) {
                const auto choices = choicesOf(candidates_.tables[id]);
                plan.choices[id] = choices[random_.below(choices.size())];
            }
            FS_TRY(descend(plan, {}));
            useless = best_->cost.total < before - gain ? 0 : useless + 1;
        }
        return {};
    }

    bool forbidden(TableId id, const Choice& choice) const {
        if (choice.strategy == Strategy::reference) return copiesForbidden_;
        const auto* column = columnOf(candidates_, id, choice);
        return column && forbiddenClass_ && column->classId == *forbiddenClass_;
    }

    // The best plans without the keys that the best plan uses most, without copies, and with hot keys divided.
    Status alternatives() {
        if (!best_) return {};
        const Plan best = best_->plan;
        std::map<uint32_t, double> used;
        for (const TableId id : candidates_.order)
            if (const auto* column = columnOf(candidates_, id, best.choices[id])) used[column->classId] += candidates_.tables[id].reads + candidates_.tables[id].writes;
        std::vector<std::pair<double, uint32_t>> classes;
        for (const auto& [classId, accesses] : used) classes.emplace_back(-accesses, classId);
        std::sort(classes.begin(), classes.end());
        if (classes.size() > askedClasses) classes.resize(askedClasses);
        for (const auto& [accesses, classId] : classes) {
            forbiddenClass_ = classId;
            FS_TRY(without(best));
        }
        forbiddenClass_.reset();
        copiesForbidden_ = true;
        FS_TRY(without(best));
        copiesForbidden_ = false;
        // And what with a key that is too hot for one shard divided, whatever that costs?
        for (const auto& [accesses, classId] : classes)
            for (uint32_t i = 0; i < (classId < candidates_.classes.size() ? candidates_.classes[classId].splits.size() : 0); ++i) FS_TRY(withShape(best, classId, splitShape + i));
        // Where the number of shards changes: what with a ring, or without the one that is there?
        for (const auto& [accesses, classId] : classes) {
            if (candidates_.growsFrom == 0 || classId >= candidates_.classes.size() || candidates_.classes[classId].ring.weights.empty()) continue;
            FS_TRY(withShape(best, classId, best.shapes[classId] == ringShape ? hashShape : ringShape));
        }
        return {};
    }

    Status withShape(Plan plan, uint32_t classId, uint32_t shape) {
        if (plan.shapes[classId] == shape) return {};
        keptShape_ = classId;
        plan.shapes[classId] = shape;
        const Status status = descend(plan, {});
        keptShape_.reset();
        return status;
    }

    // Tables whose choice is forbidden now take their next one, and the plan descends from there.
    Status without(Plan plan) {
        bool changed = false;
        for (const TableId id : candidates_.order) {
            if (!forbidden(id, plan.choices[id])) continue;
            const auto choices = choicesOf(candidates_.tables[id]);
            const auto next = std::find_if(choices.begin(), choices.end(), [&](const Choice& choice) { return !forbidden(id, choice); });
            if (next == choices.end()) return {};     // pinned
            plan.choices[id] = *next;
            changed = true;
        }
        return changed ? descend(plan, {}) : Status();
    }

    std::vector<TableId> neighbourhood() {
        std::vector<TableId> tables{candidates_.order[random_.below(candidates_.order.size())]};
        const size_t wanted = 2 + random_.below(3);
        for (const auto& link : candidates_.links) {
            const TableId a = tableOf(link.left), b = tableOf(link.right);
            const TableId other = a == tables[0] ? b : b == tables[0] ? a : tables[0];
            if (tables.size() < wanted && candidates_.tables[other].used && std::find(tables.begin(), tables.end(), other) == tables.end()) tables.push_back(other);
        }
        return tables;
    }

    TableId tableOf(workload::ColumnId column) {
        if (tableOfColumn_.empty())
            for (TableId id = 0; id < candidates_.tables.size(); ++id)
                for (const auto& each : candidates_.tables[id].columns) tableOfColumn_[each.id] = id;
        const auto found = tableOfColumn_.find(column);
        return found == tableOfColumn_.end() ? candidates_.order.front() : found->second;
    }

    const Candidates& candidates_;
    SearchLimits limits_;
    Job& job_;
    Random random_;
    PlanEvaluator current_;
    Clock::time_point started_;
    std::map<std::pair<std::vector<Choice>, std::vector<uint32_t>>, FoundPlan> found_;
    std::optional<FoundPlan> best_;
    std::optional<uint32_t> forbiddenClass_;
    std::optional<uint32_t> keptShape_;      // class whose shape stays as it is
    bool copiesForbidden_ = false;
    double secondsToBest_ = 0;
    std::map<workload::ColumnId, TableId> tableOfColumn_;
};

}  // namespace

Result<SearchResult> search(const Candidates& candidates, const cost::Basis& basis, const ObjectiveWeights& weights, const SearchLimits& limits, Job& job) {
    return Searcher(candidates, basis, weights, limits, job).run();
}

Result<FoundPlan> polish(const Candidates& candidates, const cost::Basis& basis, const ObjectiveWeights& weights, const Plan& plan, double timeLimitSeconds, Job& job) {
    return Searcher(candidates, basis, weights, {.timeLimitSeconds = timeLimitSeconds}, job).polish(plan);
}

Result<std::vector<FoundPlan>> neighbours(const Candidates& candidates, const cost::Basis& basis, const ObjectiveWeights& weights, const Plan& plan, size_t most, Job& job) {
    PlanEvaluator evaluator(candidates, basis, weights);
    evaluator.set(plan);
    std::vector<FoundPlan> found;
    for (const TableId id : candidates.order) {
        FS_TRY(job.checkpoint());
        for (const Choice& choice : choicesOf(candidates.tables[id])) {
            if (choice == plan.choices[id]) continue;
            evaluator.set(id, choice);
            found.push_back({evaluator.plan(), evaluator.cost()});
        }
        evaluator.set(id, plan.choices[id]);
    }
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.cost.total < b.cost.total; });
    if (found.size() > most) found.resize(most);
    return found;
}

}  // namespace foreshard::advisor
