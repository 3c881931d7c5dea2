// Offers: lookups, columns filled from a parent, and lookups of the parent's that serve both; as designs that the router follows to
// where rows laid out by hand lie.
#include <QtTest>

#include <fmt/format.h>

#include "core/sharding/lookup.h"
#include "tests/advisor/must_advise.h"
#include "tests/support/mix_workload.h"
#include "tests/support/oracle.h"

using namespace foreshard;
using namespace foreshard::advisor;
using namespace foreshard::sharding;
using samplegen::number;
using samplegen::Transaction;

namespace {

const std::string shopDdl =
    "CREATE TABLE public.customers (id integer NOT NULL, email text, name text);\n"
    "CREATE TABLE public.orders (id integer NOT NULL, customer_id integer, total integer);\n"
    "CREATE TABLE public.order_line (order_id integer NOT NULL, line integer NOT NULL, quantity integer);\n"
    "ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);\n";

// The customer of each order: one of 300.
int64_t customerOf(int64_t order) { return 1 + static_cast<int64_t>(mixHash(static_cast<uint64_t>(order)) % 300); }

// Orders are made with their lines, read by customer, and their lines changed by the order alone. `hops`: orders whose customer
// is another one each time; then nothing follows from an order.
std::shared_ptr<const workload::Workload> shop(bool hops = false) {
    auto next = std::make_shared<int64_t>(0);
    testing::MadeMix mix(shopDdl, [next, hops](Random& random) {
        Transaction t;
        t.block = true;
        const auto kind = random.below(10);
        if (kind < 2 || *next < 20) {
            const int64_t order = ++*next;
            const auto customer = number(customerOf(order));
            t.statements = {{"SELECT name FROM customers WHERE id = $1", {customer}},
                            {"INSERT INTO orders (id, customer_id, total) VALUES ($1, $2, 7)", {number(order), customer}},
                            {"INSERT INTO order_line (order_id, line, quantity) VALUES ($1, 1, 1)", {number(order)}},
                            {"UPDATE customers SET name = 'x' WHERE id = $1", {customer}}};
            return t;
        }
        const int64_t order = random.between(1, *next), customer = hops ? random.between(1, 300) : customerOf(order);
        if (kind < 6)
            t.statements = {{"SELECT name FROM customers WHERE id = $1", {number(customer)}}, {"SELECT total FROM orders WHERE customer_id = $1", {number(customer)}},
                            {"UPDATE orders SET total = total + 1 WHERE customer_id = $1 AND id = $2", {number(customer), number(order)}}};
        else
            t.statements = {{"SELECT name FROM customers WHERE id = $1", {number(customer)}}, {"UPDATE order_line SET quantity = quantity + 1 WHERE order_id = $1", {number(order)}}};
        return t;
    });
    return testing::workloadOf(mix, {.transactions = 3'000});
}

const Offer* offered(const RankedDesign& ranked, const char* kind, const char* table) {
    for (const auto& offer : ranked.offers)
        if (offer.kind == kind && offer.table == table) return &offer;
    return nullptr;
}

// By customer, whatever else.
const RankedDesign* byCustomer(const Advice& advice) {
    for (const auto& ranked : advice.designs)
        if (const auto* orders = ranked.design.find("public.orders"); orders->keyed() && orders->key[0].expression == "customer_id") return &ranked;
    return nullptr;
}

class Content : public LookupSource {
public:
    std::optional<std::vector<std::vector<Value>>> find(const Lookup&, std::span<const Value> from) const override {
        return std::vector<std::vector<Value>>{{Value::integer(customerOf(from[0].number))}};
    }
};

}  // namespace

class TestOffers : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // Lines know their customer only through the order.
    void aParentKnowsTheKey() {
        const auto workload = shop();
        const auto advice = testing::mustAdvise(*workload, {.shards = 4});
        const auto* ranked = byCustomer(advice);
        QVERIFY(ranked);
        QVERIFY2(*ranked->scores.multiShardShare > 0.3, QByteArray::number(*ranked->scores.multiShardShare));
        const auto* column = offered(*ranked, "column", "public.order_line");
        const auto* lookup = offered(*ranked, "parent lookup", "public.order_line");
        QVERIFY(column && lookup);
        QCOMPARE(column->from + " " + column->key + " " + column->parent, std::string("order_id customer_id public.orders"));
        QVERIFY2(column->shareWithUpkeep < 0.05 && column->upkeep == 0, QByteArray::number(column->shareWithUpkeep));
        QCOMPARE(column->shareBefore, *ranked->scores.multiShardShare);
        // A fifth of the transactions makes orders, and so entries of the lookup.
        QVERIFY2(std::abs(lookup->upkeep - 0.2) < 0.03 && lookup->shareAfter < 0.05, QByteArray::number(lookup->upkeep));
        QVERIFY(lookup->shareWithUpkeep > lookup->shareAfter && lookup->shareWithUpkeep < lookup->shareBefore);
        QVERIFY2(column->ddl.find("ALTER TABLE public.order_line ADD COLUMN customer_id integer;") == 0, column->ddl.c_str());
        QVERIFY(lookup->ddl.find("CREATE TABLE public.orders_customer_id_by_id (id integer PRIMARY KEY, customer_id integer NOT NULL);") != std::string::npos);
        QVERIFY(lookup->why.find("only through orders") != std::string::npos);
        // They survive their serialised form.
        const auto again = readAdvice(writeAdvice(advice));
        QVERIFY(again.ok() && byCustomer(*again)->offers == ranked->offers);
    }

    // Every line lies with its order, and the router finds it by the number of the order alone.
    void theRouterFollowsThem() {
        const auto workload = shop();
        const auto advice = testing::mustAdvise(*workload, {.shards = 5});
        const auto* lookup = offered(*byCustomer(advice), "parent lookup", "public.order_line");
        QVERIFY(lookup);
        QVERIFY2(validate(lookup->design).empty(), validate(lookup->design).empty() ? "" : validate(lookup->design)[0].c_str());
        const Content content;
        const Router router(workload->facts, lookup->design, &content);
        const auto table = *workload->facts->schema.find({}, "order_line"), orders = *workload->facts->schema.find({}, "orders");
        for (int64_t order = 1; order <= 200; ++order) {
            testing::OracleRow line, head;
            line.values = {{"order_id", Value::integer(order)}, {"customer_id", Value::integer(customerOf(order))}};
            head.values = {{"id", Value::integer(order)}, {"customer_id", Value::integer(customerOf(order))}};
            const auto owners = router.owners("public.order_line", line);
            QVERIFY(owners == router.owners("public.orders", head));
            for (const auto& [id, name] : {std::pair(table, "order_id"), std::pair(orders, "id")}) {
                workload::BoundKey key;
                key.column = *workload->facts->findColumn(id, name);
                key.values = {Value::integer(order)};
                workload::TableAccess access;
                access.table = id;
                const Route route = router.route(access, std::span(&key, 1));
                QVERIFY(route.shards == owners && route.reason == RouteReason::lookup);
            }
        }
    }

    // Where an order's customer is another one each time, nothing is promised.
    void noRuleNoOffer() {
        const auto advice = testing::mustAdvise(*shop(true), {.shards = 4});
        for (const auto& ranked : advice.designs) QVERIFY(ranked.offers.empty());
    }

    // A customer found by the e-mail address.
    void aLookupOfItsOwn() {
        testing::MadeMix mix(shopDdl, [](Random& random) {
            const int64_t customer = random.between(1, 300);
            const auto email = samplegen::text(fmt::format("{}@example.org", customer * 7'919 % 100'003));
            Transaction t;
            t.block = true;
            if (random.below(3)) t.statements = {{"SELECT total FROM orders WHERE customer_id = $1", {number(customer)}}, {"UPDATE customers SET name = 'x' WHERE id = $1", {number(customer)}}};
            else if (random.below(2)) t.statements = {{"SELECT name FROM customers WHERE email = $1", {email}}};
            else t.statements = {{"SELECT name FROM customers WHERE email = $1 AND id = $2", {email, number(customer)}}};
            return t;
        });
        const auto advice = testing::mustAdvise(*testing::workloadOf(mix, {.transactions = 3'000}), {.shards = 4});
        const auto* lookup = offered(advice.designs.front(), "lookup", "public.customers");
        QVERIFY(lookup);
        QCOMPARE(lookup->from + " " + lookup->key, std::string("email id"));
        QVERIFY(lookup->parent.empty() && lookup->upkeep == 0 && lookup->design.lookups.size() == 1 && lookup->design.lookups[0].replicated);
        QCOMPARE(lookup->shareWithUpkeep, 0.0);
    }
};

QTEST_APPLESS_MAIN(TestOffers)
#include "test_offers.moc"
