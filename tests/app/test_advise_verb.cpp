// What the verb advise is told of decisions: numbers of shards, keys, placements, co-location and time, as the page has them.
#include <QtTest>

#include <QTemporaryDir>

#include <set>

#include "tests/app/program.h"

using namespace foreshard::testapp;
using nlohmann::json;

class TestAdviseVerb : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;

    Run run(const QStringList& arguments) { return runProgram(folder_.path(), arguments); }
    json advise(QStringList options) {
        const auto made = run(QStringList{"advise", "shop.foreshard", "--json", "--quiet"} + options);
        if (made.exitCode != 0) qWarning("%s", made.output.c_str());
        return made.exitCode == 0 ? made.json() : json();
    }
    static json best(const json& advice, const char* table) { return advice.is_object() ? advice["designs"][0]["tables"][table] : json(); }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(unpackSample(folder_.path()));
        QCOMPARE(run({"profile", "shop.foreshard", "--schema", "schema.sql", "--log", "shop.csv", "--quiet"}).exitCode, 0);
    }

    void helpNamesThem() {
        const auto help = run({"advise", "--help"}).output;
        for (const char* part : {"4..8", "--apart", "--time-limit", "COLUMN+COLUMN", "directory", "composite"}) QVERIFY2(help.find(part) != std::string::npos, part);
    }

    void rangeOfShards() {
        const auto advice = advise({"--shards", "2..4"});
        std::set<int> counts;
        double before = -1e9;
        for (const auto& design : advice["designs"]) {
            counts.insert(design["shards"].get<int>());
            QVERIFY(design["objective"].get<double>() >= before);
            before = design["objective"].get<double>();
        }
        QCOMPARE(counts, (std::set<int>{2, 3, 4}));
        for (const char* wrong : {"4..2", "0..3", "x", "3..", "..3", "2..20000", "1..999"}) QCOMPARE(run({"advise", "shop.foreshard", "--shards", wrong}).exitCode, 2);
    }

    void placementsAndKeys() {
        QCOMPARE(best(advise({"--shards", "3", "--pin", "orders=ring"}), "public.orders")["strategy"], json("consistent hash"));
        QCOMPARE(best(advise({"--shards", "3", "--pin", "orders=directory", "--pin", "orders=tenant_id"}), "public.orders")["strategy"], json("directory"));
        const auto composite = best(advise({"--shards", "3", "--pin", "orders=tenant_id+id"}), "public.orders");
        QCOMPARE(composite["key"], json({"tenant_id", "id"}));
        const auto hashed = advise({"--shards", "3", "--forbid", "orders=composite", "--forbid", "orders=directory", "--forbid", "orders=range"});
        QVERIFY(best(hashed, "public.orders")["strategy"] != json("range") && best(hashed, "public.orders")["key"].size() < 2);
        QCOMPARE(run({"advise", "shop.foreshard", "--shards", "3", "--pin", "orders=composite"}).exitCode, 2);
    }

    void apart() {
        const auto advice = advise({"--shards", "3", "--apart", "orders,order_lines"});
        QVERIFY(advice.is_object());
        const auto orders = best(advice, "public.orders"), lines = best(advice, "public.order_lines");
        QVERIFY(orders["strategy"] == "reference" || lines["strategy"] == "reference" || orders["key"] != lines["key"]);
    }

    void timeLimit() {
        const auto advice = advise({"--shards", "3", "--time-limit", "0.001"});
        QVERIFY(advice.is_object() && !advice["designs"].empty());
        QCOMPARE(run({"advise", "shop.foreshard", "--shards", "3", "--time-limit", "0"}).exitCode, 2);
    }
};

QTEST_GUILESS_MAIN(TestAdviseVerb)
#include "test_advise_verb.moc"
