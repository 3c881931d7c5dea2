// Logs of MySQL, MariaDB, SQLite and Vitess: what the readers make of them, whole and in pieces.
#include <QtTest/QTest>

#include <algorithm>

#include "core/ingest/ingest.h"
#include "tests/ingest/collect.h"

using namespace foreshard;
using namespace foreshard::ingest;
using namespace foreshard::ingest::testing;

namespace {

const char* const samples[] = {"mysql_general_short.log", "mysql_general_iso.log", "mysql_slow_short.log", "mysql_slow_iso.log", "sqlite_plain.trace", "sqlite_profile.trace", "vtgate.txt", "vtgate.json"};

std::string sample(const std::string& name) { return testData("foreign/" + name); }

// Without their times.
size_t countOf(const Collected& collected, const std::string& part) {
    return static_cast<size_t>(std::count_if(collected.lines.begin(), collected.lines.end(), [&](const std::string& line) { return line.find(part) != std::string::npos; }));
}

std::string joined(const Collected& collected) {
    std::string out;
    for (const auto& line : collected.lines) out += line + "\n";
    return out;
}

struct RowSink final : EventSink {
    void call(const workload::CallEvent& e) override { rows.push_back(e.rows); }
    void sessionStarted(const workload::SessionEvent&) override {}
    void sessionEnded(const workload::SessionEvent&) override {}
    std::vector<int64_t> rows;
};

}  // namespace

