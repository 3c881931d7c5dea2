// Sketches keep what they promise: heavy keys within the printed bound whatever the split and the order of merging, number of keys,
// quantiles, finer volumes of recent time. And what follows from facts and counts: reach of accesses, columns that travel together,
// buckets of all columns, and that a map of a hundred columns over six weeks fits.
#include <QtTest>

#include <cmath>

#include "core/workload/access_kinds.h"
#include "core/workload/co_access.h"
#include "core/workload/heat.h"
#include "core/workload/key_tally.h"
#include "core/workload/mask.h"
#include "core/workload/tiers.h"
#include "tests/workload/small_log.h"

using namespace small;

namespace {

using Exact = std::map<uint64_t, Weight>;

// Heavy ones among many light ones, of weights that a sample rate gives.
std::vector<KeyCount> stream(uint64_t seed, size_t size) {
    Random random(seed);
    std::vector<KeyCount> keys;
    for (size_t i = 0; i < size; ++i) {
        const double u = random.uniform();
        const auto number = random.below(3) == 0 ? static_cast<int64_t>(random.below(20'000)) : static_cast<int64_t>(std::pow(20'000, u * u) - 1);
        keys.push_back({hashNumber(number), i < size / 2 ? weightOne : 3 * weightOne});
    }
    return keys;
}

KeySketch sketchOf(std::span<const KeyCount> keys, uint32_t counters) {
    KeyTally tally(counters);
    for (const auto& key : keys) tally.add(key.hash, key.count);
    return tally.take();
}

Exact exactOf(std::span<const KeyCount> keys) {
    Exact exact;
    for (const auto& key : keys) exact[key.hash] += key.count;
    return exact;
}

QString broken(const KeySketch& sketch, const Exact& exact, uint32_t counters) {
    Weight total = 0;
    for (const auto& [hash, weight] : exact) total += weight;
    if (sketch.total != total) return "the total is another";
    if (sketch.error > total / (counters + 1)) return QString("error %1 of %2").arg(fromWeight(sketch.error)).arg(fromWeight(total));
    if (sketch.keys.size() > 2 * counters) return "too many keys are kept";
    std::set<uint64_t> kept;
    for (const auto& key : sketch.keys) {
        const auto true_ = exact.find(key.hash);
        if (true_ == exact.end() || key.count > true_->second || true_->second > key.count + sketch.error) return "a count is out of its bound";
        kept.insert(key.hash);
    }
    for (const auto& [hash, weight] : exact)
        if (!kept.contains(hash) && weight > sketch.error) return "a heavy key is missing";
    return {};
}

std::shared_ptr<const schema::Schema> shop() {
    return schemaOf({table("customer", {column("id", ValueType::integer), column("email", ValueType::text)}, {"id"}),
                     table("orders", {column("id", ValueType::integer), column("customer_id", ValueType::integer), column("placed", ValueType::timestamp)}, {"id"})});
}

const ColumnSketch& sketchOf(const Workload& w, const std::string& table, const std::string& column) { return w.facts->keySketches[columnOf(w, table, column)]; }

std::vector<Line> quietLog(Instant span, size_t count, uint64_t seed) {
    Random random(seed);
    std::vector<Line> log;
    for (size_t i = 0; i < count; ++i)
        log.push_back({"s", "SELECT * FROM customer WHERE id = " + std::to_string(random.below(50)), start + static_cast<Instant>(i) * (span / static_cast<Instant>(count)) + static_cast<Instant>(random.below(60)) * microsPerSecond});
    return log;
}

}  // namespace

