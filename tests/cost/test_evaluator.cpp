// The evaluator against the router and against itself; loads against a count of the calls.
#include <QtTest>

#include <QElapsedTimer>

#include "core/cost/evaluator.h"
#include "core/cost/projection.h"
#include "samples/generator/tpcc.h"
#include "tests/support/mix_workload.h"

using namespace foreshard;
using namespace foreshard::cost;
using namespace foreshard::sharding;
using workload::Workload;

namespace {

std::shared_ptr<const Workload> tpcc(uint64_t transactions) {
    samplegen::Tpcc mix({.warehouses = 10, .items = 200});
    return testing::workloadOf(mix, {.transactions = transactions});
}

KeyPart partOf(const workload::KeyColumn& column) { return {column.expression, column.column, column.type}; }

// One table's design with a random strategy and key out of its candidates.
TableDesign randomDesign(Random& random, const workload::Facts& facts, workload::TableId id, uint32_t shards) {
    TableDesign table;
    table.table = facts.schema.tables[id].qualifiedName();
    std::vector<workload::KeyColumn> columns;
    for (const auto& column : facts.columns)
        if (column.table == id) columns.push_back(column);
    table.strategy = columns.empty() ? Strategy::reference : static_cast<Strategy>(random.below(6));
    table.home = static_cast<ShardId>(random.below(shards));
    table.group = id;
    if (!table.keyed()) return table;
    for (uint64_t parts = 1 + random.below(2); parts > 0; --parts) {
        const auto part = partOf(columns[random.below(columns.size())]);
        if (table.key.empty() || table.key[0].expression != part.expression) table.key.push_back(part);
    }
    table.ranges = {{{}, 0}, {{Value::integer(4)}, static_cast<ShardId>(random.below(shards))}, {{Value::integer(300)}, static_cast<ShardId>(random.below(shards))}};
    table.ring.weights.assign(shards, 1.0);
    if (table.strategy == Strategy::directory) {
        table.directory.emplace_back();
        for (size_t i = 0; i < table.key.size(); ++i) table.directory[0].key.push_back(Value::integer(3));
    }
    return table;
}

SlotMap randomSlots(Random& random, uint32_t shards) {
    SlotMap map = evenSlotMap(shards, countingSlots << random.below(2));
    for (auto& shard : map.shardOfSlot) shard = static_cast<ShardId>(random.below(shards));
    return map;
}

Sums byRouter(const Workload& workload, const Design& design) {
    const Router router(workload.facts, design);
    Sums sums;
    sums.byFanOut.assign(design.shards + 1, 0);
    for (const auto& transaction : workload.facts->transactions) {
        if (transaction.aborted) continue;
        const Footprint footprint = router.footprint(transaction);
        const uint32_t fanOut = footprint.fanOut();
        sums.transactions += transaction.weight;
        sums.byFanOut[fanOut] += transaction.weight;
        if (fanOut < 2) continue;
        sums.multiShard += transaction.weight;
        (footprint.multiShardWrite() ? sums.multiShardWrite : sums.multiShardRead) += transaction.weight;
        (footprint.multiShardWrite() ? sums.writeVisits : sums.readVisits) += transaction.weight * (fanOut - 1);
    }
    return sums;
}

}  // namespace

