// How keys are placed beside slots and ranges: heavy keys by name, a ring, what people pin; and a range of numbers of shards.
#include <QtTest>

#include "core/advisor/advisor.h"
#include "core/advisor/decisions.h"
#include "core/cost/evaluator.h"
#include "tests/advisor/must_advise.h"
#include "tests/support/mix_workload.h"

using namespace foreshard;
using namespace foreshard::advisor;
using namespace foreshard::sharding;
using samplegen::number;
using samplegen::Transaction;

namespace {

// Another tenant whose key falls into the counting slot of tenant 1.
int64_t neighbourOfOne() {
    for (int64_t id = 1'000;; ++id)
        if (countingSlot(Value::integer(id)) == countingSlot(Value::integer(1))) return id;
}

// Tenants 1 and its neighbour have a quarter of the load each, 400 others the rest.
std::shared_ptr<const workload::Workload> twoHeavyTenants() {
    static const int64_t other = neighbourOfOne();
    testing::MadeMix mix("CREATE TABLE public.orders (tenant integer NOT NULL, total integer);\nCREATE TABLE public.lines (tenant integer NOT NULL, quantity integer);\n", [](Random& random) {
        const uint64_t who = random.below(4);
        const auto tenant = number(who == 0 ? 1 : who == 1 ? other : random.between(2, 401));
        Transaction t;
        t.block = true;
        t.statements = {{"UPDATE orders SET total = total + 1 WHERE tenant = $1", {tenant}}, {"SELECT quantity FROM lines WHERE tenant = $1", {tenant}}};
        return t;
    });
    return testing::workloadOf(mix, {.transactions = 4'000});
}

// By customer, evenly; and a second column that half of the statements name too.
std::shared_ptr<const workload::Workload> customers() {
    testing::MadeMix mix("CREATE TABLE public.orders (customer integer NOT NULL, id integer NOT NULL, total integer);\nCREATE TABLE public.notes (customer integer NOT NULL, body integer);\n", [](Random& random) {
        const auto customer = number(random.between(1, 3'000));
        Transaction t;
        t.block = true;
        t.statements = {{"SELECT body FROM notes WHERE customer = $1", {customer}}};
        if (random.below(2)) t.statements.push_back({"UPDATE orders SET total = total + 1 WHERE customer = $1 AND id = $2", {customer, number(random.between(1, 50'000))}});
        else t.statements.push_back({"SELECT total FROM orders WHERE customer = $1", {customer}});
        return t;
    });
    return testing::workloadOf(mix, {.transactions = 4'000});
}

Design todayOf(Strategy strategy, uint32_t shards) {
    Design today;
    today.shards = shards;
    for (const char* name : {"public.notes", "public.orders"}) {
        TableDesign table{.table = name, .strategy = strategy, .key = {{"customer", "customer", ValueType::integer}}};
        if (strategy == Strategy::consistentHash) table.ring.weights.assign(shards, 1.0);
        today.tables.push_back(table);
    }
    if (strategy == Strategy::hash) today.slotMaps[0] = evenSlotMap(shards);
    return today;
}

Strategy strategyOf(const RankedDesign& ranked, const char* table = "public.orders") { return ranked.design.find(table)->strategy; }

bool saysOf(const std::vector<std::string>& lines, const char* part) {
    return std::any_of(lines.begin(), lines.end(), [&](const auto& line) { return line.find(part) != std::string::npos; });
}

}  // namespace

class TestPlacements : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // No deal of slots takes two heavy keys of one slot apart; names do. On the later half, too.
    void heavyKeysByName() {
        const auto workload = twoHeavyTenants();
        const auto advice = testing::mustAdvise(*workload, {.shards = 4});
        const auto& best = advice.designs.front();
        QVERIFY(strategyOf(best) == Strategy::directory);
        const auto* orders = best.design.find("public.orders");
        QVERIFY(orders->directory.size() >= 2 && orders->directory == best.design.find("public.lines")->directory);
        QVERIFY(orders->directory[0].shard != orders->directory[1].shard);
        QVERIFY2(*best.scores.loadMaxOverMean < 1.3 && *best.heldOut.loadMaxOverMean < 1.3, QByteArray::number(*best.heldOut.loadMaxOverMean));
        QVERIFY(saysOf(best.why.at("public.orders"), "pinned to shards by name"));
        // By slots alone the shard of both has half of all writes.
        const auto slots = testing::mustAdvise(*workload, {.shards = 4, .forbidden = {{"orders", "directory"}, {"lines", "directory"}}});
        QVERIFY(strategyOf(slots.designs.front()) == Strategy::hash);
        QVERIFY2(*slots.designs.front().scores.loadMaxOverMean > 1.4, QByteArray::number(*slots.designs.front().scores.loadMaxOverMean));
        QVERIFY(best.objective < slots.designs.front().objective);
    }

    // What the load model says of pinned keys is what the transactions of the sample do.
    void loadOfPinnedKeys() {
        const auto workload = twoHeavyTenants();
        Job job;
        const auto basis = std::move(cost::Basis::make(*workload, job).value());
        const auto advice = testing::mustAdvise(*workload, {.shards = 4});
        cost::Evaluator evaluator(*basis, 4);
        evaluator.set(advice.designs.front().design);
        std::vector<double> visits(4);
        double all = 0;
        for (uint32_t t = 0; t < basis->sample->transactions().size(); ++t) {
            const double weight = fromWeight(basis->sample->transactions()[t].weight);
            evaluator.footprint(t).all().forEach([&](uint32_t shard) { visits[shard] += weight; });
            all += weight;
        }
        const auto load = evaluator.loadByShard();
        double sum = 0;
        for (const double each : load) sum += each;
        for (size_t shard = 0; shard < 4; ++shard) QVERIFY2(std::abs(load[shard] / sum - visits[shard] / all) < 0.01, qPrintable(QString("%1 %2").arg(load[shard] / sum).arg(visits[shard] / all)));
    }

    // Slots are dealt by load, a ring by chance; both move a fourth of the rows from three shards to four. The ring is listed with its numbers.
    void ringWhereShardsAreAdded() {
        const auto workload = customers();
        Options options{.shards = 4};
        options.today = todayOf(Strategy::hash, 3);
        const auto advice = testing::mustAdvise(*workload, options);
        QVERIFY(strategyOf(advice.designs.front()) == Strategy::hash);
        QVERIFY(*advice.designs.front().movedShare < 0.3);
        const auto ring = std::find_if(advice.designs.begin(), advice.designs.end(), [](const auto& ranked) { return strategyOf(ranked) == Strategy::consistentHash; });
        QVERIFY(ring != advice.designs.end());
        QVERIFY(ring->objective > advice.designs.front().objective);
        QVERIFY(ring->movedShare && *ring->movedShare > *advice.designs.front().movedShare);
        QVERIFY(saysOf(advice.designs.front().why.at("public.notes"), "on a ring") || saysOf(advice.designs.front().why.at("public.orders"), "on a ring"));
        for (const auto& ranked : testing::mustAdvise(*workload, {.shards = 4}).designs) QVERIFY(strategyOf(ranked) != Strategy::consistentHash);
    }

    // On a ring today: staying on it moves a fourth, slots move three fourths; who weighs that stays.
    void ringStays() {
        const auto workload = customers();
        Options options{.shards = 4};
        options.today = todayOf(Strategy::consistentHash, 3);
        options.weights.movedShare = 1;
        const auto advice = testing::mustAdvise(*workload, options);
        QVERIFY(strategyOf(advice.designs.front()) == Strategy::consistentHash);
        QVERIFY2(std::abs(*advice.designs.front().movedShare - 0.25) < 0.05, QByteArray::number(*advice.designs.front().movedShare));
        options.forbidden = {{"orders", "ring"}, {"notes", "ring"}};
        const auto slots = testing::mustAdvise(*workload, options);
        QVERIFY(strategyOf(slots.designs.front()) == Strategy::hash);
        QVERIFY(*slots.designs.front().movedShare > 0.6);
    }

    void pinnedPlacements() {
        const auto workload = customers();
        const struct {
            const char* word;
            Strategy strategy;
        } cases[] = {{"hash", Strategy::hash}, {"range", Strategy::range}, {"ring", Strategy::consistentHash}, {"directory", Strategy::directory}};
        for (const auto& each : cases) {
            const auto advice = testing::mustAdvise(*workload, {.shards = 4, .pins = {{"orders", each.word}, {"orders", "customer"}}});
            QVERIFY2(strategyOf(advice.designs.front()) == each.strategy, each.word);
            QCOMPARE(advice.designs.front().design.find("public.orders")->key[0].expression, std::string("customer"));
        }
        // A composite key, pinned; and what nothing in the log tells is said.
        const auto composite = testing::mustAdvise(*workload, {.shards = 4, .pins = {{"orders", "customer+id"}}});
        const auto* orders = composite.designs.front().design.find("public.orders");
        QVERIFY(orders->key.size() == 2 && orders->key[1].expression == "id" && orders->prefix == 1);
        const auto forbidden = testing::mustAdvise(*workload, {.shards = 4, .pins = {{"orders", "customer+id"}}, .forbidden = {{"orders", "customer+id"}}});
        QVERIFY(saysOf(forbidden.limits, "is forbidden"));
        Job job;
        QVERIFY(!advise(*workload, {.shards = 4, .pins = {{"orders", "customer+nothing"}}}, job).ok());
        QVERIFY(!advise(*workload, {.shards = 4, .pins = {{"orders", "composite"}}}, job).ok());
        QVERIFY(!advise(*workload, {.shards = 4, .forbidden = {{"orders", "customer+nothing"}}}, job).ok());
    }

    void apart() {
        const auto workload = customers();
        const auto advice = testing::mustAdvise(*workload, {.shards = 4, .forbidden = {{"orders", "reference"}, {"notes", "reference"}}, .apart = {{"orders", "notes"}}});
        for (const auto& ranked : advice.designs) {
            const auto *orders = ranked.design.find("public.orders"), *notes = ranked.design.find("public.notes");
            QVERIFY(orders->keyed() != notes->keyed() || (orders->keyed() && orders->group != notes->group));
        }
        Decisions decisions = withDecision({}, {Decision::Kind::apart, {"public.notes", "public.orders"}, {}, 0, {}});
        QVERIFY(*readDecisions(writeDecisions(decisions)) == decisions);
        Options options{.shards = 4};
        obey(decisions, options);
        QCOMPARE(options.apart.size(), size_t(1));
        QCOMPARE(withDecision(decisions, {Decision::Kind::together, {"public.notes", "public.orders"}, {}, 0, {}}).size(), size_t(1));
        // A placement stands beside a key, copies beside neither.
        decisions = withDecision(withDecision({}, {Decision::Kind::pin, {"public.orders"}, "customer", 0, {}}), {Decision::Kind::pin, {"public.orders"}, "ring", 0, {}});
        QCOMPARE(decisions.size(), size_t(2));
        QCOMPARE(withDecision(decisions, {Decision::Kind::pin, {"public.orders"}, "reference", 0, {}}).size(), size_t(1));
    }

    // Everything on one shard each: the more shards, the less has the busiest one to do. Where all cross, fewer are better.
    void rangeOfShards() {
        const auto few = testing::mustAdvise(*customers(), {.shards = 2, .shardsUpTo = 4});
        QCOMPARE(few.designs.front().design.shards, 4u);
        std::set<uint32_t> counts;
        for (size_t i = 0; i < few.designs.size(); ++i) {
            counts.insert(few.designs[i].design.shards);
            QCOMPARE(few.designs[i].design.id, "d" + std::to_string(i + 1));
            QVERIFY(i == 0 || few.designs[i].objective >= few.designs[i - 1].objective);
        }
        QCOMPARE(counts.size(), size_t(3));
        testing::MadeMix scans("CREATE TABLE public.entries (id integer NOT NULL, a integer, b integer);", [](Random& random) {
            Transaction t;
            t.statements = {{"UPDATE entries SET a = a + 1 WHERE a = $1 OR b = $2", {number(random.between(1, 500)), number(random.between(1, 500))}}};
            return t;
        });
        const auto crossing = testing::mustAdvise(*testing::workloadOf(scans, {.transactions = 1'000}), {.shards = 2, .shardsUpTo = 4, .pins = {{"entries", "a"}}});
        QCOMPARE(crossing.designs.front().design.shards, 2u);
        Job job;
        QVERIFY(!advise(*customers(), {.shards = 2, .shardsUpTo = 400}, job).ok());
    }
};

QTEST_APPLESS_MAIN(TestPlacements)
#include "test_placements.moc"