class TestSketches : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void exactWhileTheyFit() {
        const auto keys = stream(1, 3'000);
        const auto exact = exactOf(keys);
        const auto sketch = sketchOf(keys, 20'000);
        QCOMPARE(sketch.error, Weight(0));
        QCOMPARE(sketch.distinct(), uint64_t(exact.size()));
        for (const auto& key : sketch.keys) QCOMPARE(key.count, exact.at(key.hash));
        QVERIFY(sketchOf(keys, 0).keys.empty());
    }
    void heavyKeysWithinTheBoundWhateverTheSplit_data() {
        QTest::addColumn<int>("counters");
        for (const int counters : {1, 8, 100, 1'000}) QTest::addRow("%d", counters) << counters;
    }
    void heavyKeysWithinTheBoundWhateverTheSplit() {
        QFETCH(int, counters);
        const auto c = static_cast<uint32_t>(counters);
        Random random(7);
        for (int round = 0; round < 6; ++round) {
            const auto keys = stream(static_cast<uint64_t>(round), 20'000);
            const auto exact = exactOf(keys);
            std::vector<KeySketch> parts;
            for (size_t begin = 0; begin < keys.size();) {
                const size_t size = std::min<size_t>(1 + random.below(7'000), keys.size() - begin);
                parts.push_back(sketchOf(std::span(keys).subspan(begin, size), c));
                begin += size;
            }
            const auto registers = sketchOf(keys, c).registers;
            while (parts.size() > 1) {
                const size_t a = random.below(parts.size()), b = random.below(parts.size());
                if (a == b) continue;
                mergeKeys(parts[a], parts[b], c);
                parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(b));
            }
            const auto wrong = broken(parts[0], exact, c);
            QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
            QVERIFY(parts[0].registers == registers);   // these are exact in any order
            QVERIFY(std::abs(distinctOf(registers) / static_cast<double>(exact.size()) - 1) < 4 * distinctStandardError);
        }
    }
    // The same of whole Partials, cut and merged at random; all else in them stays equal to the byte.
    void partialsKeepTheBound() {
        const auto log = quietLog(3 * microsPerHour, 1'500, 21);
        PartialOptions options;
        options.heavyKeys = 8;
        Exact exact;
        for (const auto& line : log) exact[hashNumber(std::atoll(line.statement.c_str() + line.statement.rfind(' ')))] += weightOne;
        Random random(4);
        std::string rest;
        for (int round = 0; round < 8; ++round) {
            PartialBuilder builder(shop(), options);
            std::vector<Partial> parts;
            for (size_t from = 0; from < log.size();) {
                const size_t to = std::min(log.size(), from + 1 + random.below(700));
                parts.push_back(partialOf(builder, log, from, to));
                from = to;
            }
            while (parts.size() > 1) {
                const size_t a = random.below(parts.size()), b = random.below(parts.size());
                if (a == b) continue;
                QVERIFY(parts[a].merge(parts[b]).ok());
                parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(b));
            }
            auto data = std::move(parts[0]).takeData();
            auto& keys = data.columns.at({"public.customer", "id"}).keys;
            const auto wrong = broken(keys, exact, 8);
            QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
            QVERIFY(keys.error > 0);
            keys.keys.clear();
            keys.error = 0;
            const auto bytes = writePartial(Partial(std::make_unique<PartialData>(std::move(data))));
            QVERIFY(round == 0 || bytes == rest);
            rest = bytes;
        }
    }
    // Keys whose hashes all begin alike: no place in the table for most, so they count as error, soon and soundly.
    void keysMadeToCollide() {
        Exact exact;
        KeyTally tally(1'000);
        for (uint64_t i = 0; i < 5'000; ++i) tally.add(i, weightOne), exact[i] += weightOne;
        const auto sketch = tally.take();
        for (const auto& key : sketch.keys) QVERIFY(key.count <= exact.at(key.hash) && exact.at(key.hash) <= key.count + sketch.error);
    }
    void numberOfKeys() {
        for (const uint64_t size : {10u, 1'000u, 30'000u, 1'000'000u}) {
            std::vector<uint8_t> registers(keyRegisters);
            for (uint64_t i = 0; i < size; ++i) noteKey(registers, hashNumber(static_cast<int64_t>(i * 977)));
            QVERIFY(std::abs(distinctOf(registers) / static_cast<double>(size) - 1) < 4 * distinctStandardError);
        }
    }
    void quantilesOfDurationsAndRows() {
        std::vector<Line> log;
        Random random(3);
        std::vector<int64_t> durations;
        for (int i = 0; i < 4'000; ++i) {
            durations.push_back(static_cast<int64_t>(std::exp(12 + 2 * random.normal())));
            log.push_back({.session = "s", .statement = "SELECT * FROM customer WHERE id = 1", .rows = i % 7, .duration = durations.back()});
        }
        std::sort(durations.begin(), durations.end());
        const auto w = workloadOf(log, shop());
        const auto& sketch = w->facts->templateSketches[0];
        for (const double q : {0.05, 0.5, 0.95, 0.99}) {
            const auto exact = static_cast<double>(durations[static_cast<size_t>(std::ceil(q * 4'000)) - 1]);
            QVERIFY(std::abs(*sketch.durations.at(q) / exact - 1) < 1.0 / 31);
        }
        QCOMPARE(*sketch.rows.at(0.5), 3.0);
        QCOMPARE(*sketch.rows.at(1), 6.0);
        QVERIFY(!Quantiles().at(0.5));
    }
    // A year with calls every half hour, read in pieces: each tier tells the calls of its time, by its width, once.
    void recentTimeIsFiner() {
        const auto log = quietLog(40 * microsPerDay, 2'000, 5);
        PartialBuilder builder(shop());
        std::vector<Partial> parts;
        for (const auto& [from, to] : {std::pair<size_t, size_t>{1'100, 2'000}, {0, 40}, {40, 1'000}, {1'000, 1'100}}) parts.push_back(partialOf(builder, log, from, to));
        for (size_t i = 1; i < parts.size(); ++i) QVERIFY(parts[0].merge(parts[i]).ok());
        const auto w = finish(parts[0]);
        const auto& rates = w->rates;
        QCOMPARE(rates.interval, microsPerHour);
        QCOMPARE(rates.recent.size(), 3u);
        Instant end = rates.range.end;
        for (const auto& tier : rates.recent) {
            QCOMPARE(tier.range.end, end);
            end = tier.range.begin;
            std::map<int64_t, Weight> expected, told;
            for (const auto& line : log)
                if (tier.range.contains(line.time)) expected[intervalIndex(line.time, tier.interval)] += weightOne;
            for (const auto& point : tier.templates[0].points) told[point.interval] += point.calls;
            QVERIFY(!expected.empty() && told == expected);
        }
        QVERIFY(rates.range.end - rates.recent.back().range.begin >= 2 * microsPerDay);
        PartialOptions given;
        given.interval = microsPerHour;
        QVERIFY(workloadOf(log, shop(), given)->rates.recent.empty());
    }
    void keysHaveTheirNames() {
        std::vector<Line> log;
        for (int i = 0; i < 60; ++i) {
            log.push_back({"s", "SELECT * FROM customer WHERE id = " + std::to_string(i % 3 == 0 ? -7 : i)});
            log.push_back({"s", "SELECT * FROM customer WHERE email = '" + std::string(i % 2 ? "ann@x" : "bob@y") + "'"});
            log.push_back({"s", "SELECT * FROM orders WHERE placed = '2024-01-0" + std::to_string(1 + i % 2) + "'"});
        }
        const auto w = workloadOf(log, shop());
        const auto& ids = sketchOf(*w, "public.customer", "id");
        QVERIFY(ids.exact() && ids.keys[0].value == Value::integer(-7));
        QCOMPARE(fromWeight(ids.keys[0].count), 20.0);
        QCOMPARE(ids.distinct, uint64_t(41));
        const auto& emails = sketchOf(*w, "public.customer", "email");
        QVERIFY(emails.keys.size() == 2 && emails.keys[0].value.kind == ValueKind::text && emails.keys[1].value.known());
        QCOMPARE(toText(sketchOf(*w, "public.orders", "placed").keys[0].value).substr(0, 7), std::string("2024-01"));
        QVERIFY(slice(*w, w->rates.range).facts->keySketches.empty());
    }
    void maskedKeysShowTheirMask() {
        const QTemporaryDir folder;
        const auto key = MaskKey::make(folder.filePath("key").toStdString()).value();
        PartialOptions options;
        options.mask = key->check();
        PartialBuilder builder(shop(), options, key);
        std::vector<Line> log;
        for (int i = 0; i < 30; ++i) log.push_back({"s", "SELECT * FROM customer WHERE id = 4711"});
        const auto w = finish(partialOf(builder, log, 0, log.size()));
        const auto& sketch = sketchOf(*w, "public.customer", "id");
        QCOMPARE(sketch.keys.size(), 1u);
        const auto& value = sketch.keys[0].value;
        QVERIFY(value.kind == ValueKind::text && value.text.find("4711") == std::string::npos);
        QVERIFY(writeWorkload(*w).find("4711") == std::string::npos);
    }
    void reachOfAccesses() {
        const auto w = workloadOf({{"s", "SELECT * FROM customer WHERE id = 1"}, {"s", "SELECT * FROM customer WHERE id BETWEEN 1 AND 9"}, {"s", "SELECT * FROM customer"},
                                   {"s", "SELECT * FROM customer"}, {"s", "UPDATE customer SET email = 'x' WHERE id > 5"}, {"s", "INSERT INTO customer VALUES (1, 'y')"},
                                   {"s", "DELETE FROM customer"}}, shop());
        const auto reach = tableReach(*w);
        QVERIFY((reach[0].reads == ReachCounts{weightOne, weightOne, 2 * weightOne}));
        QVERIFY((reach[0].writes == ReachCounts{weightOne, weightOne, weightOne}));
    }
    // orders.customer_id refers to customer.id, and nobody declared it; ids of orders and customers agree by chance alone.
    void foreignKeyThatNobodyDeclared() {
        std::vector<Line> log;
        Random random(9);
        for (int i = 0; i < 400; ++i) {
            const auto customer = std::to_string(random.below(40));
            const auto session = "s" + std::to_string(i);
            log.push_back({session, "BEGIN"});
            log.push_back({.session = session, .statement = "SELECT * FROM customer WHERE id = " + customer, .rows = 1});
            log.push_back({.session = session, .statement = "SELECT * FROM orders WHERE customer_id = " + customer, .rows = 2});
            log.push_back({.session = session, .statement = "SELECT * FROM orders WHERE id = " + std::to_string(random.below(40)), .rows = 1});
            log.push_back({session, "COMMIT"});
        }
        const auto w = workloadOf(log, shop());
        const auto found = coAccess(*w->facts);
        QCOMPARE(found.size(), 1u);
        const auto id = columnOf(*w, "public.customer", "id"), refers = columnOf(*w, "public.orders", "customer_id");
        QVERIFY((found[0].columns == ColumnPair{std::min(id, refers), std::max(id, refers)}));
        QCOMPARE(found[0].parent, std::optional(id));
        QVERIFY(!found[0].declared && !found[0].joined && found[0].share > 0.99 && found[0].chance < 0.1);
        QCOMPARE(found[0].transactions, 400.0);
    }
    // Ten tables of ten key columns, by the hour for six weeks: all counts are exact, and what they take is what the limit says.
    void mapOfAHundredColumnsOverSixWeeksFits() {
        std::vector<schema::Table> tables;
        std::vector<std::string> statements;
        for (int t = 0; t < 10; ++t) {
            std::vector<schema::Column> columns;
            std::string condition;
            for (int c = 0; c < 10; ++c) {
                columns.push_back(column("c" + std::to_string(c), ValueType::integer));
                condition += (c ? " AND c" : "c") + std::to_string(c) + " = ";
                condition += "#";
            }
            tables.push_back(table("t" + std::to_string(t), columns));
            statements.push_back("SELECT * FROM t" + std::to_string(t) + " WHERE " + condition);
        }
        PartialOptions options;
        options.sampleCalls = 2'000;
        options.heavyKeys = 0;   // these have a limit of their own
        PartialBuilder builder(schemaOf(tables), options);
        Random random(11);
        constexpr int64_t hours = 6 * 7 * 24;
        Partial all;
        for (int64_t day = 0; day < hours / 24; ++day) {
            std::vector<Line> log;
            for (int64_t i = 0; i < 24 * 10 * 4; ++i) {
                std::string text;
                for (const char c : statements[static_cast<size_t>(i % 10)])
                    if (c == '#') text += std::to_string(random.below(5'000));
                    else text += c;
                log.push_back({"s", text, start + day * microsPerDay + i * microsPerDay / 960});
            }
            auto part = partialOf(builder, log, 0, log.size(), "day " + std::to_string(day));
            QVERIFY(all.merge(std::move(part)).ok());
        }
        QVERIFY(!all.overLimit());
        size_t counts = 0;
        for (const auto& [name, column] : all.data().columns) counts += column.slots.size() + column.ranges.size();
        QVERIFY(all.data().columns.size() == 100 && counts > 700'000 && counts <= options.maxCounts);
        QVERIFY(sizeof(SlotCount) == 32 && sizeof(RangeCount) == 32);   // 512 MB at the limit, as PartialOptions says
        QVERIFY(writePartial(all).size() < 8 * counts + (4 << 20));
        const auto w = finish(std::move(all));
        QCOMPARE(w->rates.interval, microsPerHour);
        for (ColumnId id = 0; id < 100; ++id) QCOMPARE(heat(*w, id).times.size(), size_t(hours));
    }
    void bucketsOfAllColumnsStayInsideTheirColumn() {
        std::vector<Line> log;
        for (int i = 0; i < 4'000; ++i) {
            log.push_back({"s", "SELECT * FROM customer WHERE id = " + std::to_string(i % 2 ? i : 5)});
            if (i % 10 == 0) log.push_back({"s", "UPDATE orders SET placed = NULL WHERE id = " + std::to_string(i)});
        }
        const auto w = workloadOf(log, shop());
        const auto buckets = keyBuckets(*w, 64);
        QVERIFY(buckets.size() <= 64 && buckets.size() > 40);
        std::map<ColumnId, Weight> sums;
        bool alone = false;
        for (size_t i = 0; i < buckets.size(); ++i) {
            sums[buckets[i].column] += buckets[i].reads + buckets[i].writes;
            alone |= buckets[i].row.low == 5 && buckets[i].row.high == 5;
            if (i > 0) QVERIFY(buckets[i - 1].column < buckets[i].column || (buckets[i - 1].column == buckets[i].column && buckets[i - 1].row.high < buckets[i].row.low));
        }
        QVERIFY(alone);   // half of all traffic
        QCOMPARE(sums[columnOf(*w, "public.customer", "id")], 4'000 * weightOne);
        QCOMPARE(sums[columnOf(*w, "public.orders", "id")], 400 * weightOne);
        QCOMPARE(keyBuckets(*w, 1).size(), 1u);   // the column with most traffic
        QVERIFY(keyBuckets(*w).size() <= mostBuckets);
    }
};

QTEST_APPLESS_MAIN(TestSketches)
#include "test_sketches.moc"
