// Counts by key past their limit: dropped in a fixed order, estimated from the sample, and named.
#include <QtTest>

#include "core/workload/count_limit.h"
#include "tests/workload/small_log.h"

using namespace small;

namespace {

std::shared_ptr<const schema::Schema> shop() {
    auto orders = table("orders", {column("id", ValueType::integer), column("customer_id", ValueType::integer), column("note", ValueType::text)}, {"id"});
    orders.indexes.push_back({"by_customer", {"customer_id"}, false});
    return schemaOf({orders});
}

// Two days of calls, so that intervals, slots and ranges are many; one customer has a third of them.
std::vector<Line> traffic(int calls) {
    std::vector<Line> log;
    for (int i = 0; i < calls; ++i) {
        const std::string number = std::to_string(i), customer = std::to_string(i % 3 ? 100 + i % 40 : 7);
        Line line{"s" + std::to_string(i % 3), i % 2 ? "SELECT * FROM orders WHERE customer_id = " + customer + " AND note = 'n" + number + "'"
                                                     : "INSERT INTO orders (id, customer_id, note) VALUES (" + number + ", " + customer + ", 'n" + number + "')"};
        line.time = start + i * (microsPerDay / calls);
        log.push_back(std::move(line));
    }
    return log;
}

PartialOptions hourly(uint64_t maxCounts) {
    PartialOptions options;
    options.interval = microsPerHour;
    options.maxCounts = maxCounts;
    return options;
}

uint64_t countsOf(const Partial& partial) {
    uint64_t counts = 0;
    for (const auto& [name, part] : partial.data().columns) counts += part.slots.size() + part.ranges.size();
    return counts;
}

std::pair<double, double> sums(const std::vector<SlotCount>& counts) {
    std::pair<double, double> sum;
    for (const auto& count : counts) sum.first += fromWeight(count.reads), sum.second += fromWeight(count.writes);
    return sum;
}

}  // namespace

class TestCountLimit : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void orderIsFixed() {
        const auto schema = shop();
        const auto rank = [&](const char* name, bool ranges) { return countRank(*schema, {"public.orders", name}, ranges); };
        QVERIFY(rank("id", false) < rank("customer_id", false));
        QVERIFY(rank("customer_id", false) < rank("note", false));
        QVERIFY(rank("note", false) < rank("id", true));
        QVERIFY(rank("id", true) < rank("customer_id", true));
    }
    void sumsStayAndTheRestIsEstimated() {
        const auto log = traffic(3'000);
        const auto exactPartial = partialOf(log, shop(), hourly(1 << 20));
        const auto exact = finish(exactPartial);
        QVERIFY(!exactPartial.overLimit());
        QCOMPARE(exact->facts->diagnostics.byReason().count("estimated_load"), size_t(0));
        const uint64_t all = countsOf(exactPartial);
        for (const uint64_t limit : {all - 1, all / 2, all / 8, uint64_t(0)}) {
            const auto partial = partialOf(log, shop(), hourly(limit));
            QVERIFY(partial.overLimit());
            QVERIFY(countsOf(partial) <= limit);
            const auto w = finish(partial);
            QVERIFY(w->facts->diagnostics.byReason().at("estimated_load") >= 1);
            QVERIFY(w->facts->diagnostics.shown()[0].message.find("sampled transactions") != std::string::npos);
            QCOMPARE(w->facts->totals, exact->facts->totals);
            for (size_t c = 0; c < w->rates.columns.size(); ++c) {
                QVERIFY(w->rates.columns[c].totals == exact->rates.columns[c].totals);
                const auto [reads, writes] = sums(w->rates.columns[c].slots);
                const auto [exactReads, exactWrites] = sums(exact->rates.columns[c].slots);
                QVERIFY(std::abs(reads - exactReads) <= 0.01 * exactReads + 1 && std::abs(writes - exactWrites) <= 0.01 * exactWrites + 1);
            }
            // The customer with a third of the calls still stands out.
            const auto customer = columnOf(*w, "public.orders", "customer_id");
            const auto [hot, hotWrites] = slotLoad(*w, customer, Value::integer(7));
            QVERIFY(hot + hotWrites > 0.8 * 1'000 && hot + hotWrites < 1.3 * 1'000);
        }
    }
    void keysAreDroppedLast() {
        const auto log = traffic(3'000);
        const auto exact = partialOf(log, shop(), hourly(1 << 20));
        const auto& ids = exact.data().columns.at({"public.orders", "id"});
        const auto partial = partialOf(log, shop(), hourly(ids.slots.size()));
        QVERIFY(partial.data().columns.at({"public.orders", "id"}).slots == ids.slots);
        QVERIFY(partial.data().columns.at({"public.orders", "customer_id"}).slots.empty());
        QVERIFY(partial.data().columns.at({"public.orders", "id"}).ranges.empty());
    }
    // What one part dropped another one must not bring back.
    void anySplitAnyOrder() {
        const auto log = traffic(900);
        const auto schema = shop();
        const uint64_t all = countsOf(partialOf(log, schema, hourly(1 << 20)));
        for (const uint64_t limit : {all / 2, all / 4, all / 20}) {
            const auto expected = writePartial(partialOf(log, schema, hourly(limit)));
            Random random(limit);
            for (int round = 0; round < 6; ++round) {
                PartialBuilder builder(schema, hourly(limit));
                const size_t a = 1 + random.below(400), b = 401 + random.below(400);
                auto one = partialOf(builder, log, 0, a), two = partialOf(builder, log, a, b), three = partialOf(builder, log, b, log.size());
                if (round % 3 == 0) QVERIFY(one.merge(two).ok() && one.merge(three).ok() && writePartial(one) == expected);
                if (round % 3 == 1) QVERIFY(three.merge(one).ok() && two.merge(three).ok() && writePartial(two) == expected);
                if (round % 3 == 2) QVERIFY(two.merge(three).ok() && two.merge(one).ok() && writePartial(two) == expected);
            }
            const auto again = readPartial(expected);
            QVERIFY(again.ok() && writePartial(*again) == expected);
            QVERIFY(writeWorkload(*finish(*again)) == writeWorkload(*finish(partialOf(log, schema, hourly(limit)))));
        }
    }
    void tablesWithoutDdlAreNamed() {
        std::vector<Line> log;
        for (int i = 0; i < 25; ++i) log.push_back({"s", "SELECT * FROM other" + std::to_string(100 + i) + " WHERE id = 1"});
        const auto w = workloadOf(log, shop());
        QCOMPARE(w->facts->diagnostics.byReason().at("unknown_table"), 25u);
        const auto& shown = w->facts->diagnostics.shown();
        QCOMPARE(shown.size(), size_t(20));
        QVERIFY(shown[0].message.find("public.other100") != std::string::npos);
        QCOMPARE(workloadOf(log, schemaOf({}))->facts->diagnostics.byReason().count("unknown_table"), size_t(0));
    }
};

QTEST_APPLESS_MAIN(TestCountLimit)
#include "test_count_limit.moc"
