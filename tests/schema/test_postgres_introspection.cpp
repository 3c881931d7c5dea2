// A live PostgreSQL against the dump of the same database, and what a person gets where the server does not give all.
#include <QtTest>

#include <libpq-fe.h>

#include <thread>

#include "core/schema/changes.h"
#include "core/schema/ddl_reader.h"
#include "core/schema/postgres_introspection.h"
#include "tests/support/must.h"
#include "tests/support/private_postgres.h"

using namespace foreshard;
using namespace foreshard::schema;
using testsupport::PrivatePostgres;

class TestPostgresIntrospection : public QObject {
    Q_OBJECT

    PrivatePostgres server_;

    std::string uri(const QString& database, const char* more = "") { return "postgresql:" + server_.connectionInfo(database).toStdString() + more; }
    bool make(const QString& database, const QString& text) {
        return server_.sql("CREATE DATABASE \"" + database + "\"") && server_.sql(text, nullptr, database);
    }
    static QString fileText(const char* name) {
        QFile file(QStringLiteral(FORESHARD_SOURCE_DIR "/tests/schema/data/") + name);
        return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
    }
    static Schema bare(Schema schema) {
        for (auto& table : schema.tables) {
            table.rows.reset();
            table.bytes.reset();
            for (auto& column : table.columns) column.distinct.reset();
        }
        std::sort(schema.notes.begin(), schema.notes.end());
        return schema;
    }
    Schema ofDump(const QString& database) {
        QString dump;
        if (!server_.run("pg_dump", {"-s", database}, &dump)) return {};
        const std::string text = dump.toStdString();
        const DdlText one{"dump", text};
        return readDdl({&one, 1}).schema;
    }
    static std::string noteWith(const Statistics& statistics, const char* words) {
        for (const auto& note : statistics.notes)
            if (note.find(words) != std::string::npos) return note;
        return {};
    }

private Q_SLOTS:
    void initTestCase() {
        if (const auto why = PrivatePostgres::whyNot(); !why.isEmpty()) QSKIP(qPrintable(why));
        QVERIFY2(server_.start({"shared_preload_libraries = ''"}), qPrintable(server_.error()));
        QVERIFY2(make("nasty", fileText("live.sql")), qPrintable(server_.error()));
    }

    void equalsItsDump() {
        Job job;
        const auto live = introspectPostgres(uri("nasty"), job);
        MUST(live);
        QVERIFY2(job.diagnostics().shown().empty(), job.diagnostics().shown().empty() ? "" : job.diagnostics().shown().front().message.c_str());
        const auto dump = bare(ofDump("nasty")), seen = bare(live->schema);
        QVERIFY(dump.tables.size() >= 10);
        for (const auto& change : structureChanges(dump, seen)) qWarning("%s %s %s: %s, %s", toString(change.kind), change.table.c_str(), change.what.c_str(), change.before.c_str(), change.after.c_str());
        QVERIFY(structureChanges(dump, seen).empty());
        for (size_t i = 0; i < dump.tables.size(); ++i) QVERIFY2(dump.tables[i] == seen.tables[i], dump.tables[i].qualifiedName().c_str());
        QCOMPARE(QString::fromStdString(fmt::format("{}", fmt::join(seen.notes, "\n"))), QString::fromStdString(fmt::format("{}", fmt::join(dump.notes, "\n"))));
    }

