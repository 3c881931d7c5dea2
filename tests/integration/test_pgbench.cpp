// A real server logs one load in three formats at once; ingest must see the same in each, and as much as pgbench did.
#include <QtCore/QFile>
#include <QtCore/QRegularExpression>
#include <QtTest/QTest>

#include "core/base/file.h"
#include "core/ingest/ingest.h"
#include "core/schema/ddl_reader.h"
#include "tests/ingest/summary.h"
#include "tests/support/private_postgres.h"

using namespace foreshard;
using namespace foreshard::ingest;
using foreshard::testsupport::PrivatePostgres;

class TestPgbench : public QObject {
    Q_OBJECT
    PrivatePostgres server_;
    std::shared_ptr<const schema::Schema> schema_;

    // pgbench's own count of transactions; 0 where it failed.
    int bench(const QStringList& arguments) {
        QString output;
        if (!server_.pgbench(arguments, &output)) {
            qWarning("%s", qPrintable(server_.error()));
            return 0;
        }
        return QRegularExpression("actually processed: (\\d+)").match(output).captured(1).toInt();
    }

private Q_SLOTS:
    void initTestCase() {
        if (const QString why = PrivatePostgres::whyNot(); !why.isEmpty()) QSKIP(qPrintable(why));
        QVERIFY2(server_.start(PrivatePostgres::loggingSettings()), qPrintable(server_.error()));
        QVERIFY2(server_.pgbench({"-i", "-s", "2", "-q"}), qPrintable(server_.error()));
        QString ddl;
        QVERIFY2(server_.run("pg_dump", {"-s", "postgres"}, &ddl), qPrintable(server_.error()));
        const std::string text = ddl.toStdString();
        const std::vector<schema::DdlText> texts{{"pgbench.sql", text}};
        schema_ = std::make_shared<const schema::Schema>(schema::readDdl(texts).schema);
        QCOMPARE(schema_->tables.size(), size_t(4));
    }

    void init() { QVERIFY2(server_.start(), qPrintable(server_.error())); }

    void threeFormatsAndPgbenchAgree_data() {
        QTest::addColumn<QString>("protocol");
        QTest::addColumn<QByteArray>("options");
        const QByteArray atEnd = "-c log_statement=none -c log_duration=off -c log_min_duration_statement=0";
        const QByteArray both = "-c log_min_duration_statement=0";
        QTest::newRow("simple") << "simple" << QByteArray();
        QTest::newRow("extended") << "extended" << QByteArray();
        QTest::newRow("prepared") << "prepared" << QByteArray();
        QTest::newRow("simple, logged at the end") << "simple" << atEnd;
        QTest::newRow("prepared, logged at the end") << "prepared" << atEnd;
        QTest::newRow("prepared, logged twice") << "prepared" << both;
    }

    void threeFormatsAndPgbenchAgree() {
        QFETCH(QString, protocol);
        QFETCH(QByteArray, options);
        QVERIFY(server_.emptyLogs());
        qputenv("PGOPTIONS", options);
        const int processed = bench({"-n", "-c", "4", "-j", "2", "-t", "50", "-M", protocol});
        qunsetenv("PGOPTIONS");
        QCOMPARE(processed, 200);
        server_.stop();   // so that the collector has written everything

        std::string first;
        for (const char* ending : {"csv", "json", "log"}) {
            Job job;
            IngestOptions wanted;
            wanted.rangeBytes = 100'000;
            wanted.schema = schema_;
            const auto result = ingestFiles({server_.logFile(ending).toStdString()}, wanted, job);
            QVERIFY2(result.ok(), result.ok() ? "" : result.error().message.c_str());
            const auto workload = workload::finish(result->partial);
            // Tables of the catalogue, which pgbench looks at first, are in no dump; nothing else is odd.
            for (const auto& [reason, count] : workload->facts->diagnostics.byReason()) QVERIFY2(reason == "unknown_table", reason.c_str());
            for (const char* part : {"pgbench_accounts SET", "SELECT abalance", "pgbench_tellers SET", "pgbench_branches SET", "INTO pgbench_history"})
                QCOMPARE(testing::callsOf(*workload, part), double(processed));
            Weight whole = 0;
            for (const auto& each : workload->facts->classes)
                if (each.templates.size() == 5) whole += each.count;
            QCOMPARE(fromWeight(whole), double(processed));
            QCOMPARE(fromWeight(workload->facts->totals.aborted), 0.0);
            const auto& coverage = workload->facts->coverage.at(0);
            QVERIFY(coverage.selects && coverage.writes && coverage.transactionControl && coverage.literals && coverage.durations);
            QVERIFY(!coverage.minDurationMs && !coverage.pooled);
            const std::string summary = testing::summaryOf(*workload);
            if (first.empty()) first = summary;
            QCOMPARE(QByteArray::fromStdString(summary), QByteArray::fromStdString(first));
        }
    }

