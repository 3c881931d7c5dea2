// Exports of pg_stat_statements: their forms, and what came between two of them.
#include <QtTest/QTest>

#include "core/ingest/statement_metrics.h"

using namespace foreshard;
using namespace foreshard::ingest;
using workload::Metrics;

namespace {

const char* const header = "captured_at,datname,queryid,query,calls,total_exec_time,rows,toplevel\n";

Metrics read(const std::string& text, uint64_t bad = 0, Instant written = 0) {
    Diagnostics diagnostics;
    const auto metrics = readStatementMetrics(text, written, "export.csv", diagnostics);
    if (diagnostics.total() != bad) qWarning("%d rows were not read", static_cast<int>(diagnostics.total()));
    return metrics && diagnostics.total() == bad ? *metrics : Metrics();
}

std::string row(const char* time, const char* id, int calls, int ms = 1, int rows = 1, const char* query = "SELECT * FROM t WHERE id = $1") {
    return "2026-12-01 " + std::string(time) + "+00,shop," + id + ",\"" + query + "\"," + std::to_string(calls) + "," + std::to_string(ms) + ".5," + std::to_string(rows) + ",t\n";
}

// "00:10-00:20 5 calls", with a + where there were at least so many.
QString stepsOf(const Metrics& metrics, const char* id) {
    QStringList out;
    for (const auto& [key, statement] : metrics.statements) {
        if (key.id != id) continue;
        for (const auto& step : metrics.stepsOf(statement))
            out << QString("%1-%2 %3%4").arg(QString::fromStdString(formatRfc3339(step.range.begin)).mid(14, 2), QString::fromStdString(formatRfc3339(step.range.end)).mid(14, 2)).arg(step.added.calls).arg(step.atLeast ? "+" : "");
    }
    return out.join(' ');
}

}  // namespace

class TestStatementMetrics : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void formsAgree() {
        const auto csv = read(std::string(header) + row("00:10:00", "7", 5, 2, 9));
        QCOMPARE(csv.statements.size(), size_t(1));
        const auto& [key, statement] = *csv.statements.begin();
        QCOMPARE(QByteArray::fromStdString(key.database + " " + key.id + " " + statement.text), QByteArray("shop 7 SELECT * FROM t WHERE id = $1"));
        QVERIFY(statement.counters.begin()->second == (workload::StatementCounters{5, 2'500'000, 9}));
        const std::string object = R"({"captured_at":"2026-12-01T00:10:00+00:00","datname":"shop","queryid":7,"query":"SELECT * FROM t WHERE id = $1","calls":5,"total_exec_time":2.5,"rows":9,"toplevel":true,"wal_bytes":null})";
        QVERIFY(read("[" + object + "]\n") == csv);
        QVERIFY(read(object + "\n\n" + object + "\n") == read("[" + object + ",\n" + object + "]"));
        // Before PostgreSQL 13, other separators, no time of its own, no queryid.
        const auto old = read("query;calls;total_time;rows\nSELECT 1;3;0.25;3\n", 0, 5);
        QVERIFY(old.snapshots == std::set<Instant>{5});
        QCOMPARE(old.statements.begin()->first.id.size(), size_t(16));
        for (const auto& text : {std::string(header), "[" + object + "]", std::string("{\"query\":1,\"calls\":2,\"total_time\":3}")}) QVERIFY(looksLikeStatementMetrics(text));
        for (const char* text : {"", "a,b,c\n", "{\"timestamp\":\"2026\"}", "2026-11-22 20:00:00.000 UTC,\"u\",\"query\"\n"}) QVERIFY2(!looksLikeStatementMetrics(text), text);
    }

    // A bad row costs itself; no literal of a utility statement is kept; what runs inside of others is left out.
    void rows() {
        const auto metrics = read(std::string(header) + "2026-12-01 00:10:00+00,shop,7,SELECT 1,many,1,1,t\n" + row("00:10:00", "8", 5) + "not a row\n" +
                                      row("00:10:00", "9", 1, 1, 0, "SET app.tenant = 'se\ncret'") + "2026-12-01 00:10:00+00,shop,10,SELECT 2,1,1,1,f\n\"cut", 3);
        QCOMPARE(metrics.statements.size(), size_t(2));
        QVERIFY(metrics.statements.rbegin()->second.text.find("cret") == std::string::npos);
        Diagnostics diagnostics;
        QCOMPARE(readStatementMetrics("[{\"query\"", 0, "x", diagnostics).error().category, ErrorCategory::format);
        QCOMPARE(readStatementMetrics(header, 0, "x", diagnostics).error().category, ErrorCategory::format);
    }

    // Between snapshots: plain differences, a reset, an entry that came, one that the server dropped and saw again.
    void steps() {
        const auto metrics = read(std::string(header) + row("00:10:00", "grows", 5) + row("00:20:00", "grows", 9) + row("00:30:00", "grows", 9) + row("00:40:00", "grows", 11) +
                                  row("00:10:00", "reset", 50) + row("00:20:00", "reset", 3) + row("00:30:00", "reset", 4) + row("00:30:00", "new", 6) + row("00:40:00", "new", 8) +
                                  row("00:10:00", "dropped", 9) + row("00:40:00", "dropped", 2));
        QCOMPARE(stepsOf(metrics, "grows"), QString("10-20 4 30-40 2"));
        QCOMPARE(stepsOf(metrics, "reset"), QString("10-20 3+ 20-30 1"));
        QCOMPARE(stepsOf(metrics, "new"), QString("20-30 6+ 30-40 2"));
        QCOMPARE(stepsOf(metrics, "dropped"), QString("30-40 2+"));
    }

    // Exports come in any order, and more than once; the stored form gives the same, and damage is an error.
    void mergingAndBytes() {
        const auto a = read(std::string(header) + row("00:10:00", "x", 5)), b = read(std::string(header) + row("00:20:00", "x", 7) + row("00:20:00", "y", 1)), c = read(std::string(header) + row("00:30:00", "x", 7));
        Metrics forth = a, back = c;
        for (const auto* each : {&b, &c, &b}) forth.merge(*each);
        for (const auto* each : {&a, &b}) back.merge(*each);
        QVERIFY(forth == back);
        const auto bytes = workload::writeMetrics(forth);
        const auto again = workload::readMetrics(bytes);
        QVERIFY(again.ok() && *again == forth);
        for (size_t i = 0; i < bytes.size(); ++i) {
            QVERIFY(!workload::readMetrics(bytes.substr(0, i)).ok());
            auto damaged = bytes;
            damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
            workload::readMetrics(damaged).ok();
        }
    }
};

QTEST_GUILESS_MAIN(TestStatementMetrics)
#include "test_statement_metrics.moc"
