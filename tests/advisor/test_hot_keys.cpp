// A key that is too much for one shard: split by a second column where there is one, with its price; said to be unsplittable
// where there is none.
#include <QtTest>

#include <numeric>

#include "core/advisor/advisor.h"
#include "core/cost/balance.h"
#include "samples/generator/tpcc.h"
#include "tests/advisor/must_advise.h"
#include "tests/support/mix_workload.h"

using namespace foreshard;
using namespace foreshard::advisor;
using namespace foreshard::sharding;
using samplegen::number;
using samplegen::Transaction;

namespace {

// Orders of tenants; tenant 1 has 60 % of the load. `second`: but for so many transactions of five they name the order too.
std::shared_ptr<const workload::Workload> tenants(bool second, uint64_t sums = 1) {
    testing::MadeMix mix("CREATE TABLE public.orders (tenant integer NOT NULL, id integer NOT NULL, total integer);\n"
                         "CREATE TABLE public.lines (tenant integer NOT NULL, order_id integer NOT NULL, line integer, quantity integer);\n",
                         [second, sums](Random& random) {
                             const auto tenant = number(random.below(10) < 6 ? 1 : random.between(2, 300)), order = number(random.between(1, 100'000));
                             Transaction t;
                             t.block = true;
                             if (second && random.below(5) >= sums)
                                 t.statements = {{"SELECT total FROM orders WHERE tenant = $1 AND id = $2", {tenant, order}},
                                                 {"UPDATE orders SET total = total + 1 WHERE tenant = $1 AND id = $2", {tenant, order}},
                                                 {"INSERT INTO lines (tenant, order_id, line, quantity) VALUES ($1, $2, 1, 1)", {tenant, order}}};
                             else if (second)
                                 t.statements = {{"SELECT sum(total) FROM orders WHERE tenant = $1", {tenant}}};
                             else
                                 t.statements = {{"UPDATE orders SET total = total + 1 WHERE tenant = $1", {tenant}}, {"SELECT quantity FROM lines WHERE tenant = $1", {tenant}}};
                             return t;
                         });
    return testing::workloadOf(mix, {.transactions = 4'000});
}

}  // namespace

class TestHotKeys : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // By the tenant alone one shard does more than half of the work; by the order alone every sum asks every shard. Split, only
    // the large tenant's sums do.
    void splitByASecondColumn() {
        const auto advice = testing::mustAdvise(*tenants(true), {.shards = 4});
        const RankedDesign* split = nullptr;
        for (const auto& ranked : advice.designs)
            if (!split && ranked.design.find("public.orders")->prefix == 1) split = &ranked;
        QVERIFY(split);
        const auto* orders = split->design.find("public.orders");
        const auto* lines = split->design.find("public.lines");
        QCOMPARE(orders->key.size(), size_t(2));
        QCOMPARE(orders->key[0].expression + "+" + orders->key[1].expression, std::string("tenant+id"));
        QVERIFY(lines->group == orders->group && lines->key[1].expression == "order_id");
        QVERIFY2(*split->scores.loadMaxOverMean < 1.1 && *split->heldOut.loadMaxOverMean < 1.15, QByteArray::number(*split->scores.loadMaxOverMean));
        QVERIFY2(std::abs(*split->scores.multiShardShare - 0.2 * 0.6) < 0.03, QByteArray::number(*split->scores.multiShardShare));
        // The price is told.
        const auto& why = split->why.at("public.orders");
        QVERIFY(std::any_of(why.begin(), why.end(), [](const auto& line) { return line.find("The price:") != std::string::npos; }));
    }

    void unsplittable() {
        const auto advice = testing::mustAdvise(*tenants(false), {.shards = 4});
        bool said = false;
        for (const auto& ranked : advice.designs)
            for (const auto& risk : ranked.risks) said = said || risk.find("unsplittable key") != std::string::npos;
        QVERIFY(said);
    }

    // Divided or not is a person's choice too: where it does not pay, it is shown with its price.
    void splitIsShownWhereItLoses() {
        const auto advice = testing::mustAdvise(*tenants(true, 3), {.shards = 4});
        QCOMPARE(advice.designs.front().design.find("public.orders")->prefix, 0u);
        QVERIFY(std::any_of(advice.designs.begin(), advice.designs.end(), [](const auto& ranked) { return ranked.design.find("public.orders")->prefix == 1 && *ranked.scores.loadMaxOverMean < 1.15; }));
    }

    // A hot key that moves: where it was before must not leave its old shards idle, and the advice says what it means.
    void drifting() {
        int64_t made = 0;
        testing::MadeMix mix("CREATE TABLE public.account (id integer NOT NULL, total integer);", [&made](Random& random) {
            const int64_t hot = 1 + static_cast<int64_t>(mixHash(static_cast<uint64_t>(++made / 600)) % 3'000);
            Transaction t;
            t.statements = {{"UPDATE account SET total = total + 1 WHERE id = $1", {number(random.below(10) < 3 ? hot : random.between(1, 3'000))}}};
            return t;
        });
        const auto workload = testing::workloadOf(mix, {.transactions = 12'000, .interval = 10 * microsPerSecond});
        const auto advice = testing::mustAdvise(*workload, {.shards = 8});
        const auto& best = advice.designs.front();
        QCOMPARE(best.design.find("public.account")->key[0].expression, std::string("id"));
        // Ten hot keys, 3 % of the load each, lie where they happen to; the rest is even.
        std::vector<int> slots(8);
        for (const auto shard : best.design.slotMaps.begin()->second.shardOfSlot) ++slots[shard];
        QVERIFY2(*std::min_element(slots.begin(), slots.end()) > 100, QByteArray::number(*std::min_element(slots.begin(), slots.end())));
        QVERIFY(std::any_of(best.risks.begin(), best.risks.end(), [](const auto& risk) { return risk.find("unsplittable key") != std::string::npos; }));
    }

    // The same with a second column: divided by it, no key that becomes hot is too much for a shard; reads by the first alone then ask
    // several shards, which is the price that is told.
    void driftingAndDivided() {
        int64_t made = 0;
        testing::MadeMix mix("CREATE TABLE public.entry (account integer NOT NULL, number integer NOT NULL, total integer);", [&made](Random& random) {
            const int64_t hot = 1 + static_cast<int64_t>(mixHash(static_cast<uint64_t>(++made / 1'500)) % 3'000);
            const auto account = number(random.below(10) < 3 ? hot : random.between(1, 3'000));
            Transaction t;
            if (random.below(10)) t.statements = {{"UPDATE entry SET total = total + 1 WHERE account = $1 AND number = $2", {account, number(random.between(1, 1'000))}}};
            else t.statements = {{"SELECT sum(total) FROM entry WHERE account = $1", {account}}};
            return t;
        });
        const auto workload = testing::workloadOf(mix, {.transactions = 12'000, .interval = 10 * microsPerSecond});
        const auto advice = testing::mustAdvise(*workload, {.shards = 4, .forbidden = {{"entry", "number"}}});
        const RankedDesign* split = nullptr;
        for (const auto& ranked : advice.designs)
            if (!split && ranked.design.find("public.entry")->prefix == 1) split = &ranked;
        QVERIFY(!split);   // the second column is forbidden
        const auto free = testing::mustAdvise(*workload, {.shards = 4, .pins = {}, .forbidden = {{"entry", "reference"}}});
        for (const auto& ranked : free.designs)
            if (!split && ranked.design.find("public.entry")->prefix == 1) split = &ranked;
        QVERIFY(split);
        const bool byAccount = split->design.find("public.entry")->key[0].expression == "account";
        QVERIFY2(*split->heldOut.loadMaxOverMean <= 1.1, QByteArray::number(*split->heldOut.loadMaxOverMean));
        QVERIFY(!byAccount || std::abs(*split->heldOut.multiShardShare - 0.1) < 0.03);
        const auto& why = split->why.at("public.entry");
        QVERIFY(std::any_of(why.begin(), why.end(), [](const auto& line) { return line.find("The price:") != std::string::npos; }));
    }

    // A family stays whole unless it is too much for a shard.
    void families() {
        Random random(4);
        for (int i = 0; i < 30; ++i) {
            std::vector<double> weights(countingSlots);
            for (double& w : weights) w = random.uniform();
            const size_t hot = random.below(countingSlots);
            const uint32_t shards = 2 + static_cast<uint32_t>(random.below(7)), spread = 1u << (1 + random.below(5)), families = countingSlots / spread;
            const double all = std::accumulate(weights.begin(), weights.end(), 0.0);
            weights[hot] = all;
            const auto map = cost::balanceFamilies(weights, shards, spread);
            std::vector<double> load(shards);
            for (uint32_t slot = 0; slot < countingSlots; ++slot) {
                double family = 0;
                for (uint32_t k = 0; k < spread; ++k) family += weights[slot % families + k * families];
                load[map.shardOfSlot[slot]] += family / spread;
                if (slot % families != hot % families) QCOMPARE(map.shardOfSlot[slot], map.shardOfSlot[slot % families]);
            }
            const double mean = 2 * all / shards;
            if (spread >= shards) QVERIFY(*std::max_element(load.begin(), load.end()) < mean * 1.6);
        }
    }
};

QTEST_APPLESS_MAIN(TestHotKeys)
#include "test_hot_keys.moc"
