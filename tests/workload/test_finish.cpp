// What finish() makes of a Partial: classes, samples and their weights, agreement, time ranges; slices and heat.
#include <QtTest>

#include <numeric>

#include "core/workload/heat.h"
#include "core/workload/sample.h"
#include "tests/workload/small_log.h"

using namespace small;

namespace {

std::shared_ptr<const schema::Schema> shop() {
    return schemaOf({table("customer", {column("id", ValueType::integer)}, {"id"}),
                     table("orders", {column("id", ValueType::integer), column("customer_id", ValueType::integer), column("shelf", ValueType::integer)})});
}

// One transaction of three calls in each minute; the order repeats the customer but for every tenth; the shelf is random.
std::vector<Line> log(size_t transactions, uint64_t customers) {
    Random random(5);
    std::vector<Line> lines;
    for (size_t i = 0; i < transactions; ++i) {
        const Instant time = start + static_cast<Instant>(i) * 60 * microsPerSecond;
        const auto customer = random.below(customers), other = i % 10 == 0 ? customer + 1 : customer;
        for (const auto& statement : {std::string("BEGIN"), "SELECT 1 FROM customer WHERE id = " + std::to_string(customer),
                                      "INSERT INTO orders (id, customer_id, shelf) VALUES (" + std::to_string(i) + ", " + std::to_string(other) + ", " +
                                          std::to_string(random.below(4)) + ")",
                                      std::string("COMMIT")})
            lines.push_back({"s", statement, time});
    }
    return lines;
}

const Agreement* agreement(const Workload& w, ColumnId a, ColumnId b) {
    for (const auto& each : w.facts->classes[0].agreements)
        if (each.columns == ColumnPair{std::min(a, b), std::max(a, b)}) return &each;
    return nullptr;
}

}  // namespace

