// The whole program on the sample: from the log to a verified migration, its JSON held against what the sample is known to
// be. One case builds on the one before it.
#include <QtTest>

#include <QRegularExpression>
#include <QTemporaryDir>

#include <algorithm>

#include "tests/app/program.h"

using namespace foreshard::testapp;
using nlohmann::json;

class TestSamplePipeline : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;
    Run run(const QStringList& arguments) { return runProgram(folder_.path(), arguments); }

private Q_SLOTS:
    void initTestCase() { QVERIFY(folder_.isValid() && unpackSample(folder_.path())); }

    void profile() {
        const auto made = run({"profile", "shop.foreshard", "--schema", "schema.sql", "--schema", "shop.db", "--log", "shop.csv", "--json"});
        QCOMPARE(made.exitCode, 0);
        const auto j = made.json();
        QCOMPARE(j["verb"], "profile");
        QCOMPARE(j["lines"], 102684);
        // BEGIN, COMMIT and ROLLBACK are no calls: lines less two for each block.
        QCOMPARE(j["diagnostics"]["total"], 0);
        QCOMPARE(j["interval"], "1h");
        QCOMPARE(j["tables"], 9);
        QCOMPARE(j["first"], "2026-11-01T00:00:00Z");
        QCOMPARE(j["last"], "2026-11-15T00:00:00Z");
        QVERIFY(j["aborted"].get<double>() > 50);
        QCOMPARE(j["templates"], 14);
    }
    void aLogIsReadOnce() {
        const auto again = run({"profile", "shop.foreshard", "--log", "shop.csv", "--json"});
        QCOMPARE(again.exitCode, 1);
        QCOMPARE(again.json()["error"]["category"], "conflict");
    }
    void showTemplates() {
        const auto shown = run({"show", "shop.foreshard", "templates", "--json"});
        QCOMPARE(shown.exitCode, 0);
        const auto templates = shown.json()["templates"];
        double calls = 0;
        for (const auto& t : templates) {
            calls += t["calls"].get<double>();
            QVERIFY(t["parsed"].get<bool>());
            QVERIFY(!t["tables"].empty());
        }
        QCOMPARE(calls, run({"show", "shop.foreshard", "workload", "--json"}).json()["calls"].get<double>());
    }
    void showContents() {
        const auto columns = run({"show", "shop.foreshard", "columns", "--json"}).json()["columns"];
        const auto tenant = std::find_if(columns.begin(), columns.end(), [](const auto& c) { return c["table"] == "public.orders" && c["column"] == "tenant_id"; });
        QVERIFY(tenant != columns.end() && (*tenant)["keys"] > 10 && (*tenant)["count_error"] == 0);
        const auto& heaviest = (*tenant)["heavy_keys"][0];
        QVERIFY(!heaviest["key"].is_null() && heaviest["count_low"] == heaviest["count_high"]);
        const auto access = run({"show", "shop.foreshard", "access", "--json"}).json();
        QVERIFY(!access["together"].empty());
        double reads = 0, accesses = 0;
        for (const auto& table : access["tables"])
            if (table["table"] == "public.orders")
                for (const char* reach : {"point_reads", "range_reads", "scan_reads"}) reads += table[reach].get<double>();
        for (const auto& column : columns)
            if (column["table"] == "public.orders") accesses = column["table_reads"].get<double>();
        QCOMPARE(reads, accesses);
        double calls = 0;
        const auto tiers = run({"show", "shop.foreshard", "volume", "--json"}).json()["tiers"];
        QCOMPARE(tiers.size(), 4u);   // an hour, and 15, 5 and 1 minutes of the last days
        for (const auto& tier : tiers)
            for (const auto& point : tier["points"]) calls += point["calls"].get<double>();
        QCOMPARE(calls, run({"show", "shop.foreshard", "workload", "--json"}).json()["calls"].get<double>());
        const auto buckets = run({"show", "shop.foreshard", "buckets", "--json"}).json()["buckets"];
        QVERIFY(buckets.size() > 100 && buckets.size() <= 1'536);
        for (const char* what : {"columns", "access", "volume", "buckets"}) QVERIFY(!run({"show", "shop.foreshard", what}).output.empty());
        const auto templates = run({"show", "shop.foreshard", "templates", "--json"}).json()["templates"];
        QVERIFY(templates[0]["p50_ms"] <= templates[0]["p99_ms"] && templates[0]["p50_ms"] > 0);
    }
    void trainAndForecast() {
        const auto trained = run({"train", "shop.foreshard"});
        QCOMPARE(trained.exitCode, 0);
        // A series of several statements is not called by one of them alone.
        QVERIFY2(trained.output.find(" more ") != std::string::npos, trained.output.c_str());
        const auto made = run({"forecast", "shop.foreshard", "--horizon", "24h", "--json"});
        QCOMPARE(made.exitCode, 0);
        const auto series = made.json()["series"];
        QVERIFY(!series.empty());
        for (const auto& one : series) {
            QCOMPARE(one["times"].size(), 24u);
            for (size_t i = 0; i < 24; ++i) QVERIFY(one["p10"][i] <= one["p50"][i] && one["p50"][i] <= one["p90"][i]);
        }
    }
    void advise() {
        const auto made = run({"advise", "shop.foreshard", "--shards", "3", "--json"});
        QCOMPARE(made.exitCode, 0);
        const auto j = made.json();
        const auto best = j["designs"][0];
        for (const char* table : {"public.customers", "public.products", "public.stock", "public.orders", "public.order_lines", "public.payments"}) {
            QCOMPARE(best["tables"][table]["key"], json::array({"tenant_id"}));
            QVERIFY(!best["tables"][table]["why"].empty());
        }
        QCOMPARE(best["tables"]["public.categories"]["strategy"], "reference");
        QVERIFY(best["held_out"]["multi_shard_share"].get<double>() < 0.06);
        // Again the same, to the byte but for the clock.
        auto again = run({"advise", "shop.foreshard", "--shards", "3", "--json"}).json(), first = j;
        for (auto* each : {&again, &first})
            for (const char* clock : {"seconds", "peak_rss_bytes", "seconds_to_best"}) each->erase(clock);
        QVERIFY(again == first);
    }
    void simulate() {
        const auto made = run({"simulate", "shop.foreshard", "--design", "today", "--design", "best", "--scenario", "observed", "--scenario", "forecast,growth=2,shards=4", "--json"});
        QCOMPARE(made.exitCode, 0);
        const auto projections = made.json()["projections"];
        QCOMPARE(projections.size(), 4u);
        QCOMPARE(projections[0]["multi_shard_share"], 0.0);
        QCOMPARE(projections[1]["load"].size(), 3u);
        QCOMPARE(projections[3]["load"].size(), 4u);
        QVERIFY(projections[1]["p99_ms"].is_null());
        QCOMPARE(projections[0]["bytes_moved"], 0.0);
        const auto text = run({"simulate", "shop.foreshard"}).output + run({"show", "shop.foreshard", "designs"}).output;
        for (const char* words : {"multi-shard, whole log", "multi-shard, earlier half", "later half"}) QVERIFY2(text.find(words) != std::string::npos, words);
    }
    // The same log without the values of its parameters: which keys it touched is unknown, and so is the load of each shard;
    // the command line and the report say the same.
    void withoutKeyValues() {
        QTemporaryDir other;
        QVERIFY(other.isValid() && unpackSample(other.path()));
        QFile log(other.filePath("shop.csv"));
        QVERIFY(log.open(QIODevice::ReadWrite));
        auto lines = QString::fromUtf8(log.readAll());
        lines.replace(QRegularExpression("\"parameters: [^\"]*\""), "");
        QVERIFY(log.resize(0) && log.seek(0) && log.write(lines.toUtf8()) > 0);
        log.close();
        const auto in = [&](const QStringList& arguments) { return runProgram(other.path(), arguments); };
        QCOMPARE(in({"profile", "p.foreshard", "--schema", "schema.sql", "--schema", "shop.db", "--log", "shop.csv", "--quiet"}).exitCode, 0);
        QCOMPARE(in({"advise", "p.foreshard", "--shards", "3", "--quiet"}).exitCode, 0);
        const auto projections = in({"simulate", "p.foreshard", "--json"}).json()["projections"];
        QCOMPARE(projections[0]["load"].size(), 1u);         // one database has all of it
        for (const char* field : {"load", "hottest_shard", "load_max_over_mean", "multi_shard_share"}) QVERIFY2(projections[1][field].is_null(), field);
        QVERIFY(projections[1]["load_origin"].get<std::string>().starts_with("unknown: "));
        const auto text = in({"simulate", "p.foreshard"});
        QVERIFY2(text.output.find("load per shard unknown: the log does not say which keys it touched") != std::string::npos, text.output.c_str());
        QCOMPARE(in({"report", "p.foreshard", "-o", "r.md"}).exitCode, 0);
        QFile report(other.filePath("r.md"));
        QVERIFY(report.open(QIODevice::ReadOnly));
        const auto words = report.readAll();
        QVERIFY2(words.contains("unknown: the log does not say which keys it touched"), words.constData());
    }
    void route() {
        const auto one = run({"route", "shop.foreshard", "--design", "best", "--sql", "SELECT * FROM orders WHERE tenant_id = 17", "--json"});
        QCOMPARE(one.exitCode, 0);
        QCOMPARE(one.json()["shards"].size(), 1u);
        QCOMPARE(one.json()["reason"], "public.orders: by an equal key, from a literal");
        const auto copy = run({"route", "shop.foreshard", "--design", "best", "--sql", "SELECT * FROM categories WHERE id = 3"});
        QCOMPARE(copy.output, "any one of 3 shards\npublic.categories: a copy is on every shard: any one serves it\n");
        const auto all = run({"route", "shop.foreshard", "--design", "best", "--sql", "UPDATE payments SET state = 'paid' WHERE reference = 'x'", "--json"});
        QCOMPARE(all.json()["shards"].size(), 3u);
        // Setting the key may send the row elsewhere: both shards are visited, and it is said.
        const auto moves = run({"route", "shop.foreshard", "--design", "best", "--sql", "UPDATE orders SET tenant_id = 3 WHERE tenant_id = 17 AND id = 5", "--json"});
        QVERIFY(moves.json()["accesses"][0]["may_move"].get<bool>() && moves.json()["warnings"].size() >= 1);
        QVERIFY2(QRegularExpression("^public.orders: WHERE tells the old key by an equal key, from a literal: shard (\\d); SET tells the new key: shard (\\d), "
                                    "(so that the row stays there|so that the row may move from shard \\1 to shard \\2)$").match(QString::fromStdString(moves.json()["reason"])).hasMatch(), moves.output.c_str());
        QCOMPARE(moves.json()["accesses"][0]["reason"], "equal key");
        const auto anywhere = run({"route", "shop.foreshard", "--design", "best", "--sql", "UPDATE orders SET tenant_id = tenant_id + 1 WHERE tenant_id = 17", "--json"});
        QVERIFY2(anywhere.json()["reason"].get<std::string>().ends_with("; SET gives a new key that the statement does not tell: the row may move to any shard"), anywhere.output.c_str());
        const auto stays = run({"route", "shop.foreshard", "--design", "best", "--sql", "UPDATE orders SET customer_id = 3 WHERE tenant_id = 17 AND id = 5", "--json"});
        QVERIFY(!stays.json()["accesses"][0]["may_move"].get<bool>());
        for (const auto& [sql, exitCode] : {std::pair{"SELECT FROM WHERE", 2}, {"SELECT 1", 2}, {"SELECT * FROM nowhere", 1}})
            QCOMPARE(run({"route", "shop.foreshard", "--design", "best", "--sql", sql}).exitCode, exitCode);
    }
    // Files of one's own: three weeks of hours with a daily rhythm, and keys of which a few are hot.
    void evaluate() {
        QFile hours(folder_.filePath("hours.csv")), keys(folder_.filePath("keys.csv"));
        QVERIFY(hours.open(QIODevice::WriteOnly) && keys.open(QIODevice::WriteOnly));
        hours.write("time,count\n");
        for (int i = 0; i < 24 * 21; ++i)
            hours.write(QString("2026-10-%1T%2:00:00Z,%3\n").arg(1 + i / 24, 2, 10, QChar('0')).arg(i % 24, 2, 10, QChar('0')).arg(100 + (i % 24 < 12 ? 60 : 0) + i * 7919 % 13).toUtf8());
        keys.write("key\n");
        for (int i = 0; i < 12'000; ++i) keys.write(QByteArray::number(i % 3 ? i * 7919 % 1000 : i * 31 % 5) + "\n");
        hours.close(), keys.close();
        const auto volume = run({"evaluate", "volume", "hours.csv", "--horizons", "1", "--test-last", "24", "--json"});
        QVERIFY2(volume.exitCode == 0, volume.errors.c_str());
        const auto rows = volume.json()["rows"];
        const auto chosen = std::find_if(rows.begin(), rows.end(), [](const json& row) { return row["chosen"].get<bool>(); });
        QVERIFY(chosen != rows.end());
        const auto naive = std::find_if(rows.begin(), rows.end(), [](const json& row) { return row["model"] == "naive"; });
        QVERIFY((*chosen)["log_mse"].get<double>() < (*naive)["log_mse"].get<double>());
        const auto hot = run({"evaluate", "hotspot", "keys.csv", "--share", "0.005", "--json"});
        QVERIFY2(hot.exitCode == 0, hot.errors.c_str());
        QCOMPARE(hot.json()["predicted"], 5);
        QVERIFY(hot.json()["rows"].back()["precision_at_k"].get<double>() > 0.9);
    }
    void migrate() {
        QCOMPARE(run({"cluster", "shop.foreshard", "add", "shards", "sqlite:shop.db", "sqlite:shard1.db", "sqlite:shard2.db"}).exitCode, 0);
        const auto planned = run({"plan", "shop.foreshard", "--to", "best", "--cluster", "shards", "--json"});
        QCOMPARE(planned.exitCode, 0);
        const auto dry = run({"migrate", "shop.foreshard", "--json"});
        QCOMPARE(dry.exitCode, 0);
        QCOMPARE(dry.json()["state"], "planned");
        const auto steps = dry.json()["steps"];
        for (const auto& step : steps)
            for (const char* field : {"shard", "when", "statements"}) QVERIFY2(!step["sql"][0][field].empty(), step.dump().c_str());
        QVERIFY(!QFile::exists(folder_.filePath("shard1.db")));
        QCOMPARE(run({"approve", "shop.foreshard", "all"}).exitCode, 0);
        const auto done = run({"migrate", "shop.foreshard", "--execute", "--json"});
        QCOMPARE(done.exitCode, 0);
        QCOMPARE(done.json()["state"], "done");
        const auto checked = run({"verify", "shop.foreshard", "--json"});
        QCOMPARE(checked.exitCode, 0);
        uint64_t rows = 0;
        const auto tables = checked.json()["tables"];
        for (const auto& table : tables) {
            rows += table["rows"].get<uint64_t>();
            QCOMPARE(table["missing"], 0);
            QCOMPARE(table["misplaced"], 0);
        }
        QCOMPARE(rows, rowsBefore());
    }
    // The database holds the migration's own tables now: they are none of the user's.
    void schemaOfAShard() {
        const auto again = run({"profile", "again.foreshard", "--schema", "shop.db", "--log", "shop-next.csv", "--json"});
        QCOMPARE(again.exitCode, 0);
        QCOMPARE(again.json()["tables"], 9);
    }
    void monitor() {
        const auto watched = run({"monitor", "shop.foreshard", "--log", "shop-next.csv", "--json"});
        QCOMPARE(watched.exitCode, 0);
        const auto j = watched.json();
        QCOMPARE(j["shards"].size(), 3u);
        for (const auto& shard : j["shards"]) QVERIFY(shard["load_measured"].get<double>() > 0 && shard["load_predicted"].get<double>() > 0);
        QVERIFY(j["model_error"].is_number());
        QVERIFY(j["alerts"].is_array());
        QVERIFY(j["intervals_new"].get<int>() > 10);
        // Once more there is nothing new, and it is said, with what an alert takes.
        const auto again = run({"monitor", "shop.foreshard", "--log", "shop-next.csv", "--skew-limit", "1.01"});
        QCOMPARE(again.exitCode, 0);
        for (const char* words : {"0 of them now", "Nothing new in shop-next.csv", "the limit was 1.50 and is 1.01 now", "skew since 2026-11-15T09:00:00Z", "above the limit of 1.01. It took 39.6 % of all accesses."}) QVERIFY2(again.output.find(words) != std::string::npos, again.output.c_str());
    }
    // While it follows it says at once where it listens.
    void monitorSaysWhereItListens() {
        QProcess process;
        process.setWorkingDirectory(folder_.path());
        process.start(QStringLiteral(FORESHARD_BINARY_DIR "/foreshard"), {"monitor", "shop.foreshard", "--log", "shop-next.csv", "--follow", "--listen", "127.0.0.1:0"});
        QByteArray said;
        for (int i = 0; i < 60 && !said.contains("Ctrl+C ends it."); ++i) {
            process.waitForReadyRead(500);
            said += process.readAllStandardError();
        }
        process.terminate();
        QVERIFY(process.waitForFinished(30'000));
        QVERIFY2(said.contains("Metrics at http://127.0.0.1:") && said.contains("Following shop-next.csv"), said.constData());
        QCOMPARE(process.exitCode(), 0);
    }
    void report() {
        for (const char* name : {"report.html", "report.md", "report.csv", "report.json"}) {
            QCOMPARE(run({"report", "shop.foreshard", "-o", name}).exitCode, 0);
            QVERIFY(QFileInfo(folder_.filePath(name)).size() > 500);
        }
        QFile html(folder_.filePath("report.html"));
        QVERIFY(html.open(QIODevice::ReadOnly));
        const auto text = html.readAll();
        QVERIFY(text.contains("<svg") && !text.contains("tenant17.example"));
        for (const char* words : {"Transactions that stay on several shards", "Constraints that no shard keeps by itself", "(before the migration)"}) QVERIFY2(text.contains(words), words);
    }
    // What rests on a workload that has changed says so, on the command line and in the report.
    void whatIsOutOfDateSaysSo() {
        QVERIFY(QFile::remove(folder_.filePath("again.foreshard")) && QFile::copy(folder_.filePath("shop.foreshard"), folder_.filePath("again.foreshard")));
        QVERIFY(run({"show", "again.foreshard", "designs", "--json"}).json()["warnings"].dump().find("has changed since") == std::string::npos);
        QCOMPARE(run({"profile", "again.foreshard", "--log", "shop-next.csv"}).exitCode, 0);
        const std::string words = "The workload has changed since the advice was given. Run advise again.";
        QVERIFY(run({"show", "again.foreshard", "designs", "--json"}).json()["warnings"].dump().find(words) != std::string::npos);
        QVERIFY(run({"simulate", "again.foreshard", "--json"}).json()["warnings"].dump().find(words) != std::string::npos);
        QVERIFY(run({"report", "again.foreshard", "-o", "stale.md", "--json"}).json()["warnings"].dump().find(words) != std::string::npos);
        QFile report(folder_.filePath("stale.md"));
        QVERIFY(report.open(QIODevice::ReadOnly) && report.readAll().contains("Out of date: The workload has changed since the advice was given."));
    }
    void pagesAreRendered() {
        const auto shots = run({"shop.foreshard", "--screenshots", "pages"});
        QCOMPARE(shots.exitCode, 0);
        QCOMPARE(QDir(folder_.filePath("pages")).entryList({"*.png"}).size(), 18);
    }
    // A finished plan takes no approval, what is in force needs no plan, and the previous layout is the way back.
    void theWayBack() {
        QCOMPARE(run({"approve", "shop.foreshard", "all"}).exitCode, 1);
        const auto nothing = run({"plan", "shop.foreshard", "--to", "today"});
        QVERIFY(nothing.exitCode == 1 && nothing.errors.find("in force already") != std::string::npos);
        QCOMPARE(run({"plan", "shop.foreshard", "--to", "previous"}).exitCode, 0);
        QCOMPARE(run({"approve", "shop.foreshard", "all"}).exitCode, 0);
        QCOMPARE(run({"migrate", "shop.foreshard", "--execute", "--json"}).json()["state"], "done");
        const auto checked = run({"verify", "shop.foreshard", "--json"}).json();
        uint64_t rows = 0;
        for (const auto& table : checked["tables"]) rows += table["rows"].get<uint64_t>();
        QCOMPARE(rows, rowsBefore());
        QVERIFY(run({"route", "shop.foreshard", "--design", "today", "--sql", "SELECT * FROM orders WHERE tenant_id = 17", "--json"}).json()["shards"] == nlohmann::json({0}));
    }

private:
    // Rows of the packed database as it was shipped.
    static uint64_t rowsBefore() {
        QTemporaryDir fresh;
        if (!unpackSample(fresh.path())) return 0;
        QProcess sqlite;
        sqlite.start("sqlite3", {fresh.filePath("shop.db"), "SELECT (SELECT count(*) FROM tenants) + (SELECT count(*) FROM categories) + (SELECT count(*) FROM exchange_rates) + (SELECT count(*) FROM customers)"
                                                            " + (SELECT count(*) FROM products) + (SELECT count(*) FROM stock) + (SELECT count(*) FROM orders) + (SELECT count(*) FROM order_lines) + (SELECT count(*) FROM payments)"});
        return sqlite.waitForFinished() ? sqlite.readAllStandardOutput().trimmed().toULongLong() : 0;
    }
};

QTEST_GUILESS_MAIN(TestSamplePipeline)
#include "test_sample_pipeline.moc"
