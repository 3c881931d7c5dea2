// Logs and wishes that leave things open: each gets a sentence that says what could not be decided and why, and the rest of
// the advice all the same.
#include <QtTest>

#include "core/advisor/advisor.h"
#include "core/base/bytes.h"
#include "samples/generator/tpcc.h"
#include "tests/advisor/must_advise.h"
#include "tests/support/mix_workload.h"

using namespace foreshard;
using namespace foreshard::advisor;
using namespace foreshard::sharding;
using samplegen::number;
using samplegen::Transaction;
using testing::MadeMix;

namespace {

const std::string shopDdl =
    "CREATE TABLE public.customers (id integer NOT NULL, name text);\n"
    "CREATE TABLE public.orders (id integer NOT NULL, customer_id integer, region integer, total integer);\n"
    "CREATE TABLE public.notes (id integer NOT NULL, customer_id integer, body text);\n"
    "CREATE TABLE public.words (id integer NOT NULL, word text);\n"
    "ALTER TABLE ONLY public.customers ADD CONSTRAINT customers_pkey PRIMARY KEY (id);\n"
    "ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);\n"
    "ALTER TABLE ONLY public.words ADD CONSTRAINT words_pkey PRIMARY KEY (id);\n"
    "ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES public.customers(id);\n"
    "ALTER TABLE ONLY public.notes ADD CONSTRAINT notes_customer FOREIGN KEY (customer_id) REFERENCES public.customers(id);\n";

// A customer is read, and orders of that customer are written.
Transaction ordinary(Random& random) {
    const auto customer = number(random.between(1, 400));
    Transaction t;
    t.block = true;
    t.statements = {{"SELECT name FROM customers WHERE id = $1", {customer}},
                    {"INSERT INTO orders (id, customer_id, region, total) VALUES ($1, $2, $3, $4)", {number(random.between(1, 1'000'000)), customer, number(random.between(1, 3)), number(5)}},
                    {"UPDATE orders SET total = total + 1 WHERE customer_id = $1 AND region = $2", {customer, number(random.between(1, 3))}}};
    return t;
}

std::shared_ptr<const workload::Workload> made(MadeMix::Make make, testing::MixRun run = {}) {
    MadeMix mix(shopDdl, std::move(make));
    return testing::workloadOf(mix, run);
}

bool says(const std::vector<std::string>& sentences, const char* text) {
    return std::any_of(sentences.begin(), sentences.end(), [&](const std::string& s) { return s.find(text) != std::string::npos; });
}

QByteArray all(const std::vector<std::string>& sentences) {
    QByteArray text;
    for (const auto& s : sentences) text += (s + "\n").c_str();
    return text;
}

std::string keyOf(const RankedDesign& ranked, const char* table) {
    const auto* found = ranked.design.find(table);
    if (!found) return "none";
    return found->keyed() ? found->key[0].expression : toString(found->strategy);
}

}  // namespace

