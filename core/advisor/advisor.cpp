#include "core/advisor/advisor.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "core/advisor/crossing.h"
#include "core/advisor/explain.h"
#include "core/advisor/halves.h"
#include "core/advisor/judge.h"
#include "core/advisor/offers.h"
#include "core/advisor/regret.h"
#include "core/advisor/shard_range.h"
#include "core/advisor/shortlist.h"
#include "core/advisor/steering.h"
#include "core/cost/projection.h"

namespace foreshard::advisor {

using sharding::Design;
using sharding::Strategy;
using workload::TableId;
using workload::Workload;

namespace {

// The search works on at most so many transactions; the best plan is gone over again on all.
constexpr size_t searchedTransactions = 4'000;

class Advisor {
public:
    Advisor(const Workload& workload, const Options& options, Job& job) : workload_(workload), options_(options), job_(job) {}

    Result<Advice> run() {
        if (workload_.facts->schema.tables.empty()) return Error{ErrorCategory::usage, "The workload holds no table to advise on.", "Read a schema, and a log with statements.", {}};
        advice_.workloadFingerprint = workload_.fingerprint();
        advice_.weights = weights_;
        advice_.limits = limitsOf(*workload_.facts);
        halves_ = halvesOf(workload_, advice_.limits);
        advice_.searched = halves_.searched;
        advice_.heldOut = halves_.heldOut;
        job_.beginPass("reading the earlier half");
        FS_TRY(makeBases());
        FS_ASSIGN(candidates_, findCandidates(workload_, *basis_, searchOptions()));
        say(candidates_.limits);
        say(undecidedOf(workload_, candidates_, options_.shards));
        FS_ASSIGN(std::vector<FoundPlan> plans, findPlans());
        say(saysUnkept(candidates_, plans.front().plan));
        job().beginPass("ranking designs");
        FS_TRY(rank(std::move(plans)));
        const Judging on{workload_, *basis_, later_.get(), weights_, candidates_.idle || cost::sharesUnknown(*workload_.facts)};
        FS_TRY(addDrawn(on, options_.drawn, advice_));
        return std::move(advice_);
    }

private:
    cost::Basis::Options earlier(size_t limit = 0) const {
        auto options = halves_.earlier(options_.today ? &*options_.today : nullptr, limit);
        if (!options_.expectedRows.empty()) options.expectedRows = &options_.expectedRows;
        return options;
    }

    Status makeBases() {
        FS_ASSIGN(basis_, cost::Basis::make(workload_, job_, earlier()));
        if (basis_->sample->transactions().size() > searchedTransactions) {
            FS_ASSIGN(thin_, cost::Basis::make(workload_, job_, earlier(searchedTransactions)));
        }
        if (!halves_.heldOut.empty()) {
            FS_ASSIGN(later_, cost::Basis::make(workload_, job_, halves_.later()));
        }
        return {};
    }

    const cost::Basis& searchBasis() const { return thin_ ? *thin_ : *basis_; }

    void say(const std::vector<std::string>& limits) { advice_.limits.insert(advice_.limits.end(), limits.begin(), limits.end()); }

    // Shares of transactions hardly change past as many shards as there are counting slots, and no load can be told apart.
    Options searchOptions() const {
        Options options = options_;
        options.shards = std::min(options.shards, countingSlots);
        return options;
    }

    Result<std::vector<FoundPlan>> findPlans() {
        if (options_.shards == 1) return std::vector<FoundPlan>{{allowedPlan(candidates_), {}}};
        if (candidates_.blind) return blindPlans();
        SearchLimits limits{options_.seed, options_.maxEvaluations, options_.timeLimitSeconds, options_.keepWhenStopped, {}};
        if (options_.better) limits.better = [this](const PlanEvaluator& best, const Cost& cost, double seconds) { tellBetter(best, cost, seconds); };
        FS_ASSIGN(SearchResult found, search(candidates_, searchBasis(), weights_, limits, job_));
        advice_.evaluations = found.evaluations;
        advice_.secondsToBest = found.secondsToBest;
        noteStop();
        // What is left of the time; a limit that is not reached changes nothing.
        const double left = options_.timeLimitSeconds - std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
        if (thin_ && !stopped_ && !found.plans.empty() && (options_.timeLimitSeconds <= 0 || left > 0)) {
            Result<FoundPlan> polished = polish(candidates_, *basis_, weights_, found.plans.front().plan, std::max(0.0, left), job_);
            if (!polished) noteStop();
            if (!polished && !stopped_) return polished.error();
            if (polished && !(polished->plan == found.plans.front().plan)) found.plans.insert(found.plans.begin(), std::move(*polished));
        }
        return choose(std::move(found.plans));
    }