    // Tenants by SET LOCAL, as row-level security wants them: the server's own answer is the session's setting, so each read
    // binds its tenant, in every format and both protocols; a SET that is rolled back says nothing afterwards. With a policy the
    // statements need not name the tenant: what the server let them read and write is what the policy is taken to say.
    void tenantsOfSessionSettings_data() {
        QTest::addColumn<QString>("protocol");
        QTest::addColumn<QString>("ddl");
        QTest::addColumn<QByteArray>("script");
        const QByteArray named = "\\set tenant random(1, 6)\n"
                                 "BEGIN;\nSET LOCAL app.tenant = 9;\nSELECT set_config('app.tenant', (:tenant)::text, true);\n"
                                 "SELECT count(*) FROM visit WHERE tenant_id = current_setting('app.tenant')::int;\n"
                                 "INSERT INTO visit VALUES (current_setting('app.tenant')::int, 1);\nCOMMIT;\n"
                                 "BEGIN;\nSET app.tenant = 7;\nROLLBACK;\n"
                                 "SELECT count(*) FROM visit WHERE tenant_id::text = current_setting('app.tenant', true);\n";
        const QByteArray byPolicy = "\\set tenant random(1, 6)\n"
                                    "BEGIN;\nSET LOCAL ROLE visitor;\nSELECT set_config('app.tenant', (:tenant)::text, true);\n"
                                    "SELECT count(*) FROM visit;\nINSERT INTO visit (id) VALUES (1);\nCOMMIT;\n"
                                    "SELECT count(*) FROM visit;\n";
        const QString policy = "ALTER TABLE visit ALTER tenant_id SET DEFAULT current_setting('app.tenant')::int; ALTER TABLE visit ENABLE ROW LEVEL SECURITY;"
                               "CREATE POLICY own ON visit USING (tenant_id = current_setting('app.tenant')::int);"
                               "DROP ROLE IF EXISTS visitor; CREATE ROLE visitor; GRANT ALL ON visit TO visitor";
        for (const char* protocol : {"simple", "prepared"}) {
            QTest::newRow(protocol) << protocol << QString() << named;
            QTest::addRow("%s, by a policy", protocol) << protocol << policy << byPolicy;
        }
    }

    void tenantsOfSessionSettings() {
        QFETCH(QString, protocol);
        QFETCH(QString, ddl);
        QFETCH(QByteArray, script);
        QVERIFY2(server_.sql("CREATE TABLE visit (tenant_id int, id int);" + ddl), qPrintable(server_.error()));
        const QString path = server_.socketFolder() + "/tenants.sql";
        QFile file(path);
        QVERIFY(file.open(QFile::WriteOnly) && file.write(script) == script.size());
        file.close();
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::ReadGroup | QFile::ReadOther));
        QVERIFY(server_.emptyLogs());
        QCOMPARE(bench({"-n", "-c", "3", "-t", "40", "-M", protocol, "-f", path}), 120);
        QString rows;
        QVERIFY(server_.sql("SELECT string_agg(tenant_id || ':' || n, ' ' ORDER BY tenant_id) FROM (SELECT tenant_id, count(*) AS n FROM visit GROUP BY 1) x", &rows));
        QString dump;
        QVERIFY2(server_.run("pg_dump", {"-s", "-t", "visit", "postgres"}, &dump), qPrintable(server_.error()));
        QVERIFY(server_.sql("DROP TABLE visit"));
        server_.stop();
        const std::string ddlText = dump.toStdString();
        const std::vector<schema::DdlText> texts{{"visit.sql", ddlText}};
        std::string first;
        for (const char* ending : {"csv", "json", "log"}) {
            Job job;
            IngestOptions wanted;
            wanted.rangeBytes = 20'000;   // sessions are cut in many places
            wanted.schema = std::make_shared<const schema::Schema>(schema::readDdl(texts).schema);
            const auto result = ingestFiles({server_.logFile(ending).toStdString()}, wanted, job);
            QVERIFY(result.ok());
            const auto workload = workload::finish(result->partial);
            const auto& facts = *workload->facts;
            const auto tenant = facts.findColumn(*facts.schema.find("", "visit"), "tenant_id");
            QVERIFY(tenant.has_value());
            std::map<uint32_t, Weight> reads, writes;
            for (const auto& count : workload->rates.columns[*tenant].slots) reads[count.slot] += count.reads, writes[count.slot] += count.writes;
            QStringList seen;
            Weight all = 0;
            for (int64_t value = 1; value < 10; ++value) {
                const uint32_t slot = countingSlot(Value::integer(value));
                QCOMPARE(reads[slot], writes[slot]);
                all += reads[slot];
                if (writes[slot] > 0) seen << QString("%1:%2").arg(value).arg(fromWeight(writes[slot]));
            }
            // What the table itself holds; the reads behind the ROLLBACK, or without a setting, bind nothing.
            QCOMPARE(seen.join(' '), rows.trimmed());
            QCOMPARE(fromWeight(all), 120.0);
            const std::string summary = testing::summaryOf(*workload);
            if (first.empty()) first = summary;
            QCOMPARE(QByteArray::fromStdString(summary), QByteArray::fromStdString(first));
        }
    }

    // A transaction that fails is aborted in every format, and its failed statement is counted once.
    void abortedTransactions() {
        QVERIFY(server_.sql("CREATE TABLE IF NOT EXISTS t (id int PRIMARY KEY)"));
        QVERIFY(server_.emptyLogs());
        QVERIFY(server_.sql("INSERT INTO t VALUES (1)"));
        for (int i = 0; i < 3; ++i) QVERIFY(!server_.sql("BEGIN; SELECT count(*) FROM t; INSERT INTO t VALUES (1); COMMIT"));
        server_.stop();
        for (const char* ending : {"csv", "json", "log"}) {
            Job job;
            const auto result = ingestFiles({server_.logFile(ending).toStdString()}, {}, job);
            QVERIFY(result.ok());
            const auto workload = workload::finish(result->partial);
            QCOMPARE(fromWeight(workload->facts->totals.aborted), 3.0);
            QCOMPARE(fromWeight(workload->facts->totals.transactions), 1.0);
        }
    }
};

QTEST_GUILESS_MAIN(TestPgbench)
#include "test_pgbench.moc"