class TestFinish : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void agreementIsMoreThanChance() {
        const auto w = workloadOf(log(1'000, 4), shop());
        const auto id = columnOf(*w, "public.customer", "id"), customer = columnOf(*w, "public.orders", "customer_id"), shelf = columnOf(*w, "public.orders", "shelf");
        const auto* travels = agreement(*w, id, customer);
        QVERIFY(travels && std::abs(travels->share - 0.9) < 1e-9 && travels->boundBoth == 1.0);
        QVERIFY(std::abs(travels->chance - 0.25) < 0.05);
        const auto* chance = agreement(*w, id, shelf);
        QVERIFY(chance && std::abs(chance->share - chance->chance) < 0.05);
    }
    void sampleStandsForAll() {
        PartialOptions options;
        options.sampleCalls = 100;
        const auto w = workloadOf(log(1'500, 50), shop(), options);
        const auto& sample = w->facts->transactions;
        QVERIFY(sample.size() <= 50 && sample.size() >= 20);
        Weight sum = 0;
        for (const auto& transaction : sample) sum += transaction.weight;
        QCOMPARE(sum, 1'500 * weightOne);
        QVERIFY(std::is_sorted(sample.begin(), sample.end(), [](const auto& a, const auto& b) { return a.time < b.time; }));
        // Spread over the 25 hours, not bunched.
        std::set<int64_t> hours;
        for (const auto& transaction : sample) hours.insert(intervalIndex(transaction.time, microsPerHour));
        QVERIFY(hours.size() >= 20);
    }
    void sampleLevelsOnlyRise() {
        Strata strata;
        PartialOptions options;
        options.samplePerStratum = 16;
        options.sampleCalls = 200;
        Random random(1);
        uint32_t keep = 16, joined = 0;
        for (int i = 0; i < 2'000; ++i) {
            auto& stratum = strata[{static_cast<uint32_t>(random.below(6)), false, static_cast<int64_t>(random.below(300))}];
            ++stratum.count;
            stratum.maxCalls = std::max(stratum.maxCalls, static_cast<uint32_t>(1 + random.below(4)));
            if (i % 50) continue;
            const auto level = sampleLevel(strata, options);
            QVERIFY(level.keep <= keep && level.joined >= joined);
            keep = level.keep;
            joined = level.joined;
        }
        QVERIFY(joined > 0);
    }
    void classesPastTheLimitAreTheRest() {
        std::vector<Line> lines;
        for (int i = 0; i < 12; ++i)
            for (int k = 0; k <= i; ++k) lines.push_back({"s", "SELECT " + std::string(static_cast<size_t>(i + 1), 'x') + " FROM customer WHERE id = 1"});
        FinishOptions options;
        options.maxClasses = 4;
        const auto w = finish(partialOf(lines, shop()), options);
        QCOMPARE(w->facts->classes.size(), 4u);
        QCOMPARE(w->facts->classes[0].fingerprint, 0u);
        QCOMPARE(w->facts->classes[0].count, 45 * weightOne);
        QCOMPARE(w->facts->totals.transactions, 78 * weightOne);
        QCOMPARE(w->facts->transactions.size(), 78u);
    }
    void timeRangesAndSlices() {
        const auto partial = partialOf(log(600, 8), shop());   // ten hours, intervals of 5 minutes
        const auto w = finish(partial);
        QCOMPARE(w->rates.interval, 5 * 60 * microsPerSecond);
        const TimeRange half{w->rates.range.begin, start + 5 * microsPerHour};
        const auto cut = slice(*w, half);
        FinishOptions options;
        options.range = half;
        const auto early = finish(partial, options);
        QCOMPARE(cut.rates.range, half);
        QVERIFY(cut.rates == early->rates);
        QVERIFY(cut.facts->classes == early->facts->classes);
        QCOMPARE(cut.facts->transactions.size(), early->facts->transactions.size());
        QCOMPARE(cut.facts->totals.calls, 600 * weightOne);
        QCOMPARE(cut.facts->templates.size(), w->facts->templates.size());
        const auto late = slice(*w, {half.end, w->rates.range.end});
        QCOMPARE(cut.facts->totals.transactions + late.facts->totals.transactions, w->facts->totals.transactions);
        QVERIFY(late.fingerprint() != cut.fingerprint());
        const auto nothing = slice(*w, {half.end, half.end});
        QVERIFY(nothing.facts->transactions.empty());
        QCOMPARE(nothing.facts->totals.calls, 0);
    }
    void idsDoNotHangOnTheOrderOfInput() {
        auto lines = log(40, 5);
        const auto forward = workloadOf(lines, shop());
        std::vector<Line> turned;
        for (size_t i = lines.size(); i >= 4; i -= 4) turned.insert(turned.end(), lines.begin() + static_cast<std::ptrdiff_t>(i - 4), lines.begin() + static_cast<std::ptrdiff_t>(i));
        const auto backward = workloadOf(turned, shop());
        QVERIFY(forward->rates == backward->rates);
        QVERIFY(forward->facts->columns == backward->facts->columns);
        QVERIFY(forward->facts->templates == backward->facts->templates);
    }
    void heatByKeysAndByHash() {
        std::vector<Line> lines;
        for (int i = 0; i < 3'000; ++i) {
            const int key = i % 3 == 0 ? 42 : i * 7919 % 5'000;
            lines.push_back({"s", "SELECT 1 FROM customer WHERE id = " + std::to_string(key), start + i * microsPerSecond});
        }
        lines.push_back({"s", "SELECT count(*) FROM customer", start});
        const auto w = workloadOf(lines, shop());
        const auto id = columnOf(*w, "public.customer", "id");
        const auto map = heat(*w, id, 40);
        QVERIFY(map.rows.size() <= 40 && map.rows.size() >= 20);
        QCOMPARE(map.times.size(), 50u);
        QCOMPARE(std::accumulate(map.values.begin(), map.values.end(), 0.0), 3'000.0);
        QCOMPARE(map.unbound[0], 1.0);
        const auto hot = std::max_element(map.rows.begin(), map.rows.end(), [](const auto& a, const auto& b) { return a.total < b.total; });
        QCOMPARE(hot->label, std::string("42"));
        QVERIFY(hot->total >= 1'000);
        for (size_t i = 1; i < map.rows.size(); ++i) QVERIFY(map.rows[i - 1].high < map.rows[i].low);
        Workload hashed = *w;
        hashed.rates.columns[id].ranges.clear();
        const auto slots_ = heat(hashed, id, 16);
        QVERIFY(slots_.rows.size() <= 16 && slots_.rows[0].byHash);
        QCOMPARE(std::accumulate(slots_.values.begin(), slots_.values.end(), 0.0), 3'000.0);
        QVERIFY(heat(*w, columnOf(*w, "public.orders", "id"), 10).empty() || true);
        QVERIFY(heat(*w, UINT32_MAX, 10).empty());
        QCOMPARE(heat(*w, id, 1).rows.size(), 1u);
    }
    void coverageIsWhatWasSeen() {
        auto lines = log(2, 3);
        std::erase_if(lines, [](const Line& line) { return line.statement.starts_with("SELECT"); });
        const auto w = workloadOf(lines, shop());
        QVERIFY(!w->facts->coverage[0].selects && w->facts->coverage[0].writes && w->facts->coverage[0].transactionControl);
        QVERIFY(w->facts->coverage[0].lowerBounds());
        const auto reads = workloadOf({{"s", "SELECT 1 FROM customer WHERE id = $1"}}, shop());
        QVERIFY(reads->facts->coverage[0].selects && !reads->facts->coverage[0].lowerBounds());
        QVERIFY(!reads->facts->coverage[0].literals && !reads->facts->coverage[0].transactionControl);
        const auto ddl = workloadOf({{"s", "ALTER TABLE customer ADD COLUMN x int DEFAULT 5", start + 7}}, shop());
        QCOMPARE(ddl->facts->schemaEvents.size(), 1u);
        QCOMPARE(ddl->facts->schemaEvents[0].time, start + 7);
        QCOMPARE(ddl->facts->schemaEvents[0].table, std::string("public.customer"));
        QVERIFY(ddl->facts->schemaEvents[0].statement.find('5') == std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestFinish)
#include "test_finish.moc"
