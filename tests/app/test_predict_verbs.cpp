// predict, cardinality and train --label-on from the command line, on the sample shop: the documented fields, and what cannot be had
// is said with the right exit code.
#include <QtTest>

#include <QFile>
#include <QTemporaryDir>

#include "tests/app/program.h"

using namespace foreshard::testapp;

class TestPredictVerbs : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;

    Run run(const QStringList& arguments) { return runProgram(folder_.path(), arguments); }
    Run predict(const char* project, const char* sql) { return run({"predict", project, "--sql", sql, "--json"}); }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(unpackSample(folder_.path()));
        QCOMPARE(run({"profile", "p.foreshard", "--schema", "schema.sql", "--log", "shop.csv"}).exitCode, 0);
    }
    void beforeAnyTraining() {
        const auto answer = predict("p.foreshard", "SELECT name, address FROM customers WHERE tenant_id = 17 AND id = 20");
        QVERIFY2(answer.exitCode == 0, answer.errors.c_str());
        const auto json = answer.json();
        QVERIFY(json["template"]["known"] == true && json["kind"] == "select" && json["tables"].size() == 1);
        QVERIFY(json["calls_per_hour"].is_null() && answer.errors.find("No models are trained yet") != std::string::npos);
        QVERIFY(json["hotspots"].size() == 1 && json["hotspots"][0]["keys"] == "17" && json["hotspots"][0]["now"] == true && json["hotspots"][0]["next"].is_null());
        QVERIFY(json["similar"].size() > 2 && json["similar"][0].contains("text"));
        QVERIFY(json["rows"]["p50"] == 1 && json["rows_from"] == "shape");   // its primary key is bound
        const auto cardinality = run({"cardinality", "p.foreshard", "--json"});
        QVERIFY(cardinality.exitCode == 0 && cardinality.json()["model"].is_null());
    }
    void trainsOnACopy() {
        QFile copy(folder_.filePath("shop.db"));
        QVERIFY(copy.open(QIODevice::ReadOnly));
        const auto before = copy.readAll();
        QCOMPARE(run({"train", "p.foreshard", "--label-on", "postgresql:x"}).exitCode, 1);
        QCOMPARE(run({"train", "p.foreshard", "--limit", "5s"}).exitCode, 2);
        const auto without = run({"train", "p.foreshard", "--json"});
        QVERIFY2(without.exitCode == 0, without.errors.c_str());
        QVERIFY(without.json()["cardinality"].is_null());
        QVERIFY(without.json()["cardinality_note"].get<std::string>().find("do not say how many rows") != std::string::npos);
        QVERIFY(without.errors.find("cardinality") == std::string::npos);   // nothing to warn of
        const auto trained = run({"train", "p.foreshard", "--label-on", "sqlite:shop.db", "--limit", "60s", "--json"});
        QVERIFY2(trained.exitCode == 0, trained.errors.c_str());
        const auto model = trained.json()["cardinality"];
        QVERIFY(model["queries_of_copy"] > 100 && model["queries_of_log"] == 0 && model["known_templates"]["rows"].size() >= 5);
        copy.seek(0);
        QVERIFY(copy.readAll() == before);   // opened to be read alone
        const auto listed = run({"models", "p.foreshard", "list", "--json"}).json();
        QVERIFY(listed["models"][0]["cardinality"].is_null() && listed["models"][1]["cardinality"]["queries"] > 100);
        QVERIFY(run({"models", "p.foreshard", "compare", "1", "2", "--json"}).json()["comparison"]["cardinality"]["second"]["q50"] >= 1);
    }
    void afterwards() {
        const auto json = predict("p.foreshard", "SELECT o.id FROM orders o WHERE o.tenant_id = 17 AND o.customer_id = 3").json();
        QVERIFY(json["template"]["known"] == false && json["calls_from"] == "relatives" && json["rows_from"] == "model");
        for (const char* what : {"calls_per_hour", "rows"}) QVERIFY(json[what]["p10"] <= json[what]["p50"] && json[what]["p50"] <= json[what]["p90"]);
        QVERIFY(json["hotspots"][0]["next"] == true);
        QVERIFY(run({"cardinality", "p.foreshard", "--json"}).json()["model"]["known_templates"]["coverage"] > 0.5);
        // A training without anything to learn rows from keeps what was learned.
        const auto kept = run({"train", "p.foreshard", "--json"}).json();
        QVERIFY(kept["cardinality"]["queries_of_copy"] > 100 && kept["cardinality_note"].get<std::string>().find("is kept") != std::string::npos);
    }
    void wrongStatements() {
        QCOMPARE(predict("p.foreshard", "").exitCode, 2);
        QCOMPARE(predict("p.foreshard", "SELECT 1; SELECT 2").exitCode, 2);
        QCOMPARE(predict("p.foreshard", "SELEC 1 FRM orders").exitCode, 2);
        QCOMPARE(predict("p.foreshard", "SELECT 1 FROM nowhere").exitCode, 1);
        QCOMPARE(predict("missing.foreshard", "SELECT 1 FROM orders").exitCode, 1);
        QCOMPARE(run({"predict", "p.foreshard"}).exitCode, 2);
    }
    void maskedProjects() {
        QVERIFY(run({"profile", "m.foreshard", "--schema", "schema.sql", "--log", "shop.csv", "--mask", "--mask-key", "k"}).exitCode == 0);
        const auto answer = predict("m.foreshard", "SELECT name, address FROM customers WHERE tenant_id = 17 AND id = 20");
        QVERIFY(answer.exitCode == 0 && answer.json()["template"]["known"] == true);
        QVERIFY(answer.errors.find("write masks") != std::string::npos);
        QVERIFY(predict("m.foreshard", "SELECT name, address FROM customers WHERE tenant_id = '~0123456789abcdef' AND id = '~0123456789abcdef'").errors.find("write masks") == std::string::npos);
        QCOMPARE(run({"train", "m.foreshard", "--label-on", "sqlite:shop.db"}).exitCode, 1);
    }
};

QTEST_APPLESS_MAIN(TestPredictVerbs)
#include "test_predict_verbs.moc"
