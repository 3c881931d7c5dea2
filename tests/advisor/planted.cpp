#include "tests/advisor/planted.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "core/advisor/search.h"

namespace foreshard::testing {

namespace {

using samplegen::number;
using samplegen::Statement;
using samplegen::Transaction;

struct PlantedTable {
    std::string name;
    std::vector<int> entities;           // whose key it has as a column, "k<entity>"
    int decoys = 0;                      // columns that are named at random, "d0"…
    bool small = false;                  // a handful of rows, only read
};

// One kind of transaction: steps on tables, each by an entity's key, by a decoy, or by nothing.
struct Step {
    size_t table = 0;
    int by = -1;                         // entity; -1: a scan; ≤ -2: decoy -2-by
    bool write = false;
};

struct Kind {
    double weight = 1;
    bool mixed = false;                  // uses two keys of its first entity
    std::vector<Step> steps;
};

struct Plan {
    std::vector<PlantedTable> tables;
    std::vector<int64_t> keys;           // of each entity
    std::vector<Kind> kinds;
};

Plan makePlan(Random& random) {
    Plan plan;
    for (uint64_t n = 1 + random.below(3); n > 0; --n) plan.keys.push_back(random.below(4) ? random.between(40, 600) : random.between(5, 12));
    const size_t tables = 2 + random.below(5);
    for (size_t i = 0; i < tables; ++i) {
        PlantedTable table{fmt::format("t{}", i), {}, static_cast<int>(random.below(2)), false};
        for (int e = 0; e < static_cast<int>(plan.keys.size()); ++e)
            if (random.below(3) == 0 || (e == 0 && random.below(2))) table.entities.push_back(e);
        table.small = table.entities.empty();
        plan.tables.push_back(table);
    }
    for (uint64_t n = 2 + random.below(4); n > 0; --n) {
        Kind kind{0.2 + random.uniform(), random.below(6) == 0, {}};
        const int entity = static_cast<int>(random.below(plan.keys.size()));
        for (uint64_t s = 1 + random.below(4); s > 0; --s) {
            Step step{random.below(tables), -1, random.below(2) == 0};
            const auto& table = plan.tables[step.table];
            if (std::find(table.entities.begin(), table.entities.end(), entity) != table.entities.end()) step.by = entity;
            else if (!table.entities.empty() && random.below(2)) step.by = table.entities[random.below(table.entities.size())];
            else if (table.decoys > 0) step.by = -2;
            if (table.small) step.write = random.below(20) == 0;
            kind.steps.push_back(step);
        }
        plan.kinds.push_back(std::move(kind));
    }
    return plan;
}

std::string ddlOf(const Plan& plan) {
    std::string sql;
    for (const auto& table : plan.tables) {
        sql += fmt::format("CREATE TABLE public.{} (id integer NOT NULL", table.name);
        for (const int e : table.entities) sql += fmt::format(", k{} integer", e);
        for (int d = 0; d < std::max(1, table.decoys); ++d) sql += fmt::format(", d{} integer", d);
        sql += ");\n";
    }
    return sql;
}

Transaction make(const Plan& plan, Random& random) {
    double total = 0;
    for (const auto& kind : plan.kinds) total += kind.weight;
    double draw = random.uniform() * total;
    const Kind* kind = &plan.kinds.back();
    for (const auto& each : plan.kinds)
        if ((draw -= each.weight) < 0) {
            kind = &each;
            break;
        }
    std::vector<int64_t> values;
    for (const int64_t keys : plan.keys) values.push_back(random.between(1, keys));
    Transaction t;
    for (const auto& step : kind->steps) {
        const auto& table = plan.tables[step.table];
        if (kind->mixed) values[0] = random.between(1, plan.keys[0]);
        std::string where;
        std::vector<samplegen::Parameter> parameters;
        if (step.by >= 0) {
            where = fmt::format(" WHERE k{} = $1", step.by);
            parameters = {number(values[static_cast<size_t>(step.by)])};
        } else if (step.by <= -2) {
            where = fmt::format(" WHERE d{} = $1", -2 - step.by);
            parameters = {number(random.between(1, 50))};
        } else if (table.small) {
            where = " WHERE id = $1";
            parameters = {number(random.between(1, 9))};
        }
        t.statements.push_back({(step.write ? "UPDATE " + table.name + " SET d0 = d0 + 1" : "SELECT * FROM " + table.name) + where, parameters});
    }
    t.block = t.statements.size() > 1;
    return t;
}

}  // namespace

std::unique_ptr<MadeMix> plantedMix(uint64_t seed) {
    Random random(seed);
    auto plan = std::make_shared<const Plan>(makePlan(random));
    return std::make_unique<MadeMix>(ddlOf(*plan), [plan](Random& draws) { return make(*plan, draws); });
}

namespace {

using advisor::Candidates;
using advisor::Choice;
using advisor::PlanEvaluator;

constexpr double mostPlans = 20'000;

// The least cost of all plans, one table changed at a time.
double enumerate(const Candidates& candidates, PlanEvaluator& evaluator, size_t at, double best) {
    if (at == candidates.order.size()) return std::min(best, evaluator.cost().total);
    const auto id = candidates.order[at];
    for (const Choice& choice : choicesOf(candidates.tables[id])) {
        evaluator.set(id, choice);
        best = enumerate(candidates, evaluator, at + 1, best);
    }
    return best;
}

double plansOf(const Candidates& candidates) {
    double plans = 1;
    for (const auto id : candidates.order) plans *= static_cast<double>(choicesOf(candidates.tables[id]).size());
    return plans;
}

}  // namespace

PlantedRun comparePlanted(int schemas) {
    PlantedRun run;
    for (uint64_t seed = 1; run.compared < schemas; ++seed) {
        const auto mix = plantedMix(seed);
        const auto workload = workloadOf(*mix, {.seed = seed, .transactions = 250});
        Job job;
        const auto basis = cost::Basis::make(*workload, job);
        if (!basis.ok()) return {.failure = basis.error().message};
        const auto candidates = advisor::findCandidates(*workload, **basis, {.shards = static_cast<uint32_t>(2 + seed % 4)});
        if (!candidates.ok()) return {.failure = candidates.error().message};
        if (plansOf(*candidates) > mostPlans) continue;
        ++run.compared;
        const auto began = std::chrono::steady_clock::now();
        const auto found = advisor::search(*candidates, **basis, {}, {.seed = 1}, job);
        run.slowestSeconds = std::max(run.slowestSeconds, std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
        if (!found.ok() || found->plans.empty()) return {.failure = fmt::format("seed {}: no plan", seed)};
        PlanEvaluator evaluator(*candidates, **basis, {});
        evaluator.set(emptyPlan(*candidates));
        const double least = enumerate(*candidates, evaluator, 0, 1e300);
        // Hash or range is no part of the enumeration: the search may be better.
        const double above = (found->plans.front().cost.total - least) / std::max(least, 0.01);
        if (above > run.worst) run.worst = above, run.worstSeed = seed;
        run.best += above < 1e-9;
    }
    return run;
}

}  // namespace foreshard::testing
