// The search against exhaustive enumeration on random schemas, and two properties of every design. FORESHARD_PLANTED sets the
// number of schemas.
#include <QtTest>

#include <QElapsedTimer>
#include <cmath>

#include "core/advisor/search.h"
#include "tests/advisor/planted.h"

using namespace foreshard;
using namespace foreshard::advisor;
using namespace foreshard::sharding;

namespace {

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

class TestPlanted : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void asGoodAsEnumeration() {
        const int schemas = qEnvironmentVariableIsSet("FORESHARD_PLANTED") ? qEnvironmentVariableIntValue("FORESHARD_PLANTED") : 200;
        int compared = 0, best = 0;
        double worst = 0, slowest = 0;
        for (uint64_t seed = 1; compared < schemas; ++seed) {
            const auto mix = testing::plantedMix(seed);
            const auto workload = testing::workloadOf(*mix, {.seed = seed, .transactions = 250});
            Job job;
            const auto basis = cost::Basis::make(*workload, job);
            QVERIFY(basis.ok());
            const Options options{.shards = static_cast<uint32_t>(2 + seed % 4)};
            const auto candidates = findCandidates(*workload, **basis, options);
            QVERIFY(candidates.ok());
            if (plansOf(*candidates) > mostPlans) continue;
            ++compared;
            QElapsedTimer timer;
            timer.start();
            const auto found = search(*candidates, **basis, {}, {.seed = 1}, job);
            slowest = std::max(slowest, static_cast<double>(timer.elapsed()) / 1'000);
            QVERIFY(found.ok() && !found->plans.empty());
            PlanEvaluator evaluator(*candidates, **basis, {});
            evaluator.set(emptyPlan(*candidates));
            const double least = enumerate(*candidates, evaluator, 0, 1e300), got = found->plans.front().cost.total;
            // Hash or range is no part of the enumeration: the search may be better.
            const double above = (got - least) / std::max(least, 0.01);
            worst = std::max(worst, above);
            best += above < 1e-9;
            QVERIFY2(above <= 0.01, qPrintable(QString("seed %1: %2 against %3").arg(seed).arg(got).arg(least)));
        }
        qInfo("%d schemas, the best plan in %d, at worst %.3f %% above it; slowest search %.2f s", compared, best, worst * 100, slowest);
    }

    // Twice as many shards, each one's slots split in place: what was on several shards stays so.
    void splittingShardsNeverHelps() {
        Random random(9);
        for (uint64_t seed = 1; seed <= 20; ++seed) {
            const auto mix = testing::plantedMix(seed);
            const auto workload = testing::workloadOf(*mix, {.seed = seed, .transactions = 200});
            Job job;
            const auto basis = cost::Basis::make(*workload, job);
            const auto candidates = findCandidates(*workload, **basis, {.shards = 3});
            QVERIFY(basis.ok() && candidates.ok());
            Plan plan = emptyPlan(*candidates);
            for (const auto id : candidates->order) {
                const auto choices = choicesOf(candidates->tables[id]);
                plan.choices[id] = choices[random.below(choices.size())];
            }
            const Design design = designOf(*candidates, **basis, plan, 3);
            Design split = design;
            split.shards = 6;
            for (auto& [group, map] : split.slotMaps)
                for (size_t slot = 0; slot < map.shardOfSlot.size(); ++slot) map.shardOfSlot[slot] = 2 * map.shardOfSlot[slot] + slot % 2;
            for (auto& table : split.tables) table.home *= 2;
            cost::Evaluator before(**basis, 3), after(**basis, 6);
            before.set(design);
            after.set(split);
            QVERIFY2(after.sums().multiShard >= before.sums().multiShard, QByteArray::number(qulonglong(seed)));
        }
    }
};

QTEST_APPLESS_MAIN(TestPlanted)
#include "test_planted.moc"
