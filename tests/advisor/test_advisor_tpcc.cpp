// TPC-C: every table by its warehouse column, item replicated, five warehouses on each shard; and the same advice where all
// names are scrambled and all keys dropped.
#include <QtTest>

#include <QElapsedTimer>

#include "core/advisor/advisor.h"
#include "core/cost/evaluator.h"
#include "samples/generator/tpcc.h"
#include "tests/support/mix_workload.h"

using namespace foreshard;
using namespace foreshard::advisor;
using namespace foreshard::sharding;
using workload::Workload;

namespace {

const std::map<std::string, std::vector<std::string>> warehouseColumns{
    {"customer", {"c_w_id"}}, {"district", {"d_w_id"}},    {"history", {"h_w_id", "h_c_w_id"}}, {"new_order", {"no_w_id"}},
    {"oorder", {"o_w_id"}},   {"order_line", {"ol_w_id"}}, {"stock", {"s_w_id"}},               {"warehouse", {"w_id"}}};

using Renamed = std::function<std::string(const std::string&)>;

void checkByWarehouse(const RankedDesign& best, const Renamed& renamed) {
    QByteArray told;
    for (const auto& table : best.design.tables) told += (table.table + " " + sharding::toString(table.strategy) + " " + (table.key.empty() ? "" : table.key[0].expression) + "\n").c_str();
    for (const auto& [name, keys] : warehouseColumns) {
        const TableDesign* table = best.design.find("public." + renamed(name));
        QVERIFY(table);
        QVERIFY2(table->strategy == Strategy::hash && table->key.size() == 1, told);
        const bool right = std::any_of(keys.begin(), keys.end(), [&](const auto& key) { return renamed(key) == table->key[0].expression; });
        QVERIFY2(right, told);
        QCOMPARE(table->group, best.design.find("public." + renamed("warehouse"))->group);
    }
    QCOMPARE(best.design.find("public." + renamed("item"))->strategy, Strategy::reference);
    QVERIFY(validate(best.design).empty());
    int first = 0;
    for (int w = 1; w <= 10; ++w) first += best.design.slotMaps.begin()->second.shardOfSlot[countingSlot(Value::integer(w))] == 0;
    QCOMPARE(first, 5);
}

}  // namespace

class TestAdvisorTpcc : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void byWarehouse() {
        samplegen::Tpcc mix({.warehouses = 10, .items = 500});
        const auto workload = testing::workloadOf(mix, {.transactions = 6'000});
        Job job;
        QElapsedTimer timer;
        timer.start();
        const auto advice = advise(*workload, {.shards = 2}, job);
        const auto elapsed = timer.elapsed();
        QVERIFY2(advice.ok(), advice.ok() ? "" : advice.error().message.c_str());
        QVERIFY(!advice->designs.empty());
        const RankedDesign& best = advice->designs.front();
        checkByWarehouse(best, [](const std::string& name) { return name; });
        qInfo() << workload->facts->transactions.size() << "transactions" << elapsed << "ms" << advice->evaluations << "evaluations" << best.reason.c_str();
        for (const auto& design : advice->designs) qInfo() << design.rank << design.objective << design.design.name.c_str() << *design.scores.multiShardShare << *design.heldOut.multiShardShare << *design.scores.loadMaxOverMean << design.reason.c_str();
        for (const auto& [table, why] : best.why) for (const auto& line : why) qInfo() << table.c_str() << line.c_str();
        for (const auto& line : best.risks) qInfo() << "risk" << line.c_str();
        for (const auto& line : advice->limits) qInfo() << "limit" << line.c_str();
        for (const auto& pass : job.passTimes()) qInfo() << pass.name.c_str() << pass.seconds;
        // Same input, same answer, to the byte.
        Job again;
        auto second = advise(*workload, {.shards = 2}, again);
        QVERIFY(second.ok());
        second->secondsToBest = advice->secondsToBest;
        QVERIFY(writeAdvice(*second) == writeAdvice(*advice));
    }

    void namesDecideNothing() {
        samplegen::Tpcc mix({.warehouses = 10, .items = 500});
        const samplegen::NameScrambler scrambler(mix.schemaSql(), 3);
        testing::MixRun run{.transactions = 6'000};
        run.schemaSql = scrambler.schema();
        run.rewrite = [&](const std::string& sql) { return scrambler.apply(sql); };
        const auto workload = testing::workloadOf(mix, run);
        Job job;
        const auto advice = advise(*workload, {.shards = 2}, job);
        QVERIFY(advice.ok());
        checkByWarehouse(advice->designs.front(), [&](const std::string& name) { return scrambler.renamed(name); });
    }
};

QTEST_APPLESS_MAIN(TestAdvisorTpcc)
#include "test_advisor_tpcc.moc"
