// Hotspots planted in hand-made counts are found, named and not invented.
#include <QtTest>

#include "core/models/hotspots.h"
#include "core/workload/ranges.h"

using namespace foreshard;
using namespace foreshard::workload;
using models::HotspotKind;

namespace {

constexpr int hours = 14 * 24;

// One table, one integer column; `load(key, hour)` accesses.
template <typename Load>
Workload counted(int keys, Load load) {
    auto facts = std::make_shared<Facts>();
    facts->schema.tables.resize(1);
    facts->schema.tables[0].name = "t";
    facts->columns.push_back({0, "k", "k", ValueType::integer});
    Workload w;
    w.rates.range = {0, hours * microsPerHour};
    w.rates.columns.resize(1);
    auto& rates = w.rates.columns[0];
    for (int hour = 0; hour < hours; ++hour) {
        ColumnTotal total{hour, 0, 0, 0, 0};
        for (int key = 1; key <= keys; ++key) {
            const auto count = static_cast<Weight>(load(key, hour)) * weightOne;
            if (count == 0) continue;
            rates.ranges.push_back({hour, dyadicRangeOf(key), count, 0});
            total.reads += count, total.boundReads += count;
        }
        rates.totals.push_back(total);
    }
    w.facts = std::move(facts);
    return w;
}

// The same load, with a template that inserts into the table.
Workload withInserts(Workload w) {
    auto facts = std::make_shared<Facts>(*w.facts);
    Template insert;
    insert.text = "INSERT INTO t VALUES ($1)";
    TableAccess access;
    access.kind = AccessKind::insert;
    insert.accesses.push_back(access);
    facts->templates.push_back(insert);
    w.rates.templates.push_back({{SeriesPoint{0, weightOne}}});
    w.facts = std::move(facts);
    return w;
}

}  // namespace

class TestHotspots : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void evenLoadHasNone() { QVERIFY(models::findHotspots(counted(40, [](int, int) { return 10; }), nullptr).empty()); }
    void steadyKey() {
        const auto found = models::findHotspots(counted(40, [](int key, int) { return key == 7 ? 100 : 10; }), nullptr);
        QCOMPARE(found.size(), 1u);
        QCOMPARE(found[0].keys, std::string("7"));
        QCOMPARE(found[0].kind, HotspotKind::singleKey);
        QVERIFY(std::abs(found[0].share - 100.0 / 490) < 1e-9);
    }
    void growingKeyOutlivesOneOddDay() {
        const auto found = models::findHotspots(counted(40, [](int key, int hour) {
            if (hour / 24 == 12 && key == 3) return 300;
            return key == 17 ? static_cast<int>(60 * std::exp(std::log(1.38) * hour / 168.0)) : 20;
        }), nullptr);
        QVERIFY(!found.empty());
        QCOMPARE(found[0].keys, std::string("17"));
        const auto& growing = found[0];
        QVERIFY(growing.weeklyGrowth && std::abs(*growing.weeklyGrowth - 0.35) < 0.06);
    }
    // Daily shares of a real shop scatter; those below are the sample's. Shuffled days are no growth.
    void growthStandsOutFromScatter() {
        const std::vector<int> grows{92, 87, 101, 91, 118, 133, 108, 135, 111, 117, 180, 179, 105, 150}, scatters{118, 92, 180, 105, 87, 150, 111, 91, 133, 101, 179, 108, 135, 117};
        for (const auto* days : {&grows, &scatters}) {
            const auto found = models::findHotspots(counted(40, [&](int key, int hour) { return key == 17 ? days->at(static_cast<size_t>(hour / 24)) : 22; }), nullptr);
            QCOMPARE(found.size(), 1u);
            QCOMPARE(found[0].weeklyGrowth.has_value(), days == &grows);
        }
    }
    void burst() {
        const auto found = models::findHotspots(counted(40, [](int key, int hour) { return key == 12 && hour >= 300 && hour < 303 ? 1'500 : 10; }), nullptr);
        QCOMPARE(found.size(), 1u);
        QVERIFY(found[0].burst.has_value());
        QVERIFY(found[0].burst->begin >= 300 * microsPerHour && found[0].burst->end <= 303 * microsPerHour);
    }
    // New keys come by INSERTs. The same load without one is only read so, and keys read in a cycle have no edge either way.
    void keysThatOnlyGrow() {
        const auto grows = [](int key, int hour) { return key >= hour / 2 && key < hour / 2 + 3 ? 10 : 0; };
        const auto found = models::findHotspots(withInserts(counted(200, grows)), nullptr);
        QCOMPARE(found.size(), 1u);
        QCOMPARE(found[0].kind, HotspotKind::monotonicEdge);
        QVERIFY(found[0].share > 0.25 && found[0].share < 0.45);
        QVERIFY2(found[0].what.find("met the newest keys") != std::string::npos, found[0].what.c_str());   // no share of the column
        const auto edges = [](const Workload& w) {
            const auto all = models::findHotspots(w, nullptr);
            return std::count_if(all.begin(), all.end(), [](const auto& each) { return each.kind == HotspotKind::monotonicEdge; });
        };
        QCOMPARE(edges(counted(200, grows)), 0);
        const auto cycle = counted(50, [](int key, int hour) { return (hour * 7) % 50 <= key && key < (hour * 7) % 50 + 7 ? 10 : 0; });
        QCOMPARE(edges(cycle), 0);
        const auto once = counted(50, [](int key, int hour) { return key == hour * 50 / hours ? 10 : key % 10 == hour % 10 ? 8 : 0; });
        QCOMPARE(edges(once), 0);
    }
    void nothingToSee() {
        Workload w;
        w.facts = std::make_shared<Facts>();
        QVERIFY(models::findHotspots(w, nullptr).empty());
    }
};

QTEST_APPLESS_MAIN(TestHotspots)
#include "test_hotspots.moc"