    // From here on nothing but what is made of the plans that there are.
    void noteStop() {
        if (!options_.keepWhenStopped || !job_.stopRequested()) return;
        stopped_ = true;
        advice_.limits.push_back(fmt::format("The search was stopped after {} designs; the best of those are here, and a longer search may find better ones.", advice_.evaluations));
    }

    void tellBetter(const PlanEvaluator& best, const Cost& cost, double seconds) const {
        BestSoFar now{designOf(candidates_, searchBasis(), best.plan(), options_.shards), {}, cost.total, seconds, best.evaluations()};
        now.scores = scoresOf(best.evaluator(), candidates_.idle || cost::sharesUnknown(*workload_.facts));
        now.design.name = nameOf(workload_.facts->schema, candidates_, best.plan());
        options_.better(now);
    }

    // Where a stop ends the search alone, it does not end what is made of its result.
    Job& job() { return options_.keepWhenStopped ? unstopped_ : job_; }

    // Local optima and their neighbours; of these the ones worth showing.
    Result<std::vector<FoundPlan>> choose(std::vector<FoundPlan> plans) {
        const size_t wanted = std::max(1u, options_.maxDesigns);
        PlanEvaluator nothing(candidates_, searchBasis(), weights_);
        nothing.set(allowedPlan(candidates_));
        const double worst = nothing.cost().total;
        FS_ASSIGN(auto others, neighbours(candidates_, searchBasis(), weights_, plans.front().plan, 4 * wanted, job()));
        // Polished on the whole sample, the first one's cost is not comparable with the others'.
        PlanEvaluator first(candidates_, searchBasis(), weights_);
        first.set(plans.front().plan);
        plans.front().cost = first.cost();
        plans.insert(plans.end(), std::make_move_iterator(others.begin()), std::make_move_iterator(others.end()));
        // What people want stays so, wherever the best plan can keep it.
        const size_t most = unkept(candidates_, plans.front().plan);
        std::erase_if(plans, [&](const FoundPlan& found) { return unkept(candidates_, found.plan) > most; });
        std::stable_sort(plans.begin() + 1, plans.end(), [](const auto& x, const auto& y) { return x.cost.total < y.cost.total; });
        return shortlist(candidates_, plans, worst, wanted);
    }

    // Without key values nothing can be evaluated: for each class, its columns wherever a table has one; ranked by the
    // share of accesses whose text names the key, or of tables where no statement was logged.
    std::vector<FoundPlan> blindPlans() const {
        double all = 0;
        for (const auto& table : candidates_.tables) all += table.reads + table.writes;
        std::vector<FoundPlan> plans;
        for (uint32_t classId = 0; classId < candidates_.classes.size(); ++classId) {
            FoundPlan found{allowedPlan(candidates_), {}};
            double named = 0;
            for (TableId id = 0; id < candidates_.tables.size(); ++id) {
                const auto& table = candidates_.tables[id];
                if (table.pin || (all > 0 && !table.used)) continue;
                const auto column = std::find_if(table.columns.begin(), table.columns.end(), [&](const auto& c) { return c.classId == classId; });
                if (column == table.columns.end()) {
                    if (table.used && table.reads > 4 * table.writes && mayBeCopied(table)) found.plan.choices[id] = {Strategy::reference, noColumn};
                    continue;
                }
                found.plan.choices[id] = {Strategy::hash, static_cast<uint32_t>(column - table.columns.begin())};
                named += all > 0 ? column->share * (table.reads + table.writes) : 1;
            }
            const double whole = all > 0 ? all : static_cast<double>(candidates_.tables.size());
            found.cost.total = 1 - named / whole + unkeptCost * static_cast<double>(unkept(candidates_, found.plan));
            plans.push_back(std::move(found));
        }
        if (plans.empty()) plans.push_back({allowedPlan(candidates_), {}});
        std::stable_sort(plans.begin(), plans.end(), [](const auto& a, const auto& b) { return a.cost.total < b.cost.total; });
        return plans;
    }

    // A table in no statement goes with the table that a foreign key ties it to.
    void placeUnused(Plan& plan) const {
        const auto& tables = workload_.facts->schema.tables;
        for (int round = 0; round < 3; ++round)
            for (TableId id = 0; id < tables.size(); ++id)
                for (const auto& link : candidates_.links) {
                    if (link.kind != LinkKind::foreignKey || candidates_.tables[id].used || candidates_.tables[id].pin || plan.choices[id].strategy == Strategy::hash) continue;
                    for (uint32_t i = 0; i < candidates_.tables[id].columns.size(); ++i) {
                        const auto own = candidates_.tables[id].columns[i].id;
                        if ((link.left == own && chosenSomewhere(plan, link.right)) || (link.right == own && chosenSomewhere(plan, link.left))) plan.choices[id] = {Strategy::hash, i};
                    }
                }
    }