class TestAdviceLimits : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theOrdinaryLoadNeedsNoExcuse() {
        const auto advice = testing::mustAdvise(*made(ordinary), {.shards = 4});
        QCOMPARE(keyOf(advice.designs[0], "public.orders"), std::string("customer_id"));
        QCOMPARE(keyOf(advice.designs[0], "public.customers"), std::string("id"));
        QCOMPARE(*advice.designs[0].scores.multiShardShare, 0.0);
        // A table in no statement goes with its foreign key; one without stays whole, and the advice says so.
        QCOMPARE(keyOf(advice.designs[0], "public.notes"), std::string("customer_id"));
        QCOMPARE(keyOf(advice.designs[0], "public.words"), std::string("unsharded"));
        QVERIFY2(says(advice.limits, "No statement uses public.notes, public.words"), all(advice.limits));
        QVERIFY(says(advice.designs[0].why.at("public.words"), "no foreign key ties it"));
    }

    void withoutTransactions() {
        // No call at all; DDL alone; and everything rolled back.
        const auto ddl = [](Random&) { return Transaction{0, false, false, {{"CREATE TABLE extra (id integer PRIMARY KEY)", {}}}}; };
        const auto aborted = [](Random& random) { Transaction t = ordinary(random); t.aborted = true; return t; };
        for (const auto& workload : {made(ordinary, {.transactions = 0}), made(ddl, {.transactions = 3}), made(aborted, {.transactions = 50})}) {
            const auto advice = testing::mustAdvise(*workload, {.shards = 2});
            QVERIFY2(says(advice.limits, "No committed transaction was logged"), all(advice.limits));
            QVERIFY(!advice.designs.empty());
            const auto& best = advice.designs[0];
            QCOMPARE(keyOf(best, "public.orders"), std::string("customer_id"));
            QCOMPARE(keyOf(best, "public.customers"), std::string("id"));
            QVERIFY(!best.scores.multiShardShare && !best.scores.loadMaxOverMean && !best.heldOut.multiShardShare);
        }
        Job job;
        MadeMix nothing("", ordinary);
        QCOMPARE(advise(*testing::workloadOf(nothing, {.transactions = 0}), {.shards = 2}, job).error().category, ErrorCategory::usage);
    }

    void withoutPredicates() {
        const auto workload = made([](Random& random) {
            Transaction t;
            t.statements = {{random.below(2) ? "SELECT count(*) FROM orders" : "SELECT name FROM customers WHERE name LIKE '%a%'", {}}};
            return t;
        });
        const auto advice = testing::mustAdvise(*workload, {.shards = 4});
        QVERIFY2(says(advice.limits, "No statement compares a column with a value"), all(advice.limits));
        QVERIFY(!advice.designs.empty());
    }

    void oneTableIsOnlyEverScanned() {
        const auto workload = made([](Random& random) {
            if (random.below(4)) return ordinary(random);
            Transaction t;
            t.statements = {{"SELECT body FROM notes WHERE body LIKE '%x%'", {}}};
            return t;
        });
        const auto advice = testing::mustAdvise(*workload, {.shards = 4});
        QVERIFY2(says(advice.limits, "No statement compares a column of public.notes"), all(advice.limits));
        QCOMPARE(keyOf(advice.designs[0], "public.orders"), std::string("customer_id"));
    }

    void withoutLiterals() {
        const auto advice = testing::mustAdvise(*made(ordinary, {.literals = false}), {.shards = 4});
        QVERIFY2(says(advice.limits, "holds no key values"), all(advice.limits));
        QCOMPARE(keyOf(advice.designs[0], "public.orders"), std::string("customer_id"));
        QVERIFY(!advice.designs[0].scores.multiShardShare);
    }

    void aKeyThatIsMostlyNull() {
        const auto workload = made([](Random& random) {
            Transaction t = ordinary(random);
            if (random.below(10) < 7) t.statements = {{"INSERT INTO orders (id, customer_id, region, total) VALUES ($1, NULL, 1, 1)", {number(random.between(1, 1'000'000))}}};
            return t;
        });
        const auto advice = testing::mustAdvise(*workload, {.shards = 4, .pins = {{"orders", "customer_id"}}});
        QVERIFY2(says(advice.designs[0].risks, "orders.customer_id is NULL in"), all(advice.designs[0].risks));
    }

    void aKeyThatIsChanged() {
        const auto workload = made([](Random& random) {
            Transaction t = ordinary(random);
            if (random.below(10) == 0) t.statements = {{"UPDATE orders SET customer_id = $1 WHERE customer_id = $2 AND id = $3", {number(random.between(1, 400)), number(random.between(1, 400)), number(random.between(1, 1'000'000))}}};
            return t;
        });
        const auto advice = testing::mustAdvise(*workload, {.shards = 4, .pins = {{"orders", "customer_id"}}});
        QVERIFY2(says(advice.designs[0].risks, "of transactions change the key of public.orders"), all(advice.designs[0].risks));
    }

    void threeValuesForSixteenShards() {
        const auto advice = testing::mustAdvise(*made(ordinary), {.shards = 16, .pins = {{"orders", "region"}}});
        QVERIFY2(says(advice.designs[0].risks, "orders.region has only 3 known values for 16 shards: some shards stay empty"), all(advice.designs[0].risks));
    }

    void oneShard() {
        const auto advice = testing::mustAdvise(*made(ordinary), {.shards = 1});
        QVERIFY2(says(advice.limits, "With one shard there is nothing to decide"), all(advice.limits));
        QCOMPARE(advice.designs.size(), size_t(1));
        QCOMPARE(*advice.designs[0].scores.multiShardShare, 0.0);
    }

    void tenThousandShards() {
        const auto advice = testing::mustAdvise(*made(ordinary, {.transactions = 500}), {.shards = 10'000});
        QVERIFY2(says(advice.limits, "with 10000 shards the load of each is not known"), all(advice.limits));
        const auto& best = advice.designs[0];
        QCOMPARE(keyOf(best, "public.orders"), std::string("customer_id"));
        QVERIFY(best.scores.multiShardShare && !best.scores.loadMaxOverMean);
        std::vector<bool> used(10'000);
        for (const auto shard : best.design.slotMaps.begin()->second.shardOfSlot) used[shard] = true;
        QVERIFY(std::find(used.begin(), used.end(), false) == used.end());
        Job job;
        QCOMPARE(advise(*made(ordinary, {.transactions = 5}), {.shards = 10'001}, job).error().category, ErrorCategory::usage);
        QCOMPARE(advise(*made(ordinary, {.transactions = 5}), {.shards = 0}, job).error().category, ErrorCategory::usage);
    }

    void contradictingPins() {
        const auto workload = made(ordinary);
        const auto advice = testing::mustAdvise(*workload, {.shards = 4, .pins = {{"orders", "region"}, {"public.orders", "id"}, {"customers", "reference"}}});
        QVERIFY2(says(advice.limits, "public.orders is pinned to id and to region at once"), all(advice.limits));
        QCOMPARE(keyOf(advice.designs[0], "public.orders"), std::string("customer_id"));
        QCOMPARE(keyOf(advice.designs[0], "public.customers"), std::string("reference"));
        // The same pin twice is one; a pin of nothing is a mistake to tell.
        QCOMPARE(keyOf(testing::mustAdvise(*workload, {.shards = 4, .pins = {{"orders", "region"}, {"orders", "region"}}}).designs[0], "public.orders"), std::string("region"));
        Job job;
        QCOMPARE(advise(*workload, {.shards = 4, .pins = {{"ordres", "id"}}}, job).error().category, ErrorCategory::usage);
        QCOMPARE(advise(*workload, {.shards = 4, .pins = {{"orders", "idd"}}}, job).error().category, ErrorCategory::usage);
    }

    void tablesThatTheSchemaLacks() {
        const auto workload = made([](Random& random) {
            Transaction t = ordinary(random);
            t.statements.push_back({"SELECT total FROM invoices WHERE customer_id = $1", {t.statements[0].parameters[0]}});
            return t;
        });
        const auto advice = testing::mustAdvise(*workload, {.shards = 4});
        QVERIFY2(says(advice.limits, "The schema does not declare public.invoices"), all(advice.limits));
        QCOMPARE(keyOf(advice.designs[0], "public.invoices"), std::string("customer_id"));
        QCOMPARE(*advice.designs[0].scores.multiShardShare, 0.0);
    }

    // Whatever a project file holds, reading it ends with advice or a sentence.
    void damagedAdvice() {
        const auto advice = testing::mustAdvise(*made(ordinary, {.transactions = 300}), {.shards = 4});
        const std::string bytes = writeAdvice(advice);
        const auto again = readAdvice(bytes);
        QVERIFY(again.ok());
        QCOMPARE(writeAdvice(*again), bytes);
        for (size_t cut = 0; cut < bytes.size(); cut += cut < 200 ? 1 : 37) QCOMPARE(readAdvice(std::string_view(bytes).substr(0, cut)).error().category, ErrorCategory::format);
        Random random(1);
        for (int i = 0; i < 2'000; ++i) {
            auto flipped = bytes;
            const auto bit = random.below(flipped.size() * 8);
            flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
            const auto read = readAdvice(flipped);
            if (!read.ok()) QVERIFY(!read.error().message.empty() && !read.error().next.empty());
        }
        // Version 4 knew nine weights; those that came later were not weighed.
        ByteWriter old;
        old.fixed64(0x4543495644415246);
        old.varint(4);
        for (int list = 0; list < 2; ++list) old.varint(0);          // designs, limits
        for (int edge = 0; edge < 4; ++edge) old.zigzag(edge);
        old.fixed64(7);
        old.varint(11);
        old.real(0.5);
        for (int weight = 0; weight < 9; ++weight) old.real(weight + 1);
        old.varint(0);                                               // turning points
        const auto fourth = readAdvice(old.take());
        QVERIFY(fourth.ok());
        QVERIFY(fourth->weights.fewKeys == 9 && fourth->weights.shippedRow == 0 && fourth->evaluations == 11);
        auto newer = bytes;
        newer[8] = 99;
        QCOMPARE(readAdvice(newer).error().category, ErrorCategory::version);
    }
};

QTEST_APPLESS_MAIN(TestAdviceLimits)
#include "test_advice_limits.moc"