class TestForeignReaders : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void formatsAreFoundOut() {
        const std::pair<const char*, std::string> expected[] = {{"mysql-general", ""}, {"mysql-general", ""}, {"mysql-slow", "short"}, {"mysql-slow", "iso"}, {"sqlite-trace", "plain"}, {"sqlite-trace", "profile"}, {"vtgate", "text"}, {"vtgate", "json"}};
        for (size_t i = 0; i < std::size(samples); ++i) {
            const auto shape = shapeOf(sample(samples[i]));
            QCOMPARE(std::string(toString(shape.format)), std::string(expected[i].first));
            QCOMPARE(shape.prefix, expected[i].second);
            QVERIFY2(shape.matched > 0.95, samples[i]);
            QVERIFY(isSound(shape));
        }
        for (const char* name : {"all.csv", "all.json", "all.log"}) QVERIFY(shapeOf(testData(name)).format < LogFormat::mysqlGeneral);
        // Scripts that make a schema and its rows are no traces.
        QVERIFY(!detectShape("CREATE TABLE a (b int);\nINSERT INTO a VALUES (1);\nINSERT INTO a VALUES (2);\n", LogFormat::automatic, {}, "f").ok());
    }

    // Cut anywhere, the calls are the same, and so is what is said of the lines.
    void cutsChangeNothing() {
        for (const char* name : samples) {
            const auto bytes = sample(name);
            const auto shape = shapeOf(bytes);
            const auto whole = collect(bytes, shape);
            QVERIFY2(whole.lines.size() > 20 && whole.ordered, name);
            for (const uint64_t range : {37, 211, 900, 4'001}) {
                const auto pieces = collect(bytes, shape, range);
                QVERIFY2(joined(pieces) == joined(whole), (std::string(name) + " in ranges of " + std::to_string(range) + "\n" + joined(pieces) + "instead of\n" + joined(whole)).c_str());
                QVERIFY2(pieces.evidence == whole.evidence && pieces.lineCount == whole.lineCount, name);
            }
        }
    }

    void generalLog() {
        const auto bytes = sample("mysql_general_short.log");
        const auto calls = collect(bytes, shapeOf(bytes));
        QVERIFY2(calls.lines[0] == "2026-12-01T01:04:10Z 6  -  | SET GLOBAL slow_query_log = 1 | -", joined(calls).c_str());
        QCOMPARE(calls.lines[1], std::string("end 6"));
        QCOMPARE(calls.lines[2], std::string("start 7"));
        QVERIFY2(calls.lines[3].starts_with("2026-12-01T01:04:10Z 7  -  | SELECT  o.id, SUM(l.quantity) FROM "), calls.lines[3].c_str());
        QCOMPARE(countOf(calls, "| INSERT INTO \"orders\" (\"customer_id\", \"note\") VALUES (27, 'it''s \"urgent\"; # 1\nCafé')"), size_t{1});
        QCOMPARE(countOf(calls, "2026-12-01T01:04:32Z 9  -  | SELECT name FROM customers WHERE id = 5\n  AND region = 'a line\n\nof its own' |"), size_t{1});
        QCOMPARE(countOf(calls, "PREPARE"), size_t{0});
        QCOMPARE(countOf(calls, "EXECUTE"), size_t{0});
        QCOMPARE(countOf(calls, "| SELECT id, name FROM customers WHERE id = 3 |"), size_t{1});
        QCOMPARE(countOf(calls, "2026-12-01T11:03:40Z 12"), size_t{1});
        QVERIFY(calls.diagnostics.byReason().empty());
        // The form of MySQL 8 has the same calls.
        const auto other = sample("mysql_general_iso.log");
        const auto same = collect(other, shapeOf(other));
        QCOMPARE(same.lines.size(), calls.lines.size());
        for (size_t i = 0; i < same.lines.size(); ++i) QCOMPARE(same.lines[i].substr(same.lines[i].find('|') + 1), calls.lines[i].substr(calls.lines[i].find('|') + 1));
        QVERIFY(same.lines[3].starts_with("2026-12-01T01:04:10.00"));
    }

    // Transactions without a beginning: what follows SET autocommit = 0 belongs together up to its COMMIT, whatever the range it stands in.
    void autocommitOff() {
        std::string log;
        const auto say = [&](int session, const std::string& command) { log += fmt::format("2026-12-01T01:04:10.{:06}Z\t    {} {}\n", log.size(), session, command); };
        say(7, "Connect\troot@localhost on shop using Socket");
        say(8, "Query\tUPDATE t SET a = 1 WHERE id = 1");                                      // commits by itself
        for (const char* text : {"SET NAMES utf8, autocommit=0", "INSERT INTO t (id) VALUES (2)", "UPDATE t SET a = 1 WHERE id = 2", "COMMIT", "DELETE FROM t WHERE id = 3", "ROLLBACK",
                                 "INSERT INTO t (id) VALUES (4)", "SET @@session.autocommit = ON", "UPDATE t SET a = 1 WHERE id = 5"})
            say(7, std::string("Query\t") + text);
        for (const char* text : {"SET SESSION autocommit = OFF", "UPDATE t SET a = 1 WHERE id = 6"}) say(8, std::string("Query\t") + text);
        say(8, "Quit\t");                                                                      // what was open is undone
        TemporaryFolder folder;
        const std::string path = (folder.path() / "general.log").string();
        std::ofstream(path, std::ios::binary) << log;
        for (const uint64_t range : {uint64_t{1} << 20, uint64_t{1}, uint64_t{150}, uint64_t{400}}) {
            IngestOptions options;
            options.rangeBytes = range;
            Job job;
            auto read = ingestFiles({path}, options, job);
            QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
            const auto totals = workload::finish(std::move(read->partial))->facts->totals;
            QCOMPARE(fromWeight(totals.transactions), 4.0);   // ids 1; 2 and 2; 4; 5
            QCOMPARE(fromWeight(totals.aborted), 2.0);        // 3; 6
            QCOMPARE(totals.callsLogged, uint64_t{7});
        }
    }

    void slowLog() {
        const auto bytes = sample("mysql_slow_short.log");
        const auto calls = collect(bytes, shapeOf(bytes));
        QVERIFY2(calls.lines[0].starts_with("2026-12-01T01:04:10Z 7  560us shop 0 rows | SELECT"), calls.lines[0].c_str());
        QVERIFY2(calls.lines.size() > 30, joined(calls).c_str());
        QCOMPARE(countOf(calls, "2026-12-01T01:05:00Z 12  2000484us  1 rows | SELECT SLEEP(2); |"), size_t{1});
        QCOMPARE(countOf(calls, "us shop 0 rows | START TRANSACTION; |"), size_t{2});
        QCOMPARE(countOf(calls, "administrator"), size_t{0});
        QVERIFY(calls.evidence.examinedCalls == calls.evidence.calls && calls.evidence.rowsExamined > 0);
        QVERIFY(calls.diagnostics.byReason().empty());
        const auto found = findings(calls.evidence, {}, "log").byReason();
        QCOMPARE(found.count("rows_examined"), size_t{1});
        const auto other = sample("mysql_slow_iso.log");
        const auto same = collect(other, shapeOf(other));
        QCOMPARE(same.lines.size(), calls.lines.size());
        // Its times are those of the calls' ends.
        QVERIFY2(same.lines[0].starts_with("2026-12-01T01:03:31.000453Z 7  560us  0 rows | SELECT"), same.lines[0].c_str());
    }

    void rowsAreKept() {
        const std::string log =
            "# Time: 2026-12-01T01:03:31.001013Z\n# User@Host: root[root] @ localhost []  Id:     7\n# Query_time: 0.000560  Lock_time: 0.000273 Rows_sent: 3  Rows_examined: 40\nSET timestamp=1796087050;\nSELECT 1;\n"
            "# Time: 2026-12-01T01:03:31.002013Z\n# User@Host: root[root] @ localhost []  Id:     7\n# Query_time: 0.000560  Lock_time: 0.000273 Rows_sent: 0  Rows_examined: 40\n# Rows_affected: 5  Bytes_sent: 1\nSET timestamp=1796087050;\nUPDATE t SET a = 1;\n"
            "# Time: 2026-12-01T01:03:31.003013Z\n# User@Host: root[root] @ localhost []  Id:     7\n# Query_time: 0.000560  Lock_time: 0.000273 Rows_sent: 0  Rows_examined: 40\nSET timestamp=1796087050;\nUPDATE t SET a = 1;\n";
        CallCollector collector;
        std::string padded = log + std::string(readerPadding, '\0');
        const std::string_view window(padded.data(), log.size());
        const auto reader = makeReader({LogFormat::mysqlSlow, "iso", false, 1});
        LogRecord record;
        for (size_t at = 0; at < window.size();) {
            const size_t before = at;
            if (reader->next(window, at, true, record) == ReadStep::record) collector.add(record, before);
        }
        Carry carry;
        collector.settle(carry);
        RowSink sink;
        collector.replay(sink, weightOne);
        QCOMPARE(sink.rows, (std::vector<int64_t>{3, 5, -1}));
        QCOMPARE(carry.evidence.rowsExamined, uint64_t{120});
    }

    void sqliteTrace() {
        const auto bytes = sample("sqlite_plain.trace");
        const auto calls = collect(bytes, shapeOf(bytes));
        QCOMPARE(countOf(calls, "| BEGIN IMMEDIATE |"), size_t{12});
        QCOMPARE(countOf(calls, "| INSERT OR REPLACE INTO customer VALUES (3, 'it''s\nnumber 3;', 'north') |"), size_t{1});
        QCOMPARE(countOf(calls, "| UPDATE customer SET region"), size_t{0});   // a trigger's
        QCOMPARE(countOf(calls, "JOIN \"order line\" AS l ON l.customer_id = c.id\n WHERE c.id = 7 GROUP BY"), size_t{1});
        QVERIFY(calls.lines[0].starts_with("1970-01-01T00:00:00Z trace  - "));
        QCOMPARE(findings(calls.evidence, {}, "log").byReason().count("no_times"), size_t{1});
        const auto timed = sample("sqlite_profile.trace");
        const auto same = collect(timed, shapeOf(timed));
        QCOMPARE(same.lines.size(), calls.lines.size());
        QVERIFY(same.evidence.timedCalls == same.evidence.calls);
        QVERIFY2(same.lines[0].starts_with("1970-01-01T00:00:00Z trace  0us"), same.lines[0].c_str());
    }

    // From published examples: one of the test of Vitess itself, others in its form.
    void vtgate() {
        const auto text = sample("vtgate.txt"), json = sample("vtgate.json");
        const auto calls = collect(text, shapeOf(text)), same = collect(json, shapeOf(json));
        for (size_t i = 0; i < std::min(same.lines.size(), calls.lines.size()); ++i) QVERIFY2(same.lines[i] == calls.lines[i], (same.lines[i] + "\n" + calls.lines[i]).c_str());
        QCOMPARE(same.lines.size(), calls.lines.size());
        QCOMPARE(calls.lines[0], std::string("2017-01-01T01:02:03Z suuid  1000001us db | sql1 | -"));
        QCOMPARE(calls.lines[2], std::string("2017-01-01T01:03:00.001007Z session-0  500us db | select \"name\", region from customer where id = 5 and region = 'it''s \"a\"\n\tline' limit 10 OFFSET 0 | -"));
        QCOMPARE(countOf(calls, "where customer_id in (1, 2) "), size_t{6});
        QCOMPARE(countOf(calls, "':v1 ''stays'''"), size_t{6});
        QCOMPARE(countOf(calls, "db failed | insert into corder(id) values (9)"), size_t{6});
        // Redacted values leave their names.
        const std::string redacted = "Execute\t\t\t''\t''\t2017-01-01 01:02:03.000000\t2017-01-01 01:02:04.000001\t1.000001\t0.000000\t0.000000\t0.000000\tSELECT\t\"select a from t where b = :b and c in ::c\"\t\"[REDACTED]\"\t1\t0\t\"\"\t\"PRIMARY\"\t\"\"\tfalse\t[\"db.t\"]\t\"db\"\n";
        QCOMPARE(countOf(collect(redacted, shapeOf(redacted)), "| select a from t where b = :b and c in (:c) |"), size_t{1});
    }

    void brokenLogs() {
        for (const char* name : samples) {
            const auto bytes = sample(name);
            const auto shape = shapeOf(bytes);
            for (size_t cut = 0; cut < bytes.size(); cut += 97) collect(bytes.substr(0, cut), shape);
            const auto middle = bytes.find('\n', bytes.size() / 2) + 1;
            const auto junk = bytes.substr(0, middle) + "\xff\xfe junk \n" + std::string(70, '\0') + "\n" + bytes.substr(middle);
            QVERIFY2(collect(junk, shape).lines.size() + 1 >= collect(bytes, shape).lines.size(), name);
        }
    }
};

QTEST_APPLESS_MAIN(TestForeignReaders)
#include "test_foreign_readers.moc"
