// Derived keys: found where the log proves them, used by the one router, and not found where chance or a broken row speaks
// against them.
#include <QtTest>

#include <fmt/format.h>

#include "core/advisor/advisor.h"
#include "core/cost/projection.h"
#include "samples/generator/smallbank.h"
#include "samples/generator/tatp.h"
#include "samples/generator/tpcc.h"
#include "tests/advisor/must_advise.h"
#include "tests/support/mix_workload.h"

using namespace foreshard;
using namespace foreshard::advisor;
using namespace foreshard::sharding;
using samplegen::number;
using samplegen::Transaction;

namespace {

std::string keyOf(const Design& design, const std::string& table) {
    const auto* found = design.find(table);
    return !found ? "none" : found->keyed() ? found->key[0].expression : toString(found->strategy);
}

double multiShard(const workload::Workload& workload, const Design& design) {
    Job job;
    const auto projection = cost::project(workload, design, job);
    return projection.ok() && projection->multiShardShare ? *projection->multiShardShare : -1;
}

const std::string orderDdl =
    "CREATE TABLE public.customers (id integer NOT NULL, name text);\nCREATE TABLE public.parcels (order_no text NOT NULL, weight integer);\n"
    "ALTER TABLE ONLY public.customers ADD CONSTRAINT customers_pkey PRIMARY KEY (id);\n"
    "ALTER TABLE ONLY public.parcels ADD CONSTRAINT parcels_pkey PRIMARY KEY (order_no);\n";

// The parcels of an order know the customer only by the number of the order, "00042-7"; `broken`: share of numbers that do not.
std::shared_ptr<const workload::Workload> parcels(double broken) {
    testing::MadeMix mix(orderDdl, [broken](Random& random) {
        const int64_t customer = random.between(1, 5'000);
        const int64_t inNumber = random.uniform() < broken ? random.between(1, 5'000) : customer;
        Transaction t;
        t.block = true;
        t.statements = {{"SELECT name FROM customers WHERE id = $1", {number(customer)}},
                        {"INSERT INTO parcels (order_no, weight) VALUES ($1, $2)", {samplegen::text(fmt::format("{:05}-{}", inNumber, random.below(90))), number(3)}}};
        return t;
    });
    return testing::workloadOf(mix, {.transactions = 3'000});
}

}  // namespace

class TestDerivedKeys : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // SUB_NBR is S_ID padded with zeros: 18 % of the transactions name it alone.
    void tatp() {
        samplegen::Tatp mix({.subscribers = 2'000});
        const auto workload = testing::workloadOf(mix, {.transactions = 6'000});
        const auto advice = testing::mustAdvise(*workload, {.shards = 4});
        const auto& best = advice.designs[0];
        for (const char* table : {"public.subscriber", "public.access_info", "public.special_facility", "public.call_forwarding"}) {
            QCOMPARE(keyOf(best.design, table), std::string("s_id"));
            QCOMPARE(best.design.find(table)->group, best.design.find("public.subscriber")->group);
        }
        QCOMPARE(best.design.lookups.size(), size_t(1));
        QCOMPARE(best.design.lookups[0].derivedBy, std::string("sub_nbr::bigint"));
        QCOMPARE(*best.scores.multiShardShare, 0.0);
        QCOMPARE(*best.heldOut.multiShardShare, 0.0);
        Design without = best.design;
        without.lookups.clear();
        const double share = multiShard(*workload, without);
        QVERIFY2(std::abs(share - 0.18) < 3 * std::sqrt(0.18 * 0.82 / 6'000), QByteArray::number(share));
        QCOMPARE(multiShard(*workload, best.design), 0.0);
        // It is said what it saves, and what every row must keep to.
        const auto& why = best.why.at("public.subscriber");
        QVERIFY(std::any_of(why.begin(), why.end(), [](const std::string& line) { return line.find("sub_nbr::bigint") != std::string::npos && line.find("CHECK") != std::string::npos; }));
        // It is part of the design: it survives its serialised form.
        const auto again = readDesign(writeDesign(best.design));
        QVERIFY(again.ok() && *again == best.design);
    }

    void namesDecideNothing() {
        samplegen::Tatp mix({.subscribers = 2'000});
        const samplegen::NameScrambler scrambler(mix.schemaSql(), 5);
        testing::MixRun run{.transactions = 6'000};
        run.schemaSql = scrambler.schema();
        run.rewrite = [&](const std::string& sql) { return scrambler.apply(sql); };
        const auto advice = testing::mustAdvise(*testing::workloadOf(mix, run), {.shards = 4});
        const auto& best = advice.designs[0];
        for (const char* table : {"subscriber", "access_info", "special_facility", "call_forwarding"})
            QCOMPARE(keyOf(best.design, "public." + scrambler.renamed(table)), scrambler.renamed("s_id"));
        QCOMPARE(best.design.lookups.size(), size_t(1));
        QCOMPARE(*best.scores.multiShardShare, 0.0);
    }

    // Accounts found by a name of 64 digits; two customers in 40 % of the transactions.
    void smallBank() {
        samplegen::SmallBank mix({.accounts = 2'000});
        const uint32_t shards = 4;
        const auto advice = testing::mustAdvise(*testing::workloadOf(mix, {.transactions = 8'000}), {.shards = shards});
        const auto& best = advice.designs[0];
        QCOMPARE(keyOf(best.design, "public.savings"), std::string("custid"));
        QCOMPARE(keyOf(best.design, "public.checking"), std::string("custid"));
        const double closed = 0.4 * (1 - 1.0 / shards), error = std::sqrt(closed * (1 - closed) / 4'000);
        QVERIFY2(std::abs(*best.heldOut.multiShardShare - closed) < 3 * error, QByteArray::number(*best.heldOut.multiShardShare));
    }

    // A table without the customer's column is placed by what its own number begins with.
    void anExpressionAsKey() {
        const auto workload = parcels(0);
        const auto advice = testing::mustAdvise(*workload, {.shards = 4});
        const auto& best = advice.designs[0];
        const auto* table = best.design.find("public.parcels");
        QCOMPARE(keyOf(best.design, "public.parcels"), std::string("split_part(order_no, '-', 1)::bigint"));
        QCOMPARE(table->group, best.design.find("public.customers")->group);
        QCOMPARE(*best.scores.multiShardShare, 0.0);
        QCOMPARE(*best.heldOut.multiShardShare, 0.0);
    }

    // One number in a hundred that does not keep to it, and nothing is promised.
    void aBrokenRuleIsNone() {
        const auto advice = testing::mustAdvise(*parcels(0.01), {.shards = 4});
        for (const auto& ranked : advice.designs) {
            QVERIFY(ranked.design.lookups.empty());
            const auto* table = ranked.design.find("public.parcels");
            QVERIFY(!table->keyed() || table->key[0].bare());
        }
    }
};

QTEST_APPLESS_MAIN(TestDerivedKeys)
#include "test_derived_keys.moc"
