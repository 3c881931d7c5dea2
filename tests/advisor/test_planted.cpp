// The search against exhaustive enumeration on random schemas, and two properties of every design. FORESHARD_PLANTED sets the
// number of schemas.
#include <QtTest>

#include "core/advisor/search.h"
#include "tests/advisor/planted.h"

using namespace foreshard;
using namespace foreshard::advisor;
using namespace foreshard::sharding;

class TestPlanted : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void asGoodAsEnumeration() {
        const int schemas = qEnvironmentVariableIsSet("FORESHARD_PLANTED") ? qEnvironmentVariableIntValue("FORESHARD_PLANTED") : 200;
        const auto run = testing::comparePlanted(schemas);
        QCOMPARE(run.failure, std::string());
        QVERIFY2(run.worst <= 0.01, qPrintable(QString("seed %1: %2 %% above the best plan").arg(run.worstSeed).arg(run.worst * 100)));
        qInfo("%d schemas, the best plan in %d, at worst %.3f %% above it; slowest search %.2f s", run.compared, run.best, run.worst * 100, run.slowestSeconds);
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