    void tellsSizesAndValues() {
        QVERIFY2(make("sizes", "CREATE TABLE item (id int PRIMARY KEY, kind text, note text, born date);"
                               "INSERT INTO item SELECT i, CASE WHEN i % 10 = 0 THEN 'it''s rare' ELSE 'plain' END, CASE WHEN i % 4 = 0 THEN NULL ELSE repeat(md5(i::text), 200) END, date '2020-01-01' + i % 365 FROM generate_series(1, 2000) i;"
                               "CREATE TABLE log (at int, x int) PARTITION BY RANGE (at); CREATE TABLE log_0 PARTITION OF log FOR VALUES FROM (0) TO (10); CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM (10) TO (20);"
                               "INSERT INTO log SELECT i % 20, i FROM generate_series(1, 3000) i; CREATE TABLE fresh (id int); ANALYZE item; ANALYZE log; ANALYZE log_0; ANALYZE log_1;"), qPrintable(server_.error()));
        Job job;
        const auto quiet = introspectPostgres(uri("sizes"), job);
        MUST(quiet);
        QVERIFY(!quiet->statistics.holdsValues());
        PostgresIntrospectionOptions options;
        options.values = true;
        const auto live = introspectPostgres(uri("sizes"), job, options);
        MUST(live);
        const auto* item = live->statistics.find("public.item");
        QVERIFY(item);
        QCOMPARE(*item->sizes.rows, 2000u);
        QString total;
        QVERIFY(server_.sql("SELECT pg_total_relation_size('item'), pg_indexes_size('item'), pg_table_size('item')", &total, "sizes"));
        QCOMPARE(total.trimmed(), QString("%1|%2|%3").arg(*item->sizes.bytes).arg(*item->indexBytes).arg(*item->tableBytes + *item->toastBytes));
        QVERIFY(*item->toastBytes > 0);
        QCOMPARE(item->columns.size(), 4u);
        QCOMPARE(*item->columns[0].distinct, 2000u);           // −1: each row its own
        QCOMPARE(*item->columns[1].distinct, 2u);
        QCOMPARE(item->columns[1].common.size(), 2u);
        QCOMPARE(item->columns[1].common[1].value, std::string("it's rare"));
        QVERIFY(std::abs(item->columns[1].common[1].share - 0.1) < 0.001);
        QVERIFY(std::abs(item->columns[2].nullShare - 0.25) < 0.001);
        QVERIFY(item->columns[0].histogram.size() > 50 && item->columns[0].histogram.front() == "1");
        const auto* log = live->statistics.find("public.log");
        QCOMPARE(*log->sizes.rows, 3000u);                      // of both partitions
        QCOMPARE(*log->columns[0].distinct, 20u);
        const auto* fresh = live->statistics.find("public.fresh");
        QVERIFY(!fresh->sizes.rows && *fresh->sizes.bytes == 0);
        QVERIFY(!noteWith(live->statistics, "1 table has never been analysed").empty());
        QCOMPARE(*live->schema.tables[*live->schema.find("", "item")].rows, 2000u);
        QCOMPARE(*live->schema.tables[*live->schema.find("", "item")].column("kind")->distinct, 2u);
        QCOMPARE(structureFingerprint(live->schema), structureFingerprint(ofDump("sizes")));
        QVERIFY(live->schema.fingerprint() != structureFingerprint(live->schema));

        // A small allowance for values: the largest table's.
        options.maxValueBytes = 100;
        const auto few = introspectPostgres(uri("sizes"), job, options);
        MUST(few);
        QVERIFY(few->statistics.find("public.item")->columns[3].histogram.empty());
        QVERIFY(!noteWith(few->statistics, "are kept up to").empty());

        // As stored, and refused where cut.
        const auto bytes = writeStatistics(live->statistics);
        QVERIFY(*readStatistics(bytes) == live->statistics);
        for (size_t cut = 0; cut < bytes.size(); cut += 97) QVERIFY(!readStatistics(std::string_view(bytes).substr(0, cut)).ok());
        auto masked = live->statistics;
        masked.dropValues();
        QVERIFY(!masked.holdsValues() && writeStatistics(masked).find("rare") == std::string::npos);
    }

