// Hotspots planted in hand-made counts are found, named and not invented.
#include <QtTest>

#include "core/models/hot/coming.h"
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
    // A table that statements go through without a key; those that bind one, and INSERTs, count on the other side or nowhere.
    void scansAreFound() {
        auto w = counted(40, [](int, int) { return 10; });
        auto facts = std::make_shared<workload::Facts>(*w.facts);
        const auto table = facts->columns[0].table;
        const auto add = [&](workload::AccessKind kind, bool keyed, int calls) {
            workload::Template made;
            made.fingerprint = 1'000 + facts->templates.size();
            workload::TableAccess access;
            access.table = table;
            access.kind = kind;
            if (keyed) access.bindings.emplace_back().column = 0;
            made.accesses.push_back(access);
            facts->templates.push_back(made);
            w.rates.templates.resize(facts->templates.size());
            w.rates.templates.back().points = {{w.rates.firstInterval(), calls * weightOne}};
            return static_cast<workload::TemplateId>(facts->templates.size() - 1);
        };
        add(workload::AccessKind::read, true, 900);
        add(workload::AccessKind::insert, false, 5'000);
        const auto scan = add(workload::AccessKind::read, false, 100);
        w.facts = facts;
        const auto found = models::findHotspots(w, nullptr);
        const auto spot = std::find_if(found.begin(), found.end(), [](const auto& each) { return each.kind == HotspotKind::scan; });
        QVERIFY(spot != found.end());
        QCOMPARE(spot->templates, std::vector<workload::TemplateId>{scan});
        QVERIFY(spot->share > 0 && spot->share <= 0.1);
        // Joined to a table of which a key is bound, its rows are found by that.
        auto joined = std::make_shared<workload::Facts>(*w.facts);
        joined->schema.tables.emplace_back().name = "other";
        joined->columns.push_back({1, "k", "k", ValueType::integer});
        auto& statement = joined->templates[scan];
        statement.accesses.emplace_back();
        statement.accesses.back().table = 1;
        statement.accesses.back().bindings.emplace_back().column = 1;
        statement.joins.push_back({0, 1});
        auto other = w;
        other.facts = joined;
        other.rates.columns.emplace_back();
        const auto none = models::findHotspots(other, nullptr);
        QVERIFY(std::none_of(none.begin(), none.end(), [](const auto& each) { return each.kind == HotspotKind::scan; }));
        w.rates.templates[scan].points[0].calls = weightOne;
        const auto fewer = models::findHotspots(w, nullptr);
        QVERIFY(std::none_of(fewer.begin(), fewer.end(), [](const auto& each) { return each.kind == HotspotKind::scan; }));
    }
    // What will be hot in the next hour: six keys that are hot in two hours of three, and one that is hot once. Saying that the
    // last hour comes again is right for two of the six; who counts for longer knows all six.
    void nextIntervalIsForeseen() {
        const auto often = counted(120, [](int key, int hour) { return (key >= 20 && key < 26 && (hour + key) % 3 != 0) || key == hour * 37 % 120 ? 300 : 10; });
        Job job;
        const auto coming = models::comingHotspots(often, {}, job);
        QVERIFY(coming.ok() && coming->size() == 1);
        const auto& one = coming->front();
        QCOMPARE(one.keys.size(), size_t(6));
        QVERIFY2(one.lastPrecision < one.precision - 0.1, qPrintable(QString::number(one.lastPrecision)));
        QVERIFY2(one.precision > 0.6, qPrintable(QString::number(one.precision)));
        for (const auto& keys : one.keys) QVERIFY(keys.low >= 20 && keys.high < 26);
        QCOMPARE(one.time.begin, often.rates.range.end);
        QCOMPARE(one.templates, models::templatesBinding(often, one.column));
        const auto again = models::comingHotspots(often, {.threads = 1}, job);
        QVERIFY(again.ok() && again->front().precision == one.precision && again->front().keys.size() == 6 && again->front().keys[0].label == one.keys[0].label);
        const auto few = counted(60, [](int key, int hour) { return key == 3 && hour < 10 ? 5 : 0; });
        QVERIFY(models::comingHotspots(few, {}, job)->empty());
    }
    void nothingToSee() {
        Workload w;
        w.facts = std::make_shared<Facts>();
        QVERIFY(models::findHotspots(w, nullptr).empty());
    }
};

QTEST_APPLESS_MAIN(TestHotspots)
#include "test_hotspots.moc"
