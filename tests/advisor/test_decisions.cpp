// What people decide: the one list of it, designs drawn by hand, other weights for the same designs; the best so far of a
// search that is stopped; and the graph of tables that are used together.
#include <QtTest>

#include <cmath>

#include "core/advisor/co_access.h"
#include "core/advisor/decisions.h"
#include "core/advisor/judge.h"
#include "tests/advisor/must_advise.h"
#include "tests/support/mix_workload.h"

using namespace foreshard;
using namespace foreshard::advisor;
using samplegen::number;
using samplegen::Transaction;
using Kind = Decision::Kind;

namespace {

// Orders and items by customer, now and then by shop; items know the customer too.
std::shared_ptr<const workload::Workload> shops() {
    testing::MadeMix mix("CREATE TABLE public.orders (id integer NOT NULL, customer integer NOT NULL, shop integer NOT NULL, total integer);\n"
                         "CREATE TABLE public.items (order_id integer NOT NULL, customer integer NOT NULL, quantity integer);\n"
                         "CREATE TABLE public.notes (id integer NOT NULL, words text);\n",
                         [](Random& random) {
                             const auto customer = number(random.between(1, 2'000)), shop = number(random.between(1, 300));
                             Transaction t;
                             t.block = true;
                             if (random.below(10) < 8)
                                 t.statements = {{"UPDATE orders SET total = total + 1 WHERE customer = $1", {customer}}, {"SELECT quantity FROM items WHERE customer = $1", {customer}}};
                             else
                                 t.statements = {{"SELECT total FROM orders WHERE shop = $1", {shop}}};
                             return t;
                         });
    return testing::workloadOf(mix, {.transactions = 3'000});
}

sharding::Design byRanges(const std::string& id) {
    sharding::Design design;
    design.id = id;
    design.name = "ranges of customer";
    design.shards = 2;
    for (const char* name : {"public.items", "public.orders"}) {
        sharding::TableDesign table;
        table.table = name;
        table.strategy = sharding::Strategy::range;
        table.key = {{"customer", "customer", ValueType::integer}};
        table.ranges = {{{}, 0}, {{Value::integer(500)}, 1}};
        design.tables.push_back(table);
    }
    return design;
}

Advice withoutTime(Advice advice) {
    advice.secondsToBest = 0;
    return advice;
}

}  // namespace

class TestDecisions : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatContradictsGoes() {
        const Decision pin{Kind::pin, {"public.orders"}, "customer", 0, {}}, other{Kind::pin, {"public.orders"}, "shop", 0, {}}, forbid{Kind::forbid, {"public.orders"}, "shop", 0, {}};
        const Decision lock{Kind::lock, {"public.orders"}, {}, 0, {}}, weight{Kind::weight, {}, "write_visit", 3, {}}, usual{Kind::weight, {}, "write_visit", 2, {}};
        const Decision together{Kind::together, {"public.items", "public.orders"}, {}, 0, {}}, drawn{Kind::draw, {}, {}, 0, byRanges("h1")};
        QCOMPARE(withDecision({pin}, other), Decisions{other});
        QCOMPARE(withDecision({forbid}, other), Decisions{other});
        QCOMPARE(withDecision({forbid}, pin), (Decisions{forbid, pin}));
        QCOMPARE(withDecision({pin, forbid, weight}, lock), (Decisions{weight, lock}));
        QCOMPARE(withDecision({lock, together}, pin), (Decisions{together, pin}));
        QCOMPARE(withDecision({weight, drawn}, usual), Decisions{drawn});
        QCOMPARE(nextDrawnId({drawn}), std::string("h2"));
        QCOMPARE(toWords(pin), std::string("Pin orders to customer"));
        const Decisions all{pin, forbid, lock, together, weight, drawn};
        const auto bytes = writeDecisions(all);
        QCOMPARE(*readDecisions(bytes), all);
        for (size_t cut = 0; cut < bytes.size(); ++cut) QVERIFY(!readDecisions(std::string_view(bytes).substr(0, cut)).ok());
    }

    void everyAdviceObeys() {
        const auto load = shops();
        Options options;
        obey({{Kind::pin, {"public.orders"}, "shop", 0, {}}, {Kind::weight, {}, "copied_table", 0.5, {}}, {Kind::draw, {}, {}, 0, byRanges("h1")}}, options);
        const auto advice = testing::mustAdvise(*load, options);
        QCOMPARE(advice.designs.front().design.find("public.orders")->key.front().expression, std::string("shop"));
        QCOMPARE(advice.weights.copiedTable, 0.5);
        // A drawn design stands behind those that were found, with figures of both halves, and is compared with them.
        const auto& drawn = advice.designs.back();
        QVERIFY2(drawnByHand(drawn.design), advice.limits.empty() ? "" : advice.limits.back().c_str());
        QCOMPARE(drawn.design, byRanges("h1"));
        QCOMPARE(drawn.rank, static_cast<uint32_t>(advice.designs.size()));
        QVERIFY(drawn.scores.multiShardShare && drawn.heldOut.multiShardShare && *drawn.scores.multiShardShare < *advice.designs.front().scores.multiShardShare);
        QVERIFY(*drawn.scores.loadMaxOverMean > 1.2);        // a quarter of the customers against three
        QVERIFY(drawn.onFront);
        // One that the schema knows nothing of is a limit, and the rest of the advice is given.
        auto wrong = byRanges("h2");
        wrong.tables[0].table = "public.nothing";
        options.drawn = {wrong};
        const auto still = testing::mustAdvise(*load, options);
        QVERIFY(!drawnByHand(still.designs.back().design));
        QVERIFY(std::any_of(still.limits.begin(), still.limits.end(), [](const auto& limit) { return limit.find("public.nothing") != std::string::npos; }));
    }

    // The weights that the designs were found with give the order and figures that they have; others give another.
    void otherWeights() {
        const auto load = shops();
        const auto advice = testing::mustAdvise(*load, {});
        const auto same = reranked(advice, advice.weights);
        QVERIFY(same);
        QCOMPARE(writeAdvice(*same), writeAdvice(advice));
        ObjectiveWeights heavy = advice.weights;
        heavy.readVisit = 50;
        const auto other = reranked(advice, heavy);
        QVERIFY(other && other->designs.size() == advice.designs.size());
        for (size_t i = 1; i < other->designs.size(); ++i) QVERIFY(other->designs[i - 1].objective <= other->designs[i].objective);
        QVERIFY(other->designs.front().objective != advice.designs.front().objective);
        // To what the design costs under these weights where they are looked for, the figure is the same.
        Options options;
        options.weights = heavy;
        const auto searched = testing::mustAdvise(*load, options);
        for (const auto& found : searched.designs)
            for (const auto& again : other->designs)
                if (again.design.fingerprint() == found.design.fingerprint()) QVERIFY(std::fabs(again.objective - found.objective) < 1e-9);
        // What was left out by a weight of 0 is not known.
        Advice less = advice;
        less.weights.readVisit = 0;
        QVERIFY(!reranked(less, heavy));
    }

    // Told of what is best while it searches; a stop then gives that, and says so.
    void bestSoFar() {
        const auto load = shops();
        Options options;
        std::vector<BestSoFar> told;
        options.better = [&](const BestSoFar& best) { told.push_back(best); };
        const auto whole = testing::mustAdvise(*load, options);
        QVERIFY(!told.empty() && told.front().scores.multiShardShare);
        for (size_t i = 1; i < told.size(); ++i) QVERIFY(told[i].objective < told[i - 1].objective && told[i].seconds >= told[i - 1].seconds);
        Job given, job;
        options.better = [&](const BestSoFar&) { given.requestStop(); };
        QCOMPARE(advise(*load, options, given).error().category, ErrorCategory::cancelled);
        options.keepWhenStopped = true;
        options.better = [&](const BestSoFar&) { job.requestStop(); };
        const auto kept = advise(*load, options, job);
        QVERIFY2(kept.ok(), kept ? "" : kept.error().message.c_str());
        QVERIFY(!kept->designs.empty() && !kept->designs.front().why.empty());
        QVERIFY(kept->evaluations < whole.evaluations);
        QVERIFY(std::any_of(kept->limits.begin(), kept->limits.end(), [](const auto& limit) { return limit.find("was stopped") != std::string::npos; }));
        // Before anything was found there is nothing to keep.
        QCOMPARE(advise(*load, options, job).error().category, ErrorCategory::cancelled);
        options.keepWhenStopped = false;
        options.better = {};
        QCOMPARE(writeAdvice(withoutTime(testing::mustAdvise(*load, options))), writeAdvice(withoutTime(whole)));
    }

    void tablesUsedTogether() {
        const auto load = shops();
        Job job;
        const auto design = byRanges("h1");
        const auto graph = coAccessOf(*load, &design, job);
        QVERIFY(graph.ok());
        QCOMPARE(graph->nodes.size(), size_t{3});
        QCOMPARE(graph->edges.size(), size_t{1});
        const auto& edge = graph->edges[0];
        QVERIFY(std::fabs(edge.share - 0.8) < 0.05 && std::fabs(edge.agree - 0.8) < 0.05);
        QCOMPARE(edge.leftColumn + "=" + edge.rightColumn, std::string("customer=customer"));
        QCOMPARE(*edge.apart, 0.0);
        const auto again = coAccessOf(*load, nullptr, job);
        for (size_t i = 0; i < 3; ++i) QVERIFY(again->nodes[i].x == graph->nodes[i].x && again->nodes[i].y == graph->nodes[i].y);
        QVERIFY(!again->edges[0].apart);
    }

    // Sixty tables in six circles, two of them alone: none lies on another, none outside.
    void manyTablesHaveRoom() {
        CoAccess graph;
        graph.nodes.resize(60);
        for (uint32_t id = 0; id < 58; ++id) {
            if (id % 10 != 9 && id < 57) graph.edges.push_back({id, id + 1, 0.1 + 0.01 * (id % 7), 0, {}, {}, {}});
            if (id % 10 == 0 && id > 0) graph.edges.push_back({0, id, 0.02, 0, {}, {}, {}});
        }
        std::sort(graph.edges.begin(), graph.edges.end(), [](const auto& a, const auto& b) { return std::pair(a.left, a.right) < std::pair(b.left, b.right); });
        Job job;
        QVERIFY(layOut(graph, job).ok());
        for (size_t i = 0; i < graph.nodes.size(); ++i) {
            const auto& node = graph.nodes[i];
            QVERIFY(node.x >= 0 && node.x <= 1 && node.y >= 0 && node.y <= 1);
            for (size_t k = 0; k < i; ++k) QVERIFY2(std::hypot(node.x - graph.nodes[k].x, node.y - graph.nodes[k].y) > 0.02, qPrintable(QString("%1 and %2").arg(i).arg(k)));
        }
    }
};

QTEST_APPLESS_MAIN(TestDecisions)
#include "test_decisions.moc"