    void tellsChanges() {
        QVERIFY2(make("moving", "CREATE TABLE a (id int PRIMARY KEY, x int); CREATE TABLE b (id int); INSERT INTO a SELECT i, i % 5 FROM generate_series(1, 1000) i; ANALYZE"), qPrintable(server_.error()));
        Job job;
        auto before = introspectPostgres(uri("moving"), job);
        MUST(before);
        QVERIFY(server_.sql("INSERT INTO a SELECT i, i FROM generate_series(1001, 1050) i; ANALYZE", nullptr, "moving"));
        auto near = introspectPostgres(uri("moving"), job);
        MUST(near);
        keepBasis(near->statistics, &before->statistics);
        QCOMPARE(near->statistics.basisFingerprint(), before->statistics.basisFingerprint());   // 5 % more: nothing rests on that
        QVERIFY(server_.sql("INSERT INTO a SELECT i, i FROM generate_series(1051, 1120) i; ALTER TABLE a ADD COLUMN y text; ALTER TABLE a ALTER COLUMN x TYPE bigint; ANALYZE; CREATE INDEX a_x ON a (x); DROP TABLE b; CREATE TABLE c (id int REFERENCES a)", nullptr, "moving"));
        auto after = introspectPostgres(uri("moving"), job);
        MUST(after);
        keepBasis(after->statistics, &near->statistics);
        QVERIFY(after->statistics.basisFingerprint() != before->statistics.basisFingerprint());  // 12 % more than the basis, though 7 % more than last
        std::vector<std::string> told;
        for (const auto& one : structureChanges(before->schema, after->schema)) told.push_back(fmt::format("{} {} {}", toString(one.kind), one.table, one.what));
        const std::vector<std::string> expected = {"changed public.a column x", "added public.a column y", "added public.a index a_x", "dropped public.b table", "added public.c table"};
        QCOMPARE(told, expected);
        const auto sizes = statisticsChanges(before->statistics, after->statistics);
        const auto rows = std::find_if(sizes.begin(), sizes.end(), [](const auto& one) { return one.what == "rows"; });
        QVERIFY(rows != sizes.end());
        QCOMPARE(rows->before + " → " + rows->after, std::string("1,000 → 1,120"));
        QVERIFY(std::any_of(sizes.begin(), sizes.end(), [](const auto& one) { return one.what == "distinct values of x" && one.kind == ChangeKind::grown; }));
        QVERIFY(*readChanges(writeChanges(sizes)) == sizes);
    }

    void readsAsARoleWithFewRights() {
        QVERIFY2(server_.sql("CREATE ROLE guest LOGIN; REVOKE ALL ON SCHEMA app FROM PUBLIC; INSERT INTO app.tenant (name) SELECT i::text FROM generate_series(1, 10) i; ANALYZE", nullptr, "nasty"), qPrintable(server_.error()));
        Job job;
        PostgresIntrospectionOptions options;
        options.values = true;
        const auto guest = introspectPostgres("postgresql:host=" + server_.socketFolder().toStdString() + " user=guest dbname=nasty", job, options);
        MUST(guest);
        QVERIFY(bare(guest->schema).tables == bare(ofDump("nasty")).tables);
        QCOMPARE(*guest->statistics.find("app.tenant")->sizes.rows, 10u);
        QVERIFY(guest->statistics.find("app.tenant")->columns.empty());
        QVERIFY(noteWith(guest->statistics, "guest may not read").find("app.account") != std::string::npos);
    }