    bool chosenSomewhere(const Plan& plan, workload::ColumnId column) const {
        const auto* key = columnOf(candidates_, workload_.facts->columns[column].table, plan.choices[workload_.facts->columns[column].table]);
        return key && key->id == column;
    }

    struct Entry {
        Plan plan;
        Design design;
        double objective = 0;
        Cost cost;
        Scores scores;
        std::vector<double> parts;           // of the objective
        bool asked = false;                  // stays in the list whatever beats it, see askedFor()
        std::optional<size_t> beatenBy;      // index of an entry that ranks above
    };

    // In the numbers that a list shows, `b` is nowhere clearly better than a design that ranks above it, and clearly worse.
    static bool shownWorse(const Entry& a, const Entry& b) {
        if (!a.scores.multiShardShare || !b.scores.multiShardShare || a.objective >= b.objective) return false;
        const auto asCost = [](const Entry& entry) {
            Cost cost = entry.cost;
            cost.writeVisits = *entry.scores.multiShardWriteShare;
            cost.readVisits = *entry.scores.multiShardShare - cost.writeVisits;
            cost.peakWork = entry.scores.loadMaxOverMean.value_or(1);
            return cost;
        };
        return dominates(asCost(a), asCost(b));
    }

    // Designs as they would really be dealt, evaluated on the whole earlier half; one for each set of keys.
    Result<std::vector<Entry>> entriesOf(std::vector<FoundPlan> plans) {
        std::vector<Entry> entries;
        std::set<std::string> seen;
        const bool unknown = candidates_.idle || cost::sharesUnknown(*workload_.facts);
        for (auto& found : plans) {
            FS_TRY(job().checkpoint());
            if (entries.size() >= std::max(1u, options_.maxDesigns)) break;
            Entry entry{std::move(found.plan), {}, found.cost.total, {}, {}, {}, false, {}};
            entry.asked = askedFor(candidates_, entry.plan);
            placeUnused(entry.plan);
            entry.design = designOf(candidates_, *basis_, entry.plan, options_.shards);
            if (!seen.insert(keySet(entry.design)).second) continue;
            cost::Evaluator evaluator(*basis_, options_.shards);
            evaluator.set(entry.design);
            if (!candidates_.blind) entry.cost = costOf(evaluator, *basis_, weights_);
            if (!candidates_.blind) entry.objective = entry.cost.total;
            if (!candidates_.blind) entry.parts = partsOf(evaluator, *basis_, weights_);
            entry.cost.movedShare = evaluator.movedShare();
            entry.scores = scoresOf(evaluator, unknown);
            entries.push_back(std::move(entry));
        }
        std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.objective < b.objective; });
        markBeaten(entries);
        return entries;
    }

    // As they are really dealt, on the whole earlier half, one may beat another after all. What one that ranks above beats is a
    // runner-up, and stays while the list is short; what one that ranks below beats would only confuse. But for the first: what it is
    // better in (bytes to move, weighed heavily) may be no respect in which designs beat each other.
    static void markBeaten(std::vector<Entry>& entries) {
        const std::vector<Entry> all = std::move(entries);
        entries.clear();
        const auto beats = [](const Entry& a, const Entry& b) { return dominates(a.cost, b.cost) || shownWorse(a, b); };
        size_t front = 0;
        for (size_t i = 0; i < all.size(); ++i) front += std::none_of(all.begin(), all.end(), [&](const Entry& other) { return beats(other, all[i]); });
        size_t runnersUp = front < enoughDesigns ? enoughDesigns - front : 0;
        for (size_t i = 0; i < all.size(); ++i) {
            if (i > 0 && std::any_of(all.begin() + static_cast<std::ptrdiff_t>(i) + 1, all.end(), [&](const Entry& other) { return beats(other, all[i]); })) continue;
            Entry entry = all[i];
            for (size_t k = 0; k < entries.size() && !entry.beatenBy; ++k)
                if (beats(entries[k], entry)) entry.beatenBy = k;
            const bool beaten = i > 0 && std::any_of(all.begin(), all.end(), [&](const Entry& other) { return beats(other, entry); });
            if (beaten && (!entry.beatenBy || (runnersUp == 0 && !entry.asked))) continue;
            if (beaten && runnersUp > 0) --runnersUp;
            entries.push_back(std::move(entry));
        }
    }