class TestEvaluator : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void incrementalEqualsFullAndTheRouter() {
        const auto workload = tpcc(600);
        QVERIFY(workload->facts->transactions.size() > 500);
        Job job;
        const auto basis = Basis::make(*workload, job);
        QVERIFY(basis.ok());
        Random random(7);
        for (const uint32_t shards : {1u, 2u, 5u, 70u}) {
            Design design;
            design.shards = shards;
            for (const auto& table : workload->facts->schema.tables) design.tables.push_back({.table = table.qualifiedName()});
            Evaluator incremental(**basis, shards);
            for (int step = 0; step < 40; ++step) {
                const auto id = static_cast<workload::TableId>(random.below(design.tables.size()));
                design.tables[id] = randomDesign(random, *workload->facts, id, shards);
                design.slotMaps[id] = randomSlots(random, shards);
                incremental.set(id, design.tables[id], &design.slotMaps[id]);
                if (step % 8 != 7) continue;
                Evaluator full(**basis, shards);
                full.set(design);
                QVERIFY(incremental.sums() == full.sums());
                QVERIFY(incremental.load() == full.load());
                QVERIFY(incremental.sums() == byRouter(*workload, design));
            }
        }
    }

    // Every warehouse key on every table, five warehouses a shard: only remote payments and lines cross.
    void projectionOfTpccByWarehouse() {
        const auto workload = tpcc(4'000);
        Design design;
        design.id = "w";
        design.shards = 2;
        const std::map<std::string, std::string> keys{{"customer", "c_w_id"}, {"district", "d_w_id"}, {"history", "h_w_id"}, {"new_order", "no_w_id"}, {"oorder", "o_w_id"},
                                                      {"order_line", "ol_w_id"}, {"stock", "s_w_id"}, {"warehouse", "w_id"}};
        for (const auto& table : workload->facts->schema.tables) {
            TableDesign t{.table = table.qualifiedName(), .strategy = Strategy::reference};
            if (const auto key = keys.find(table.name); key != keys.end()) {
                t.strategy = Strategy::hash;
                t.key = {{key->second, key->second, ValueType::integer}};
            }
            design.tables.push_back(t);
        }
        design.slotMaps[0] = evenSlotMap(2);
        std::array<int, 2> held{};
        std::array<uint32_t, 11> shardOf{};
        for (int w = 1; w <= 10; ++w) ++held[shardOf[static_cast<size_t>(w)] = design.slotMaps[0].shardOfSlot[countingSlot(Value::integer(w))]];
        Job job;
        const auto projection = project(*workload, design, job);
        QVERIFY(projection.ok());
        QCOMPARE(projection->loadOrigin, std::string("exact slot counts"));
        QVERIFY(projection->multiShardShare && *projection->multiShardShare > 0.03 && *projection->multiShardShare < 0.2);
        QVERIFY(*projection->multiShardReadShare < 0.001);
        // Load: the share of the accesses that bind a warehouse of the shard, by the transactions themselves.
        QVERIFY(projection->loadMaxOverMean && *projection->loadMaxOverMean >= 1);
        const double expected = 2.0 * std::max(held[0], held[1]) / 10;
        QVERIFY2(std::abs(*projection->loadMaxOverMean - expected) < 0.1, qPrintable(QString::number(*projection->loadMaxOverMean)));
        double mix = 0;
        for (const double share : projection->fanOutMix) mix += share;
        QVERIFY(std::abs(mix - 1) < 1e-9);
        QVERIFY(!projection->storageBytes[0] && !projection->storageMaxOverMean);   // no sizes in the DDL: unknown
        QCOMPARE(projection->load.size(), size_t(2));
        QCOMPARE(projection->load[0].values.size(), projection->times.size());
    }

    void sharesAreUnknownWhereTheLogLeavesOut() {
        const auto workload = tpcc(50);
        auto facts = std::make_shared<workload::Facts>(*workload->facts);
        facts->coverage[0].minDurationMs = 100;
        Workload limited = *workload;
        limited.facts = facts;
        Job job;
        const auto projection = project(limited, singleDatabase({}), job);
        QVERIFY(projection.ok());
        QVERIFY(!projection->multiShardShare && !projection->multiShardWriteShare && !projection->loadMaxOverMean && projection->fanOutMix.empty());
        QVERIFY(!projection->load.empty() && !projection->hottestShard);
        QCOMPARE(projection->loadOrigin, std::string("lower bounds: the log leaves calls out"));
    }

    // Without values nobody knows which shard a call went to: no load per shard is made up. What lies on one shard has its load.
    void loadIsUnknownWithoutKeyValues() {
        samplegen::Tpcc mix({.warehouses = 4, .items = 50});
        const auto workload = testing::workloadOf(mix, {.transactions = 200, .literals = false});
        QVERIFY(!workload->facts->coverage[0].literals);
        Design spread = singleDatabase({});
        spread.shards = 2;
        spread.tables = {{.table = "public.customer", .strategy = Strategy::hash, .key = {{"c_w_id", "c_w_id", ValueType::integer}}}};
        spread.slotMaps[0] = evenSlotMap(2);
        Job job;
        const auto unknown = project(*workload, spread, job);
        QVERIFY(unknown.ok());
        QVERIFY(unknown->load.empty() && !unknown->hottestShard && !unknown->loadMaxOverMean && unknown->peakP90.empty());
        QCOMPARE(unknown->loadOrigin, std::string("unknown: the log does not say which keys it touched"));
        const auto together = project(*workload, singleDatabase({}), job);
        QVERIFY(together.ok());
        QCOMPARE(together->load.size(), size_t(1));
        QCOMPARE(together->loadOrigin, std::string("exact slot counts"));
    }

    void stopsWhenAsked() {
        const auto workload = tpcc(50);
        Job job;
        job.requestStop();
        QCOMPARE(project(*workload, singleDatabase({}), job).error().category, ErrorCategory::cancelled);
    }
};

QTEST_APPLESS_MAIN(TestEvaluator)
#include "test_evaluator.moc"
