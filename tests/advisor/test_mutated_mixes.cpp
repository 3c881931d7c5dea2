// Loads on which the textbook key loses or has a price: the advice follows the load, and beats the by-warehouse design with
// an even map of warehouses to shards on later transactions, by the slow oracle.
#include <QtTest>

#include "samples/generator/tpcc.h"
#include "tests/advisor/must_advise.h"
#include "tests/support/log_oracle.h"
#include "tests/support/mix_workload.h"

using namespace foreshard;
using namespace foreshard::advisor;
using namespace foreshard::sharding;
using samplegen::TpccShape;

namespace {

constexpr uint32_t shards = 4;

const std::map<std::string, std::string> warehouseKeys{{"customer", "c_w_id"}, {"district", "d_w_id"}, {"history", "h_w_id"}, {"new_order", "no_w_id"},
                                                       {"oorder", "o_w_id"},   {"order_line", "ol_w_id"}, {"stock", "s_w_id"}, {"warehouse", "w_id"}};

Design textbook(const schema::Schema& schema) {
    Design design;
    design.shards = shards;
    for (const auto& table : schema.tables) {
        TableDesign one{.table = table.qualifiedName(), .strategy = Strategy::reference};
        if (const auto key = warehouseKeys.find(table.name); key != warehouseKeys.end()) one.strategy = Strategy::hash, one.key = {{key->second, key->second, ValueType::integer}};
        design.tables.push_back(std::move(one));
    }
    std::sort(design.tables.begin(), design.tables.end(), [](const auto& a, const auto& b) { return a.table < b.table; });
    design.slotMaps[0] = evenSlotMap(shards);
    return design;
}

struct Compared {
    Advice advice;
    testing::Laid ours, book, bookDealt;   // the textbook's keys with an even map of slots, and with the map of the advice
};

// As the objective weighs them: the hottest shard's lead, and transactions on several shards, which nearly all write.
double score(const testing::Laid& laid) { return (laid.loadMaxOverMean() - 1) + 2 * laid.share(); }

Compared compare(TpccShape shape) {
    shape.items = 300;
    const auto made = [&](bool all) {
        samplegen::Tpcc mix(shape);
        return testing::workloadOf(mix, {.transactions = 4'000, .keepAll = all});
    };
    Compared out;
    out.advice = testing::mustAdvise(*made(false), {.shards = shards});
    const auto whole = made(true);
    out.ours = testing::layOut(*whole, out.advice.heldOut, out.advice.designs.front().design);
    Design book = textbook(whole->facts->schema);
    out.book = testing::layOut(*whole, out.advice.heldOut, book);
    const Design& best = out.advice.designs.front().design;
    book.slotMaps[0] = best.slotMaps.at(best.find("public.warehouse")->group);
    out.bookDealt = testing::layOut(*whole, out.advice.heldOut, book);
    qInfo("ours %.2f %% across, load %.2f; textbook %.2f %%, %.2f (%llu later transactions)", out.ours.share() * 100, out.ours.loadMaxOverMean(), out.book.share() * 100, out.book.loadMaxOverMean(),
          static_cast<unsigned long long>(out.ours.transactions));
    return out;
}

std::string keyOf(const Design& design, const char* table) { return design.find(table)->keyed() ? design.find(table)->key[0].expression : toString(design.find(table)->strategy); }

ShardId shardOfWarehouse(const Design& design, int64_t warehouse) {
    const auto& table = *design.find("public.warehouse");
    return design.slotMaps.at(table.group).shardOfSlot[countingSlot(Value::integer(warehouse))];
}

}  // namespace

class TestMutatedMixes : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // A payment of a remote customer uses two warehouses, whatever the keys: what can be had is their map to shards.
    void mostPaymentsAreRemote() {
        const auto c = compare({.warehouses = 10, .remotePayment = 0.6});
        QVERIFY(c.ours.transactions > 1'500);
        QVERIFY(c.ours.share() <= c.bookDealt.share() + 0.0005);
        QVERIFY(score(c.ours) < score(c.book) - 0.1 && c.ours.loadMaxOverMean() < c.book.loadMaxOverMean() - 0.2);
    }

    // Orders are read by a number that does not tell the warehouse.
    void ordersAreReadByTheirNumber() {
        const auto c = compare({.warehouses = 10, .orderReads = 0.6});
        const Design& best = c.advice.designs.front().design;
        QCOMPARE(keyOf(best, "public.oorder"), std::string("o_id"));
        QCOMPARE(keyOf(best, "public.customer"), std::string("c_w_id"));
        QVERIFY(c.book.share() > 0.6);
        QVERIFY(score(c.ours) < score(c.book) - 0.5 && c.ours.share() < 0.3 && c.ours.loadMaxOverMean() < c.book.loadMaxOverMean());
    }

    // One warehouse with half of the load has a shard to itself; and dividing it is shown with its price.
    void halfOfTheLoadOnOneWarehouse() {
        const auto c = compare({.warehouses = 10, .hotWarehouse = 0.45});
        const Design& best = c.advice.designs.front().design;
        QVERIFY(c.ours.share() <= c.bookDealt.share() + 0.0005);
        QVERIFY(score(c.ours) < score(c.book) - 0.1 && c.ours.loadMaxOverMean() < c.book.loadMaxOverMean() - 0.2);
        for (int64_t warehouse = 2; warehouse <= 10; ++warehouse) QVERIFY(shardOfWarehouse(best, warehouse) != shardOfWarehouse(best, 1));
        const bool split = std::any_of(c.advice.designs.begin(), c.advice.designs.end(), [](const RankedDesign& ranked) {
            return std::any_of(ranked.design.tables.begin(), ranked.design.tables.end(), [](const TableDesign& table) { return table.prefix == 1; });
        });
        QVERIFY(split);
    }
};

QTEST_APPLESS_MAIN(TestMutatedMixes)
#include "test_mutated_mixes.moc"
