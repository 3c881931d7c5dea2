// Steering by people: weights, forbidden keys, tables together, tables that keep today's layout; and what the advice says of
// loads that are not quite this one.
#include <QtTest>

#include "core/advisor/advisor.h"
#include "tests/advisor/must_advise.h"
#include "tests/support/mix_workload.h"

using namespace foreshard;
using namespace foreshard::advisor;
using namespace foreshard::sharding;
using samplegen::number;
using samplegen::Transaction;

namespace {

// Orders by customer, six of ten of them with their items, else by shop; rates are read by all and written by few.
std::shared_ptr<const workload::Workload> shops() {
    testing::MadeMix mix("CREATE TABLE public.orders (id integer NOT NULL, customer integer NOT NULL, shop integer NOT NULL, total integer);\n"
                         "CREATE TABLE public.items (order_id integer NOT NULL, customer integer NOT NULL, quantity integer);\n"
                         "CREATE TABLE public.rates (currency integer NOT NULL, rate integer);\n",
                         [](Random& random) {
                             const auto customer = number(random.between(1, 2'000)), shop = number(random.between(1, 300)), currency = number(random.between(1, 12));
                             Transaction t;
                             t.block = true;
                             if (random.below(10) < 6)
                                 t.statements = {{"UPDATE orders SET total = total + 1 WHERE customer = $1", {customer}}, {"SELECT quantity FROM items WHERE customer = $1", {customer}},
                                                 {"SELECT rate FROM rates WHERE currency = $1", {currency}}};
                             else if (random.below(20) > 0)
                                 t.statements = {{"SELECT total FROM orders WHERE shop = $1", {shop}}};
                             else
                                 t.statements = {{"UPDATE rates SET rate = rate + 1 WHERE currency = $1", {currency}}};
                             return t;
                         });
    return testing::workloadOf(mix, {.transactions = 4'000});
}

std::string keyOf(const RankedDesign& ranked, const char* table) {
    const auto* found = ranked.design.find(table);
    return !found ? "none" : found->keyed() ? found->key[0].expression : toString(found->strategy);
}

// Everything by customer on two shards, today.
Design layoutToday() {
    Design today;
    today.shards = 2;
    for (const char* name : {"public.items", "public.orders"}) {
        TableDesign table;
        table.table = name;
        table.strategy = Strategy::hash;
        table.key = {{"customer", "customer", ValueType::integer}};
        today.tables.push_back(table);
    }
    TableDesign rates;
    rates.table = "public.rates";
    rates.home = 1;
    today.tables.push_back(rates);
    today.slotMaps[0] = evenSlotMap(2);
    for (size_t slot = 0; slot < 100; ++slot) today.slotMaps[0].shardOfSlot[slot] = 1;
    return today;
}

}  // namespace

class TestSteering : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void weightsAreReadByName() {
        const auto weights = parseWeights("write_visit=3.5,peak_storage=0");
        QVERIFY(weights.ok());
        QCOMPARE(weights->writeVisit, 3.5);
        QCOMPARE(weights->peakStorage, 0.0);
        QCOMPARE(weights->readVisit, ObjectiveWeights().readVisit);
        for (const char* wrong : {"write_visits=3", "write_visit", "write_visit=-1", "write_visit=x", "write_visit=nan", "write_visit=1e9", "write_visit=1x"}) QVERIFY2(!parseWeights(wrong).ok(), wrong);
    }

    // Where reads across shards cost nothing, and writes do, orders go by who writes them; the other way round by who reads.
    void weightsDecide() {
        const auto workload = shops();
        Options options{.shards = 4};
        options.weights.readVisit = 0;
        const auto writes = testing::mustAdvise(*workload, options);
        QCOMPARE(keyOf(writes.designs.front(), "public.orders"), std::string("customer"));
        options.weights = {};
        options.weights.writeVisit = 0;
        options.weights.peakWork = 0;
        const auto reads = testing::mustAdvise(*workload, options);
        QCOMPARE(keyOf(reads.designs.front(), "public.orders"), std::string("shop"));
        const auto back = readAdvice(writeAdvice(reads));
        QVERIFY(back.ok() && back->weights == options.weights && back->turningPoints == reads.turningPoints);
        QVERIFY(back->designs.front().onFront == reads.designs.front().onFront && back->designs.front().regret == reads.designs.front().regret);
    }

    void forbidden() {
        const auto workload = shops();
        Options options{.shards = 4};
        QCOMPARE(keyOf(testing::mustAdvise(*workload, options).designs.front(), "public.rates"), std::string("reference"));
        options.forbidden = {{"orders", "customer"}, {"public.rates", "reference"}, {"public.rates", "unsharded"}};
        for (const auto& ranked : testing::mustAdvise(*workload, options).designs) {
            QVERIFY(keyOf(ranked, "public.orders") != "customer");
            QCOMPARE(keyOf(ranked, "public.rates"), std::string("currency"));
        }
        // Nothing left, and a pin to what is forbidden: said, and the rest of the advice still given.
        options.forbidden.emplace("rates", "currency");
        options.pins = {{"orders", "customer"}};
        const auto advice = testing::mustAdvise(*workload, options);
        QCOMPARE(keyOf(advice.designs.front(), "public.rates"), std::string("unsharded"));
        QVERIFY(keyOf(advice.designs.front(), "public.orders") != "customer");
        const auto says = [&](const char* part) { return std::any_of(advice.limits.begin(), advice.limits.end(), [&](const auto& limit) { return limit.find(part) != std::string::npos; }); };
        QVERIFY(says("Everything that public.rates could be is forbidden") && says("pinned to customer, which is forbidden"));
        Job job;
        QVERIFY(!advise(*workload, {.shards = 4, .forbidden = {{"orders", "nothing"}}}, job).ok());
        QVERIFY(!advise(*workload, {.shards = 4, .forbidden = {{"nothing", "id"}}}, job).ok());
    }

    void together() {
        const auto workload = shops();
        Options options{.shards = 4};
        options.weights.writeVisit = 0;
        options.weights.peakWork = 0;
        options.together = {{"orders", "items"}};
        const auto advice = testing::mustAdvise(*workload, options);
        for (const auto& ranked : advice.designs) {
            const auto* orders = ranked.design.find("public.orders");
            const auto* items = ranked.design.find("public.items");
            const bool with = orders->strategy == Strategy::reference || items->strategy == Strategy::reference || (orders->strategy == items->strategy && orders->group == items->group && orders->home == items->home);
            QVERIFY2(with, ranked.reason.c_str());
        }
        // No column of both carries the same values: said.
        options.together = {{"orders", "rates"}};
        options.forbidden = {{"orders", "reference"}, {"rates", "reference"}, {"orders", "unsharded"}};
        const auto apart = testing::mustAdvise(*workload, options);
        QVERIFY(std::any_of(apart.limits.begin(), apart.limits.end(), [](const auto& limit) { return limit.find("wanted together") != std::string::npos; }));
    }

    void locked() {
        const auto workload = shops();
        Options options{.shards = 4};
        options.today = layoutToday();
        options.locked = {"orders", "rates"};
        const auto advice = testing::mustAdvise(*workload, options);
        for (const auto& ranked : advice.designs) {
            const auto* orders = ranked.design.find("public.orders");
            QCOMPARE(orders->key[0].expression, std::string("customer"));
            QVERIFY(ranked.design.slotMaps.at(orders->group) == options.today->slotMaps.at(0));
            const auto* rates = ranked.design.find("public.rates");
            QVERIFY(rates->strategy == Strategy::unsharded && rates->home == 1);
        }
        // Items, free to go where they like, go with the orders.
        const auto& best = advice.designs.front().design;
        QCOMPARE(best.find("public.items")->group, best.find("public.orders")->group);
        // On fewer shards than today's the layout cannot be kept, and an unknown one is not made up.
        options.today->shards = 8;
        const auto fewer = testing::mustAdvise(*workload, options);
        QVERIFY(std::any_of(fewer.limits.begin(), fewer.limits.end(), [](const auto& limit) { return limit.find("cannot keep") != std::string::npos; }));
        options.today.reset();
        const auto unknown = testing::mustAdvise(*workload, options);
        QVERIFY(std::any_of(unknown.limits.begin(), unknown.limits.end(), [](const auto& limit) { return limit.find("is not known") != std::string::npos; }));
    }

    // Orders by customer win while enough of the load is theirs; the advice says how much less it would take.
    void turningPoints() {
        const auto advice = testing::mustAdvise(*shops(), {.shards = 4});
        const auto& best = advice.designs.front();
        QVERIFY(best.onFront && best.regret);
        for (const auto& ranked : advice.designs) QVERIFY(ranked.regret && *ranked.regret >= ranked.objective - best.objective - 0.2);
        QVERIFY(!advice.turningPoints.empty());
        for (const auto& point : advice.turningPoints) {
            QVERIFY(std::any_of(advice.designs.begin() + 1, advice.designs.end(), [&](const auto& ranked) { return ranked.design.id == point.winner; }));
            qInfo("%s %.3f", point.change.c_str(), point.loss);
        }
    }
};

QTEST_APPLESS_MAIN(TestSteering)
#include "test_steering.moc"
