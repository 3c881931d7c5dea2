// The verb schema and live databases from the command line: the same workload as from a dump, sizes that are read again, what
// rests on them out of date, and no secret and no value where none may be.
#include <QtTest>

#include <QFile>
#include <QTemporaryDir>

#include "core/base/file.h"
#include "tests/app/program.h"
#include "tests/support/private_postgres.h"

using namespace foreshard;
using namespace foreshard::testapp;
using testsupport::PrivatePostgres;

class TestSchemaVerb : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;
    PrivatePostgres server_;
    QString uri_;

    Run run(const QStringList& arguments) { return runProgram(folder_.path(), arguments); }
    bool sql(const QString& text) { return server_.sql(text, nullptr, "shop"); }
    static nlohmann::json tableIn(const nlohmann::json& json, const char* name) {
        for (const auto& table : json["tables"])
            if (table["table"] == name) return table;
        return {};
    }
    static bool warned(const Run& run, const char* words) { return run.errors.find(words) != std::string::npos; }

private Q_SLOTS:
    void initTestCase() {
        if (const auto why = PrivatePostgres::whyNot(); !why.isEmpty()) QSKIP(qPrintable(why));
        QVERIFY2(server_.start(), qPrintable(server_.error()));
        QVERIFY(unpackSample(folder_.path()));
        QFile schema(folder_.filePath("schema.sql"));
        QVERIFY(schema.open(QIODevice::ReadOnly));
        QVERIFY(server_.sql("CREATE DATABASE shop"));
        QVERIFY2(sql(QString::fromUtf8(schema.readAll())), qPrintable(server_.error()));
        QVERIFY2(sql("INSERT INTO public.tenants SELECT i, 't', 'p' FROM generate_series(0, 40) i; INSERT INTO public.customers SELECT i % 40, i, 'zanzibar' || i % 7, 'n', NULL, 'h' FROM generate_series(1, 4000) i; ANALYZE"), qPrintable(server_.error()));
        uri_ = "postgresql:" + server_.connectionInfo("shop");
        const auto profiled = run({"profile", "live.foreshard", "--schema", uri_, "--log", "shop.csv"});
        QVERIFY2(profiled.exitCode == 0, profiled.errors.c_str());
        QCOMPARE(run({"profile", "dump.foreshard", "--schema", "schema.sql", "--log", "shop.csv"}).exitCode, 0);
    }

    void readsTheWorkloadOfTheDump() {
        auto live = run({"show", "live.foreshard", "--json"}).json(), dump = run({"show", "dump.foreshard", "--json"}).json();
        for (const char* field : {"calls", "templates", "transactions", "tables", "sessions", "diagnostics", "schema_events"}) QVERIFY2(live[field] == dump[field], field);
    }

    // Schema files beside the project are found again where both have moved.
    void movedFoldersRefresh() {
        QTemporaryDir other;
        for (const char* name : {"dump.foreshard", "schema.sql"}) QVERIFY(QFile::copy(folder_.filePath(name), other.filePath(name)));
        QVERIFY(QFile::rename(folder_.filePath("schema.sql"), folder_.filePath("away.sql")));
        const auto refreshed = runProgram(other.path(), {"schema", "dump.foreshard", "refresh", "--json"});
        QVERIFY(QFile::rename(folder_.filePath("away.sql"), folder_.filePath("schema.sql")));
        QVERIFY2(refreshed.exitCode == 0, refreshed.errors.c_str());
        QCOMPARE(refreshed.json()["sources"][0].get<std::string>(), QDir(other.path()).canonicalPath().toStdString() + "/schema.sql");
    }

    void listsSizes() {
        const auto state = run({"schema", "live.foreshard", "--json"}).json();
        const auto customers = tableIn(state, "public.customers");
        QCOMPARE(customers["rows"], 4000);
        QCOMPARE(customers["bytes"].get<int64_t>(), customers["table_bytes"].get<int64_t>() + customers["index_bytes"].get<int64_t>() + customers["toast_bytes"].get<int64_t>());
        QCOMPARE(customers["columns"][2]["distinct"], 7);
        QCOMPARE(customers["columns"][2]["common_values"], 7);
        QVERIFY(state["server"].get<std::string>().starts_with("PostgreSQL "));
        // Values only where asked for.
        QVERIFY(state.dump().find("zanzibar") == std::string::npos);
        QVERIFY(run({"schema", "live.foreshard"}).output.find("zanzibar") == std::string::npos);
        QVERIFY(run({"schema", "live.foreshard", "--show-literals"}).output.find("zanzibar") != std::string::npos);
        QVERIFY(run({"schema", "dump.foreshard", "--json"}).json()["server"].is_null());
    }

    void keepsNoValueOfAMaskedProject() {
        QCOMPARE(run({"profile", "masked.foreshard", "--schema", uri_, "--log", "shop.csv", "--mask-key", folder_.filePath("key")}).exitCode, 0);
        QCOMPARE(run({"schema", "masked.foreshard", "refresh"}).exitCode, 0);
        const auto state = run({"schema", "masked.foreshard", "--show-literals", "--json"}).json();
        QCOMPARE(tableIn(state, "public.customers")["columns"][2]["common_values"], 0);
        QVERIFY(state.dump().find("zanzibar") == std::string::npos);
    }

    void refreshesAndSaysWhatIsOutOfDate() {
        QCOMPARE(run({"advise", "live.foreshard", "--shards", "2", "--quiet"}).exitCode, 0);
        QVERIFY(!warned(run({"show", "live.foreshard", "designs"}), "have changed"));
        auto same = run({"schema", "live.foreshard", "refresh", "--json"});
        QVERIFY2(same.exitCode == 0, same.errors.c_str());
        QVERIFY2(same.json()["changes"].empty(), same.output.c_str());
        QVERIFY(!warned(run({"show", "live.foreshard", "designs"}), "have changed"));

        QVERIFY(sql("INSERT INTO public.customers SELECT 3, i, 'x', 'n', NULL, 'h' FROM generate_series(5001, 7000) i; ANALYZE"));
        auto grown = run({"schema", "live.foreshard", "refresh", "--json"}).json();
        bool rows = false;
        for (const auto& change : grown["changes"]) rows |= change["table"] == "public.customers" && change["what"] == "rows" && change["before"] == "4,000" && change["after"] == "6,000";
        QVERIFY2(rows, grown["changes"].dump().c_str());
        QCOMPARE(run({"schema", "live.foreshard", "changes", "--json"}).json()["changes"], grown["changes"]);
        QCOMPARE(tableIn(grown, "public.customers")["rows"], 6000);
        QVERIFY(warned(run({"show", "live.foreshard", "designs"}), "sizes of its tables have changed"));
        QCOMPARE(run({"advise", "live.foreshard", "--shards", "2", "--quiet"}).exitCode, 0);
        QVERIFY(!warned(run({"show", "live.foreshard", "designs"}), "have changed"));
        // More logs still come in: sizes are no part of what they are read with.
        const auto more = run({"profile", "live.foreshard", "--schema", uri_, "--log", "shop-next.csv"});
        QVERIFY2(more.exitCode == 0, more.errors.c_str());
    }

    // A project that was made from a dump gets its sizes later.
    void refreshesADumpFromTheServer() {
        const auto read = run({"schema", "dump.foreshard", "refresh", "--schema", uri_, "--json"});
        QVERIFY2(read.exitCode == 0, read.errors.c_str());
        QVERIFY2(read.json()["changes"].empty(), read.output.c_str());
        QCOMPARE(tableIn(read.json(), "public.customers")["rows"], 6000);
        QCOMPARE(run({"schema", "dump.foreshard", "refresh"}).exitCode, 0);
        QCOMPARE(run({"profile", "dump.foreshard", "--log", "shop-next.csv"}).exitCode, 0);
    }

    void tellsAnotherSchema() {
        QVERIFY(sql("ALTER TABLE public.customers ADD COLUMN since date"));
        const auto moved = run({"schema", "live.foreshard", "refresh"});
        QCOMPARE(moved.exitCode, 0);
        QVERIFY2(moved.output.find("column since") != std::string::npos, moved.output.c_str());
        QVERIFY(warned(moved, "stays in force"));
        QVERIFY(warned(run({"simulate", "live.foreshard"}), "has another schema by now"));
        const auto again = run({"schema", "live.foreshard", "refresh"});
        QVERIFY2(again.output.find("Nothing has changed since the last time") != std::string::npos && again.output.find("column since") != std::string::npos, again.output.c_str());
        const auto taken = run({"schema", "live.foreshard", "refresh", "--replace", "--json"}).json();
        QCOMPARE(tableIn(taken, "public.customers")["columns"].size(), size_t(7));
        QVERIFY(warned(run({"simulate", "live.foreshard"}), "schema has changed since the logs were read"));
    }

    void takesNoPassword() {
        const auto refused = run({"profile", "new.foreshard", "--schema", "postgresql:dbname=x password=hunter2", "--log", "shop.csv"});
        QCOMPARE(refused.exitCode, 2);
        QVERIFY(refused.errors.find("hunter2") == std::string::npos && refused.errors.find("pgpass") != std::string::npos);
        QVERIFY(!QFile::exists(folder_.filePath("new.foreshard")));
        const auto url = run({"schema", "live.foreshard", "refresh", "--schema", "postgresql://u:hunter2@h/x"});
        QCOMPARE(url.exitCode, 2);
        QVERIFY(url.errors.find("hunter2") == std::string::npos);
        const auto gone = run({"profile", "new.foreshard", "--schema", "postgresql:host=/nowhere dbname=x", "--log", "shop.csv"});
        QCOMPARE(gone.exitCode, 1);
        QVERIFY(gone.errors.find("cannot be reached") != std::string::npos && !QFile::exists(folder_.filePath("new.foreshard")));
    }
};

QTEST_GUILESS_MAIN(TestSchemaVerb)
#include "test_schema_verb.moc"
