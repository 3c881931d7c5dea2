// Scenarios: re-dealing a design to more or fewer shards moves little and stays even; growth scales what it should.
#include <QtTest>

#include <numeric>

#include "core/cost/balance.h"
#include "core/workload/ranges.h"
#include "samples/generator/tpcc.h"
#include "simulation/scenario.h"
#include "tests/support/mix_workload.h"

using namespace foreshard;
using namespace foreshard::sharding;
using namespace foreshard::simulation;

namespace {

Design byHash(const std::string& table, const std::string& column, uint32_t shards) {
    Design design;
    design.shards = shards;
    design.tables = {{.table = table, .strategy = Strategy::hash, .key = {{column, column, ValueType::integer}}}};
    design.slotMaps[0] = evenSlotMap(shards);
    return design;
}

size_t moved(const SlotMap& a, const SlotMap& b) {
    size_t n = 0;
    for (size_t slot = 0; slot < a.shardOfSlot.size(); ++slot) n += a.shardOfSlot[slot] != b.shardOfSlot[slot];
    return n;
}

std::vector<double> dealt(const SlotMap& map, const std::vector<double>& weights, uint32_t shards) {
    std::vector<double> load(shards);
    for (size_t slot = 0; slot < map.shardOfSlot.size(); ++slot) load[map.shardOfSlot[slot]] += weights[slot];
    return load;
}

}  // namespace

class TestScenario : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void slotsMoveOnlyAsFarAsNeeded() {
        const Design four = byHash("public.t", "k", 4);
        for (const uint32_t shards : {1u, 3u, 5u, 8u, 1024u}) {
            const auto other = withShards(four, shards);
            QVERIFY(other.ok());
            QVERIFY(validate(*other).empty());
            const auto counts = dealt(other->slotMaps.at(0), std::vector<double>(countingSlots, 1.0), shards);
            QVERIFY(*std::max_element(counts.begin(), counts.end()) - *std::min_element(counts.begin(), counts.end()) <= 1);
            // Growing to n shards moves what the new ones take; shrinking what those that go had.
            const size_t least = shards > 4 ? countingSlots - 4 * (countingSlots / shards + (countingSlots % shards != 0)) : 256 * (4 - shards);
            QVERIFY2(moved(four.slotMaps.at(0), other->slotMaps.at(0)) <= least + 4, QByteArray::number(shards));
        }
        QVERIFY(!withShards(four, 0).ok());
        QVERIFY(*withShards(four, 4) == four);
    }

    // LPT and re-dealing on random heavy-tailed weights: even, and few moves.
    void balanceEvensOutLoad() {
        Random random(3);
        for (int i = 0; i < 20; ++i) {
            std::vector<double> weights(countingSlots);
            for (double& w : weights)
                if (random.below(3) == 0) w = std::exp(random.normal());
            const uint32_t shards = 2 + static_cast<uint32_t>(random.below(14));
            const auto fresh = cost::balanceSlots(weights, shards);
            const double mean = std::accumulate(weights.begin(), weights.end(), 0.0) / shards;
            const auto load = dealt(fresh, weights, shards);
            QVERIFY(*std::max_element(load.begin(), load.end()) < mean * 1.02);
            const auto counts = dealt(fresh, std::vector<double>(countingSlots, 1.0), shards);
            QVERIFY(*std::max_element(counts.begin(), counts.end()) - *std::min_element(counts.begin(), counts.end()) <= 2);
            // One slot turns hot: few others move to make room.
            weights[0] += mean / 3;
            const auto again = cost::rebalanceSlots(fresh, weights, shards, 0.05);
            const auto after = dealt(again, weights, shards);
            const double newMean = std::accumulate(weights.begin(), weights.end(), 0.0) / shards;
            // Even, or nothing on the heaviest shard is light enough to help the lightest.
            const auto heaviest = std::max_element(after.begin(), after.end());
            const double gap = *heaviest - *std::min_element(after.begin(), after.end());
            if (*heaviest > newMean * 1.05)
                for (uint32_t slot = 0; slot < countingSlots; ++slot)
                    QVERIFY(again.shardOfSlot[slot] != heaviest - after.begin() || weights[slot] <= 0 || weights[slot] >= gap * (1 - 1e-6));
            QVERIFY(moved(fresh, again) < countingSlots / 8);
            QVERIFY(cost::rebalanceSlots(again, weights, shards, 0.05) == again);
        }
    }

    void rangesAreCutByLoad() {
        std::vector<std::pair<uint64_t, double>> load;
        for (int64_t key = 0; key < 200; ++key) load.emplace_back(workload::dyadicRangeOf(key), key < 100 ? 3.0 : 1.0);
        const auto ranges = cost::splitRanges(load, 4, ValueKind::integer);
        QCOMPARE(ranges.size(), size_t(4));
        QVERIFY(ranges[0].low.empty());
        QCOMPARE(ranges[1].low[0].number, 33);
        QCOMPARE(ranges[2].low[0].number, 67);
        QCOMPARE(ranges[3].low[0].number, 100);
        QCOMPARE(cost::splitRanges({}, 4, ValueKind::integer).size(), size_t(1));
    }

    // From one database all that lies elsewhere afterwards has moved; between two spreads nobody knows what stays in place.
    void bytesToMove() {
        Design one = singleDatabase({"public.t"}), two = byHash("public.t", "k", 2), three = byHash("public.t", "k", 3);
        cost::Projection here, spread, wider;
        here.storageBytes = {100.0}, spread.storageBytes = {40.0, 60.0}, wider.storageBytes = {30.0, 30.0, std::nullopt};
        spread.shards = 2, wider.shards = 3;
        QCOMPARE(*bytesMoved(one, here, two, spread), 60.0);
        QCOMPARE(*bytesMoved(two, spread, two, spread), 0.0);
        QVERIFY(!bytesMoved(one, here, three, wider));       // a size is not known
        wider.storageBytes[2] = 40.0;
        QCOMPARE(*bytesMoved(one, here, three, wider), 70.0);
        QVERIFY(!bytesMoved(two, spread, three, wider));
    }

    void growthAndShards() {
        samplegen::Tpcc mix({.warehouses = 8, .items = 100});
        const auto workload = testing::workloadOf(mix, {.transactions = 1'500});
        Design design = byHash("public.warehouse", "w_id", 2);
        design.id = "d";
        Job job;
        const auto base = simulate(*workload, design, {}, job);
        const auto grown = simulate(*workload, design, {"twice", false, 2.0, {}}, job);
        const auto wider = simulate(*workload, design, {"four shards", false, 1.0, 4}, job);
        QVERIFY(base.ok() && grown.ok() && wider.ok());
        QCOMPARE(grown->scenario, std::string("twice"));
        QCOMPARE(grown->load[1].values[0], 2 * base->load[1].values[0]);
        QCOMPARE(grown->multiShardShare, base->multiShardShare);
        QCOMPARE(wider->shards, 4u);
        QCOMPARE(wider->load.size(), size_t(4));
        const auto table = compare(*base, *wider);
        QVERIFY(!table.empty());
        QCOMPARE(*table[0].change, *wider->multiShardShare - *base->multiShardShare);
        QVERIFY(!simulate(*workload, design, {"none", false, 0, {}}, job).ok());
    }
};

QTEST_APPLESS_MAIN(TestScenario)
#include "test_scenario.moc"