    Status rank(std::vector<FoundPlan> plans) {
        FS_ASSIGN(std::vector<Entry> entries, entriesOf(std::move(plans)));
        const bool unknown = candidates_.idle || cost::sharesUnknown(*workload_.facts);
        // By the sample that the scores are from, so that reasons and scores say the same.
        PlanEvaluator evaluator(candidates_, *basis_, weights_);
        for (Entry& entry : entries) {
            FS_TRY(job().checkpoint());
            RankedDesign ranked;
            ranked.rank = static_cast<uint32_t>(advice_.designs.size()) + 1;
            entry.design.id = fmt::format("d{}", ranked.rank);
            entry.design.name = nameOf(workload_.facts->schema, candidates_, entry.plan);
            const bool taken = std::any_of(advice_.designs.begin(), advice_.designs.end(), [&](const RankedDesign& other) { return other.design.name == entry.design.name; });
            if (taken) entry.design.name += differenceOf(workload_.facts->schema, candidates_, entries.front().plan, entry.plan);
            ranked.objective = entry.objective;
            ranked.scores = entry.scores;
            ranked.parts = entry.parts;
            ranked.shippedRows = entry.cost.shippedRows;
            if (options_.today) ranked.movedShare = entry.cost.movedShare;
            if (later_) {
                cost::Evaluator later(*later_, options_.shards);
                later.set(entry.design);
                ranked.heldOut = scoresOf(later, unknown);
            }
            evaluator.set(entry.plan);
            const Explained subject{workload_, candidates_, *basis_, evaluator, entry.design};
            ranked.why = whyOf(subject);
            ranked.reason = reasonOf(subject, ranked.scores);
            if (entry.beatenBy) {
                const Design& better = advice_.designs[*entry.beatenBy].design;
                ranked.beatenBy = better.id;
                ranked.reason += fmt::format(" A runner-up, to compare with: “{}” ({}) is nowhere clearly worse.", better.name, better.id);
            }
            ranked.risks = risksOf(subject, ranked.scores, ranked.heldOut);
            if (!candidates_.blind && !unknown) ranked.crossings = crossingsOf(subject);
            if (!candidates_.blind && !unknown && options_.shards > 1) ranked.offers = offersOf(subject, weights_);
            ranked.constraints = constraintReport(workload_.facts->schema, entry.design);
            ranked.onFront = !candidates_.blind && !unknown && onFront(entries, entry);
            ranked.design = std::move(entry.design);
            advice_.designs.push_back(std::move(ranked));
        }
        advice_.evaluations += evaluator.evaluations();
        return candidates_.blind || unknown || options_.shards > countingSlots ? Status() : judge(entries);
    }

    static bool onFront(const std::vector<Entry>& entries, const Entry& entry) {
        return std::none_of(entries.begin(), entries.end(), [&](const Entry& other) { return beats(other.scores, entry.scores); });
    }

    Status judge(const std::vector<Entry>& entries) {
        std::vector<Compared> compared;
        for (size_t i = 0; i < advice_.designs.size(); ++i) compared.push_back({advice_.designs[i].design.id, &entries[i].plan, &advice_.designs[i].design});
        FS_ASSIGN(Regrets regrets, regretsOf(workload_, candidates_, searchBasis(), weights_, compared, job()));
        for (size_t i = 0; i < regrets.worst.size(); ++i) advice_.designs[i].regret = regrets.worst[i];
        advice_.turningPoints = std::move(regrets.turningPoints);
        return {};
    }

    const Workload& workload_;
    const Options& options_;
    Job& job_;
    Job unstopped_;
    bool stopped_ = false;
    const ObjectiveWeights weights_ = options_.weights;
    const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
    Advice advice_;
    Halves halves_;
    std::unique_ptr<cost::Basis> basis_, thin_, later_;   // earlier half, a thinner sample of it, later half
    Candidates candidates_;
};

}  // namespace

Result<Advice> advise(const Workload& workload, const Options& options, Job& job) {
    if (options.shards == 0 || options.shards > mostShards)
        return Error{ErrorCategory::usage, fmt::format("Advice for {} shards makes no sense.", options.shards), "Choose from 1 to 10,000 shards.", {}};
    if (!workload.facts) return Error{ErrorCategory::usage, "There is no workload to advise on.", "Read logs first.", {}};
    if (options.shardsUpTo > options.shards) {
        if (options.shardsUpTo > mostShards) return Error{ErrorCategory::usage, fmt::format("Advice for {} shards makes no sense.", options.shardsUpTo), "Choose from 1 to 10,000 shards.", {}};
        return adviseRange(workload, options, job);
    }
    return Advisor(workload, options, job).run();
}

}  // namespace foreshard::advisor