    void goesRoundLocks() {
        QVERIFY(make("locked", "CREATE TABLE held (id int PRIMARY KEY); INSERT INTO held SELECT generate_series(1, 5000); ANALYZE; CREATE TABLE free (id int)"));
        PGconn* other = PQconnectdb(server_.connectionInfo("locked").toUtf8().constData());
        PQclear(PQexec(other, "BEGIN; LOCK TABLE held IN ACCESS EXCLUSIVE MODE"));
        Job job;
        PostgresIntrospectionOptions options;
        options.limits.lockSeconds = 1;
        const auto live = introspectPostgres(uri("locked"), job, options);
        PQfinish(other);
        MUST(live);
        QCOMPARE(*live->statistics.find("public.held")->sizes.rows, 5000u);
        QVERIFY(*live->statistics.find("public.held")->sizes.bytes > 100'000);
        QVERIFY(!noteWith(live->statistics, "holds a lock").empty());
    }

    void changesNothing() {
        
        Job job;
        auto reading = PostgresReading::begin(uri("nasty"), job);
        MUST(reading);
        const auto written = reading->query("INSERT INTO app.tenant (name) VALUES ('x')", job);
        QVERIFY(!written.ok() && written.error().message.find("read-only") != std::string::npos);
    }

    void saysWhatIsWrong_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("category");
        QTest::addColumn<QString>("words");
        QTest::newRow("no server") << "host=/nowhere dbname=x" << int(ErrorCategory::unreadable) << "cannot be reached";
        QTest::newRow("no database") << "host=SOCKET user=postgres dbname=missing" << int(ErrorCategory::unreadable) << "does not exist";
        QTest::newRow("no text") << "host=SOCKET user=postgres dbname=template1" << int(ErrorCategory::notFound) << "no tables";
        QTest::newRow("no such keyword") << "nonsense=1" << int(ErrorCategory::unreadable) << "nonsense";
        QTest::newRow("wrong password") << "host=SOCKET user=locked_out dbname=nasty" << int(ErrorCategory::unreadable) << "password";
    }
    void saysWhatIsWrong() {
        QFETCH(QString, text);
        QFETCH(int, category);
        QFETCH(QString, words);
        if (text.contains("locked_out")) {
            QFile rules(server_.dataFolder() + "/pg_hba.conf");
            QVERIFY(rules.open(QIODevice::ReadWrite));
            const auto old = rules.readAll();
            rules.seek(0);
            rules.write("local all locked_out scram-sha-256\n" + old);
            rules.close();
            QVERIFY(server_.sql("CREATE ROLE locked_out LOGIN PASSWORD 'right'") && server_.sql("SELECT pg_reload_conf()"));
            QTest::qWait(300);
            qputenv("PGPASSWORD", "wrong");
        }
        Job job;
        const auto live = introspectPostgres("postgresql:" + text.replace("SOCKET", server_.socketFolder()).toStdString(), job);
        qunsetenv("PGPASSWORD");
        QVERIFY(!live.ok());
        QCOMPARE(int(live.error().category), category);
        QVERIFY2(live.error().message.find(words.toStdString()) != std::string::npos, live.error().message.c_str());
        QVERIFY(!live.error().next.empty() && live.error().message.find("wrong") == std::string::npos);
    }

    void stopsWhenAsked() {
        PGconn* other = PQconnectdb(server_.connectionInfo("locked").toUtf8().constData());
        PQclear(PQexec(other, "BEGIN; LOCK TABLE held IN ACCESS EXCLUSIVE MODE"));
        Job job;
        std::thread stopper([&] { QThread::msleep(400); job.requestStop(); });
        QElapsedTimer timer;
        timer.start();
        const auto live = introspectPostgres(uri("locked"), job);
        stopper.join();
        PQfinish(other);
        QCOMPARE(live.error().category, ErrorCategory::cancelled);
        QVERIFY(timer.elapsed() < 3'000);
    }

    // Last: the server goes away in the middle.
    void saysThatTheServerWent() {
        PGconn* other = PQconnectdb(server_.connectionInfo("locked").toUtf8().constData());
        PQclear(PQexec(other, "BEGIN; LOCK TABLE held IN ACCESS EXCLUSIVE MODE"));
        Job job;
        std::thread stopper([&] {
            QThread::msleep(400);
            PQclear(PQexec(other, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'foreshard'"));
        });
        const auto live = introspectPostgres(uri("locked"), job);
        stopper.join();
        PQfinish(other);
        QVERIFY(!live.ok());
        QCOMPARE(live.error().category, ErrorCategory::io);
        QVERIFY2(live.error().message.find("was lost") != std::string::npos, live.error().message.c_str());
    }
};

QTEST_GUILESS_MAIN(TestPostgresIntrospection)
#include "test_postgres_introspection.moc"
